// Where the batches of a job may end.

import type { Job } from '../job/job.ts';
import { runsOf } from './job-range.ts';
import type { SqlConnection } from './sql.ts';

/** More make finer batches; 4,096 keys are about 400 KB while the job runs. */
const SAMPLES = 4096;
/** Knuth's multiplicative hash: places picked by it follow no pattern of the upload. */
const HASH = '(position * 2654435761) & 4294967295';

/** See JobReader.borders. Reads the whole upload once; takes about 0.1 s for a million rows. */
export async function loadBorders(
  bulk: Pick<SqlConnection, 'all'>,
  job: Job,
): Promise<readonly string[]> {
  const threshold = Math.min(
    2 ** 32,
    Math.ceil((2 ** 32 * SAMPLES) / Math.max(1, job.counts.total)),
  );
  if (job.pass > 0) {
    const rows = await bulk.all<{ readonly key: string }>(
      `SELECT key FROM job_exceptions WHERE job = ?1 AND key > ?2 AND outcome = 'failed'
         AND reason = 'number_exists' AND (${HASH}) < ?3
       UNION SELECT max(key) FROM job_exceptions WHERE job = ?1 AND outcome = 'failed'
         AND reason = 'number_exists' AND key > ?2
       ORDER BY key`,
      [job.seq, job.cursor, threshold],
    );
    return rows.map((row) => row.key).filter((key) => typeof key === 'string');
  }
  const rows = await bulk.all<{ readonly key: string | null }>(
    `SELECT key FROM job_numbers WHERE job = ?1 AND key > ?2 AND (${HASH}) < ?3
     UNION SELECT max(last) FROM (SELECT (SELECT max(key) FROM job_numbers
       WHERE job = ?1 AND run = r.value) AS last FROM json_each(?4) r)
     ORDER BY key`,
    [job.seq, job.cursor, threshold, runsOf(job.counts.total)],
  );
  return rows.map((row) => row.key).filter((key) => key !== null);
}
