// Which request made a job: a client's key (Idempotency-Key), written in the transaction that
// makes the job and remembered for KEY_LIFE_MS.

import { KEY_LIFE_MS, type KeyedJob } from '../job/job-store.ts';
import type { SqlTransaction } from './group-commit.ts';
import type { SqlConnection } from './sql.ts';

export interface JobKeyRow {
  readonly digest: string;
  /** jobs.seq */
  readonly job: number;
  /** As counted when the job was made. */
  readonly skipped: number;
}

/** @returns what a request with this key made; undefined: none did, or too long before `nowMs` */
export function loadKey(
  query: Pick<SqlConnection, 'get'>,
  accountId: string,
  key: string,
  nowMs: number,
): Promise<JobKeyRow | undefined> {
  return query.get<JobKeyRow>(
    'SELECT digest, job, skipped FROM job_keys WHERE account_id = ? AND key = ? AND kept_ms > ?',
    [accountId, key, nowMs - KEY_LIFE_MS],
  );
}

/** @param nowMs Unix milliseconds; keys older than KEY_LIFE_MS are forgotten on the way */
export async function keepKey(
  transaction: SqlTransaction,
  key: string,
  { digest, job }: KeyedJob,
  nowMs: number,
): Promise<void> {
  await transaction.run('DELETE FROM job_keys WHERE kept_ms <= ?', [nowMs - KEY_LIFE_MS]);
  await transaction.run(
    `INSERT OR REPLACE INTO job_keys (account_id, key, digest, job, skipped, kept_ms)
     VALUES (?, ?, ?, ?, ?, ?)`,
    [job.accountId, key, digest, job.seq, job.counts.skipped, nowMs],
  );
}
