// Which speed a serial line runs at, found by listening and by one CR at each. Only on request:
// at the wrong speed the gear may take what it hears for input.

import { isCode } from '../base/error.ts';
import type { Timers } from '../base/timers.ts';
import type { OpenPort } from '../transport/port.ts';

/** In the order they are found in the field. */
export const PROBED_BAUDS: readonly number[] = [
  9600, 115200, 38400, 19200, 57600, 4800, 2400, 1200,
];

export interface BaudSample {
  readonly baud: number;
  /** Bytes heard. */
  readonly bytes: number;
  /** Of them, the share that is text: 0 to 1. */
  readonly printable: number;
}

export interface BaudProbe {
  /** The speed that gave text; undefined when none did. */
  readonly baud: number | undefined;
  readonly samples: readonly BaudSample[];
}

const LISTEN_MS = 1_500;
/** At the wrong speed a line gives 0x00, 0xFF and framing junk. */
const MIN_PRINTABLE = 0.7;
const MIN_BYTES = 3;

/**
 * @param openAt opens the line at a speed in bits per second
 * @throws what opening throws; the signal's reason
 */
export async function probeBaud(
  openAt: (baud: number) => OpenPort,
  timers: Timers,
  signal: AbortSignal,
): Promise<BaudProbe> {
  const samples: BaudSample[] = [];
  for (const baud of PROBED_BAUDS) {
    const sample = await listenAt(baud, openAt(baud), timers, signal);
    samples.push(sample);
    if (sample.bytes >= MIN_BYTES && sample.printable >= MIN_PRINTABLE) return { baud, samples };
  }
  return { baud: undefined, samples };
}

async function listenAt(
  baud: number,
  open: OpenPort,
  timers: Timers,
  signal: AbortSignal,
): Promise<BaudSample> {
  const port = await open(signal);
  const cancel = timers.after(LISTEN_MS, () => void port.close());
  const heard: number[] = [];
  try {
    await port.send(Uint8Array.of(13));
    for await (const bytes of port.incoming) heard.push(...bytes);
  } catch (error) {
    if (!isCode(error, 'transport.lost')) throw error;
  } finally {
    cancel();
    await port.close();
  }
  signal.throwIfAborted();
  const text = heard.filter((byte) => byte === 10 || byte === 13 || (byte >= 32 && byte < 127));
  return {
    baud,
    bytes: heard.length,
    printable: heard.length === 0 ? 0 : text.length / heard.length,
  };
}
