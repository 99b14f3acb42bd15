// A port over any of Node's two-way streams: a TCP socket, a serial device, a channel of SSH.
// It always reads (a serial device tells of its unplugging only to who reads) and stops only
// when a megabyte waits.

import type { Duplex } from 'node:stream';
import { CraftportError } from '../base/error.ts';
import { ByteQueue } from '../base/byte-queue.ts';
import type { Port } from './port.ts';

const PAUSE_BYTES = 1_048_576;
/** A device with hardware flow control on and no other end blocks writes for ever. */
const SEND_TIMEOUT_MS = 30_000;
const LAST_WORDS_MS = 50;

export interface StreamPortOptions {
  readonly name: string;
  /** Closes what the stream stands on, beside the stream itself. */
  readonly close?: () => Promise<void>;
  /** Bytes of one write at most, for devices whose buffers are small; each is drained. */
  readonly largestWrite?: number;
  /** Resolves when what was written is really sent, where the stream's own callback is early. */
  readonly drain?: () => Promise<void>;
  readonly sendBreak?: (ms: number) => Promise<void>;
  /** Aborts with its reason when the device is seen to be gone by other means than its stream. */
  readonly gone?: AbortSignal;
}

/** @param stream open and not read by anybody else */
export function portOverStream(stream: Duplex, options: StreamPortOptions): Port {
  const { name } = options;
  const queue = new ByteQueue((waiting) => {
    if (waiting > PAUSE_BYTES) stream.pause();
    else if (stream.isPaused()) stream.resume();
  });
  let closed = false;
  const lost = (cause: unknown): void =>
    queue.end(
      closed
        ? undefined
        : new CraftportError('transport.lost', `${name} went away`, {
            cause,
            detail: { port: name },
          }),
    );
  stream.on('data', (bytes: Uint8Array) => queue.push(bytes));
  // 'close' may come twice and after 'error'; the first of all counts.
  stream.on('end', () => lost(undefined));
  stream.on('close', () => lost(undefined));
  stream.on('error', (error) => lost(error));

  options.gone?.addEventListener('abort', () => {
    lost(options.gone?.reason);
    stream.destroy();
  });

  const write = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      const gaveUp = setTimeout(
        () => reject(new Error(`nothing was taken for ${String(SEND_TIMEOUT_MS / 1000)} s`)),
        SEND_TIMEOUT_MS,
      );
      stream.write(bytes, (error) => {
        clearTimeout(gaveUp);
        if (error) reject(error);
        else resolve();
      });
    });

  return {
    name,
    incoming: queue,
    ...(options.sendBreak === undefined ? {} : { sendBreak: options.sendBreak }),
    async send(bytes) {
      try {
        if (closed || stream.destroyed) throw new Error('it is closed');
        const size = options.largestWrite ?? Math.max(1, bytes.length);
        for (let at = 0; at < bytes.length; at += size) {
          await write(bytes.subarray(at, at + size));
          await options.drain?.();
        }
      } catch (cause) {
        // A write that fails is the way some devices tell of their unplugging.
        // What it said before is still read.
        setTimeout(() => {
          lost(cause);
          stream.destroy();
        }, LAST_WORDS_MS);
        throw new CraftportError(
          'transport.lost',
          `${name} takes no bytes: ${(cause as Error).message}`,
          {
            cause,
            detail: { port: name },
          },
        );
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      queue.end();
      stream.destroy();
      await options.close?.();
    },
  };
}
