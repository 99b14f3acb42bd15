// Events as they go over the wire, without the wire: one event becomes bytes once, recent ones
// stay in a bounded ring, and what several clients may see alike is joined once for all of them.

import type { DomainEvent } from '../base/change.ts';

/** One event, ready to send. */
export interface EventFrame {
  readonly sequence: number;
  /** First word of the name. */
  readonly topic: string;
  /** undefined: about the whole system. */
  readonly accountId: string | undefined;
  readonly bytes: Buffer;
}

/** What a client asked for and may see. */
export interface EventView {
  /** Account at the root of the subtree that it may see; undefined: everything. */
  readonly accountId: string | undefined;
  /** undefined: all topics. */
  readonly topics: readonly string[] | undefined;
}

/** Ids from the master account down to an account; undefined when it is not known. */
export type PathOf = (accountId: string) => readonly string[] | undefined;

export function toFrame(event: DomainEvent): EventFrame {
  const { sequence, name, atMs, accountId, data } = event;
  // JSON has no raw line break, so one `data:` line is always enough.
  const json = JSON.stringify({
    name,
    at: new Date(atMs).toISOString(),
    ...(accountId === undefined ? {} : { account_id: accountId }),
    data,
  });
  return {
    sequence,
    topic: name.split('.', 1)[0] ?? '',
    accountId,
    bytes: Buffer.from(`id: ${String(sequence)}\nevent: ${name}\ndata: ${json}\n\n`),
  };
}

/** Tells a client that events it wanted are gone: `requested` was its last, `oldest` comes next. */
export function gapBytes(
  requested: number,
  oldest: number | undefined,
  newest: number,
  resumeAt: number,
): Buffer {
  const data = JSON.stringify({ requested, oldest: oldest ?? null, newest });
  return Buffer.from(`id: ${String(resumeAt)}\nevent: gap\ndata: ${data}\n\n`);
}

/** A comment that keeps the line open; `id` moves a client on that has seen nothing new. */
export function heartbeatBytes(sequence: number): Buffer {
  return Buffer.from(`: heartbeat\nid: ${String(sequence)}\n\n`);
}

/** An event about no account is for those who see everything. */
export function isVisible(frame: EventFrame, view: EventView, pathOf: PathOf): boolean {
  if (view.topics !== undefined && !view.topics.includes(frame.topic)) return false;
  if (view.accountId === undefined) return true;
  if (frame.accountId === undefined) return false;
  return (
    frame.accountId === view.accountId ||
    (pathOf(frame.accountId)?.includes(view.accountId) ?? false)
  );
}

/** The bytes of the frames that `view` may see, in order. */
export function joinFrames(frames: readonly EventFrame[], view: EventView, pathOf: PathOf): Buffer {
  const visible = frames.filter((frame) => isVisible(frame, view, pathOf));
  return visible.length === 1 && visible[0] !== undefined
    ? visible[0].bytes
    : Buffer.concat(visible.map((frame) => frame.bytes));
}

/** Views with the same key see the same. */
export function viewKey(view: EventView): string {
  const topics = view.topics === undefined ? '*' : [...new Set(view.topics)].sort().join(',');
  return `${view.accountId ?? '*'} ${topics}`;
}

/** The newest frames, bounded in number and bytes. Sequences grow by one. */
export class FrameRing {
  readonly #maxFrames: number;
  readonly #maxBytes: number;
  #frames: EventFrame[] = [];
  /** Frames before this index are out; the array is cut now and then, not on every push. */
  #start = 0;
  #bytes = 0;
  #newest: number;

  /** @param newest sequence of the last event before the first push */
  constructor(newest: number, maxFrames: number, maxBytes: number) {
    this.#newest = newest;
    this.#maxFrames = maxFrames;
    this.#maxBytes = maxBytes;
  }

  get newest(): number {
    return this.#newest;
  }

  /** Frames already known are ignored; a hole in the sequence forgets what was before it. */
  push(frame: EventFrame): void {
    if (frame.sequence <= this.#newest) return;
    if (frame.sequence !== this.#newest + 1) this.#clear();
    this.#frames.push(frame);
    this.#newest = frame.sequence;
    this.#bytes += frame.bytes.length;
    while (
      this.#frames.length - this.#start > this.#maxFrames ||
      (this.#bytes > this.#maxBytes && this.#frames.length - this.#start > 0)
    ) {
      this.#bytes -= this.#frames[this.#start]?.bytes.length ?? 0;
      this.#start += 1;
    }
    if (this.#start > 1024 && this.#start * 2 > this.#frames.length) {
      this.#frames = this.#frames.slice(this.#start);
      this.#start = 0;
    }
  }

  /** Every frame after `position`, oldest first; undefined when some of them are out already. */
  after(position: number): readonly EventFrame[] | undefined {
    const held = this.#frames.length - this.#start;
    const missing = this.#newest - position;
    if (missing > held) return undefined;
    return missing <= 0 ? [] : this.#frames.slice(this.#frames.length - missing);
  }

  #clear(): void {
    this.#frames = [];
    this.#start = 0;
    this.#bytes = 0;
  }
}
