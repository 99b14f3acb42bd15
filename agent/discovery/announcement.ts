// Tells the local network that an agent is here: DNS-SD over mDNS (RFC 6763, RFC 6762), service
// type _craftport._tcp. A convenience: whatever goes wrong with it, the agent goes on.

import type { Bonjour, ServiceConfig } from 'bonjour-service';
import type { Logger } from '../base/logger.ts';

export const SERVICE_TYPE = 'craftport';

export interface AnnouncedAgent {
  /** Name of the machine. */
  readonly host: string;
  readonly port: number;
  /** SHA-256 of the certificate, `AB:CD:…`. A hint for the list: what counts is pairing. */
  readonly fingerprint: string;
  readonly version: string;
}

export interface Announcement {
  /** Says goodbye. Twice is fine; bounded. */
  stop(): Promise<void>;
}

/** What is published. The end of the fingerprint keeps two machines of one name apart. */
export function serviceOf(agent: AnnouncedAgent): ServiceConfig {
  const mark = agent.fingerprint.replaceAll(':', '').slice(-4).toLowerCase();
  return {
    name: `Craftport on ${agent.host.slice(0, 40)} (${mark})`,
    type: SERVICE_TYPE,
    protocol: 'tcp',
    port: agent.port,
    // Probing prints to standard output when the name is taken, and that has one line only.
    probe: false,
    txt: { version: agent.version, sha256: agent.fingerprint },
  };
}

/** Opens the multicast socket; tests give one of their own. */
export type OpenBonjour = (onError: (error: unknown) => void) => Promise<Bonjour>;

/** Goodbyes that take longer are not waited for. */
const GOODBYE_MS = 500;

/** Starts announcing; never throws. */
export async function announce(
  agent: AnnouncedAgent,
  logger: Logger,
  open: OpenBonjour = openBonjour,
): Promise<Announcement> {
  let bonjour: Bonjour | undefined;
  const fail = (error: unknown): void =>
    logger.warn(() => 'the agent is not announced on the network', { error });
  try {
    bonjour = await open(fail);
    const service = bonjour.publish(serviceOf(agent));
    service.on('error', fail);
  } catch (error) {
    fail(error);
  }
  return {
    async stop() {
      const stopping = bonjour;
      bonjour = undefined;
      if (stopping === undefined) return;
      await new Promise<void>((resolve) => {
        const enough = setTimeout(resolve, GOODBYE_MS);
        const done = (): void => {
          clearTimeout(enough);
          resolve();
        };
        try {
          stopping.unpublishAll(() => stopping.destroy(done));
        } catch (error) {
          fail(error);
          done();
        }
      });
    },
  };
}

async function openBonjour(onError: (error: unknown) => void): Promise<Bonjour> {
  const { Bonjour } = await import('bonjour-service');
  const bonjour = new Bonjour({}, onError);
  // A port that is taken is an 'error' event of the socket inside; unheard it ends the process.
  const { mdns } = (bonjour as unknown as { server: { mdns: NodeJS.EventEmitter } }).server;
  mdns.on('error', onError);
  return bonjour;
}
