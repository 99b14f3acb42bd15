import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobAction } from '../../../agent/job/job.ts';
import { isCode } from '../../../agent/base/error.ts';
import type { Batch, Claim, JobStore } from '../../../agent/job/job-store.ts';
import { ownerOf } from '../../../agent/job/recovery.ts';
import { systemTimers } from '../../../agent/base/timers.ts';
import { JobRunner } from '../../../agent/job/runner.ts';
import { silentLogger } from '../../../agent/base/logger.ts';
import { createJobStore } from '../../../agent/service/job-work.ts';
import { chunksOf } from '../../../agent/service/jobs.ts';
import type { Storage } from '../../../agent/service/storage.ts';
import { CHILD_ID } from '../../support/api-harness.ts';
import { FakeTimers } from '../../support/fake-timers.ts';
import { checkJobs } from '../../support/job-checks.ts';
import {
  addResources,
  childTarget,
  openStoreAt,
  openTables,
  RESOURCE_ID,
  startJobs,
} from '../../support/job-harness.ts';
import { tempDir } from '../../support/temp-dir.ts';

const HEAD = { resourceId: RESOURCE_ID, doc: {} };
const SETTINGS = { jobRecoverTimeoutS: 60, jobRecoverThresholdS: 3600 };

/** `count` numbers, shuffled, that no other `series` has. */
function numbersOf(series: number, count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => `+1${String(2_122_000_000 + series * 1_000_000 + ((index * 7919) % count))}`,
  );
}

/** A clock that a test sets. */
function settableClock(): { nowMs: () => number; set(ms: number): void } {
  let offsetMs = 0;
  return {
    nowMs: () => Date.now() + offsetMs,
    set(ms) {
      offsetMs = ms;
    },
  };
}

/** The store as the runner sees it, writing down who did what. */
function watched(
  storage: Storage,
  log: (line: readonly [string, number, string]) => void,
): JobStore {
  const store = createJobStore(storage);
  return {
    ...store,
    async claim(claim: Claim) {
      const job = await store.claim(claim);
      if (job !== undefined) log(['claim', claim.seq, claim.owner]);
      return job;
    },
    async apply(batch: Batch, paceOf) {
      const job = await store.apply(batch, paceOf);
      log([job === undefined ? 'refused' : 'apply', batch.seq, batch.owner]);
      return job;
    },
  };
}

