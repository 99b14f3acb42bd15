// Lists of documents: one statement for each order and direction, on an index that has the
// order, from a position that the index can seek. INDEXED BY makes a statement that could not
// do so fail to prepare, instead of growing slow with the table.

import type { DocumentListRequest, ListBound, SortColumn } from '../document/document-list.ts';
import type { DocumentScope, ListedDocument } from '../document/document-store.ts';
import type { GregorianSeconds } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import { type DocumentRow, keyOf, type Query } from './document-rows.ts';
import type { SqlValue } from './sql.ts';

const ORDERS = {
  id: { index: 'documents_live', column: 'id' },
  name: { index: 'documents_name', column: 'name_fold' },
  enabled: { index: 'documents_enabled', column: 'enabled_key' },
  weight: { index: 'documents_weight', column: 'weight_key' },
  created: { index: 'documents_created', column: 'created' },
  modified: { index: 'documents_modified', column: 'modified' },
} as const satisfies Readonly<Record<SortColumn, { index: string; column: string }>>;

type ListedRow = DocumentRow & { readonly id: string; readonly sort_value: string | number };

/** @returns live documents in the order asked for, secrets sealed. */
export async function listDocuments(
  query: Query,
  scope: DocumentScope,
  request: DocumentListRequest,
): Promise<readonly ListedDocument[]> {
  const { sql, parameters } = listStatement(scope, request);
  const rows = await query.all<ListedRow>(sql, parameters);
  return rows.map((row) => ({
    id: row.id,
    revision: row.revision,
    created: row.created as GregorianSeconds,
    modified: row.modified as GregorianSeconds,
    doc: JSON.parse(row.doc) as JsonObject,
    pvt: JSON.parse(row.pvt) as JsonObject,
    sortValue: row.sort_value,
  }));
}

/** The statement itself, for tests of its plan. */
export function listStatement(
  scope: DocumentScope,
  request: DocumentListRequest,
): { readonly sql: string; readonly parameters: readonly SqlValue[] } {
  const { index, column } = ORDERS[request.sort];
  const isAscending = request.direction === 'ascending';
  const conditions = ['kind = ?', 'account_id = ?', 'deleted = 0'];
  const parameters: SqlValue[] = [...keyOf(scope)];
  const bound = (at: ListBound | undefined, compare: '>' | '<'): void => {
    if (at === undefined) return;
    const operator = at.isInclusive ? `${compare}=` : compare;
    if (request.sort === 'id' || at.id === undefined) {
      conditions.push(`${column} ${operator} ?`);
      parameters.push(at.value);
    } else {
      conditions.push(`(${column}, id) ${operator} (?, ?)`);
      parameters.push(at.value, at.id);
    }
  };
  bound(request.start, isAscending ? '>' : '<');
  bound(request.end, isAscending ? '<' : '>');
  if (request.nameContains !== undefined) {
    conditions.push('instr(name_fold, ?) > 0');
    parameters.push(request.nameContains);
  }
  parameters.push(request.limit);
  const order = isAscending ? 'ASC' : 'DESC';
  return {
    sql: `SELECT id, revision, created, modified, doc, pvt, ${column} AS sort_value
      FROM documents INDEXED BY ${index} WHERE ${conditions.join(' AND ')}
      ORDER BY ${request.sort === 'id' ? '' : `${column} ${order}, `}id ${order} LIMIT ?`,
    parameters,
  };
}
