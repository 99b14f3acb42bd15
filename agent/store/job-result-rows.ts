// What came of a job, read from its upload, its batches and its exceptions. Everything here
// goes in pages, so that a job of any size is answered in bounded memory.

import type { GregorianSeconds } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import type { Job, JobResult, ResultStatus } from '../job/job.ts';
import type { JobError, JobPreview, JobReader, ResultPage } from '../job/job-store.ts';
import { RUN_ROWS } from '../job/staged-row.ts';
import {
  type NumberFacts,
  type NumberRefusal,
  REUSABLE_STATES,
} from '../number/number-document.ts';
import { loadBorders } from './job-borders.ts';
import { NUMBERED, RANGE, runsOf } from './job-range.ts';
import type { SqlConnection } from './sql.ts';

type Query = Pick<SqlConnection, 'get' | 'all'>;

/** Rows read at once. */
const PAGE = 2000;
const PREVIEWED_ERRORS = 100;
/** Rows of a stretch at once: what the largest batch has, unless one number is repeated on and on. */
const STRETCH_ROWS = 16_384;

interface BatchRow {
  readonly last_key: string;
  readonly at: number;
  readonly successes: number;
  readonly failures: number;
  readonly skipped: number;
}

export function jobResultReader(
  bulk: Query,
): Pick<JobReader, 'results' | 'allResults' | 'numbers' | 'created' | 'errors' | 'preview'> {
  return {
    results: (job, request) =>
      request.status === 'error' ? failedRows(bulk, job, request) : rowsOf(bulk, job, request),
    allResults: (job, status) =>
      status === 'error' ? allFailedOf(bulk, job) : allRowsOf(bulk, job, status),
    numbers: (job) => numbersOf(bulk, job),
    created: (job) => createdOf(bulk, job),
    errors: (job) => errorsOf(bulk, job),
    preview: (job, borders) => previewOf(bulk, job, borders),
  };
}

async function* numbersOf(bulk: Query, job: Job): AsyncGenerator<readonly string[]> {
  for (let run = 0; run * RUN_ROWS < job.counts.total; run += 1) {
    const rows = await bulk.all<{ readonly typed: string }>(
      `SELECT coalesce(typed, key) AS typed FROM job_numbers WHERE job = ? AND run = ?
       ORDER BY position`,
      [job.seq, run],
    );
    yield rows.map((row) => row.typed);
  }
}

interface CreatedRow {
  readonly key: string;
  readonly fields: string | null;
  readonly at: number;
}

