// Many documents in few statements: rows travel as one JSON array that SQLite takes apart. A
// slice at a time, so that neither the array nor the time at a stretch grows with the call.

import type { Actor } from '../base/change.ts';
import type { JsonObject } from '../base/json.ts';
import type {
  DocumentChange,
  DocumentScope,
  NewDocument,
  StoredDocument,
} from '../document/document-store.ts';
import { documentKey } from './document-cache.ts';
import {
  columnsOf,
  conflict,
  type DocumentRow,
  type RowsContext,
  fromRow,
  keyOf,
  type Query,
  sealed,
  toNew,
  toNext,
} from './document-rows.ts';
import type { SqlTransaction } from './group-commit.ts';
import { slicesOf, writeSlices } from './slices.ts';

/** @returns the live ones, in no particular order. */
export async function loadDocuments(
  query: Query,
  scope: DocumentScope,
  ids: readonly string[],
  context: RowsContext,
): Promise<readonly StoredDocument[]> {
  const found: StoredDocument[] = [];
  for (const slice of slicesOf(ids)) {
    const rows = await query.all<DocumentRow & { readonly id: string }>(
      `SELECT id, revision, created, modified, doc, pvt FROM documents INDEXED BY documents_id
       WHERE kind = ? AND account_id = ? AND deleted = 0 AND id IN (SELECT value FROM json_each(?))`,
      [...keyOf(scope), JSON.stringify(slice)],
    );
    for (const row of rows) found.push(fromRow(scope, row.id, row, context));
  }
  return found;
}

/** @returns those of `ids` that are live, secrets sealed. */
export async function loadSealedDocuments(
  query: Query,
  scope: DocumentScope,
  ids: readonly string[],
): Promise<readonly NewDocument[]> {
  const found: NewDocument[] = [];
  for (const slice of slicesOf(ids)) {
    const rows = await query.all<{ readonly id: string; readonly doc: string }>(
      `SELECT id, doc FROM documents INDEXED BY documents_id
       WHERE kind = ? AND account_id = ? AND deleted = 0 AND id IN (SELECT value FROM json_each(?))`,
      [...keyOf(scope), JSON.stringify(slice)],
    );
    for (const { id, doc } of rows) found.push({ id, doc: JSON.parse(doc) as JsonObject });
  }
  return found;
}

/** @throws document.conflict when one of the ids is taken. */
export async function insertDocuments(
  transaction: SqlTransaction,
  scope: DocumentScope,
  entries: readonly NewDocument[],
  by: Actor,
  context: RowsContext,
): Promise<readonly StoredDocument[]> {
  await assertFree(transaction, scope, entries);
  const created: StoredDocument[] = [];
  await writeSlices(
    entries,
    (slice) => {
      const stored = slice.map(({ id, doc }) => toNew(scope, id, doc, by, context));
      for (const one of stored) created.push(one);
      return toRows(scope, stored, context);
    },
    (rows) =>
      transaction.run(
        `INSERT INTO documents (kind, account_id, id, revision, created, modified, name, enabled,
           weight, name_fold, doc, pvt)
         SELECT ?1, ?2, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4,
           value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9 FROM json_each(?3)`,
        [...keyOf(scope), rows],
      ),
  );
  return created;
}

/** @throws document.conflict when one of them has another revision by now. */
export async function replaceDocuments(
  transaction: SqlTransaction,
  scope: DocumentScope,
  changes: readonly DocumentChange[],
  by: Actor,
  context: RowsContext,
): Promise<readonly StoredDocument[]> {
  const key = keyOf(scope);
  await assertCurrent(transaction, scope, changes);
  for (const slice of slicesOf(changes))
    await transaction.run(
      `INSERT INTO document_versions (kind, account_id, id, revision, modified, doc)
       SELECT kind, account_id, id, revision, modified, doc FROM documents INDEXED BY documents_id
       WHERE kind = ? AND account_id = ? AND id IN (SELECT value FROM json_each(?))`,
      [...key, idsOf(slice.map(({ current }) => current))],
    );
  const changed: StoredDocument[] = [];
  // An upsert seeks each row by its key; UPDATE … FROM reads the whole table for each.
  await writeSlices(
    changes,
    (slice) => {
      const stored = slice.map(({ current, doc }) => toNext(scope, current, doc, by, context));
      for (const one of stored) changed.push(one);
      return toRows(scope, stored, context);
    },
    (rows) =>
      transaction.run(
        `INSERT INTO documents (kind, account_id, id, revision, created, modified, name, enabled,
           weight, name_fold, doc, pvt)
         SELECT ?1, ?2, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4,
           value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9
         FROM json_each(?3) WHERE true
         ON CONFLICT (kind, account_id, id) DO UPDATE SET revision = excluded.revision,
           modified = excluded.modified, name = excluded.name, enabled = excluded.enabled,
           weight = excluded.weight, name_fold = excluded.name_fold, doc = excluded.doc,
           pvt = excluded.pvt`,
        [...key, rows],
      ),
  );
  for (const { id } of changed) transaction.touch(documentKey(scope, id));
  return changed;
}

// Both checks come before anything is written: a refused unit must not spoil the commit that it
// shares with others.

async function assertFree(
  transaction: SqlTransaction,
  scope: DocumentScope,
  entries: readonly NewDocument[],
): Promise<void> {
  for (const slice of slicesOf(entries)) {
    const taken = await transaction.get<{ readonly id: string }>(
      `SELECT id FROM documents INDEXED BY documents_id
       WHERE kind = ? AND account_id = ? AND id IN (SELECT value FROM json_each(?)) LIMIT 1`,
      [...keyOf(scope), idsOf(slice)],
    );
    if (taken !== undefined) throw conflict(taken.id);
  }
}

async function assertCurrent(
  transaction: SqlTransaction,
  scope: DocumentScope,
  changes: readonly DocumentChange[],
): Promise<void> {
  for (const slice of slicesOf(changes)) {
    const rows = await transaction.all<{ readonly id: string; readonly revision: string }>(
      `SELECT id, revision FROM documents INDEXED BY documents_id
       WHERE kind = ? AND account_id = ? AND deleted = 0 AND id IN (SELECT value FROM json_each(?))`,
      [...keyOf(scope), idsOf(slice.map(({ current }) => current))],
    );
    const live = new Map(rows.map((row) => [row.id, row.revision]));
    for (const { current } of slice)
      if (live.get(current.id) !== current.revision) throw conflict(current.id);
  }
}

function toRows(
  scope: DocumentScope,
  documents: readonly StoredDocument[],
  context: RowsContext,
): string {
  return JSON.stringify(
    documents.map(({ id, revision, created, modified, doc, pvt }) => [
      id,
      revision,
      created,
      modified,
      ...columnsOf(doc),
      sealed(scope, id, doc, context),
      JSON.stringify(pvt),
    ]),
  );
}

function idsOf(items: readonly { readonly id: string }[]): string {
  return JSON.stringify(items.map(({ id }) => id));
}
