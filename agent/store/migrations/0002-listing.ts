import type { Migration } from '../migration.ts';

// An index for every order of a list. Each ends in the folded name, so that a search by name
// reads the index alone, and each leaves deleted documents out, so that they cost nothing.
// `lower` folds ASCII only; other names are folded wholly when they are next written.
export const migration: Migration = {
  breaking: true,
  sql: `
ALTER TABLE documents ADD COLUMN name_fold TEXT NOT NULL DEFAULT '';
UPDATE documents SET name_fold = lower(ifnull(name, ''));
-- A missing value sorts as '', after every number.
ALTER TABLE documents ADD COLUMN enabled_key ANY GENERATED ALWAYS AS (ifnull(enabled, '')) VIRTUAL;
ALTER TABLE documents ADD COLUMN weight_key ANY GENERATED ALWAYS AS (ifnull(weight, '')) VIRTUAL;

DROP INDEX documents_name;
DROP INDEX documents_weight;
DROP INDEX documents_modified;
CREATE INDEX documents_live ON documents (kind, account_id, id, name_fold) WHERE deleted = 0;
CREATE INDEX documents_name ON documents (kind, account_id, name_fold, id) WHERE deleted = 0;
CREATE INDEX documents_enabled ON documents (kind, account_id, enabled_key, id, name_fold)
  WHERE deleted = 0;
CREATE INDEX documents_weight ON documents (kind, account_id, weight_key, id, name_fold)
  WHERE deleted = 0;
CREATE INDEX documents_created ON documents (kind, account_id, created, id, name_fold)
  WHERE deleted = 0;
CREATE INDEX documents_modified ON documents (kind, account_id, modified, id, name_fold)
  WHERE deleted = 0;
`,
};
