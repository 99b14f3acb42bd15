// The journal of events in SQLite, read. Implements document/event-store.ts; journal.ts writes
// and trims it.

import type { JsonObject } from '../base/json.ts';
import type { EventReader } from '../document/event-store.ts';
import type { SqlConnection } from './sql.ts';

interface EventRow {
  readonly sequence: number;
  readonly at_ms: number;
  readonly name: string;
  readonly account_id: string | null;
  readonly data: string;
}

export function eventReader(query: Pick<SqlConnection, 'get' | 'all'>): EventReader {
  return {
    async window() {
      const row = await query.get<{ readonly oldest: number | null; readonly newest: number }>(
        // sqlite_sequence remembers the newest event even when none is kept any more.
        `SELECT (SELECT min(sequence) FROM events) AS oldest,
           coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) AS newest`,
      );
      return { oldest: row?.oldest ?? undefined, newest: row?.newest ?? 0 };
    },
    async after(sequence, limit) {
      const rows = await query.all<EventRow>(
        `SELECT sequence, at_ms, name, account_id, data FROM events
         WHERE sequence > ? ORDER BY sequence LIMIT ?`,
        [sequence, limit],
      );
      return rows.map((row) => ({
        sequence: row.sequence,
        atMs: row.at_ms,
        name: row.name,
        ...(row.account_id === null ? {} : { accountId: row.account_id }),
        data: JSON.parse(row.data) as JsonObject,
      }));
    },
  };
}
