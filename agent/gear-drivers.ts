// The drivers of this program, each with the ports it may open: the one table that says which
// kinds of gear a record can name.

import { randomUUID } from 'node:crypto';
import type { Clock } from './base/clock.ts';
import { silentLogger } from './base/logger.ts';
import type { GearApproach, GearFamily } from './gear/gear-family.ts';
import { secretsOf } from './gear/gear-record.ts';
import { dahdiFamily, DEFAULT_SYSTEM_CONF } from './driver/dahdi/driver.ts';
import type { OpenDahdi } from './driver/dahdi/files.ts';
import { freetdmFamily } from './driver/freetdm/family.ts';
import { consoleFamily } from './driver/console/family.ts';
import { genericCliFamily } from './driver/generic-cli/family.ts';
import { iosFamily } from './driver/ios/family.ts';
import { tl1Family } from './driver/tl1/family.ts';
import type { GearDriverFamily } from './span/gear-driver.ts';
import type { SharedLines } from './session/shared-lines.ts';
import { openDahdiFiles } from './transport/dahdi-files.ts';
import { parseLink } from './transport/link-url.ts';
import { openLink } from './transport/open-link.ts';
import type { OpenPort } from './transport/port.ts';
import { openTcp } from './transport/tcp-port.ts';

const EVENT_SOCKET_PORT = 8021;

/** Makes what opens the port of a link. Nothing is opened before that is called. */
export interface Opener<Opened = OpenPort> {
  /** For the driver that watches gear. @throws request.invalid at `link` */
  forDriver(approach: GearApproach): Opened;
  /** For one look. @throws request.invalid at `link` */
  forLook(approach: GearApproach): Opened;
}

export function bindFamily<Opened>(
  family: GearDriverFamily<Opened>,
  open: Opener<Opened>,
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
export function openTransport({ link, logger, hostKey }: GearApproach): OpenPort {
  return openLink(parseLink(link.url), link, {
    note: (text) => logger.info(() => text),
    ...(hostKey === undefined ? {} : { pinnedHostKey: () => hostKey.pinned() }),
    hostKey: (fingerprint) => hostKey?.seen(fingerprint),
  });
}

/** Transport links over the line that the driver of a gear shares with people. */
export function sharedOpener(lines: SharedLines): Opener {
  return {
    forDriver(approach) {
      const open = openTransport(approach);
      const { gearId, link } = approach;
      if (gearId === undefined) return open;
      const secrets = secretsOf({ password: link.password ?? '', options: approach.options });
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

/** `esl://host:8021`: a TCP connection; the event socket's own port unless another is named. */
function openEventSocket({ link }: GearApproach): OpenPort {
  const { hostname, port } = new URL(link.url);
  return openTcp({
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? EVENT_SOCKET_PORT : Number(port),
  });
}

/** The event socket takes many connections at a time: nothing is shared. */
const eventSocketOpener: Opener = { forDriver: openEventSocket, forLook: openEventSocket };

/** `file:///proc/dahdi` */
function openDahdi({ link }: GearApproach): OpenDahdi {
  return openDahdiFiles(decodeURIComponent(new URL(link.url).pathname), DEFAULT_SYSTEM_CONF);
}

const dahdiOpener: Opener<OpenDahdi> = { forDriver: openDahdi, forLook: openDahdi };

export function gearFamilies(lines: SharedLines, clock: Clock): readonly GearFamily[] {
  const freetdm = {
    ...freetdmFamily({ newJobId: randomUUID }),
    optionsSchema: 'gear_options.freetdm',
  };
  const shared = [
    { ...tl1Family(), optionsSchema: 'gear_options.tl1' },
    { ...iosFamily(), optionsSchema: 'gear_options.ios' },
    { ...genericCliFamily(), optionsSchema: 'gear_options.generic_cli' },
    consoleFamily(),
  ];
  return [
    bindFamily(freetdm, eventSocketOpener, clock),
    bindFamily(dahdiFamily, dahdiOpener, clock),
    ...shared.map((family) => bindFamily(family, sharedOpener(lines), clock)),
  ];
}
