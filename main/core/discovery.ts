// Agents that announce themselves on the local network (agent/discovery). What they say of
// themselves is a hint to click on: the certificate is compared when pairing.

import { isIP } from 'node:net';
import type { IpcDiscoveredAgent } from '../../schemas/ipc.ts';

/** A service as mDNS tells it. */
export interface SeenService {
  readonly name: string;
  readonly port: number;
  readonly addresses?: readonly string[];
  readonly txt?: unknown;
}

/** Looks for agents until it is stopped. @returns what stops it */
export type Browse = (
  onUp: (service: SeenService) => void,
  onDown: (service: SeenService) => void,
  onError: (error: unknown) => void,
) => Promise<() => void>;

/** More than that is somebody flooding the network. */
const MAX_AGENTS = 500;

/** @returns undefined when what was said cannot be an agent */
export function toAgent(service: SeenService): IpcDiscoveredAgent | undefined {
  const { name, port, addresses = [], txt } = service;
  const host =
    addresses.find((each) => isIP(each) === 4) ?? addresses.find((each) => isIP(each) === 6);
  const said = typeof txt === 'object' && txt !== null && 'sha256' in txt ? String(txt.sha256) : '';
  const isSound =
    /^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/.test(said) && Number.isInteger(port) && port > 0;
  if (host === undefined || !isSound || port > 65_535 || host.startsWith('fe80:')) return undefined;
  const address = `https://${isIP(host) === 6 ? `[${host}]` : host}:${String(port)}`;
  // Control and direction-changing characters would let a name look like another.
  const shown = name.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').slice(0, 100);
  return { name: shown, address, fingerprint: said };
}

export class Discovery {
  readonly #browse: Browse;
  readonly #onChange: (agents: readonly IpcDiscoveredAgent[]) => void;
  readonly #agents = new Map<string, IpcDiscoveredAgent>();
  #stop: (() => void) | undefined;
  #isWanted = false;

  constructor(browse: Browse, onChange: (agents: readonly IpcDiscoveredAgent[]) => void) {
    this.#browse = browse;
    this.#onChange = onChange;
  }

  /** A network without multicast just has nobody on it. Twice is fine. */
  async start(): Promise<void> {
    if (this.#isWanted) {
      this.#tell();
      return;
    }
    this.#isWanted = true;
    const stop = await this.#browse(
      (service) => {
        const agent = toAgent(service);
        if (agent === undefined || this.#agents.size >= MAX_AGENTS) return;
        this.#agents.set(service.name, agent);
        this.#tell();
      },
      (service) => {
        if (this.#agents.delete(service.name)) this.#tell();
      },
      () => undefined,
    ).catch(() => () => undefined);
    // A function, because it changed while the socket opened.
    if (this.#wanted()) this.#stop = stop;
    else stop();
    this.#tell();
  }

  stop(): void {
    this.#isWanted = false;
    this.#stop?.();
    this.#stop = undefined;
    this.#agents.clear();
  }

  #wanted(): boolean {
    return this.#isWanted;
  }

  #tell(): void {
    if (this.#isWanted) this.#onChange([...this.#agents.values()]);
  }
}

/** mDNS over bonjour-service. */
export const browseNetwork: Browse = async (onUp, onDown, onError) => {
  const { Bonjour } = await import('bonjour-service');
  const bonjour = new Bonjour({}, onError);
  // An unheard 'error' of the socket inside would end the program.
  const { mdns } = (bonjour as unknown as { server: { mdns: NodeJS.EventEmitter } }).server;
  mdns.on('error', onError);
  const browser = bonjour.find({ type: 'craftport' });
  browser.on('up', onUp);
  browser.on('txt-update', onUp);
  browser.on('down', onDown);
  return () => {
    browser.stop();
    bonjour.destroy();
  };
};
