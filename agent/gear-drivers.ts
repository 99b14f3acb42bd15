// The drivers of this program, each with the ports it may open: the one table that says which
// kinds of gear a record can name.

import type { Clock } from './base/clock.ts';
import { silentLogger } from './base/logger.ts';
import type { GearApproach, GearFamily } from './gear/gear-family.ts';
import type { GearDriverFamily } from './span/gear-driver.ts';
import type { SharedLines } from './session/shared-lines.ts';
import { parseLink } from './transport/link-url.ts';
import { openLink } from './transport/open-link.ts';
import type { OpenPort } from './transport/port.ts';

/** Makes what opens the port of a link. Nothing is opened before that is called. */
export interface Opener {
  /** For the driver that watches gear. @throws request.invalid at `link` */
  forDriver(approach: GearApproach): OpenPort;
  /** For one look. @throws request.invalid at `link` */
  forLook(approach: GearApproach): OpenPort;
}

export function bindFamily(
  family: GearDriverFamily<OpenPort>,
  open: Opener,
  clock: Clock,
): GearFamily {
  return {
    name: family.name,
    title: family.title,
    schemes: family.schemes,
    defaultPollS: family.defaultPollS,
    optionsSchema: family.optionsSchema,
    checkLink: (url) => {
      open.forLook({
        gearId: undefined,
        link: { url, username: undefined, password: undefined },
        options: {},
        logger: silentLogger,
      });
    },
    create: (approach) => family.create({ ...approach, openPort: open.forDriver(approach), clock }),
    identify: (approach, signal) =>
      family.identify({ ...approach, openPort: open.forLook(approach), clock }, signal),
  };
}

/** Links of transport: serial, tcp, telnet, rfc2217, ssh. @throws request.invalid */
export function openTransport({ link, logger }: GearApproach): OpenPort {
  return openLink(parseLink(link.url), link, {
    note: (text) => logger.info(() => text),
    hostKey: (fingerprint) =>
      logger.info(() => 'an SSH server showed its host key', { fingerprint }),
  });
}

/** Transport links over the line that the driver of a gear shares with people. */
export function sharedOpener(lines: SharedLines): Opener {
  return {
    forDriver(approach) {
      const open = openTransport(approach);
      const { gearId, link } = approach;
      if (gearId === undefined) return open;
      const secrets = link.password === undefined ? [] : [link.password];
      return lines.openForDriver(gearId, { key: JSON.stringify(link), secrets }, open);
    },
    forLook(approach) {
      const open = openTransport(approach);
      // A craft port takes one session: the look borrows the one there is.
      const line = approach.gearId === undefined ? undefined : lines.of(approach.gearId);
      return line?.borrow('identify') ?? open;
    },
  };
}

export function gearFamilies(lines: SharedLines, clock: Clock): readonly GearFamily[] {
  const families: readonly GearDriverFamily<OpenPort>[] = [];
  return families.map((family) => bindFamily(family, sharedOpener(lines), clock));
}
