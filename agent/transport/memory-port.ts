// Two ports joined in memory: what one sends, the other reads. For simulators and tests.

import { CraftportError } from '../base/error.ts';
import { ByteQueue } from '../base/byte-queue.ts';
import type { Port } from './port.ts';

/** @returns the two ends; closing one is a lost connection for the other */
export function memoryPair(name = 'memory:'): readonly [Port, Port] {
  const queues = [new ByteQueue(), new ByteQueue()] as const;
  const end = (own: ByteQueue, other: ByteQueue): Port => {
    let closed = false;
    const lost = (): CraftportError => new CraftportError('transport.lost', `${name} went away`);
    return {
      name,
      incoming: own,
      send(bytes) {
        if (closed || own.hasEnded) return Promise.reject(lost());
        other.push(Uint8Array.from(bytes));
        return Promise.resolve();
      },
      close() {
        closed = true;
        own.end();
        other.end(lost());
        return Promise.resolve();
      },
    };
  };
  return [end(queues[0], queues[1]), end(queues[1], queues[0])];
}
