// Counting resource selectors in SQLite. Implements document/selector-store.ts. By name the
// index documents_name serves; by resource the account's selectors are read through.

import type { JsonValue } from '../base/json.ts';
import type { SelectorReader } from '../document/selector-store.ts';
import type { SqlConnection } from './sql.ts';

const FROM = `FROM documents
  WHERE kind = 'resource_selector' AND account_id = ? AND deleted = 0`;
const COLUMN = { name: 'name', resource: "doc ->> 'resource'" } as const;

export function selectorReader(query: Pick<SqlConnection, 'all'>): SelectorReader {
  return {
    count: (accountId, by, of, limit) => {
      const other = by === 'name' ? COLUMN.resource : COLUMN.name;
      return query.all(
        `SELECT ${COLUMN[by]} AS key, count(*) AS count ${FROM}
         ${of === undefined ? '' : `AND ${other} = ?`} GROUP BY key ORDER BY key LIMIT ?`,
        [accountId ?? '', ...(of === undefined ? [] : [of]), limit],
      );
    },
    async list(accountId, name, resource, limit) {
      const rows = await query.all<{ readonly selector: string; readonly value: string | null }>(
        `SELECT doc ->> 'selector' AS selector, doc -> 'value' AS value ${FROM}
           AND name = ? AND ${COLUMN.resource} = ? ORDER BY selector, id LIMIT ?`,
        [accountId ?? '', name, resource, limit],
      );
      return rows.map(({ selector, value }) => ({
        selector,
        value: value === null ? undefined : (JSON.parse(value) as JsonValue),
      }));
    },
  };
}
