// The counters of 15-minute intervals that gear reported, by span: as many as a span keeps
// (RFC 4805: the running one and 96 before it, near and far end). In memory. Pure.

import type { PerformanceInterval } from '../span/performance.ts';

export interface KnownInterval {
  readonly interval: PerformanceInterval;
  /** Unix milliseconds of the reading. */
  readonly readMs: number;
}

const MOST_INTERVALS = 97;
const MOST_SPANS = 1024;

export class PerformanceLog {
  readonly #bySpan = new Map<string, Map<string, KnownInterval>>();

  /**
   * Takes what one reading has. Intervals that the gear names by their time add to what is known;
   * those it names by their age (1 before the last) stand for all that is known of that span.
   */
  take(intervals: readonly PerformanceInterval[], nowMs: number): void {
    for (const span of new Set(intervals.map((interval) => interval.span))) {
      const known = this.#bySpan.get(span) ?? new Map<string, KnownInterval>();
      if (!this.#bySpan.has(span) && this.#bySpan.size >= MOST_SPANS) continue;
      this.#bySpan.set(span, known);
      for (const [key, { interval }] of known) if (interval.start === undefined) known.delete(key);
      for (const interval of intervals) {
        if (interval.span !== span) continue;
        const { end, kind, start, age } = interval;
        known.set(JSON.stringify([end, kind, start ?? age ?? null]), { interval, readMs: nowMs });
      }
      for (const end of ['near', 'far'] as const) {
        const keys = [...known].filter(([, one]) => one.interval.end === end).map(([key]) => key);
        for (const key of keys.slice(0, -MOST_INTERVALS)) known.delete(key);
      }
    }
  }

  /** Newest first, as far as the gear's order says. */
  of(span: string): readonly KnownInterval[] {
    const known = [...(this.#bySpan.get(span)?.values() ?? [])];
    // A gear that names ages lists the running interval first, one that names times the oldest.
    return known.some(({ interval }) => interval.start !== undefined) ? known.reverse() : known;
  }
}
