// Gathers what changed, so that a burst (an E1 that goes red is 31 events) is told once and
// asked about once. Told soon; asked a little later, when what follows has followed.

import type { Timers } from '../../base/timers.ts';
import type { ChannelAddress } from '../../codec/ftdm/core.ts';

export interface LiveChangesTarget {
  /** Spans of which something was heard. */
  tell(spans: readonly number[]): void;
  /** Spans, and single channels of others, to ask about again. */
  read(spans: readonly number[], channels: ReadonlyMap<number, readonly number[]>): Promise<void>;
}

const TELL_MS = 40;
/** Between an event and asking, and between two askings: a busy switch has 30 calls a second. */
const READ_MS = 250;

export class LiveChanges {
  readonly #timers: Timers;
  readonly #target: LiveChangesTarget;
  #told = new Set<number>();
  #spans = new Set<number>();
  #channels = new Map<number, Set<number>>();
  #cancelTell: (() => void) | undefined;
  #cancelRead: (() => void) | undefined;
  #isReading = false;
  #isStopped = false;

  constructor(timers: Timers, target: LiveChangesTarget) {
    this.#timers = timers;
    this.#target = target;
  }

  span(id: number): void {
    this.#told.add(id);
    this.#spans.add(id);
    if (this.#isStopped) return;
    this.#cancelTell ??= this.#timers.after(TELL_MS, () => {
      this.#cancelTell = undefined;
      const spans = [...this.#told];
      this.#told.clear();
      this.#target.tell(spans);
    });
    this.#readSoon();
  }

  channel({ spanId, channelId }: ChannelAddress): void {
    const channels = this.#channels.get(spanId) ?? new Set();
    channels.add(channelId);
    this.#channels.set(spanId, channels);
    this.#readSoon();
  }

  /** Forgets what is not told yet: the connection is gone, everything will be read. */
  drop(): void {
    this.#cancelTell?.();
    this.#cancelRead?.();
    this.#cancelTell = undefined;
    this.#cancelRead = undefined;
    this.#told.clear();
    this.#spans.clear();
    this.#channels.clear();
  }

  stop(): void {
    this.#isStopped = true;
    this.drop();
  }

  #readSoon(): void {
    if (this.#isStopped || this.#isReading) return;
    this.#cancelRead ??= this.#timers.after(READ_MS, () => {
      this.#cancelRead = undefined;
      void this.#read();
    });
  }

  async #read(): Promise<void> {
    const spans = [...this.#spans];
    const channels = new Map([...this.#channels].map(([id, few]) => [id, [...few]] as const));
    this.#spans = new Set();
    this.#channels = new Map();
    this.#isReading = true;
    try {
      await this.#target.read(spans, channels);
    } finally {
      this.#isReading = false;
      if (this.#spans.size > 0 || this.#channels.size > 0) this.#readSoon();
    }
  }
}
