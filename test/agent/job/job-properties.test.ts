// Any list of numbers, typed any way, in batches that end anywhere, stopped and taken up again
// at any border: the outcome is what a plain loop over the list says.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Job, JobResult } from '../../../agent/job/job.ts';
import type { JobStore } from '../../../agent/job/job-store.ts';
import { RUN_ROWS } from '../../../agent/job/staged-row.ts';
import { createJobStore } from '../../../agent/service/job-work.ts';
import { chunksOf } from '../../../agent/service/jobs.ts';
import { checkJobs } from '../../support/job-checks.ts';
import {
  addResources,
  childTarget,
  numberRules,
  openStoreAt,
  openTables,
  RESOURCE_ID,
  startJobs,
} from '../../support/job-harness.ts';
import { tempDir } from '../../support/temp-dir.ts';

const HEAD = { resourceId: RESOURCE_ID, doc: {} };

type Outcome = 'success' | 'skipped' | 'not_reconcilable' | 'duplicate' | 'number_exists';

/** The rule as a loop: what becomes of each row of `numbers`. */
function expectedOf(numbers: readonly string[], existing: ReadonlySet<string>): Outcome[] {
  const texts = new Set<string>();
  const keys = new Set<string>();
  return numbers.map((typed) => {
    const { e164, reconcilable } = numberRules.normalize(typed);
    if (texts.has(typed)) return 'skipped';
    texts.add(typed);
    if (!reconcilable) return 'not_reconcilable';
    if (keys.has(e164)) return 'duplicate';
    keys.add(e164);
    return existing.has(e164) ? 'number_exists' : 'success';
  });
}

/** Works a job off with batches of the given sizes; `cuts` says where its runner dies. */
async function workOff(
  store: JobStore,
  job: Job,
  sizes: readonly number[],
  cuts: readonly boolean[],
): Promise<void> {
  let life = 0;
  const claim = async (): Promise<Job> => {
    const seen = (await store.unfinished()).find((other) => other.seq === job.seq);
    life += 1;
    const owner = `life/${String(life)}`;
    const claimed = await store.claim({
      seq: job.seq,
      owner,
      recovering: life > 1 ? 'agent_restarted' : undefined,
      seen,
    });
    if (claimed === undefined) throw new Error('not claimed');
    return claimed;
  };
  let current = await claim();
  let borders = await store.borders(current);
  let from = 0;
  for (let turn = 0; ; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    const index = Math.min(borders.length, from + size) - 1;
    const batch = {
      seq: job.seq,
      owner: `life/${String(life)}`,
      pass: current.pass,
      after: current.cursor,
      lastKey: borders[index] ?? '',
      isLast: index === borders.length - 1,
    };
    const done = await store.apply(batch, undefined);
    if (done === undefined) throw new Error('lost');
    // The same batch again, as a runner might that did not hear the answer, does nothing.
    expect(await store.apply(batch, undefined)).toBeUndefined();
    if (done.job.status === 'complete') return;
    current = done.job;
    from = index + 1;
    if (cuts[turn % cuts.length] === true) {
      current = await claim();
      borders = await store.borders(current);
      from = 0;
    }
  }
}

async function resultsOf(
  pageOf: (start: { key: string; position: number } | undefined) => Promise<readonly JobResult[]>,
): Promise<JobResult[]> {
  const rows: JobResult[] = [];
  for (let start: { key: string; position: number } | undefined; ;) {
    const page = await pageOf(start);
    const last = page.at(-1);
    if (last === undefined) return rows;
    rows.push(...page);
    start = { key: last.key, position: last.position + 1 };
  }
}

/** Spellings of a few numbers, so that they meet, and what is no number. */
const typedNumber = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 12 }), fc.constantFrom('', '1', '+1', ' ', '+1 '))
    .map(([index, prefix]) => `${prefix}2${String(122_000_000 + index)}`),
  fc
    .tuple(fc.integer({ min: 0, max: 6 }), fc.constantFrom('+', '011', '00', ''))
    .map(([index, prefix]) => `${prefix}49301234${String(index)}`),
  fc.constantFrom('', ' ', '911', '112', '(314) 809-6310', '0', '00', '+', '011', "'; --", '電話'),
  fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0')),
);

