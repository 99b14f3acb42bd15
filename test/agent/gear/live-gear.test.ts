import { describe, expect, it } from 'vitest';
import { FORGET_MISSING_MS, LiveGear } from '../../../agent/gear/live-gear.ts';
import { spanFromJson, spanToJson } from '../../../agent/gear/stored-span.ts';
import type { GearReading } from '../../../agent/span/gear-driver.ts';
import { alarmReport, channel, e1 } from '../../support/fake-gear.ts';

const reading = (over: Partial<GearReading> = {}): GearReading => ({
  identity: {},
  spans: [e1('a')],
  alarms: [],
  findings: [],
  ...over,
});

describe('live gear', () => {
  it('says what a reading changed, and nothing when it changed nothing', () => {
    const live = new LiveGear(0);
    const first = live.takeReading(reading(), live.turn, 5, 10);
    expect([...first.spans, first.channels.length, first.alarms]).toEqual(['a', 31, false]);
    const again = live.takeReading(reading(), live.turn, 5, 20);
    expect([...again.spans, again.channels.length, again.alarms]).toEqual([0, false]);
    expect(live.spans.get('a')?.readMs).toBe(20);
    expect(live.spans.get('a')?.channels.get(3)?.readMs).toBe(20);
    const busy = e1('a', { channels: [channel(1, { state: 'busy' }), channel(2)] });
    const third = live.takeReading(reading({ spans: [busy] }), live.turn, 5, 30);
    expect(third.channels.map(({ channel: { report } }) => report.number)).toEqual([1]);
    expect([...third.spans]).toEqual(['a']);
  });

  it('is not misled by a clock that is set back', () => {
    const live = new LiveGear(0);
    live.takeReading(reading(), live.turn, 5, 5_000_000);
    live.takeChannel('a', channel(1, { state: 'busy' }), 5_000_000);
    live.takeAlarm(alarmReport('a'));
    const { channels, alarms } = live.takeReading(reading(), live.turn, 5, 1_000);
    expect([channels.length, alarms]).toEqual([1, true]);
    expect(live.alarms).toEqual([]);
  });

  it('lets an alarm that cleared during a reading stay cleared', () => {
    const live = new LiveGear(0);
    live.takeAlarm(alarmReport('a'));
    const turn = live.turn;
    live.takeAlarm(alarmReport('a', { severity: 'cleared' }));
    live.takeReading(reading({ alarms: [alarmReport('a')] }), turn, 5, 10);
    expect(live.alarms).toEqual([]);
    live.takeReading(reading({ alarms: [alarmReport('a')] }), live.turn, 5, 20);
    expect(live.alarms).toHaveLength(1);
  });

  it('forgets a span a day after it was last seen', () => {
    const live = new LiveGear(0);
    live.takeReading(reading(), live.turn, 5, 0);
    const without = (nowMs: number): readonly string[] => [
      ...live.takeReading(reading({ spans: [] }), live.turn, 5, nowMs).spans,
    ];
    expect(without(1_000)).toEqual(['a']);
    expect(without(2_000)).toEqual([]);
    expect(live.spans.get('a')).toMatchObject({ missingSinceMs: 1_000, readMs: 0 });
    expect(without(1_000 + FORGET_MISSING_MS)).toEqual(['a']);
    expect(live.spans.size).toBe(0);
  });

  it('keeps the reason of the last failure while it tries again', () => {
    const live = new LiveGear(0);
    live.takeLink('down', { code: 'gear.acl', span: undefined, message: 'No' }, 1);
    live.takeLink('connecting', undefined, 2);
    expect(live.state.findings).toHaveLength(1);
    live.takeLink('connected', undefined, 3);
    expect(live.state).toMatchObject({ findings: [], linkSinceMs: 3 });
  });

  it('comes back from disk with the age of the last reading, missing spans with their own', () => {
    const live = new LiveGear(0);
    live.takeReading(reading(), live.turn, 5, 1_000);
    const known = live.spans.get('a');
    if (known === undefined) throw new Error('No span');
    const json = spanToJson(known);
    const back = spanFromJson(JSON.parse(JSON.stringify(json)) as typeof json, 9_000);
    expect(back).toMatchObject({ readMs: 9_000, turn: 0 });
    expect(back.channels.get(31)).toMatchObject({ readMs: 9_000, report: { timeslot: 31 } });
    const gone = spanFromJson(spanToJson({ ...known, missingSinceMs: 2_000 }), 9_000);
    expect(gone.readMs).toBe(1_000);
  });
});
