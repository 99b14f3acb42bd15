// Time that only a test moves, for parts that take Timers.

import type { Timers } from '../../agent/base/timers.ts';

interface Waiting {
  readonly atMs: number;
  readonly afterMs: number;
  readonly run: () => void;
}

export class FakeTimers implements Timers {
  #nowMs = 0;
  #waiting: Waiting[] = [];
  readonly #asked = new Map<number, () => void>();

  nowMs(): number {
    return this.#nowMs;
  }

  after(ms: number, run: () => void): () => void {
    const waiting: Waiting = { atMs: this.#nowMs + ms, afterMs: ms, run };
    this.#waiting.push(waiting);
    this.#asked.get(ms)?.();
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
    };
  }

  /** How many wait. */
  get pending(): number {
    return this.#waiting.length;
  }

  /** Resolves when something waits for exactly `ms`, also when it does already. */
  whenWaiting(ms: number): Promise<void> {
    if (this.#waiting.some((waiting) => waiting.afterMs === ms)) return Promise.resolve();
    return new Promise((resolve) => this.#asked.set(ms, resolve));
  }

  /** Moves time on and runs what is due, oldest first. */
  advance(ms: number): void {
    this.#nowMs += ms;
    const due = this.#waiting.filter((waiting) => waiting.atMs <= this.#nowMs);
    this.#waiting = this.#waiting.filter((waiting) => waiting.atMs > this.#nowMs);
    for (const { run } of due.sort((a, b) => a.atMs - b.atMs)) run();
  }
}