describe('a job', () => {
  it('does to each row what the rule says, wherever it is cut', async () => {
    const path = await tempDir();
    const storage = await openStoreAt(path);
    await addResources(storage);
    const { jobs } = await startJobs(storage, { idle: true });
    const store = createJobStore(storage);
    const existing = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(typedNumber, { minLength: 1, maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
        async (numbers, sizes, cuts) => {
          const expected = expectedOf(numbers, existing);
          const preview = await jobs.preview(childTarget, HEAD, chunksOf(numbers));
          const created = await jobs.create(childTarget, HEAD, chunksOf(numbers));
          await workOff(store, created, sizes, cuts);
          const job = await jobs.fetch(childTarget.account, created.id);
          const rows = await resultsOf((start) =>
            jobs.results(job, { status: undefined, start, limit: 7 }),
          );
          const byPosition = rows.toSorted((a, b) => a.position - b.position);
          expect(byPosition.map((row) => row.typed)).toEqual(numbers);
          expect(
            byPosition.map((row) => (row.status === 'error' ? row.reason : row.status)),
          ).toEqual(expected);
          const count = (outcome: Outcome): number =>
            expected.filter((other) => other === outcome).length;
          const counts = {
            total: numbers.length,
            successes: count('success'),
            failures: count('not_reconcilable') + count('duplicate') + count('number_exists'),
            skipped: count('skipped'),
          };
          expect(job.counts).toEqual(counts);
          expect(preview['counts']).toMatchObject(counts);
          const documents: string[] = [];
          for await (const chunk of jobs.created(job))
            documents.push(...chunk.map((facts) => facts.number));
          const made = new Set(
            numbers.flatMap((typed, index) =>
              expected[index] === 'success' ? [numberRules.normalize(typed).e164] : [],
            ),
          );
          expect(new Set(documents)).toEqual(made);
          expect(documents).toHaveLength(made.size);
          for (const number of made) existing.add(number);
          // Room for successes in the next list.
          if (existing.size > 12) {
            for (const number of existing)
              await storage.write(async (writers) => {
                const stored = await writers.numbers.load(number);
                if (stored !== undefined) await writers.numbers.remove(stored);
              });
            existing.clear();
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  it('finds repeats and other spellings across the runs of a large upload', async () => {
    const path = await tempDir();
    const storage = await openStoreAt(path);
    await addResources(storage);
    const { jobs, runner } = await startJobs(storage);
    const base = Array.from({ length: RUN_ROWS - 100 }, (_, index) =>
      String(2_122_000_000 + index),
    );
    const numbers = [
      ...base,
      ...base.map((number) => `+1${number}`),
      ...base.toReversed(),
      ...Array.from({ length: RUN_ROWS * 2 }, () => '911'),
    ];
    const created = await jobs.create(childTarget, HEAD, chunksOf(numbers));
    await runner.whenIdle();
    const job = await jobs.fetch(childTarget.account, created.id);
    expect(job.counts).toEqual({
      total: numbers.length,
      successes: base.length,
      failures: base.length + 1,
      skipped: base.length + RUN_ROWS * 2 - 1,
    });
    const rows = await resultsOf((start) =>
      jobs.results(job, { status: undefined, start, limit: 5000 }),
    );
    const expected = expectedOf(numbers, new Set());
    expect(
      rows
        .toSorted((a, b) => a.position - b.position)
        .map((row) => (row.status === 'error' ? row.reason : row.status)),
    ).toEqual(expected);
    const echoed: string[] = [];
    for await (const chunk of jobs.numbers(job)) echoed.push(...chunk);
    expect(echoed).toEqual(numbers);
    await checkJobs(await openTables(path));
  });
});
