// An alarm and what becomes of it. One `Alarm` is one occurrence: from the moment it came until
// it went. One that comes back soon after it went is the same occurrence with a higher count, so
// that a flapping line is one row and not a thousand. Pure.

import { assertNever } from '../base/error.ts';

export type AlarmSeverity = 'critical' | 'major' | 'minor' | 'warning';

/** Whose alarm it is. An account's is seen by that account and those above it. */
export type AlarmSource =
  | {
      readonly kind: 'gear';
      readonly gearId: string;
      /** undefined: the gear itself. `native` is the gear's own name of the span. */
      readonly span: { readonly id: string; readonly native: string } | undefined;
    }
  | {
      readonly kind: 'account';
      /** Ids from the master account down to the account itself. */
      readonly path: readonly string[];
    };

/** What a source says of one of its alarms: that it stands, or that it does not. */
export interface AlarmNotice {
  readonly source: AlarmSource;
  /** With the source, says which alarm it is. */
  readonly name: string;
  readonly severity: AlarmSeverity | 'cleared';
  readonly explanation: string;
}

export interface Acknowledgement {
  readonly atMs: number;
  readonly accountId?: string;
  readonly userId?: string;
  readonly method: string;
}

export interface Alarm {
  readonly id: string;
  readonly key: string;
  readonly source: AlarmSource;
  readonly name: string;
  /** The last one while it stood. */
  readonly severity: AlarmSeverity;
  readonly explanation: string;
  /** Unix milliseconds. */
  readonly raisedMs: number;
  readonly lastRaisedMs: number;
  /** undefined: it stands. */
  readonly clearedMs: number | undefined;
  readonly count: number;
  readonly acknowledgement: Acknowledgement | undefined;
  readonly note: string | undefined;
}

export interface AlarmStep {
  readonly alarm: Alarm;
  readonly event: 'raised' | 'changed' | 'cleared';
}

/** Back within this time after it cleared: the same occurrence. */
export const SAME_OCCURRENCE_MS = 600_000;

const RANK: Readonly<Record<AlarmSeverity, number>> = {
  critical: 3,
  major: 2,
  minor: 1,
  warning: 0,
};

/** Which alarm it is, the same text each time it comes. */
export function alarmKey(source: AlarmSource, name: string): string {
  switch (source.kind) {
    case 'gear':
      return JSON.stringify(
        source.span === undefined
          ? ['gear', source.gearId, name]
          : ['gear', source.gearId, name, source.span.native],
      );
    case 'account':
      return JSON.stringify(['account', source.path.at(-1) ?? '', name]);
    default:
      return assertNever(source);
  }
}

/**
 * What a notice makes of an alarm.
 * @param last its newest occurrence, standing or past
 * @param id for a new occurrence
 * @returns undefined when the notice says nothing new
 */
export function nextAlarm(
  last: Alarm | undefined,
  notice: AlarmNotice,
  nowMs: number,
  id: string,
): AlarmStep | undefined {
  const { source, name, severity, explanation } = notice;
  if (last === undefined || last.clearedMs !== undefined) {
    if (severity === 'cleared') return undefined;
    const isSame = last?.clearedMs !== undefined && nowMs - last.clearedMs < SAME_OCCURRENCE_MS;
    const alarm: Alarm = {
      id: isSame ? last.id : id,
      key: alarmKey(source, name),
      source,
      name,
      severity,
      explanation,
      raisedMs: isSame ? last.raisedMs : nowMs,
      lastRaisedMs: nowMs,
      clearedMs: undefined,
      count: isSame ? last.count + 1 : 1,
      // Whoever took notice of it saw it go since: that it is back is news.
      acknowledgement: undefined,
      note: isSame ? last.note : undefined,
    };
    return { alarm, event: 'raised' };
  }
  if (severity === 'cleared') return { alarm: { ...last, clearedMs: nowMs }, event: 'cleared' };
  if (severity === last.severity && explanation === last.explanation) return undefined;
  const isWorse = RANK[severity] > RANK[last.severity];
  return {
    alarm: {
      ...last,
      severity,
      explanation,
      acknowledgement: isWorse ? undefined : last.acknowledgement,
    },
    event: 'changed',
  };
}
