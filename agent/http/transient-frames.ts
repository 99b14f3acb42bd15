// Events that tell a state and are not kept: a channel that becomes busy, a span read again. The
// latest event of a key takes the place of those before it, so that a thousand changes a second
// cost a client one event for each thing that changed since it was told last.

import type { NewEvent } from '../base/change.ts';
import { maskSecrets } from '../base/mask.ts';
import type { EventFrame } from './event-frames.ts';

interface Entry {
  /** Grows by one with every event. */
  readonly turn: number;
  readonly make: () => NewEvent | undefined;
  readonly atMs: number;
  /** undefined: not made yet; null: there was nothing to tell. */
  frame: EventFrame | null | undefined;
}

/** More than any site has channels; beyond it the oldest go untold. */
const MAX_KEYS = 50_000;

export class TransientFrames {
  /** In order of turn. */
  readonly #entries = new Map<string, Entry>();
  #newest = 0;

  /** The turn of the latest event. */
  get newest(): number {
    return this.#newest;
  }

  put(key: string, make: () => NewEvent | undefined, atMs: number): void {
    this.#newest += 1;
    this.#entries.delete(key);
    this.#entries.set(key, { turn: this.#newest, make, atMs, frame: undefined });
    if (this.#entries.size <= MAX_KEYS) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  /** The latest of every key that had an event after `turn`, oldest first. */
  after(turn: number): readonly EventFrame[] {
    const frames: EventFrame[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.turn <= turn) continue;
      if (entry.frame === undefined) entry.frame = toFrame(entry);
      if (entry.frame !== null) frames.push(entry.frame);
    }
    return frames;
  }

  /** Nobody will ask for events up to `turn` any more. */
  forget(turn: number): void {
    for (const [key, entry] of this.#entries) {
      if (entry.turn > turn) return;
      this.#entries.delete(key);
    }
  }
}

/** Without `id:`, so that the client's Last-Event-ID stays that of the journal. */
function toFrame({ make, atMs }: Entry): EventFrame | null {
  const event = make();
  if (event === undefined) return null;
  const { name, accountId, data } = event;
  const json = JSON.stringify({
    name,
    at: new Date(atMs).toISOString(),
    ...(accountId === undefined ? {} : { account_id: accountId }),
    data: maskSecrets(data),
  });
  return {
    sequence: 0,
    topic: name.split('.', 1)[0] ?? '',
    accountId,
    bytes: Buffer.from(`event: ${name}\ndata: ${json}\n\n`),
  };
}
