import type { Migration } from '../migration.ts';

export const migration: Migration = {
  breaking: false,
  sql: `
CREATE TABLE job_keys ( -- Idempotency-Key of the request that made a job
  account_id TEXT NOT NULL,
  key TEXT NOT NULL,
  digest TEXT NOT NULL, -- of what was asked for
  job INTEGER NOT NULL, -- jobs.seq
  skipped INTEGER NOT NULL, -- as counted when the job was made
  kept_ms INTEGER NOT NULL,
  PRIMARY KEY (account_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_keys_kept ON job_keys (kept_ms);
`,
};
