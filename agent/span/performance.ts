// Performance monitoring: counters of 15-minute intervals (ANSI T1.231, G.826; RFC 4805).
// A driver that can read them has `performance` beside `read`.

/**
 * RFC 4805 interval columns: line code violations, line errored seconds, path code violations,
 * errored, bursty errored, severely errored, severely errored framing, unavailable and
 * controlled slip seconds, degraded minutes.
 */
export type PerformanceCounter =
  'LCV' | 'LES' | 'PCV' | 'ES' | 'BES' | 'SES' | 'SEFS' | 'UAS' | 'CSS' | 'DM';

export interface PerformanceInterval {
  /** The span's native name. */
  readonly span: string;
  /** 0 for the interval that runs, 1 for the one before; undefined when the gear names times. */
  readonly age: number | undefined;
  /** The interval's start as the gear's clock has it (no zone): `07-14 11:45`. */
  readonly start: string | undefined;
  /** Seconds counted so far; 900 for a whole interval, undefined when unknown. */
  readonly elapsedS: number | undefined;
  /** `sum` stands for several intervals together; `intervals` says how many. */
  readonly kind: 'interval' | 'sum';
  readonly intervals: number;
  readonly complete: boolean | undefined;
  readonly end: 'near' | 'far';
  readonly counters: Readonly<Partial<Record<PerformanceCounter, number>>>;
  /** Counters outside the common list, under the gear's own names. */
  readonly other: Readonly<Record<string, number>>;
}

export interface PerformanceSource {
  /** Reads the counters of all spans. @throws as GearDriver.read */
  performance(signal: AbortSignal): Promise<readonly PerformanceInterval[]>;
}
