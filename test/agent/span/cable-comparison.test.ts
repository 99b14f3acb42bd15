import { describe, expect, it } from 'vitest';
import { compareEnds, type NearEnd } from '../../../agent/span/cable-comparison.ts';
import type { ChannelReport, SpanReport } from '../../../agent/span/span.ts';

const channel = (timeslot: number): ChannelReport => ({
  timeslot,
  number: timeslot,
  type: timeslot === 24 ? 'D' : 'B',
  state: 'idle',
  nativeState: undefined,
  alarm: false,
  call: undefined,
});

const base: SpanReport = {
  native: 'T1_A',
  name: 'T1_A',
  kind: 'T1',
  slots: 24,
  dChannel: 24,
  framing: 'ESF',
  lineCode: 'B8ZS',
  clock: 'line',
  admin: 'up',
  signalling: 'up',
  running: 'started',
  status: { bits: 1, names: ['NoAlarm'] },
  order: { kind: 'unknown' },
  capabilities: [],
  detail: { switch_type: 'ni2' },
  caveats: [],
  channels: Array.from({ length: 24 }, (_, at) => channel(at + 1)),
};
const near: NearEnd = { report: base, dialled: 'ascending' };
const far: SpanReport = {
  ...base,
  native: 'T1 0/0/0',
  clock: 'internal',
  framing: 'esf',
  order: { kind: 'known', direction: 'descending', memory: 'linear' },
  detail: { switch_type: 'primary-ni' },
};

const codes = (a: NearEnd, b: SpanReport): string[] => compareEnds(a, b).map(({ code }) => code);

describe('the two ends of a cable', () => {
  it('agree when one gives the clock, they hunt from opposite ends and the rest is the same', () => {
    expect(compareEnds(near, far)).toEqual([]);
  });

  it.each<[string, NearEnd, SpanReport]>([
    [
      'cable.same-order',
      near,
      { ...far, order: { kind: 'known', direction: 'ascending', memory: 'cyclic' } },
    ],
    ['cable.kind', near, { ...far, kind: 'E1' }],
    ['cable.clock', near, { ...far, clock: 'line' }],
    ['cable.clock', { ...near, report: { ...base, clock: 'internal' } }, far],
    ['cable.framing', near, { ...far, framing: 'SF' }],
    ['cable.line-code', near, { ...far, lineCode: 'AMI' }],
    ['cable.switch-type', near, { ...far, detail: { switch_type: 'primary-dms100' } }],
    ['cable.channels', near, { ...far, channels: base.channels.slice(0, 12) }],
  ])('differ: %s', (code, one, other) => {
    expect(codes(one, other)).toEqual([code]);
  });

  it('says which time slots carry calls at one end alone', () => {
    const [finding] = compareEnds(near, { ...far, channels: base.channels.slice(2) });
    expect(finding?.message).toContain('1, 2 only at FreeTDM');
  });

  it('takes what is unknown for no difference', () => {
    const silent: SpanReport = {
      ...far,
      kind: 'unknown',
      framing: undefined,
      lineCode: undefined,
      clock: undefined,
      order: { kind: 'not_applicable' },
      detail: {},
      channels: [],
    };
    expect(compareEnds(near, silent)).toEqual([]);
    expect(codes({ ...near, dialled: undefined }, { ...far, order: near.report.order })).toEqual(
      [],
    );
  });
});
