// What was last known of gear and spans, in SQLite. Implements gear/gear-store.ts.

import type { JsonObject } from '../base/json.ts';
import type { GearStateReader, GearStateWriter } from '../gear/gear-store.ts';
import type { SqlTransaction } from './group-commit.ts';
import { writeSlices } from './slices.ts';
import type { SqlConnection } from './sql.ts';

interface StateRow {
  readonly gear_id: string;
  readonly doc: string;
}

interface SpanRow extends StateRow {
  readonly native: string;
}

export function gearStateReader(query: Pick<SqlConnection, 'all'>): GearStateReader {
  return {
    async loadAll() {
      const states = await query.all<StateRow>('SELECT gear_id, doc FROM gear_states');
      const spans = await query.all<SpanRow>('SELECT gear_id, native, doc FROM spans');
      return {
        states: states.map((row) => ({ gearId: row.gear_id, doc: toDoc(row) })),
        spans: spans.map((row) => ({ gearId: row.gear_id, native: row.native, doc: toDoc(row) })),
      };
    },
  };
}

export function gearStateWriter(transaction: SqlTransaction): GearStateWriter {
  return {
    ...gearStateReader(transaction),
    async saveState({ gearId, doc }) {
      await transaction.run(
        `INSERT INTO gear_states (gear_id, doc) VALUES (?, ?)
         ON CONFLICT (gear_id) DO UPDATE SET doc = excluded.doc`,
        [gearId, JSON.stringify(doc)],
      );
    },
    async saveSpans(spans) {
      await writeSlices(
        spans,
        (slice) =>
          JSON.stringify(
            slice.map(({ gearId, native, doc }) => [gearId, native, JSON.stringify(doc)]),
          ),
        (rows) =>
          transaction.run(
            `INSERT INTO spans (gear_id, native, doc)
             SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true
             ON CONFLICT (gear_id, native) DO UPDATE SET doc = excluded.doc`,
            [rows],
          ),
      );
    },
    async removeSpans(gearId, natives) {
      await transaction.run(
        'DELETE FROM spans WHERE gear_id = ? AND native IN (SELECT value FROM json_each(?))',
        [gearId, JSON.stringify(natives)],
      );
    },
    async removeGear(gearId) {
      await transaction.run('DELETE FROM spans WHERE gear_id = ?', [gearId]);
      await transaction.run('DELETE FROM gear_states WHERE gear_id = ?', [gearId]);
    },
  };
}

function toDoc(row: StateRow): JsonObject {
  return JSON.parse(row.doc) as JsonObject;
}
