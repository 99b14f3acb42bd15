// A local serial device, by the `serialport` package. Its habits, measured on Linux: opening
// throws away what was queued (so never wait for a greeting), a lock keeps only other users of
// this package out, and pseudo-terminals have no modem lines and no BREAK.

import { stat } from 'node:fs/promises';
import type { SerialPort } from 'serialport';
import type { LineSettings } from '../codec/rfc2217/com-port.ts';
import { CraftportError } from '../base/error.ts';
import type { OpenPort } from './port.ts';
import { groupOf, holdersOf } from './serial-device.ts';
import { portOverStream } from './stream-port.ts';

const WATCH_MS = 1_000;
/** Some USB adapters lose what comes in larger writes. */
const LARGEST_WRITE = 64;

/**
 * @param path the device; `/dev/serial/by-id/…` stays right when adapters are plugged anew
 */
export function openSerial(path: string, line: LineSettings): OpenPort {
  return async (signal) => {
    signal.throwIfAborted();
    // Loaded by the first who needs it, as its native part is.
    const { SerialPort } = await import('serialport');
    const device = new SerialPort({
      path,
      baudRate: line.baud,
      dataBits: line.dataBits,
      parity: line.parity,
      stopBits: line.stopBits,
      rtscts: line.flow === 'rtscts',
      xon: line.flow === 'xonxoff',
      xoff: line.flow === 'xonxoff',
      autoOpen: false,
    });
    await call((done) => device.open(done)).catch(async (cause: unknown) => {
      throw await openError(path, cause as Error);
    });
    const watch = await watchDevice(path);
    return portOverStream(device, {
      name: path,
      gone: watch.gone,
      largestWrite: LARGEST_WRITE,
      drain: () => call((done) => device.drain(done)),
      close: async () => {
        watch.stop();
        if (device.isOpen) await call((done) => device.close(done));
      },
      sendBreak: (ms) => sendBreak(device, path, ms),
    });
  };
}

/**
 * Sees a device go even when its driver does not tell (pulled adapters that stay "open" until
 * somebody writes): its name is gone or means another device.
 */
async function watchDevice(path: string): Promise<{ gone: AbortSignal; stop: () => void }> {
  const gone = new AbortController();
  const identity = async (): Promise<string> => {
    const { dev, ino, rdev } = await stat(path);
    return [dev, ino, rdev].join(':');
  };
  // Windows has no such names.
  const opened = await identity().catch(() => undefined);
  const timer = setInterval(() => {
    identity().then(
      (now) => {
        if (now !== opened) gone.abort(new Error('the name means another device now'));
      },
      () => gone.abort(new Error('the device is gone')),
    );
  }, WATCH_MS);
  if (opened === undefined) clearInterval(timer);
  timer.unref();
  gone.signal.addEventListener('abort', () => clearInterval(timer));
  return { gone: gone.signal, stop: () => clearInterval(timer) };
}

async function sendBreak(device: SerialPort, path: string, ms: number): Promise<void> {
  try {
    await call((done) => device.set({ brk: true }, done));
  } catch (cause) {
    throw new CraftportError('transport.unsupported', `${path} cannot send a BREAK`, { cause });
  }
  await new Promise((resolve) => setTimeout(resolve, ms));
  await call((done) => device.set({ brk: false }, done));
}

const call = (run: (done: (error: Error | null | undefined) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => run((error) => (error ? reject(error) : resolve())));

/** Why a device did not open, with what a technician can do about it. */
async function openError(path: string, cause: Error): Promise<CraftportError> {
  const options = { cause, detail: { port: path } };
  const missing = (await stat(path).catch(() => undefined)) === undefined;
  if (missing)
    return new CraftportError(
      'transport.not-found',
      `${path} does not exist; is the adapter plugged in?`,
      options,
    );
  if (/permission denied|access denied/i.test(cause.message))
    return new CraftportError(
      'transport.permission',
      `${path} belongs to the group ${await groupOf(path)}, in which the agent's user is not`,
      options,
    );
  if (
    /cannot lock port|resource temporarily unavailable|busy|access is denied/i.test(cause.message)
  ) {
    const [holder] = await holdersOf(path);
    return new CraftportError(
      'transport.busy',
      `${path} is used by ${holder === undefined ? 'another program' : `${holder.name} (process ${String(holder.pid)})`}`,
      options,
    );
  }
  return new CraftportError(
    'transport.open-failed',
    `${path} cannot be opened: ${cause.message}`,
    options,
  );
}
