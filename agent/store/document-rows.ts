// Documents in SQLite. Implements the interfaces of document/document-store.ts.

import type { Actor } from '../base/change.ts';
import { type Clock, type GregorianSeconds, toGregorianSeconds } from '../base/clock.ts';
import { CraftportError } from '../base/error.ts';
import { nextRevision, type RandomBytes } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type {
  DocumentReader,
  DocumentScope,
  DocumentWriter,
  StoredDocument,
} from '../document/document-store.ts';
import { foldName } from '../document/name-fold.ts';
import type { Sealer } from '../secret/sealing.ts';
import { documentKey } from './document-cache.ts';
import type { SqlTransaction } from './group-commit.ts';
import type { SqlConnection } from './sql.ts';

/** What repositories need from their surroundings. */
export interface RowsContext {
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

export interface DocumentRow {
  readonly revision: string;
  readonly created: number;
  readonly modified: number;
  readonly doc: string;
  readonly pvt: string;
}

const SELECT_LIVE = `SELECT revision, created, modified, doc, pvt FROM documents
  WHERE kind = ? AND account_id = ? AND id = ? AND deleted = 0`;

export type Query = Pick<SqlConnection, 'get' | 'all'>;

/** One document at a time; lists and batches have files of their own. */
type SingleReader = Pick<DocumentReader, 'load' | 'hasAny'>;
type SingleWriter = Pick<DocumentWriter, 'load' | 'hasAny' | 'insert' | 'replace' | 'remove'>;

/** Reads over `query`, which may be a read connection or a transaction. */
export function documentReader(query: Query, context: RowsContext): SingleReader {
  return {
    async load(scope, id) {
      const row = await query.get<DocumentRow>(SELECT_LIVE, [...keyOf(scope), id]);
      return row === undefined ? undefined : fromRow(scope, id, row, context);
    },

    async hasAny(scope) {
      const row = await query.get(
        'SELECT 1 FROM documents WHERE kind = ? AND account_id = ? LIMIT 1',
        keyOf(scope),
      );
      return row !== undefined;
    },
  };
}

/** Writes within one transaction. */
export function documentWriter(transaction: SqlTransaction, context: RowsContext): SingleWriter {
  return {
    ...documentReader(transaction, context),

    async insert(scope, id, doc, by) {
      const stored = toNew(scope, id, doc, by, context);
      const inserted = await transaction.run(
        `INSERT INTO documents (kind, account_id, id, revision, created, modified, name, enabled,
           weight, name_fold, doc, pvt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (kind, account_id, id) DO NOTHING`,
        [
          ...keyOf(scope),
          id,
          stored.revision,
          stored.created,
          stored.modified,
          ...columnsOf(doc),
          sealed(scope, id, doc, context),
          JSON.stringify(stored.pvt),
        ],
      );
      if (inserted === 0) throw conflict(id);
      return stored;
    },

    async replace(scope, current, doc, by) {
      await keepVersion(transaction, scope, current);
      const next = toNext(scope, current, doc, by, context);
      const changed = await transaction.run(
        `UPDATE documents SET revision = ?, modified = ?, name = ?, enabled = ?, weight = ?,
           name_fold = ?, doc = ?, pvt = ?
         WHERE kind = ? AND account_id = ? AND id = ? AND revision = ? AND deleted = 0`,
        [
          next.revision,
          next.modified,
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

    async remove(scope, current, how, by) {
      const now = toGregorianSeconds(context.clock.nowMs());
      const next: StoredDocument = {
        ...current,
        revision: nextRevision(current.revision, context.random),
        modified: now,
        pvt: {
          ...current.pvt,
          ...privatePart(scope, current.doc, now, by),
          pvt_created: current.created,
          pvt_deleted: true,
        },
      };
      const key = [...keyOf(scope), current.id, current.revision];
      const changed =
        how === 'hard'
          ? await transaction.run(
              'DELETE FROM documents WHERE kind = ? AND account_id = ? AND id = ? AND revision = ?',
              key,
            )
          : await transaction.run(
              `UPDATE documents SET deleted = 1, revision = ?, modified = ?, pvt = ?
               WHERE kind = ? AND account_id = ? AND id = ? AND revision = ? AND deleted = 0`,
              [next.revision, now, JSON.stringify(next.pvt), ...key],
            );
      if (changed === 0) throw conflict(current.id);
      transaction.touch(documentKey(scope, current.id));
      return next;
    },
  };
}

/** The first revision of a document. */
export function toNew(
  scope: DocumentScope,
  id: string,
  doc: JsonObject,
  by: Actor,
  context: RowsContext,
): StoredDocument {
  const now = toGregorianSeconds(context.clock.nowMs());
  return {
    id,
    revision: nextRevision(undefined, context.random),
    created: now,
    modified: now,
    doc,
    pvt: privatePart(scope, doc, now, by),
  };
}

/** The revision of `current` that says `doc`. */
export function toNext(
  scope: DocumentScope,
  current: StoredDocument,
  doc: JsonObject,
  by: Actor,
  context: RowsContext,
): StoredDocument {
  const now = toGregorianSeconds(context.clock.nowMs());
  return {
    ...current,
    revision: nextRevision(current.revision, context.random),
    modified: now,
    doc,
    pvt: { ...current.pvt, ...privatePart(scope, doc, now, by), pvt_created: current.created },
  };
}

/** Keeps the row that is about to be superseded, still sealed. */
async function keepVersion(
  transaction: SqlTransaction,
  scope: DocumentScope,
  current: StoredDocument,
): Promise<void> {
  await transaction.run(
    `INSERT INTO document_versions (kind, account_id, id, revision, modified, doc)
     SELECT kind, account_id, id, revision, modified, doc FROM documents
     WHERE kind = ? AND account_id = ? AND id = ? AND revision = ?`,
    [...keyOf(scope), current.id, current.revision],
  );
}

export function keyOf(scope: DocumentScope): readonly [string, string] {
  return [scope.kind, scope.accountId ?? ''];
}

export function sealed(
  scope: DocumentScope,
  id: string,
  doc: JsonObject,
  context: RowsContext,
): string {
  return JSON.stringify(context.sealer.seal(doc, documentKey(scope, id)));
}

/** name, enabled, weight, name_fold: the columns that lists sort on and search. */
export function columnsOf(
  doc: JsonObject,
): readonly [string | null, number | null, number | null, string] {
  const { name, enabled, weight_cost: weight } = doc;
  return [
    typeof name === 'string' ? name : null,
    typeof enabled === 'boolean' ? Number(enabled) : null,
    typeof weight === 'number' && Number.isSafeInteger(weight) ? weight : null,
    typeof name === 'string' ? foldName(name) : '',
  ];
}

/** Kazoo's private bookkeeping, visible to filters only (Crossbar reference §3.3). */
function privatePart(
  scope: DocumentScope,
  doc: JsonObject,
  now: GregorianSeconds,
  by: Actor,
): JsonObject {
  return {
    pvt_type: scope.kind,
    pvt_created: now,
    pvt_modified: now,
    pvt_vsn: '1',
    pvt_request_id: by.requestId,
    pvt_is_authenticated: by.accountId !== undefined,
    ...(scope.accountId === undefined ? {} : { pvt_account_id: scope.accountId }),
    ...(by.accountId === undefined ? {} : { pvt_auth_account_id: by.accountId }),
    ...(by.userId === undefined ? {} : { pvt_auth_user_id: by.userId }),
    ...(typeof doc['name'] === 'string'
      ? { pvt_alphanum_name: doc['name'].toLowerCase().replace(/[^a-z0-9]/g, '') }
      : {}),
  };
}

export function fromRow(
  scope: DocumentScope,
  id: string,
  row: DocumentRow,
  context: RowsContext,
): StoredDocument {
  return {
    id,
    revision: row.revision,
    created: row.created as GregorianSeconds,
    modified: row.modified as GregorianSeconds,
    doc: context.sealer.unseal(JSON.parse(row.doc) as JsonObject, documentKey(scope, id)),
    pvt: JSON.parse(row.pvt) as JsonObject,
  };
}

export function conflict(id: string): CraftportError {
  return new CraftportError('document.conflict', `The id ${id} was written by somebody else`, {
    detail: { id },
  });
}
