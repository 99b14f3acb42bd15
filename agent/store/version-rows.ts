// Superseded revisions in SQLite. Implements document/version-store.ts. document-rows.ts keeps
// a row here whenever it writes over one; both hold their secrets sealed for the same address.

import { type GregorianSeconds, toGregorianSeconds } from '../base/clock.ts';
import { nextRevision } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { DocumentScope, StoredDocument } from '../document/document-store.ts';
import type { DocumentVersion, VersionReader, VersionWriter } from '../document/version-store.ts';
import { documentKey } from './document-cache.ts';
import {
  columnsOf,
  conflict,
  type DocumentRow,
  fromRow,
  keepVersion,
  keyOf,
  privatePart,
  type RowsContext,
  sealed,
} from './document-rows.ts';
import type { SqlTransaction } from './group-commit.ts';
import type { SqlConnection } from './sql.ts';

interface VersionRow {
  readonly revision: string;
  readonly modified: number;
  readonly is_current: number;
  readonly doc: string;
  readonly event: string | null;
  readonly actor_account_id: string | null;
  readonly actor_user_id: string | null;
  readonly actor_method: string;
  readonly request_id: string;
}

// The generation, the number before the dash, orders revisions; text would put 10 before 9.
const HISTORY = `WITH revisions AS (
    SELECT revision, modified, 0 AS is_current FROM document_versions
      WHERE kind = ?1 AND account_id = ?2 AND id = ?3
    UNION ALL
    SELECT revision, modified, 1 FROM documents WHERE kind = ?1 AND account_id = ?2 AND id = ?3
  ), page AS (
    SELECT revision, modified, is_current FROM revisions
    WHERE ?4 IS NULL OR CAST(revision AS INTEGER) <= ?4
    ORDER BY CAST(revision AS INTEGER) DESC LIMIT ?5
  )
  SELECT page.revision, page.modified, is_current, coalesce(v.doc, d.doc) AS doc,
    audit.event, audit.actor_account_id, audit.actor_user_id, audit.actor_method, audit.request_id
  FROM page
  LEFT JOIN document_versions v ON is_current = 0 AND v.kind = ?1 AND v.account_id = ?2
    AND v.id = ?3 AND v.revision = page.revision
  LEFT JOIN documents d ON is_current = 1 AND d.kind = ?1 AND d.account_id = ?2 AND d.id = ?3
  LEFT JOIN audit ON audit.sequence = (
    SELECT max(sequence) FROM audit AS a WHERE a.noun = ?1 AND a.document_id = ?3
      AND coalesce(a.account_id, '') = ?2 AND a.revision = page.revision)
  ORDER BY CAST(page.revision AS INTEGER) DESC`;

/** Reads over `query`, which may be a read connection or a transaction. */
export function versionReader(
  query: Pick<SqlConnection, 'get' | 'all'>,
  context: RowsContext,
): VersionReader {
  const open = (scope: DocumentScope, id: string, doc: string): JsonObject =>
    context.sealer.unseal(JSON.parse(doc) as JsonObject, documentKey(scope, id));
  return {
    async history(scope, id, generation, limit) {
      const rows = await query.all<VersionRow>(HISTORY, [
        ...keyOf(scope),
        id,
        generation ?? null,
        limit,
      ]);
      return rows.map((row) => toVersion(row, open(scope, id, row.doc)));
    },

    async loadAny(scope, id) {
      const row = await query.get<DocumentRow & { readonly deleted: number }>(
        `SELECT revision, created, modified, doc, pvt, deleted FROM documents
         WHERE kind = ? AND account_id = ? AND id = ?`,
        [...keyOf(scope), id],
      );
      return row === undefined
        ? undefined
        : { stored: fromRow(scope, id, row, context), isDeleted: row.deleted === 1 };
    },

    async loadVersion(scope, id, revision) {
      const row = await query.get<{ readonly doc: string }>(
        `SELECT doc FROM document_versions
           WHERE kind = ?1 AND account_id = ?2 AND id = ?3 AND revision = ?4
         UNION ALL
         SELECT doc FROM documents
           WHERE kind = ?1 AND account_id = ?2 AND id = ?3 AND revision = ?4`,
        [...keyOf(scope), id, revision],
      );
      return row === undefined ? undefined : open(scope, id, row.doc);
    },
  };
}

/** Writes within one transaction. */
export function versionWriter(transaction: SqlTransaction, context: RowsContext): VersionWriter {
  return {
    ...versionReader(transaction, context),

    async restore(scope, { stored: current }, doc, by) {
      const now = toGregorianSeconds(context.clock.nowMs());
      await keepVersion(transaction, scope, current);
      const pvt = Object.fromEntries(
        Object.entries(current.pvt).filter(([key]) => key !== 'pvt_deleted'),
      );
      const next: StoredDocument = {
        ...current,
        revision: nextRevision(current.revision, context.random),
        modified: now,
        doc,
        pvt: { ...pvt, ...privatePart(scope, doc, now, by), pvt_created: current.created },
      };
      const changed = await transaction.run(
        `UPDATE documents SET deleted = 0, revision = ?, modified = ?, name = ?, enabled = ?,
           weight = ?, name_fold = ?, doc = ?, pvt = ?
         WHERE kind = ? AND account_id = ? AND id = ? AND revision = ?`,
        [
          next.revision,
          now,
          ...columnsOf(doc),
          sealed(scope, current.id, doc, context),
          JSON.stringify(next.pvt),
          ...keyOf(scope),
          current.id,
          current.revision,
        ],
      );
      if (changed === 0) throw conflict(current.id);
      transaction.touch(documentKey(scope, current.id));
      return next;
    },
  };
}

function toVersion(row: VersionRow, doc: JsonObject): DocumentVersion {
  return {
    revision: row.revision,
    modified: row.modified as GregorianSeconds,
    isCurrent: row.is_current === 1,
    change:
      row.event === null
        ? undefined
        : {
            event: row.event,
            accountId: row.actor_account_id ?? undefined,
            userId: row.actor_user_id ?? undefined,
            method: row.actor_method,
            requestId: row.request_id,
          },
    doc,
  };
}
