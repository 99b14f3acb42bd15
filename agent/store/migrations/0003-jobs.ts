import type { Migration } from '../migration.ts';

export const migration: Migration = {
  breaking: true,
  sql: `
CREATE TABLE numbers ( -- a number belongs to one account in the whole agent
  number TEXT PRIMARY KEY, -- E.164
  account_id TEXT NOT NULL,
  state TEXT NOT NULL,
  carrier_module TEXT NOT NULL, -- local, other
  resource_id TEXT,
  job INTEGER, -- jobs.seq of the job that created it
  generation INTEGER NOT NULL, -- counts changes
  created INTEGER NOT NULL, -- Gregorian seconds
  modified INTEGER NOT NULL,
  doc TEXT NOT NULL -- further public fields
) STRICT, WITHOUT ROWID;
CREATE INDEX numbers_account ON numbers (account_id, number);

CREATE TABLE jobs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: numbers.job refers to it
  id TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL,
  account_path TEXT NOT NULL, -- JSON: ids from the master account down to account_id
  resource_id TEXT NOT NULL,
  carrier_module TEXT NOT NULL,
  doc TEXT NOT NULL, -- further public fields
  actor TEXT NOT NULL, -- JSON: who asked for it
  uploaded INTEGER NOT NULL, -- 0 while its numbers are still arriving: not a job yet
  status TEXT NOT NULL, -- pending, running, complete
  state_detail TEXT, -- paused, cancelled, incomplete, out_of_space
  pass INTEGER NOT NULL DEFAULT 0, -- 0: every number; after that one for each retry of failures
  cursor TEXT NOT NULL DEFAULT '', -- the last key of the pass that is done
  generation INTEGER NOT NULL,
  created INTEGER NOT NULL, -- Gregorian seconds
  modified_ms INTEGER NOT NULL,
  started_ms INTEGER,
  completed_ms INTEGER,
  runs INTEGER NOT NULL DEFAULT 0, -- sorted runs in job_numbers
  total INTEGER NOT NULL DEFAULT 0,
  successes INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  skipped INTEGER NOT NULL DEFAULT 0,
  retries INTEGER NOT NULL DEFAULT 0, -- failures the running retry began with
  retried INTEGER NOT NULL DEFAULT 0, -- of those, done
  recovered_count INTEGER NOT NULL DEFAULT 0,
  recovered_reason TEXT,
  recovered_ms INTEGER,
  lease_owner TEXT, -- the runner that works on it, or receives its upload
  lease_until_ms INTEGER
) STRICT;
CREATE INDEX jobs_created ON jobs (account_id, created, id) WHERE uploaded = 1;
CREATE INDEX jobs_unfinished ON jobs (seq) WHERE status <> 'complete';

CREATE TABLE job_numbers ( -- what was uploaded; sorted runs, written in order, never changed
  job INTEGER NOT NULL,
  run INTEGER NOT NULL,
  key TEXT NOT NULL, -- the number normalised
  position INTEGER NOT NULL, -- place in the upload, from 0
  typed TEXT, -- the number as typed; NULL: the same text as key
  kind INTEGER NOT NULL, -- 0 a number, 1 not reconcilable, 2 the same text again
  fields TEXT, -- JSON: public fields of the number
  PRIMARY KEY (job, run, key, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE job_batches ( -- what was done: every key up to last_key, since the row before
  job INTEGER NOT NULL,
  last_key TEXT NOT NULL,
  at INTEGER NOT NULL, -- Gregorian seconds
  successes INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  skipped INTEGER NOT NULL,
  PRIMARY KEY (job, last_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE job_exceptions ( -- processed rows of job_numbers that are no plain success
  job INTEGER NOT NULL,
  key TEXT NOT NULL,
  position INTEGER NOT NULL,
  typed TEXT NOT NULL,
  outcome TEXT NOT NULL, -- failed, skipped, created (by a retry)
  reason TEXT, -- of a failure: not_reconcilable, duplicate, number_exists
  at INTEGER NOT NULL,
  PRIMARY KEY (job, key, position)
) STRICT, WITHOUT ROWID;
`,
};
