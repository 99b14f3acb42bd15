// The lines to gear on serial and management ports: shared by driver and people, logged, shown
// on the console; and the serial ports of this machine.

import type { Server } from 'node:http';
import type { Identity } from './account/account.ts';
import { invalidFields } from './base/error.ts';
import type { Clock } from './base/clock.ts';
import type { JsonObject } from './base/json.ts';
import type { Logger } from './base/logger.ts';
import type { Timers } from './base/timers.ts';
import { maskFrame } from './gear/mask-frame.ts';
import { mountConsoleSocket } from './http/console-socket.ts';
import type { Route } from './http/route.ts';
import { serialPortRoutes } from './http/serial-port-routes.ts';
import { SessionLog } from './log/session-log.ts';
import { LineLog } from './service/line-log.ts';
import { probeBaud } from './session/baud-probe.ts';
import { SharedLines } from './session/shared-lines.ts';
import { type Link, parseLink } from './transport/link-url.ts';
import { openLink } from './transport/open-link.ts';
import type { OpenPort } from './transport/port.ts';
import { listSerialPorts } from './transport/serial-list.ts';

export interface GearLinesParts {
  /** Where session logs go. */
  readonly auditFolder: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** @throws auth.* */
  readonly identify: (token: string) => Promise<Identity>;
  readonly nameOf: (identity: Identity) => Promise<string>;
  readonly ownNames: readonly string[];
}

export interface GearLines {
  readonly lines: SharedLines;
  readonly routes: readonly Route[];
  mountConsole(server: Server): void;
  /** Ends every console, so that the server can close. Twice is fine. */
  closeConsoles(): void;
  stop(): Promise<void>;
}

const PRUNE_MS = 3_600_000;

export function buildGearLines(parts: GearLinesParts): GearLines {
  const { clock, timers } = parts;
  const logger = parts.logger.child('lines');
  const sessionLog = new SessionLog(parts.auditFolder);
  const lineLog = new LineLog({
    append: (gearId, entries) => sessionLog.append(gearId, entries),
    clock,
    timers,
    logger,
  });
  const lines = new SharedLines((gearId, line, secrets) => lineLog.follow(gearId, line, secrets));
  const prune = (): void => {
    sessionLog.prune(clock.nowMs()).then(
      (files) => {
        if (files.length > 0)
          logger.warn(() => 'session logs were removed, oldest first: they grew too large', {
            files,
          });
      },
      (error: unknown) => logger.warn(() => 'old session logs stay', { error }),
    );
  };
  prune();
  const pruning = setInterval(prune, PRUNE_MS);
  pruning.unref();
  let closeConsoles = (): void => undefined;
  return {
    lines,
    routes: serialPortRoutes({ list: listedPorts, probe: (link) => probed(link, timers) }),
    mountConsole(server) {
      closeConsoles = mountConsoleSocket(server, {
        identify: parts.identify,
        nameOf: parts.nameOf,
        ownNames: parts.ownNames,
        lineOf: (gearId) => lines.of(gearId),
        mask: (gearId, text) => maskFrame(text, lines.secretsOf(gearId)),
        logger,
      });
    },
    closeConsoles: () => closeConsoles(),
    async stop() {
      clearInterval(pruning);
      closeConsoles();
      await lines.close();
    },
  };
}

async function listedPorts(): Promise<readonly JsonObject[]> {
  return (await listSerialPorts()).map(
    ({ path, device, maker, serialNumber, vendorId, productId, heldBy, obstacle }) => ({
      id: path,
      device,
      ...(maker === undefined ? {} : { maker }),
      ...(serialNumber === undefined ? {} : { serial_number: serialNumber }),
      ...(vendorId === undefined ? {} : { vendor_id: vendorId }),
      ...(productId === undefined ? {} : { product_id: productId }),
      held_by: heldBy.map(({ pid, name }) => ({ pid, name })),
      ...(obstacle === undefined ? {} : { obstacle }),
    }),
  );
}

/** Nobody waits longer for a speed; eight are tried. */
const PROBE_MS = 30_000;

/** @throws request.invalid at `link`, transport.* */
async function probed(text: string, timers: Timers): Promise<JsonObject> {
  const link = parseLink(text);
  if (link.kind !== 'serial' && link.kind !== 'rfc2217')
    throw invalidFields({
      link: { scheme: { message: 'Only serial:/// and rfc2217:// lines have a speed to find' } },
    });
  const openAt = (baud: number): OpenPort => {
    const at: Link = { ...link, line: { ...link.line, baud } };
    return openLink(
      at,
      { username: undefined, password: undefined },
      { note: () => undefined, hostKey: () => undefined },
    );
  };
  const { baud, samples } = await probeBaud(openAt, timers, AbortSignal.timeout(PROBE_MS));
  return {
    ...(baud === undefined ? {} : { baud }),
    samples: samples.map((sample) => ({ ...sample })),
  };
}
