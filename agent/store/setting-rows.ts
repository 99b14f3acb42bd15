// System settings in SQLite. Implements document/setting-store.ts.

import { type GregorianSeconds, toGregorianSeconds } from '../base/clock.ts';
import { CraftportError } from '../base/error.ts';
import { nextRevision } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { SettingReader, SettingWriter, StoredSetting } from '../document/setting-store.ts';
import type { RowsContext } from './document-rows.ts';
import type { SqlTransaction } from './group-commit.ts';
import type { SqlConnection } from './sql.ts';

interface SettingRow {
  readonly category: string;
  readonly revision: string;
  readonly created: number;
  readonly modified: number;
  readonly doc: string;
}

const SELECT = 'SELECT category, revision, created, modified, doc FROM settings';

/** Reads over `query`, which may be a read connection or a transaction. */
export function settingReader(
  query: Pick<SqlConnection, 'get' | 'all'>,
  context: RowsContext,
): SettingReader {
  return {
    async loadAll() {
      const rows = await query.all<SettingRow>(`${SELECT} ORDER BY category`);
      return rows.map((row) => fromRow(row, context));
    },
    async load(category) {
      const row = await query.get<SettingRow>(`${SELECT} WHERE category = ?`, [category]);
      return row === undefined ? undefined : fromRow(row, context);
    },
  };
}

/** Writes within one transaction. */
export function settingWriter(transaction: SqlTransaction, context: RowsContext): SettingWriter {
  return {
    ...settingReader(transaction, context),
    async save(category, current, doc) {
      const now = toGregorianSeconds(context.clock.nowMs());
      const next: StoredSetting = {
        category,
        revision: nextRevision(current?.revision, context.random),
        created: current?.created ?? now,
        modified: now,
        doc,
      };
      const sealed = JSON.stringify(context.sealer.seal(doc, addressOf(category)));
      const changed =
        current === undefined
          ? await transaction.run(
              `INSERT INTO settings (category, revision, created, modified, doc)
               VALUES (?, ?, ?, ?, ?) ON CONFLICT (category) DO NOTHING`,
              [category, next.revision, now, now, sealed],
            )
          : await transaction.run(
              `UPDATE settings SET revision = ?, modified = ?, doc = ?
               WHERE category = ? AND revision = ?`,
              [next.revision, now, sealed, category, current.revision],
            );
      if (changed === 0)
        throw new CraftportError(
          'document.conflict',
          `The settings ${category} were written by somebody else`,
          { detail: { id: category } },
        );
      return next;
    },
  };
}

function fromRow(row: SettingRow, context: RowsContext): StoredSetting {
  return {
    category: row.category,
    revision: row.revision,
    created: row.created as GregorianSeconds,
    modified: row.modified as GregorianSeconds,
    doc: context.sealer.unseal(JSON.parse(row.doc) as JsonObject, addressOf(row.category)),
  };
}

/** What a sealed secret is bound to (see secret/sealing.ts). */
function addressOf(category: string): string {
  return `setting//${category}`;
}
