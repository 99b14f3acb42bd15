// The document repository: single documents, batches and lists put together.

import type { DocumentReader, DocumentWriter } from '../document/document-store.ts';
import {
  insertDocuments,
  loadDocuments,
  loadSealedDocuments,
  replaceDocuments,
} from './document-batch-rows.ts';
import { listDocuments } from './document-list-rows.ts';
import { documentReader, documentWriter, type RowsContext, type Query } from './document-rows.ts';
import type { SqlTransaction } from './group-commit.ts';

/**
 * Reads over `query`, which may be a read connection or a transaction.
 * @param lists a connection for lists, so that a long search keeps no other read waiting
 */
export function readDocuments(
  query: Query,
  context: RowsContext,
  lists: Query = query,
): DocumentReader {
  return {
    ...documentReader(query, context),
    loadMany: (scope, ids) => loadDocuments(query, scope, ids, context),
    loadManySealed: (scope, ids) => loadSealedDocuments(query, scope, ids),
    list: (scope, request) => listDocuments(lists, scope, request),
  };
}

/** Writes within one transaction. */
export function writeDocuments(transaction: SqlTransaction, context: RowsContext): DocumentWriter {
  return {
    ...readDocuments(transaction, context),
    ...documentWriter(transaction, context),
    insertMany: (scope, entries, by) => insertDocuments(transaction, scope, entries, by, context),
    replaceMany: (scope, changes, by) => replaceDocuments(transaction, scope, changes, by, context),
  };
}
