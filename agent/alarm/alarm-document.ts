// An alarm as clients see it (schemas/alarms.json).

import type { AlarmDoc } from '../../schemas/types.ts';
import type { Acknowledgement, Alarm } from './alarm.ts';

export function alarmDocument(alarm: Alarm): AlarmDoc {
  const { source, acknowledgement, note, clearedMs } = alarm;
  return {
    id: alarm.id,
    key: alarm.key,
    name: alarm.name,
    severity: alarm.severity,
    explanation: alarm.explanation,
    state: clearedMs === undefined ? 'active' : 'cleared',
    ...(source.kind === 'gear'
      ? {
          gear_id: source.gearId,
          ...(source.span === undefined
            ? {}
            : { span_id: source.span.id, span: source.span.native }),
        }
      : { account_id: source.path.at(-1) ?? '' }),
    raised_at: toIso(alarm.raisedMs),
    last_raised_at: toIso(alarm.lastRaisedMs),
    ...(clearedMs === undefined ? {} : { cleared_at: toIso(clearedMs) }),
    count: alarm.count,
    acknowledged: acknowledgement !== undefined,
    ...(acknowledgement === undefined
      ? {}
      : {
          acknowledged_at: toIso(acknowledgement.atMs),
          acknowledged_by: acknowledgedBy(acknowledgement),
        }),
    ...(note === undefined ? {} : { note }),
  };
}

function acknowledgedBy({ accountId, userId, method }: Acknowledgement): {
  readonly account_id?: string;
  readonly user_id?: string;
  readonly method: string;
} {
  return {
    ...(accountId === undefined ? {} : { account_id: accountId }),
    ...(userId === undefined ? {} : { user_id: userId }),
    method,
  };
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
