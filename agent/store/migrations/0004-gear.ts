import type { Migration } from '../migration.ts';

// Gear and cables themselves are documents.
export const migration: Migration = {
  breaking: true,
  sql: `
CREATE TABLE gear_states ( -- what was last known of each gear
  gear_id TEXT PRIMARY KEY,
  doc TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE spans ( -- each span with its channels, as last read
  gear_id TEXT NOT NULL,
  native TEXT NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (gear_id, native)
) STRICT, WITHOUT ROWID;

CREATE TABLE alarms ( -- one row an occurrence
  id TEXT PRIMARY KEY,
  key TEXT NOT NULL, -- which alarm it is
  gear_id TEXT,
  span_id TEXT,
  account_path TEXT, -- ids from the master account down, each with '/' after it
  raised_ms INTEGER NOT NULL,
  cleared_ms INTEGER, -- NULL: it stands
  doc TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX alarms_standing_key ON alarms (key) WHERE cleared_ms IS NULL;
CREATE INDEX alarms_key ON alarms (key, raised_ms);
CREATE INDEX alarms_raised ON alarms (raised_ms, id);
CREATE INDEX alarms_standing ON alarms (raised_ms, id) WHERE cleared_ms IS NULL;
CREATE INDEX alarms_gear ON alarms (gear_id, raised_ms, id);
CREATE INDEX alarms_span ON alarms (span_id, raised_ms, id);
`,
};