/** First what the batches created, then what retries did. */
async function* createdOf(bulk: Query, job: Job): AsyncGenerator<readonly NumberFacts[]> {
  const runs = runsOf(job.counts.total);
  const facts = ({ key, fields, at }: CreatedRow): NumberFacts => ({
    number: key,
    state: 'reserved',
    carrierModule: job.carrierModule,
    resourceId: job.resourceId,
    created: at as GregorianSeconds,
    modified: at as GregorianSeconds,
    doc: fields === null ? {} : (JSON.parse(fields) as JsonObject),
  });
  let after = '';
  for await (const batch of batchesOf(bulk, job, '')) {
    if (batch.successes > 0) {
      const isWhole = batch.failures === 0 && batch.skipped === 0;
      const rows = await bulk.all<CreatedRow>(
        `SELECT s.key, s.fields, ?5 AS at ${RANGE} AND s.kind = 0
           ${
             isWhole
               ? ''
               : `AND NOT EXISTS (SELECT 1 FROM job_exceptions e
             WHERE e.job = ?2 AND e.key = s.key AND e.position = s.position)`
           }
         ORDER BY s.key`,
        [runs, job.seq, after, batch.last_key, batch.at],
      );
      yield rows.map(facts);
    }
    after = batch.last_key;
  }
  if (job.pass === 0) return;
  for (let key = ''; ;) {
    const rows = await bulk.all<CreatedRow>(
      `SELECT e.key, s.fields, e.at FROM job_exceptions e CROSS JOIN job_numbers s
         ON s.job = e.job AND s.run = e.position / ${String(RUN_ROWS)} AND s.key = e.key
         AND s.position = e.position
       WHERE e.job = ? AND e.key > ? AND e.outcome = 'created' ORDER BY e.key LIMIT ?`,
      [job.seq, key, PAGE],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(facts);
    key = last.key;
  }
}

async function* batchesOf(bulk: Query, job: Job, from: string): AsyncGenerator<BatchRow> {
  let rows = await bulk.all<BatchRow>(
    `SELECT last_key, at, successes, failures, skipped FROM job_batches
     WHERE job = ? AND last_key >= ? ORDER BY last_key LIMIT 64`,
    [job.seq, from],
  );
  for (;;) {
    const last = rows.at(-1);
    if (last === undefined) return;
    yield* rows;
    rows = await bulk.all<BatchRow>(
      `SELECT last_key, at, successes, failures, skipped FROM job_batches
       WHERE job = ? AND last_key > ? ORDER BY last_key LIMIT 64`,
      [job.seq, last.last_key],
    );
  }
}

async function* errorsOf(bulk: Query, job: Job): AsyncGenerator<readonly JobError[]> {
  let [key, position] = ['', -1];
  for (;;) {
    const rows = await bulk.all<JobError>(
      `SELECT typed, key, position, reason FROM job_exceptions
       WHERE job = ? AND (key, position) > (?, ?) AND outcome = 'failed'
       ORDER BY key, position LIMIT ?`,
      [job.seq, key, position, PAGE],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    ({ key, position } = last);
  }
}

async function failedRows(
  bulk: Query,
  job: Job,
  { start, limit }: ResultPage,
): Promise<readonly JobResult[]> {
  const rows = await bulk.all<JobError>(
    `SELECT typed, key, position, reason FROM job_exceptions
     WHERE job = ? AND (key, position) >= (?, ?) AND outcome = 'failed'
     ORDER BY key, position LIMIT ?`,
    [job.seq, start?.key ?? '', start?.position ?? -1, limit],
  );
  return rows.map((row) => ({ ...row, status: 'error' }));
}

async function* allFailedOf(bulk: Query, job: Job): AsyncGenerator<readonly JobResult[]> {
  for await (const rows of errorsOf(bulk, job))
    yield rows.map((row) => ({ ...row, status: 'error' }) as const);
}

interface ResultRow {
  readonly key: string;
  readonly position: number;
  readonly typed: string;
  readonly status: ResultStatus;
  readonly reason: NumberRefusal | null;
}

interface Stretch {
  /** Keys after it, up to and including `lastKey`. */
  readonly after: string;
  readonly lastKey: string;
  readonly isDone: boolean;
}

/** Every text is below four of the highest code points: no telephone number begins so. */
const LAST_KEY = '\u{10ffff}'.repeat(4);

/** Stretch by stretch: what is done as its batches did it, then the rest. */
async function rowsOf(
  bulk: Query,
  job: Job,
  { status, start, limit }: ResultPage,
): Promise<readonly JobResult[]> {
  const found: JobResult[] = [];
  const read = rowReader(bulk, job, status);
  let after = '';
  for await (const batch of batchesOf(bulk, job, start?.key ?? '')) {
    if (found.length >= limit) return found;
    const stretch = { after, lastKey: batch.last_key, isDone: true };
    if (mayHold(batch, status)) found.push(...(await read(stretch, start, limit - found.length)));
    after = batch.last_key;
  }
  if (found.length < limit && mayBePending(job, status))
    found.push(
      ...(await read({ after, lastKey: LAST_KEY, isDone: false }, start, limit - found.length)),
    );
  return found;
}

/** The same as rowsOf from one end to the other: each stretch is looked for once. */
async function* allRowsOf(
  bulk: Query,
  job: Job,
  status: ResultStatus | undefined,
): AsyncGenerator<readonly JobResult[]> {
  const read = rowReader(bulk, job, status);
  async function* rowsIn(stretch: Stretch): AsyncGenerator<readonly JobResult[]> {
    for (let start: ResultPage['start']; ;) {
      const rows = await read(stretch, start, STRETCH_ROWS + 1);
      yield rows.slice(0, STRETCH_ROWS);
      const next = rows[STRETCH_ROWS];
      if (next === undefined) return;
      start = next;
    }
  }
  let after = '';
  for await (const { last_key: lastKey, ...batch } of batchesOf(bulk, job, '')) {
    if (mayHold(batch, status)) yield* rowsIn({ after, lastKey, isDone: true });
    after = lastKey;
  }
  if (!mayBePending(job, status)) return;
  for (const lastKey of everyFew(await loadBorders(bulk, { ...job, pass: 0, cursor: after }))) {
    yield* rowsIn({ after, lastKey, isDone: false });
    after = lastKey;
  }
}

type ReadRows = (
  stretch: Stretch,
  start: ResultPage['start'],
  limit: number,
) => Promise<readonly JobResult[]>;

function rowReader(bulk: Query, job: Job, status: ResultStatus | undefined): ReadRows {
  const runs = runsOf(job.counts.total);
  return async ({ after, lastKey, isDone }, start, limit) => {
    const rows = await bulk.all<ResultRow>(
      `SELECT * FROM (SELECT s.key, s.position, coalesce(s.typed, s.key) AS typed,
           CASE WHEN s.kind = 2 OR e.outcome = 'skipped' THEN 'skipped'
             WHEN e.outcome = 'failed' THEN 'error' WHEN ?5 THEN 'success' ELSE 'pending' END
             AS status,
           e.reason
         FROM json_each(?1) r CROSS JOIN job_numbers s
         LEFT JOIN job_exceptions e ON e.job = ?2 AND e.key = s.key AND e.position = s.position
         WHERE s.job = ?2 AND s.run = r.value AND s.key > ?3 AND s.key <= ?4
           AND s.key >= ?6 AND (s.key, s.position) >= (?6, ?7))
       WHERE ?8 IS NULL OR status = ?8
       ORDER BY key, position LIMIT ?9`,
      [
        runs,
        job.seq,
        after,
        lastKey,
        Number(isDone),
        start?.key ?? '',
        start?.position ?? -1,
        status ?? null,
        limit,
      ],
    );
    return rows.map((row) => ({ ...row, reason: row.reason ?? undefined }));
  };
}

function mayBePending(job: Job, status: ResultStatus | undefined): boolean {
  const isThrough = job.pass > 0 || (job.status === 'complete' && job.stateDetail !== 'cancelled');
  return !isThrough && status !== 'success';
}

function mayHold(batch: Pick<BatchRow, 'successes'>, status: ResultStatus | undefined): boolean {
  return (
    status === undefined || status === 'skipped' || (status === 'success' && batch.successes > 0)
  );
}

async function previewOf(bulk: Query, job: Job, borders: readonly string[]): Promise<JobPreview> {
  const states = REUSABLE_STATES.map((state) => `'${state}'`).join(', ');
  const classed = `SELECT s.key, s.position, s.typed, CASE
      WHEN s.nth_text > 1 THEN 'skipped' WHEN s.kind = 1 THEN 'not_reconcilable'
      WHEN s.kind = 3 THEN 'forbidden' WHEN s.nth > 1 THEN 'duplicate'
      WHEN EXISTS (SELECT 1 FROM numbers n WHERE n.number = s.key AND NOT (n.state IN (${states})
        AND n.account_id IN (SELECT value FROM json_each(?5)))) THEN 'number_exists'
      ELSE 'creatable' END AS class
    FROM (${NUMBERED}) s`;
  const totals = new Map<string, number>();
  const errors: JobError[] = [];
  const runs = runsOf(job.counts.total);
  let after = '';
  for (const lastKey of everyFew(borders)) {
    const range = [runs, job.seq, after, lastKey, JSON.stringify(job.accountPath)];
    const rows = await bulk.all<{ readonly class: string; readonly count: number }>(
      `SELECT class, count(*) AS count FROM (${classed}) GROUP BY class`,
      range,
    );
    for (const row of rows) totals.set(row.class, (totals.get(row.class) ?? 0) + row.count);
    const hasErrors = rows.some(({ class: name }) => name !== 'creatable' && name !== 'skipped');
    if (hasErrors && errors.length < PREVIEWED_ERRORS)
      errors.push(
        ...(await bulk.all<JobError>(
          `SELECT typed, key, position, class AS reason FROM (${classed})
           WHERE class NOT IN ('creatable', 'skipped') ORDER BY key, position LIMIT ?6`,
          [...range, PREVIEWED_ERRORS - errors.length],
        )),
      );
    after = lastKey;
  }
  return {
    creatable: totals.get('creatable') ?? 0,
    skipped: job.counts.skipped + (totals.get('skipped') ?? 0),
    notReconcilable: totals.get('not_reconcilable') ?? 0,
    forbidden: totals.get('forbidden') ?? 0,
    duplicates: totals.get('duplicate') ?? 0,
    existing: totals.get('number_exists') ?? 0,
    errors,
  };
}

/** Stretches of a size that is worth a query, the last border always among them. */
function everyFew(borders: readonly string[]): readonly string[] {
  const step = Math.ceil(borders.length / 256);
  return borders.filter((_, index) => (index + 1) % step === 0 || index === borders.length - 1);
}
