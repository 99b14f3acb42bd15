import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextBatchRows } from '../../../agent/job/batch-size.ts';
import type { UnfinishedJob } from '../../../agent/job/job-store.ts';
import { verdictAtStart, verdictAtSweep } from '../../../agent/job/recovery.ts';
import { Rotation } from '../../../agent/job/rotation.ts';

describe('the rotation', () => {
  it('gives every account the same number of turns, however many jobs it has', () => {
    const rotation = new Rotation<{ accountId: string; job: number }>();
    for (let job = 0; job < 50; job += 1) rotation.add({ accountId: 'busy', job });
    rotation.add({ accountId: 'quiet', job: 100 });
    rotation.add({ accountId: 'calm', job: 200 });
    const turns = new Map<string, number>();
    for (let turn = 0; turn < 30; turn += 1) {
      const entry = rotation.next();
      if (entry === undefined) throw new Error('empty');
      turns.set(entry.accountId, (turns.get(entry.accountId) ?? 0) + 1);
      rotation.giveBack(entry);
    }
    expect(Object.fromEntries(turns)).toEqual({ busy: 10, quiet: 10, calm: 10 });
  });

  it('lets a few jobs of an account take turns, and the next when one is done', () => {
    const rotation = new Rotation<{ accountId: string; job: number }>();
    for (let job = 0; job < 6; job += 1) rotation.add({ accountId: 'a', job });
    const seen = new Set<number>();
    for (let turn = 0; turn < 20; turn += 1) {
      const entry = rotation.next();
      if (entry === undefined) throw new Error('empty');
      seen.add(entry.job);
      rotation.giveBack(entry);
    }
    expect([...seen].sort()).toEqual([0, 1, 2, 3]);
    expect(rotation.next()?.job).toBe(0);
    expect(rotation.size).toBe(5);
    const rest = Array.from({ length: 5 }, () => rotation.next()?.job);
    expect([...rest].sort()).toEqual([1, 2, 3, 4, 5]);
    expect(rotation.next()).toBeUndefined();
  });
});

describe('batches', () => {
  it('grow at most twofold and stay within their bounds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 512, max: 16_384 }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (rows, tookMs) => {
          const next = nextBatchRows(rows, tookMs);
          expect(next).toBeGreaterThanOrEqual(512);
          expect(next).toBeLessThanOrEqual(Math.min(16_384, rows * 2));
          if (tookMs > 30 && rows > 1024) expect(next).toBeLessThan(rows);
        },
      ),
    );
  });
});

describe('who may take up a job', () => {
  const me = { agent: 'a', instance: '2' };
  const now = 1_000_000_000_000;
  const job: UnfinishedJob = {
    seq: 1,
    accountId: 'x',
    hasStarted: true,
    isUploaded: true,
    isPaused: false,
    modifiedMs: now,
    lease: undefined,
  };
  const held = (owner: string, leftMs: number): UnfinishedJob => ({
    ...job,
    lease: { owner, untilMs: now + leftMs },
  });

  it('at the start: its own earlier life and nobody, never somebody else', () => {
    expect(verdictAtStart(held('a/1', 10_000), me)).toEqual({
      kind: 'take',
      recovering: 'agent_restarted',
    });
    expect(verdictAtStart({ ...job, hasStarted: false }, me)).toEqual({
      kind: 'take',
      recovering: undefined,
    });
    expect(verdictAtStart(held('ab/1', -1e9), me)).toEqual({ kind: 'leave' });
    expect(verdictAtStart({ ...held('a/1', 1), isPaused: true }, me)).toEqual({ kind: 'leave' });
    expect(verdictAtStart({ ...held('a/1', 1), isUploaded: false }, me)).toEqual({
      kind: 'discard',
    });
    expect(verdictAtStart({ ...held('b/1', 1), isUploaded: false }, me)).toEqual({ kind: 'leave' });
  });

  it('at a sweep: what is old and not held, with a clock set either way', () => {
    const old = { modifiedMs: now - 3_600_000 };
    const take = { kind: 'take', recovering: 'stalled' };
    const at = (of: UnfinishedJob): unknown => verdictAtSweep(of, me, 3600, now);
    expect(at(job)).toEqual({ kind: 'leave' });
    expect(at({ ...job, ...old })).toEqual(take);
    expect(at({ ...job, modifiedMs: now + 3_600_000 })).toEqual(take);
    expect(at({ ...held('b/1', 5_000), ...old })).toEqual({ kind: 'leave' });
    expect(at({ ...held('b/1', -1), ...old })).toEqual(take);
    expect(at({ ...held('b/1', 16_000), ...old })).toEqual(take);
    expect(at({ ...held('b/1', -1), ...old, isPaused: true })).toEqual({ kind: 'leave' });
    expect(at({ ...held('b/1', -1), ...old, isUploaded: false })).toEqual({ kind: 'discard' });
  });
});
