// One batch of a job, in one transaction: the numbers it creates, its results, its counters
// and its cursor are on disk together or not at all.
//
// A success has no row of its own: every key up to the cursor is done, and a row of the upload
// that has no exception is the success. `job_batches` keeps when.

import { type Clock, toGregorianSeconds } from '../base/clock.ts';
import type { Batch } from '../job/job-store.ts';
import { LEASE_MS } from '../job/job-store.ts';
import { RUN_ROWS } from '../job/staged-row.ts';
import type { SqlTransaction } from './group-commit.ts';
import { NUMBERED, RANGE, runsOf } from './job-range.ts';
import { overReusable } from './number-rows.ts';

interface WorkRow {
  readonly account_id: string;
  readonly account_path: string;
  readonly resource_id: string;
  readonly carrier_module: string;
  readonly total: number;
}

interface Done {
  readonly successes: number;
  readonly failures: number;
  readonly skipped: number;
  readonly retried: number;
}

const INSERT_NUMBERS = `INSERT INTO numbers (number, account_id, state, carrier_module,
  resource_id, job, generation, created, modified, doc)
  SELECT s.key, ?5, 'reserved', ?6, ?7, ?2, 1, ?8, ?8, coalesce(s.fields, '{}')`;

/**
 * @returns whether the batch was this owner's to do; false: nothing was written. The lease is
 * checked in the transaction that does the work, so that a runner which lost it (a stopped
 * process, a clock that jumped) can never work beside its successor.
 */
export async function applyBatch(
  transaction: SqlTransaction,
  batch: Batch,
  clock: Clock,
): Promise<boolean> {
  const job = await transaction.get<WorkRow>(
    `SELECT account_id, account_path, resource_id, carrier_module, total FROM jobs
     WHERE seq = ? AND lease_owner = ? AND status = 'running' AND pass = ? AND cursor = ?
       AND (state_detail IS NULL OR state_detail IN ('out_of_space', 'incomplete'))`,
    [batch.seq, batch.owner, batch.pass, batch.after],
  );
  if (job === undefined) return false;
  const nowMs = clock.nowMs();
  const at = toGregorianSeconds(nowMs);
  const done =
    batch.pass === 0
      ? await createNumbers(transaction, batch, job, at)
      : await retryNumbers(transaction, batch, job, at);
  await transaction.run(
    `UPDATE jobs SET cursor = ?2, successes = successes + ?3, failures = failures + ?4,
       skipped = skipped + ?5, retried = retried + ?6, generation = generation + 1,
       modified_ms = ?7, state_detail = NULL, status = CASE ?8 WHEN 1 THEN 'complete' ELSE status END,
       completed_ms = CASE ?8 WHEN 1 THEN ?7 END,
       lease_owner = CASE ?8 WHEN 1 THEN NULL ELSE lease_owner END,
       lease_until_ms = CASE ?8 WHEN 1 THEN NULL ELSE ?7 + ${String(LEASE_MS)} END
     WHERE seq = ?1`,
    [
      batch.seq,
      batch.lastKey,
      done.successes,
      done.failures,
      done.skipped,
      done.retried,
      nowMs,
      Number(batch.isLast),
    ],
  );
  return true;
}

async function createNumbers(
  transaction: SqlTransaction,
  batch: Batch,
  job: WorkRow,
  at: number,
): Promise<Done> {
  const range = [runsOf(job.total), batch.seq, batch.after, batch.lastKey];
  const rows = await transaction.get<{ readonly count: number }>(
    `SELECT count(*) AS count ${RANGE} AND s.kind <> 2`,
    range,
  );
  const count = rows?.count ?? 0;
  const successes = await transaction.run(
    `${INSERT_NUMBERS} ${RANGE} AND s.kind = 0 ORDER BY s.key, s.position ${overReusable('?9')}`,
    [...range, job.account_id, job.carrier_module, job.resource_id, at, job.account_path],
  );
  const exceptions =
    successes === count
      ? { failures: 0, skipped: 0 }
      : await recordExceptions(transaction, range, at);
  const { failures, skipped } = exceptions;
  if (successes + failures + skipped !== count)
    throw new TypeError(
      `A batch of ${String(count)} rows made ${String(successes)} + ${String(failures)} + ${String(skipped)}`,
    );
  await transaction.run(
    `INSERT INTO job_batches (job, last_key, at, successes, failures, skipped)
     VALUES (?, ?, ?, ?, ?, ?)`,
    [batch.seq, batch.lastKey, at, successes, failures, skipped],
  );
  return { successes, failures, skipped, retried: 0 };
}

/** Only for a batch in which not every row created its number. */
async function recordExceptions(
  transaction: SqlTransaction,
  range: readonly (string | number)[],
  at: number,
): Promise<{ readonly failures: number; readonly skipped: number }> {
  const all = await transaction.run(
    `INSERT INTO job_exceptions (job, key, position, typed, outcome, reason, at)
     SELECT ?2, s.key, s.position, s.typed,
       CASE WHEN s.nth_text > 1 THEN 'skipped' ELSE 'failed' END,
       CASE WHEN s.nth_text > 1 THEN NULL WHEN s.kind = 1 THEN 'not_reconcilable'
         WHEN s.kind = 3 THEN 'forbidden' WHEN s.nth > 1 THEN 'duplicate'
         ELSE 'number_exists' END,
       ?5
     FROM (${NUMBERED}) s
     WHERE s.nth_text > 1 OR s.kind <> 0 OR s.nth > 1
       OR NOT EXISTS (SELECT 1 FROM numbers n WHERE n.number = s.key AND n.job = ?2)
     ORDER BY s.key, s.position`,
    [...range, at],
  );
  const skipped = await transaction.get<{ readonly count: number }>(
    `SELECT count(*) AS count FROM job_exceptions
     WHERE job = ?1 AND key > ?2 AND key <= ?3 AND outcome = 'skipped'`,
    range.slice(1),
  );
  return { failures: all - (skipped?.count ?? 0), skipped: skipped?.count ?? 0 };
}

/** Numbers that existed when their batch ran; the other failures cannot end differently. */
async function retryNumbers(
  transaction: SqlTransaction,
  batch: Batch,
  job: WorkRow,
  at: number,
): Promise<Done> {
  const stretch = `e.job = ?2 AND e.key > ?3 AND e.key <= ?4 AND e.outcome = 'failed'
    AND e.reason = 'number_exists'`;
  const range = [null, batch.seq, batch.after, batch.lastKey];
  const tried = await transaction.get<{ readonly count: number }>(
    `SELECT count(*) AS count FROM job_exceptions e WHERE ?1 IS NULL AND ${stretch}`,
    range,
  );
  await transaction.run(
    `${INSERT_NUMBERS} FROM job_exceptions e CROSS JOIN job_numbers s ON s.job = e.job
       AND s.run = e.position / ${String(RUN_ROWS)} AND s.key = e.key AND s.position = e.position
     WHERE ?1 IS NULL AND ${stretch} ORDER BY e.key ${overReusable('?9')}`,
    [...range, job.account_id, job.carrier_module, job.resource_id, at, job.account_path],
  );
  const successes = await transaction.run(
    `UPDATE job_exceptions AS e SET outcome = 'created', reason = NULL, at = ?5
     WHERE ?1 IS NULL AND ${stretch}
       AND EXISTS (SELECT 1 FROM numbers n WHERE n.number = e.key AND n.job = ?2)`,
    [...range, at],
  );
  return { successes, failures: -successes, skipped: 0, retried: tried?.count ?? 0 };
}
