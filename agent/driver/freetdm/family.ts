// FreeTDM behind FreeSWITCH's event socket, as one kind of gear.

import { systemTimers, type Timers } from '../../base/timers.ts';
import { isCode } from '../../base/error.ts';
import { EslConnection, type EslCredentials } from '../../session/esl/connection.ts';
import type {
  GearDriverContext,
  GearDriverFamily,
  GearIdentification,
  GearLink,
} from '../../span/gear-driver.ts';
import type { OpenPort } from '../../transport/port.ts';
import { FreetdmDriver } from './driver.ts';
import type { Card } from './vocabulary.ts';

export interface FreetdmFamilyOptions {
  /** A fresh UUID: the name of a job on the server. */
  readonly newJobId: () => string;
  readonly timers?: Timers;
}

/** What FreeSWITCH ships with; a site that changed it has its own in the gear's record. */
const FACTORY_PASSWORD = 'ClueCon';

export function freetdmFamily(options: FreetdmFamilyOptions): GearDriverFamily<OpenPort> {
  const { newJobId, timers = systemTimers } = options;
  return {
    name: 'freetdm',
    title: 'FreeTDM of a FreeSWITCH',
    schemes: ['esl:'],
    defaultPollS: 5,
    create: (context) =>
      new FreetdmDriver({
        openPort: context.openPort,
        credentials: credentialsOf(context.link),
        timers,
        newJobId,
        card: cardOf(context.options),
        logger: context.logger,
      }),
    identify: (context, signal) => identify(context, timers, signal),
  };
}

function credentialsOf({ username, password }: GearLink): EslCredentials {
  return { username, password: password ?? FACTORY_PASSWORD };
}

function cardOf(options: Readonly<Record<string, unknown>>): Card {
  const card = options['card'];
  return card === 'dahdi' || card === 'other' ? card : 'unknown';
}

async function identify(
  { openPort, link }: GearDriverContext<OpenPort>,
  timers: Timers,
  signal: AbortSignal,
): Promise<GearIdentification> {
  let connection: EslConnection | undefined;
  try {
    connection = await EslConnection.open(
      { openPort, credentials: credentialsOf(link), timers, observer: {} },
      signal,
    );
    const version = (await connection.api('version', signal)).trim();
    const host = (await connection.api('hostname', signal)).trim();
    const hasModule = (await connection.api('module_exists mod_freetdm', signal)).trim();
    const identity = { product: 'FreeSWITCH', version, host };
    return hasModule === 'true'
      ? { score: 100, identity, evidence: `${version}, with mod_freetdm` }
      : { score: 40, identity, evidence: `${version}, but mod_freetdm is not loaded` };
  } catch (error) {
    // Something answers, and it is no event socket.
    if (isCode(error, 'codec.malformed', 'codec.too-large', 'driver.out-of-sync'))
      return { score: 0, identity: {}, evidence: error.message };
    throw error;
  } finally {
    await connection?.close();
  }
}
