// The audit trail in SQLite. Implements document/audit-store.ts; journal.ts writes the rows.
//
// Two filters have an index (one document's rows, one account's); the others are tried on the
// next SCAN_ROWS rows of what is left, and the page says where the next one goes on. However
// rare the match and however long the trail, one call costs the same.

import type { JsonObject } from '../base/json.ts';
import type {
  AuditFilter,
  AuditPage,
  AuditRange,
  AuditReader,
  AuditRow,
} from '../document/audit-store.ts';
import type { SqlConnection, SqlValue } from './sql.ts';

/** How many rows one page looks at. */
const SCAN_ROWS = 20_000;

interface Row {
  readonly sequence: number;
  readonly at_ms: number;
  readonly event: string;
  readonly noun: string;
  readonly document_id: string;
  readonly account_id: string | null;
  readonly revision: string | null;
  readonly actor_account_id: string | null;
  readonly actor_user_id: string | null;
  readonly actor_method: string;
  readonly request_id: string;
  readonly remote: string | null;
  readonly before: string | null;
  readonly after: string | null;
}

/** @param scanRows how many rows one page looks at; for tests. */
export function auditReader(
  query: Pick<SqlConnection, 'get' | 'all'>,
  scanRows = SCAN_ROWS,
): AuditReader {
  return {
    async page(filter, range, limit): Promise<AuditPage> {
      const { indexed, tried } = conditionsOf(filter, range);
      const order = range.direction === 'ascending' ? 'ASC' : 'DESC';
      // Rows stay unread until they match: before and after can be long.
      const rows = await query.all<Row>(
        `SELECT a.* FROM (
           SELECT sequence AS candidate FROM audit ${where(indexed)}
           ORDER BY sequence ${order} LIMIT ?
         ) JOIN audit a ON a.sequence = candidate ${where(tried)}
         ORDER BY a.sequence ${order} LIMIT ?`,
        [...valuesOf(indexed), scanRows, ...valuesOf(tried), limit + 1],
      );
      const surplus = rows[limit];
      if (surplus !== undefined)
        return { rows: rows.slice(0, limit).map(fromRow), next: surplus.sequence };
      const beyond = await query.get<{ readonly sequence: number }>(
        `SELECT sequence FROM audit ${where(indexed)} ORDER BY sequence ${order} LIMIT 1 OFFSET ?`,
        [...valuesOf(indexed), scanRows],
      );
      return { rows: rows.map(fromRow), next: beyond?.sequence };
    },
  };
}

type Condition = readonly [sql: string, value: SqlValue];

function conditionsOf(
  filter: AuditFilter,
  { direction, start, end }: AuditRange,
): { readonly indexed: readonly Condition[]; readonly tried: readonly Condition[] } {
  const [onward, back] = direction === 'ascending' ? ['>=', '<='] : ['<=', '>='];
  const indexed: Condition[] = [
    ...(start === undefined ? [] : [[`sequence ${onward} ?`, start] as const]),
    ...(end === undefined ? [] : [[`sequence ${back} ?`, end] as const]),
  ];
  const tried: Condition[] = [];
  const { noun, documentId, accountId } = filter;
  if (noun !== undefined && documentId !== undefined) {
    indexed.push(['noun = ?', noun], ['document_id = ?', documentId]);
    if (accountId !== undefined) tried.push(['a.account_id = ?', accountId]);
  } else {
    if (accountId !== undefined) indexed.push(['account_id = ?', accountId]);
    if (noun !== undefined) tried.push(['a.noun = ?', noun]);
    if (documentId !== undefined) tried.push(['a.document_id = ?', documentId]);
  }
  const { event, actorAccountId, requestId, fromMs, toMs } = filter;
  if (event !== undefined) tried.push(['a.event = ?', event]);
  if (actorAccountId !== undefined) tried.push(['a.actor_account_id = ?', actorAccountId]);
  if (requestId !== undefined) tried.push(['a.request_id = ?', requestId]);
  if (fromMs !== undefined) tried.push(['a.at_ms >= ?', fromMs]);
  if (toMs !== undefined) tried.push(['a.at_ms <= ?', toMs]);
  return { indexed, tried };
}

function where(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`;
}

function valuesOf(conditions: readonly Condition[]): readonly SqlValue[] {
  return conditions.map(([, value]) => value);
}

function fromRow(row: Row): AuditRow {
  return {
    sequence: row.sequence,
    atMs: row.at_ms,
    event: row.event,
    noun: row.noun,
    documentId: row.document_id,
    accountId: row.account_id ?? undefined,
    revision: row.revision ?? undefined,
    actor: {
      accountId: row.actor_account_id ?? undefined,
      userId: row.actor_user_id ?? undefined,
      method: row.actor_method,
      remote: row.remote ?? undefined,
    },
    requestId: row.request_id,
    before: row.before === null ? undefined : (JSON.parse(row.before) as JsonObject),
    after: row.after === null ? undefined : (JSON.parse(row.after) as JsonObject),
  };
}
