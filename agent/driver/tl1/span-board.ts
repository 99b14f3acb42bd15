// What is known of a TL1 element between readings: its T1s and the conditions that stand, kept
// true by autonomous messages.

import { alarmOf, lineStatus } from '../../span/line-status.ts';
import type { PerformanceInterval } from '../../span/performance.ts';
import type { AlarmReport, SpanReport } from '../../span/span.ts';
import type { Condition, Facility } from './reading.ts';

const CAPABILITIES = ['alarms', 'performance', 'loopback', 'service_state'];

export class SpanBoard {
  #facilities: ReadonlyMap<string, Facility> = new Map();
  #conditions = new Map<string, Condition>();
  #intervals: readonly PerformanceInterval[] = [];

  replaceFacilities(facilities: readonly Facility[]): void {
    this.#facilities = new Map(facilities.map((facility) => [facility.native, facility]));
  }

  /** @param since what was reported unasked while the list was on its way, oldest first */
  replaceConditions(conditions: readonly Condition[], since: readonly Condition[]): void {
    this.#conditions = new Map();
    for (const condition of [...conditions, ...since]) this.apply(condition);
  }

  /** One condition raised, changed or cleared. */
  apply(condition: Condition): void {
    const key = `${condition.aid.toUpperCase()} ${condition.condtype}`;
    if (condition.severity === 'cleared') this.#conditions.delete(key);
    else this.#conditions.set(key, condition);
  }

  replaceIntervals(intervals: readonly PerformanceInterval[]): void {
    this.#intervals = intervals;
  }

  /** Puts in what the element reported unasked, over what it said of the same interval. */
  addIntervals(intervals: readonly PerformanceInterval[]): void {
    const key = ({ span, start, end }: PerformanceInterval): string => [span, start, end].join('|');
    const merged = new Map(this.#intervals.map((interval) => [key(interval), interval]));
    for (const interval of intervals) {
      const before = merged.get(key(interval));
      merged.set(key(interval), {
        ...interval,
        counters: { ...before?.counters, ...interval.counters },
        other: { ...before?.other, ...interval.other },
      });
    }
    // 97 intervals a span is what an element keeps (RFC 4805); more is junk.
    this.#intervals = [...merged.values()].slice(-97 * 2 * Math.max(28, this.#facilities.size));
  }

  get intervals(): readonly PerformanceInterval[] {
    return this.#intervals;
  }

  spans(): readonly SpanReport[] {
    return [...this.#facilities.keys()].flatMap((native) => this.span(native) ?? []);
  }

  span(native: string): SpanReport | undefined {
    const facility = this.#facilities.get(native);
    if (facility === undefined) return undefined;
    const standing = [...this.#conditions.values()].filter(({ span }) => span === native);
    return {
      native,
      name: native,
      kind: 'T1',
      slots: 24,
      dChannel: undefined,
      framing: facility.framing,
      lineCode: facility.lineCode,
      clock: facility.clock,
      admin: facility.admin,
      signalling: 'unknown',
      running: 'unknown',
      status: lineStatus(standing.flatMap(({ line }) => line ?? [])),
      // A transport element carries the channels; it does not choose among them.
      order: { kind: 'not_applicable' },
      capabilities: CAPABILITIES,
      detail: { ...facility.detail, ...this.#performanceDetail(native) },
      caveats: [],
      channels: [],
    };
  }

  alarms(): readonly AlarmReport[] {
    return [...this.#conditions.values()].map((condition) => this.alarm(condition));
  }

  /** A condition in the words of the alarm list. Equipment is named in the alarm's name. */
  alarm(condition: Condition): AlarmReport {
    const span = this.#facilities.has(condition.span ?? '') ? condition.span : undefined;
    const native = [condition.condtype, condition.description]
      .filter((part) => part !== '')
      .join(', ');
    if (condition.line !== undefined && span !== undefined)
      return alarmOf(span, condition.line, condition.severity, native);
    return {
      span,
      name: span === undefined ? `${condition.aid} ${condition.condtype}` : condition.condtype,
      severity: condition.severity,
      explanation: `The element reports “${native}” for ${condition.aid}.`,
    };
  }

  #performanceDetail(native: string): Readonly<Record<string, string>> {
    const latest = this.#intervals
      .filter(({ span, end }) => span === native && end === 'near')
      .reduce<PerformanceInterval | undefined>(
        (best, one) => ((best?.start ?? '') > (one.start ?? '') ? best : one),
        undefined,
      );
    if (latest === undefined) return {};
    const counters = Object.entries({ ...latest.counters, ...latest.other });
    return {
      performance:
        `${latest.start ?? ''} ${counters.map(([name, value]) => `${name}=${value}`).join(' ')}`.trim(),
    };
  }
}
