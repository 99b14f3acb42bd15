// An inventory of a mux with 28 T1s over 9600 baud: how much of the time the line carries
// bytes. The line is simulated in a process of its own, at ten bits a byte. The baseline is the
// same mux without a limit: what the driver itself needs.

import { systemClock } from '../../agent/base/clock.ts';
import { silentLogger } from '../../agent/base/logger.ts';
import { tl1Family } from '../../agent/driver/tl1/family.ts';
import { startGear } from '../../agent/sim/start-gear.ts';
import { openSocket } from './support-socket-port.ts';

const BAUD = 9600;

/** @returns milliseconds and bytes (both ways) of one whole inventory, login included */
async function inventory(baud: number): Promise<{ tookMs: number; bytes: number; spans: number }> {
  const gear = await startGear({ dialect: 'tl1', baud, options: {} });
  let bytes = 0;
  let startedMs = 0;
  const driver = tl1Family().create({
    link: { url: gear.url, username: 'admin', password: 'secret1' },
    openPort: async (signal) => {
      const port = await openSocket(gear.url, (passed) => (bytes += passed))(signal);
      startedMs = performance.now();
      return port;
    },
    logger: silentLogger,
    clock: systemClock,
    options: { profile: 'widebank28' },
  });
  driver.start({ link() {}, changed() {}, span() {}, channel() {}, alarm() {}, frame() {} });
  try {
    const { spans } = await driver.read(new AbortController().signal);
    return { tookMs: performance.now() - startedMs, bytes, spans: spans.length };
  } finally {
    await driver.stop();
    await gear.stop();
  }
}

/** Prints the figures. */
export async function bench(): Promise<void> {
  const limited = await inventory(BAUD);
  const free = await inventory(0);
  const lineMs = (limited.bytes * 10_000) / BAUD;
  const busy = (100 * lineMs) / limited.tookMs;
  console.log(
    `inventory of ${limited.spans} T1s, ${limited.bytes} bytes at ${BAUD} baud: ` +
      `${(limited.tookMs / 1000).toFixed(2)} s, line busy ${busy.toFixed(1)} % (goal ≥ 90 %)`,
  );
  console.log(`the same without a limit: ${free.tookMs.toFixed(0)} ms`);
}
