// The drivers of this program, each with the ports it may open: the one table that says which
// kinds of gear a record can name.

import { randomUUID } from 'node:crypto';
import type { Clock } from './base/clock.ts';
import { silentLogger } from './base/logger.ts';
import type { GearApproach, GearFamily } from './gear/gear-family.ts';
import { freetdmFamily } from './driver/freetdm/family.ts';
import type { GearDriverFamily } from './span/gear-driver.ts';
import { parseLink } from './transport/link-url.ts';
import { openLink } from './transport/open-link.ts';
import { openTcp } from './transport/tcp-port.ts';
import type { OpenPort } from './transport/port.ts';

const EVENT_SOCKET_PORT = 8021;

/**
 * @param open makes what opens the port of a link; nothing is opened before that is called
 * @throws (open) request.invalid at `link`
 */
export function bindFamily(
  family: GearDriverFamily<OpenPort>,
  open: (approach: GearApproach) => OpenPort,
  clock: Clock,
): GearFamily {
  return {
    name: family.name,
    title: family.title,
    schemes: family.schemes,
    defaultPollS: family.defaultPollS,
    optionsSchema: family.optionsSchema,
    checkLink: (url) => {
      open({
        link: { url, username: undefined, password: undefined },
        options: {},
        logger: silentLogger,
      });
    },
    create: (approach) => family.create({ ...approach, openPort: open(approach), clock }),
    identify: (approach, signal) =>
      family.identify({ ...approach, openPort: open(approach), clock }, signal),
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

/** `esl://host:8021`: a TCP connection; the event socket's own port unless another is named. */
export function openEventSocket({ link }: GearApproach): OpenPort {
  const { hostname, port } = new URL(link.url);
  return openTcp({
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? EVENT_SOCKET_PORT : Number(port),
  });
}

export function gearFamilies(clock: Clock): readonly GearFamily[] {
  const freetdm = {
    ...freetdmFamily({ newJobId: randomUUID }),
    optionsSchema: 'gear_options.freetdm',
  };
  return [bindFamily(freetdm, openEventSocket, clock)];
}
