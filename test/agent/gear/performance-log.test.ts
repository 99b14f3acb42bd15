import { describe, expect, it } from 'vitest';
import { PerformanceLog } from '../../../agent/gear/performance-log.ts';
import type { PerformanceInterval } from '../../../agent/span/performance.ts';

const bin = (over: Partial<PerformanceInterval>): PerformanceInterval => ({
  span: 'DS1-1',
  age: undefined,
  start: undefined,
  elapsedS: undefined,
  kind: 'interval',
  intervals: 1,
  complete: undefined,
  end: 'near',
  counters: {},
  other: {},
  ...over,
});

describe('the log of counters', () => {
  it('keeps a day of intervals that the gear names by time, the last told of each', () => {
    const log = new PerformanceLog();
    for (let number = 0; number < 200; number++) {
      log.take([bin({ start: `t${number}`, complete: false })], number);
      log.take([bin({ start: `t${number}`, complete: true, counters: { ES: number } })], number);
      log.take([bin({ start: `t${number}`, end: 'far' })], number);
    }
    const near = log.of('DS1-1').filter(({ interval }) => interval.end === 'near');
    expect(near).toHaveLength(97);
    expect(near[0]).toMatchObject({
      interval: { start: 't199', complete: true, counters: { ES: 199 } },
      readMs: 199,
    });
    expect(log.of('DS1-1')).toHaveLength(194);
    expect(log.of('DS1-2')).toEqual([]);
  });

  it('keeps of a gear that counts back what it told last', () => {
    const log = new PerformanceLog();
    const reading = (elapsedS: number): readonly PerformanceInterval[] => [
      bin({ age: 0, elapsedS }),
      bin({ age: 1, elapsedS: 900, counters: { CSS: 4 } }),
      bin({ kind: 'sum', intervals: 96, elapsedS: 86_400 }),
    ];
    log.take(reading(428), 1);
    log.take(reading(12), 2);
    expect(
      log.of('DS1-1').map(({ interval, readMs }) => [interval.age, interval.elapsedS, readMs]),
    ).toEqual([
      [0, 12, 2],
      [1, 900, 2],
      [undefined, 86_400, 2],
    ]);
  });
});
