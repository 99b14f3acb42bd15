// The rows of an upload between two keys, in SQL. An upload is stored as sorted runs (one a
// transaction, appended), and a stretch of keys is a seek into each run: sorting a million
// numbers never needs one long transaction.

import { RUN_ROWS } from '../job/staged-row.ts';

/** JSON array of the runs of an upload of `total` rows, for json_each. */
export function runsOf(total: number): string {
  return JSON.stringify(Array.from({ length: Math.ceil(total / RUN_ROWS) }, (_, run) => run));
}

/**
 * Parameters ?1 runs, ?2 job, ?3 key before, ?4 last key. CROSS JOIN keeps the planner to seeks
 * run by run.
 */
export const RANGE = `FROM json_each(?1) r CROSS JOIN job_numbers s
  WHERE s.job = ?2 AND s.run = r.value AND s.key > ?3 AND s.key <= ?4`;

/**
 * The rows of a stretch beside what they are: `nth` of the spellings of the number, `nth_text`
 * of the same text. A stretch ends between keys, so both are complete. kind 2 (a repeat found
 * while uploading) is left out.
 */
export const NUMBERED = `SELECT s.key, s.position, coalesce(s.typed, s.key) AS typed, s.kind,
    row_number() OVER (PARTITION BY s.key ORDER BY s.position) AS nth,
    row_number() OVER (PARTITION BY s.key, coalesce(s.typed, s.key) ORDER BY s.position)
      AS nth_text
  ${RANGE} AND s.kind <> 2`;
