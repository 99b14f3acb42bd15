// Simulated gear on a port in memory, with a cable that a test can pull at a given byte.

import { CraftportError } from '../../agent/base/error.ts';
import type { SimDevice } from '../../agent/sim/sim-device.ts';
import type { OpenPort, Port } from '../../agent/transport/port.ts';

export interface Cable {
  readonly open: OpenPort;
  /** Everything sent to the gear, one entry an opening. */
  readonly sent: string[];
  readonly received: string[];
  /** Pulls the cable after so many more bytes in that direction; 0 pulls it at once. */
  cutAfter(direction: 'sent' | 'received', bytes: number): void;
  readonly opened: number;
}

/** @param pieceBytes how many bytes arrive at once; undefined for as the gear sends them */
export function cableTo(device: SimDevice, pieceBytes?: number): Cable {
  let cut: { direction: 'sent' | 'received'; left: number } | undefined;
  let pull: () => void = () => {};
  // Once the last byte passed, nothing does either way; the ends notice a little later.
  let dead = false;
  const sent: string[] = [];
  const received: string[] = [];

  /** What of `bytes` still passes. */
  const passing = (direction: 'sent' | 'received', bytes: Uint8Array): Uint8Array => {
    if (dead) return bytes.subarray(0, 0);
    if (cut?.direction !== direction) return bytes;
    const through = bytes.subarray(0, cut.left);
    cut.left -= bytes.length;
    if (cut.left <= 0) {
      cut = undefined;
      dead = true;
      setImmediate(pull);
    }
    return through;
  };

  const open: OpenPort = (signal) => {
    signal.throwIfAborted();
    const queue: Uint8Array[] = [];
    let state: 'open' | 'closed' | 'lost' = 'open';
    let wake: () => void = () => {};
    const index = sent.push('') - 1;
    received.push('');
    const end = (how: 'closed' | 'lost'): void => {
      if (state !== 'open') return;
      state = how;
      line.disconnect();
      wake();
    };
    const line = device.connect({
      send: (bytes) => {
        if (state !== 'open') return;
        const through = passing('received', bytes);
        received[index] = (received[index] ?? '') + Buffer.from(through).toString('latin1');
        const size = pieceBytes ?? Math.max(1, through.length);
        for (let at = 0; at < through.length; at += size)
          queue.push(through.subarray(at, at + size));
        wake();
      },
      drop: () => end('lost'),
    });
    dead = false;
    pull = () => end('lost');
    async function* incoming(): AsyncGenerator<Uint8Array> {
      for (;;) {
        const next = queue.shift();
        if (next !== undefined) yield next;
        else if (state === 'closed') return;
        else if (state === 'lost') throw new CraftportError('transport.lost', 'memory: was pulled');
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    }
    const port: Port = {
      name: 'memory:',
      incoming: incoming(),
      send: (bytes) => {
        if (state !== 'open')
          return Promise.reject(new CraftportError('transport.lost', 'memory: was pulled'));
        const through = passing('sent', bytes);
        sent[index] = (sent[index] ?? '') + Buffer.from(through).toString('latin1');
        // The gear answers later, never inside the call.
        if (through.length > 0) queueMicrotask(() => line.receive(through));
        return Promise.resolve();
      },
      close: () => {
        end('closed');
        return Promise.resolve();
      },
    };
    return Promise.resolve(port);
  };
  return {
    open,
    sent,
    received,
    cutAfter: (direction, bytes) => {
      if (bytes > 0) cut = { direction, left: bytes };
      else pull();
    },
    get opened() {
      return sent.length;
    },
  };
}
