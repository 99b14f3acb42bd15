import type { Migration } from '../migration.ts';

export const migration: Migration = {
  breaking: true,
  sql: `
CREATE TABLE documents (
  kind TEXT NOT NULL,
  account_id TEXT NOT NULL, -- '' is the global store
  id TEXT NOT NULL,
  revision TEXT NOT NULL,
  created INTEGER NOT NULL, -- Gregorian seconds
  modified INTEGER NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0,
  name TEXT,
  enabled INTEGER,
  weight INTEGER,
  doc TEXT NOT NULL, -- public part, secrets sealed
  pvt TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX documents_id ON documents (kind, account_id, id);
CREATE INDEX documents_name ON documents (kind, account_id, name, id) WHERE deleted = 0;
CREATE INDEX documents_weight ON documents (kind, account_id, weight, id) WHERE deleted = 0;
CREATE INDEX documents_modified ON documents (kind, account_id, modified, id) WHERE deleted = 0;

CREATE TABLE document_versions ( -- superseded revisions, for history and restore
  kind TEXT NOT NULL,
  account_id TEXT NOT NULL,
  id TEXT NOT NULL,
  revision TEXT NOT NULL,
  modified INTEGER NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (kind, account_id, id, revision)
) STRICT;

CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  event TEXT NOT NULL,
  noun TEXT NOT NULL,
  document_id TEXT NOT NULL,
  account_id TEXT,
  revision TEXT,
  actor_account_id TEXT,
  actor_user_id TEXT,
  actor_method TEXT NOT NULL,
  request_id TEXT NOT NULL,
  remote TEXT,
  before TEXT,
  after TEXT
) STRICT;
CREATE INDEX audit_document ON audit (noun, document_id, sequence);
CREATE INDEX audit_account ON audit (account_id, sequence);

CREATE TABLE events (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  name TEXT NOT NULL,
  account_id TEXT,
  data TEXT NOT NULL
) STRICT;

CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  parent_id TEXT,
  path TEXT NOT NULL UNIQUE, -- ids from the master account down to this one, '/'-joined
  name TEXT NOT NULL,
  name_key TEXT NOT NULL, -- lower case, alphanumeric only: what sign-in compares
  realm TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  revision TEXT NOT NULL,
  created INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0,
  doc TEXT NOT NULL
) STRICT;
CREATE INDEX accounts_parent ON accounts (parent_id, id) WHERE deleted = 0;
CREATE INDEX accounts_name_key ON accounts (name_key, created, id) WHERE deleted = 0;
CREATE UNIQUE INDEX accounts_realm ON accounts (realm) WHERE deleted = 0;
CREATE UNIQUE INDEX accounts_master ON accounts (parent_id IS NULL)
  WHERE parent_id IS NULL AND deleted = 0;

CREATE TABLE users (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  username TEXT NOT NULL, -- lower case
  enabled INTEGER NOT NULL,
  role TEXT NOT NULL, -- admin, technician, read_only
  md5_hash TEXT NOT NULL, -- scrypt of the digest that sign-in sends; the salt is the account's
  sha_hash TEXT NOT NULL,
  signature TEXT NOT NULL, -- another one with each password; tokens carry a digest of it
  revision TEXT NOT NULL,
  created INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0,
  doc TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX users_name ON users (account_id, username) WHERE deleted = 0;
CREATE INDEX users_list ON users (account_id, id) WHERE deleted = 0;
CREATE UNIQUE INDEX users_md5 ON users (account_id, md5_hash) WHERE deleted = 0;
CREATE UNIQUE INDEX users_sha ON users (account_id, sha_hash) WHERE deleted = 0;

CREATE TABLE api_keys (
  account_id TEXT PRIMARY KEY REFERENCES accounts (id),
  key_hash TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL
) STRICT;

CREATE TABLE revoked_tokens (
  token_id TEXT PRIMARY KEY,
  expires_s INTEGER NOT NULL -- Unix seconds; rows long past it are removed
) STRICT;
CREATE INDEX revoked_tokens_expiry ON revoked_tokens (expires_s);

CREATE TABLE settings (
  category TEXT PRIMARY KEY,
  revision TEXT NOT NULL,
  created INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  doc TEXT NOT NULL
) STRICT;
`,
};
