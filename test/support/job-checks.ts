// What must hold of a job whatever happened to it: asked of the tables themselves.

import { expect } from 'vitest';
import type { SqlConnection } from '../../agent/store/sql.ts';

interface JobFacts {
  readonly seq: number;
  readonly id: string;
  readonly status: string;
  readonly state_detail: string | null;
  readonly total: number;
  readonly successes: number;
  readonly failures: number;
  readonly skipped: number;
  readonly retries: number;
  readonly recovered_count: number;
  readonly rows: number;
  readonly texts: number;
  readonly made: number;
  readonly failed: number;
  readonly again: number;
  readonly retried: number;
  readonly batch_successes: number;
  readonly batch_failures: number;
  readonly batch_skipped: number;
}

/** Every job: counters, rows, batches and the numbers themselves say the same. */
export async function checkJobs(database: SqlConnection): Promise<readonly JobFacts[]> {
  const jobs =
    await database.all<JobFacts>(`SELECT seq, id, status, state_detail, total, successes, failures,
      skipped, retries, recovered_count,
      (SELECT count(*) FROM job_numbers n WHERE n.job = seq) AS rows,
      (SELECT count(*) FROM job_numbers n WHERE n.job = seq AND n.kind = 2) AS texts,
      (SELECT count(*) FROM numbers n WHERE n.job = seq) AS made,
      (SELECT count(*) FROM job_exceptions e WHERE e.job = seq AND outcome = 'failed') AS failed,
      (SELECT count(*) FROM job_exceptions e WHERE e.job = seq AND outcome = 'skipped') AS again,
      (SELECT count(*) FROM job_exceptions e WHERE e.job = seq AND outcome = 'created') AS retried,
      (SELECT coalesce(sum(b.successes), 0) FROM job_batches b WHERE b.job = seq) AS batch_successes,
      (SELECT coalesce(sum(b.failures), 0) FROM job_batches b WHERE b.job = seq) AS batch_failures,
      (SELECT coalesce(sum(b.skipped), 0) FROM job_batches b WHERE b.job = seq) AS batch_skipped
    FROM jobs ORDER BY seq`);
  for (const job of jobs)
    expect(job, job.id).toMatchObject({
      rows: job.total,
      made: job.successes,
      failed: job.failures,
      skipped: job.texts + job.again,
      batch_successes: job.successes - job.retried,
      batch_failures: job.failures + job.retried,
      batch_skipped: job.again,
      ...(job.status === 'complete' && job.state_detail !== 'cancelled'
        ? { total: job.successes + job.failures + job.skipped }
        : {}),
    });
  const orphans = await database.get<{ readonly count: number }>(
    'SELECT count(*) AS count FROM job_numbers WHERE job NOT IN (SELECT seq FROM jobs)',
  );
  expect(orphans?.count).toBe(0);
  return jobs;
}