describe('two runners on one database', () => {
  it('share the jobs and never both work on one', async () => {
    const path = await tempDir();
    const stores = [await openStoreAt(path), await openStoreAt(path)] as const;
    await addResources(stores[0]);
    const { jobs } = await startJobs(stores[0], { idle: true });
    for (let series = 0; series < 12; series += 1)
      await jobs.create(childTarget, HEAD, chunksOf(numbersOf(series, 1500)));
    const log: (readonly [string, number, string])[] = [];
    const runners = stores.map(
      (storage, index) =>
        new JobRunner({
          store: watched(storage, (line) => log.push(line)),
          identity: { agent: `agent-${String(index)}`, instance: '1' },
          settings: () => SETTINGS,
          clock: { nowMs: () => Date.now() },
          timers: systemTimers,
          logger: silentLogger,
        }),
    );
    await Promise.all(runners.map((runner) => runner.start()));
    await Promise.all(runners.map((runner) => runner.whenIdle()));
    await Promise.all(runners.map((runner) => runner.stop()));
    const claims = log.filter(([what]) => what === 'claim');
    expect(claims.map(([, seq]) => seq).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
    const ownerOfJob = new Map(claims.map(([, seq, owner]) => [seq, owner]));
    expect(
      log.filter(([what, seq, owner]) => what !== 'claim' && ownerOfJob.get(seq) !== owner),
    ).toEqual([]);
    const facts = await checkJobs(await openTables(path));
    expect(facts.every((job) => job.status === 'complete' && job.successes === 1500)).toBe(true);
  });

  it('hand a stalled job over, and the one that lost it writes nothing more', async () => {
    const path = await tempDir();
    const clock = settableClock();
    const [first, second] = [await openStoreAt(path), await openStoreAt(path, clock)];
    await addResources(first);
    const { jobs } = await startJobs(first, { idle: true });
    const job = await jobs.create(childTarget, HEAD, chunksOf(numbersOf(0, 6000)));
    const slow = createJobStore(first);
    const claimed = await slow.claim({
      seq: job.seq,
      owner: 'slow/1',
      recovering: undefined,
      seen: undefined,
    });
    if (claimed === undefined) throw new Error('not claimed');
    const [border = '', ...rest] = await slow.borders(claimed);
    const batch = { seq: job.seq, owner: 'slow/1', pass: 0, isLast: false };
    await slow.apply({ ...batch, after: '', lastKey: border }, undefined);
    const other = await startJobs(second, { agent: 'other', clock, settings: SETTINGS });
    // Alive: neither the start of another agent nor a sweep takes it.
    expect(await other.runner.sweep()).toBe(0);
    // Taken from it, it can do nothing, though the cursor is where it left it.
    const [seen] = await second.read.jobs.unfinished();
    const third = { seq: job.seq, owner: 'third/1', recovering: 'stalled', seen } as const;
    expect(await createJobStore(second).claim(third)).toBeDefined();
    const next = { ...batch, after: border, lastKey: rest[0] ?? '' };
    expect(await slow.apply(next, undefined)).toBeUndefined();
    // What was seen has changed since: the same claim does not work twice.
    expect(await createJobStore(second).claim({ ...third, owner: 'fourth/1' })).toBeUndefined();
    // The other agent's clock jumps past threshold and lease: it believes the job stalled.
    clock.set(2 * 3600 * 1000);
    expect(await other.runner.sweep()).toBe(1);
    await other.runner.whenIdle();
    expect(await slow.apply(next, undefined)).toBeUndefined();
    const [facts] = await checkJobs(await openTables(path));
    expect(facts).toMatchObject({ status: 'complete', successes: 6000, recovered_count: 2 });
    expect((await jobs.fetch(childTarget.account, job.id)).recovered).toMatchObject({
      count: 2,
      lastReason: 'stalled',
    });
  });
});

describe('the runner', () => {
  it('stops at the border of a batch and goes on where it was', async () => {
    const path = await tempDir();
    const storage = await openStoreAt(path);
    await addResources(storage);
    const { jobs, runner } = await startJobs(storage);
    const job = await jobs.create(childTarget, HEAD, chunksOf(numbersOf(0, 20_000)));
    await new Promise<void>((resolve) => {
      const stop = storage.onEvents((events) => {
        if (!events.some((event) => event.name === 'job.started')) return;
        stop();
        resolve();
      });
    });
    await runner.stop();
    const stopped = await jobs.fetch(childTarget.account, job.id);
    expect([stopped.status, stopped.counts.successes < 20_000]).toEqual(['running', true]);
    expect((await storage.read.jobs.unfinished())[0]?.lease).toBeUndefined();
    const again = await startJobs(storage);
    await again.runner.whenIdle();
    const [facts] = await checkJobs(await openTables(path));
    expect(facts).toMatchObject({ status: 'complete', successes: 20_000, recovered_count: 1 });
  });

  it('removes an upload that a crash cut short', async () => {
    const path = await tempDir();
    const storage = await openStoreAt(path);
    await addResources(storage);
    await storage.write(async (writers) => {
      const { seq } = await writers.jobs.begin({
        id: '202001-0123456789abcdef',
        accountPath: [CHILD_ID],
        resourceId: RESOURCE_ID,
        carrierModule: 'local',
        doc: {},
        actor: { method: 'agent', requestId: 'test' },
        createdMs: Date.now(),
        owner: ownerOf({ agent: 'agent', instance: 'dead' }),
      });
      await writers.jobs.stage(seq, 0, [['+12223334444', null, 0, null]]);
    });
    // Another agent's upload may be alive; an own one of an earlier life is not.
    await (await startJobs(storage, { agent: 'other' })).runner.stop();
    expect(await storage.read.jobs.unfinished()).toHaveLength(1);
    await (await startJobs(storage)).runner.whenIdle();
    expect(await storage.read.jobs.unfinished()).toEqual([]);
    expect(await checkJobs(await openTables(path))).toEqual([]);
  });

  it('removes an upload whose stream breaks', async () => {
    const path = await tempDir();
    const storage = await openStoreAt(path);
    await addResources(storage);
    const { jobs } = await startJobs(storage);
    async function* broken(): ReturnType<typeof chunksOf> {
      yield* chunksOf(numbersOf(0, 10_000));
      throw new Error('aborted');
    }
    await expect(jobs.create(childTarget, HEAD, broken())).rejects.toThrow('aborted');
    expect(await checkJobs(await openTables(path))).toEqual([]);
  });

  it('waits while the disk is full, says so, and goes on when there is room', async () => {
    const path = await tempDir();
    const storage = await openStoreAt(path);
    await addResources(storage);
    const timers = new FakeTimers();
    const { jobs, runner } = await startJobs(storage, { timers, idle: true });
    const job = await jobs.create(childTarget, HEAD, chunksOf(numbersOf(0, 30_000)));
    const tables = await openTables(path);
    const pages = await tables.get<{ readonly page_count: number }>('PRAGMA page_count');
    await storage.limitPages((pages?.page_count ?? 0) + 40);
    await runner.start();
    await timers.whenWaiting(5000);
    const waiting = await jobs.fetch(childTarget.account, job.id);
    expect([waiting.status, jobs.detailOf(waiting)]).toEqual(['running', 'out_of_space']);
    expect(waiting.stateDetail).toBe('out_of_space');
    await checkJobs(tables);
    await storage.limitPages(2 ** 30);
    timers.advance(5000);
    await runner.whenIdle();
    const [facts] = await checkJobs(tables);
    expect(facts).toMatchObject({ status: 'complete', successes: 30_000 });
    expect((await jobs.fetch(childTarget.account, job.id)).stateDetail).toBeUndefined();
  });

  it('completes whatever the clock does', async () => {
    const path = await tempDir();
    const clock = settableClock();
    const storage = await openStoreAt(path, clock);
    await addResources(storage);
    const { jobs, runner } = await startJobs(storage, { clock, settings: SETTINGS });
    let jump = 0;
    storage.onEvents(() => {
      clock.set(((jump += 1) % 2 === 0 ? 1 : -1) * jump * 86_400_000);
    });
    for (let series = 0; series < 3; series += 1)
      await jobs.create(childTarget, HEAD, chunksOf(numbersOf(series, 5000)));
    await Promise.all([runner.sweep(), runner.sweep()]);
    await runner.whenIdle();
    expect(jump).toBeGreaterThan(5);
    const facts = await checkJobs(await openTables(path));
    expect(facts.map((job) => [job.status, job.successes, job.recovered_count])).toEqual(
      facts.map(() => ['complete', 5000, 0]),
    );
  });

  it('sweeps as often as the settings say, also when they change', async () => {
    const storage = await openStoreAt(await tempDir());
    const timers = new FakeTimers();
    let looked = 0;
    const store = createJobStore(storage);
    let timeoutS = 21_600;
    const runner = new JobRunner({
      store: {
        ...store,
        unfinished() {
          looked += 1;
          return store.unfinished();
        },
      },
      identity: { agent: 'agent', instance: '1' },
      settings: () => ({ jobRecoverTimeoutS: timeoutS, jobRecoverThresholdS: 1 }),
      clock: { nowMs: () => Date.now() },
      timers,
      logger: silentLogger,
    });
    await runner.start();
    const after = (seconds: number): number => {
      for (let second = 0; second < seconds; second += 1) timers.advance(1000);
      return looked;
    };
    expect([after(0), after(21_599), after(1)]).toEqual([1, 1, 2]);
    timeoutS = 10;
    expect([after(9), after(1), after(10)]).toEqual([2, 3, 4]);
    await runner.stop();
    expect(after(100)).toBe(4);
  });

  it('keeps the books whatever people do while it runs', async () => {
    const path = await tempDir();
    const storage = await openStoreAt(path);
    await addResources(storage);
    const { jobs, runner } = await startJobs(storage);
    const tables = await openTables(path);
    let series = 0;
    const action = fc.constantFrom<JobAction>('pause', 'resume', 'retry_failed', 'cancel');
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 8 }), async (actions) => {
        series += 1;
        // Every second number is one of the series before: a failure to retry.
        const numbers = [...numbersOf(series, 700), ...numbersOf(series - 1, 700)];
        const { id } = await jobs.create(childTarget, HEAD, chunksOf(numbers));
        const act = (name: JobAction): Promise<unknown> =>
          jobs.act(childTarget, id, name).catch((error: unknown) => {
            if (!isCode(error, 'job.wrong-state')) throw error;
          });
        await Promise.all(
          actions.map(async (name, index) => {
            for (let turn = 0; turn < index; turn += 1) await runner.sweep();
            await act(name);
          }),
        );
        await act('resume');
        await runner.whenIdle();
        const job = await jobs.fetch(childTarget.account, id);
        const { total, successes, failures, skipped } = job.counts;
        expect(job.status).toBe('complete');
        if (job.stateDetail !== 'cancelled') expect(successes + failures + skipped).toBe(total);
        await checkJobs(tables);
      }),
      { numRuns: 25 },
    );
  });

  it('retries the numbers that existed, and only those', async () => {
    const path = await tempDir();
    const storage = await openStoreAt(path);
    await addResources(storage);
    const { jobs, runner } = await startJobs(storage);
    await jobs.create(childTarget, HEAD, chunksOf(numbersOf(0, 300)));
    await runner.whenIdle();
    const second = await jobs.create(
      childTarget,
      HEAD,
      chunksOf([...numbersOf(0, 300), ...numbersOf(1, 10), '911']),
    );
    await runner.whenIdle();
    for (const number of numbersOf(0, 300).slice(0, 200))
      await storage.write(async (writers) => {
        const stored = await writers.numbers.load(number);
        if (stored !== undefined) await writers.numbers.remove(stored);
      });
    await jobs.act(childTarget, second.id, 'retry_failed');
    await runner.whenIdle();
    const job = await jobs.fetch(childTarget.account, second.id);
    expect(job).toMatchObject({
      status: 'complete',
      pass: 1,
      counts: { total: 311, successes: 210, failures: 101, skipped: 0 },
      retry: { total: 300, done: 300 },
    });
    const created: string[] = [];
    for await (const chunk of jobs.created(job))
      created.push(...chunk.map((facts) => facts.number));
    expect(created.sort()).toEqual(
      [...numbersOf(0, 300).slice(0, 200), ...numbersOf(1, 10)].sort(),
    );
    const rows = await jobs.results(job, { status: 'success', start: undefined, limit: 1000 });
    expect(rows.map((row) => row.key).sort()).toEqual(created);
  });
});
