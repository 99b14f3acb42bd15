// TCP ports of the loopback for who must know one before it listens: programs of other authors,
// and agents that die and come back at their address.

import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';

/** Where the ports begin that the system gives to clients and to whoever asks for any. */
function firstGivenOut(): number {
  try {
    const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
    return Number(/^\d+/.exec(range)?.[0]);
  } catch {
    return 49_152;
  }
}

const FIRST = 20_000;
/** Each worker of the test runner takes from a stretch of its own. */
const STRETCHES = 4;
const STRETCH = Math.floor((firstGivenOut() - FIRST) / STRETCHES);
const from = FIRST + (Number(process.env['VITEST_POOL_ID'] ?? 0) % STRETCHES) * STRETCH;
let taken = Math.floor(Math.random() * STRETCH);

/** A port nobody listens on, and that nobody is given while its listener is away. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    taken += 1;
    // Where the system gives out all there are, it gives out this one too.
    const port = STRETCH < 100 ? 0 : from + (taken % STRETCH);
    const free = await tryPort(port);
    if (free !== undefined) return free;
  }
  throw new Error('No port is free');
}

/** @returns the port when it could be listened on */
function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const { port: heard } = server.address() as AddressInfo;
      server.close(() => resolve(heard));
    });
  });
}
