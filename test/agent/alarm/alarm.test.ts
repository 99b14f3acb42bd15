import { describe, expect, it } from 'vitest';
import {
  type Alarm,
  alarmKey,
  type AlarmNotice,
  type AlarmSource,
  nextAlarm,
  SAME_OCCURRENCE_MS,
} from '../../../agent/alarm/alarm.ts';

const span: AlarmSource = { kind: 'gear', gearId: 'g', span: { id: 's', native: 'E1/1' } };
const red = (over: Partial<AlarmNotice> = {}): AlarmNotice => ({
  source: span,
  name: 'RED',
  severity: 'major',
  explanation: 'Signal lost',
  ...over,
});

function after(notices: readonly (readonly [atMs: number, notice: AlarmNotice])[]): {
  readonly alarm: Alarm | undefined;
  readonly events: readonly (string | undefined)[];
} {
  let alarm: Alarm | undefined;
  const events = notices.map(([atMs, notice], index) => {
    const step = nextAlarm(alarm, notice, atMs, `id-${String(index)}`);
    alarm = step?.alarm ?? alarm;
    return step?.event;
  });
  return { alarm, events };
}

describe('an alarm', () => {
  it('stands from its first notice to the one that clears it, and old news is none', () => {
    const { alarm, events } = after([
      [0, red({ severity: 'cleared' })],
      [10, red()],
      [20, red()],
      [30, red({ severity: 'cleared' })],
      [40, red({ severity: 'cleared' })],
    ]);
    expect(events).toEqual([undefined, 'raised', undefined, 'cleared', undefined]);
    expect(alarm).toMatchObject({ raisedMs: 10, clearedMs: 30, count: 1, severity: 'major' });
  });

  it('that comes back within ten minutes is the same occurrence, and nobody has seen it yet', () => {
    const first = nextAlarm(undefined, red(), 0, 'first')?.alarm;
    const seen: Alarm = {
      ...(first as Alarm),
      acknowledgement: { atMs: 1, method: 'local' },
      note: 'Ticket 7',
      clearedMs: 5,
    };
    const again = nextAlarm(seen, red(), 5 + SAME_OCCURRENCE_MS - 1, 'other')?.alarm;
    expect(again).toMatchObject({ id: 'first', raisedMs: 0, count: 2, note: 'Ticket 7' });
    expect(again).toMatchObject({ acknowledgement: undefined, clearedMs: undefined });
    const later = nextAlarm(seen, red(), 5 + SAME_OCCURRENCE_MS, 'other')?.alarm;
    expect(later).toMatchObject({ id: 'other', count: 1, note: undefined, key: seen.key });
  });

  it('that grows worse has to be seen again; one that grows milder has not', () => {
    const raised = nextAlarm(undefined, red(), 0, 'a')?.alarm as Alarm;
    const seen: Alarm = { ...raised, acknowledgement: { atMs: 1, method: 'local' } };
    const worse = nextAlarm(seen, red({ severity: 'critical' }), 2, 'b');
    expect(worse).toMatchObject({ event: 'changed', alarm: { acknowledgement: undefined } });
    const milder = nextAlarm(seen, red({ severity: 'minor' }), 2, 'b');
    expect(milder?.alarm.acknowledgement).toEqual({ atMs: 1, method: 'local' });
  });

  it('has a key that no choice of names can make another alarm share', () => {
    const keys = [
      alarmKey(span, 'RED'),
      alarmKey({ kind: 'gear', gearId: 'g', span: undefined }, 'RED'),
      alarmKey({ kind: 'gear', gearId: 'g', span: undefined }, 'RED","E1/1'),
      alarmKey({ kind: 'account', path: ['m', 'g'] }, 'RED'),
      alarmKey({ kind: 'gear', gearId: 'g', span: { id: 's', native: 'RED' } }, 'E1/1'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
