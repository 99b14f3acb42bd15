// What every port does, whatever the wire.

import { expect, it } from 'vitest';
import type { Port } from '../../../agent/transport/port.ts';

export interface Wire {
  /** The end under test. */
  readonly port: Port;
  /** What stands at the other end of the wire: a device, played by the test. */
  readonly device: Port;
  /** Takes the other side away: pulls the cable, kills the server. */
  cut(): Promise<void>;
}

/** Reads until `count` bytes came. */
export async function take(port: Port, count: number): Promise<Uint8Array> {
  const read: number[] = [];
  const reader = port.incoming[Symbol.asyncIterator]();
  while (read.length < count) {
    const next = await reader.next();
    if (next.done === true) break;
    read.push(...next.value);
  }
  return Uint8Array.from(read);
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const all = Uint8Array.from({ length: 1024 }, (_, at) => at & 255);

/** Reads to the end, whatever comes. */
async function readOut(port: Port): Promise<string> {
  const reader = port.incoming[Symbol.asyncIterator]();
  while ((await reader.next()).done !== true);
  return 'ended';
}

export function describePort(open: () => Promise<Wire>): void {
  it('carries every byte both ways, in order', async () => {
    const { port, device } = await open();
    await port.send(all);
    expect(latin1(await take(device, all.length))).toBe(latin1(all));
    await device.send(all);
    expect(latin1(await take(port, all.length))).toBe(latin1(all));
  });

  it('ends its reader and refuses to send once closed; closing twice is fine', async () => {
    const { port } = await open();
    const reading = readOut(port);
    await port.close();
    await port.close();
    expect(await reading).toBe('ended');
    await expect(port.send(Uint8Array.of(1))).rejects.toMatchObject({ code: 'transport.lost' });
  });

  it('tells its reader when the other side goes away', async () => {
    const { port, cut } = await open();
    const reading = readOut(port);
    // Awaited first, or the rejection would have nobody.
    const told = expect(reading).rejects.toMatchObject({ code: 'transport.lost' });
    await cut();
    await told;
  });
}
