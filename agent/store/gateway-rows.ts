// Resources by endpoint type, in SQLite. Implements document/gateway-store.ts. A scan of the
// documents' text: done once a start, and exact enough for whoever reads the gateways after.

import type { JsonObject } from '../base/json.ts';
import type { GatewayReader } from '../document/gateway-store.ts';
import type { SqlConnection } from './sql.ts';

interface Row {
  readonly account_id: string;
  readonly id: string;
  readonly doc: string;
}

export function gatewayReader(query: Pick<SqlConnection, 'all'>): GatewayReader {
  return {
    async mentioning(endpointType, after, limit) {
      const rows = await query.all<Row>(
        `SELECT account_id, id, doc FROM documents INDEXED BY documents_live
         WHERE kind = 'resource' AND deleted = 0 AND (account_id, id) > (?, ?)
           AND instr(doc, ?) > 0
         ORDER BY account_id, id LIMIT ?`,
        [after?.accountId ?? '', after?.id ?? '', JSON.stringify(endpointType), limit],
      );
      return rows.map((row) => ({
        accountId: row.account_id === '' ? undefined : row.account_id,
        id: row.id,
        doc: JSON.parse(row.doc) as JsonObject,
      }));
    },
  };
}
