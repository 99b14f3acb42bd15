// Creates under load: documents of different callers, inserted by one statement.

import type { ChangeRecord } from '../base/change.ts';
import type { DocumentScope, StoredDocument } from '../document/document-store.ts';
import { columnsOf, conflict, type RowsContext, keyOf, sealed } from './document-rows.ts';
import type { JoinedWork } from './group-commit.ts';

/** A document ready to be stored, and what is told of it once it is. */
export interface InsertItem {
  readonly scope: DocumentScope;
  readonly document: StoredDocument;
  readonly change: ChangeRecord;
}

/** Each item on its own: a taken id refuses that one (document.conflict) and no other. */
export function joinedInsert(context: RowsContext): JoinedWork<InsertItem, StoredDocument> {
  return {
    async run(transaction, items) {
      const rows = items.map(({ scope, document }) => [
        ...keyOf(scope),
        document.id,
        document.revision,
        document.created,
        document.modified,
        ...columnsOf(document.doc),
        sealed(scope, document.id, document.doc, context),
        JSON.stringify(document.pvt),
      ]);
      const inserted = await transaction.all<{ readonly revision: string }>(
        `INSERT INTO documents (kind, account_id, id, revision, created, modified, name, enabled,
           weight, name_fold, doc, pvt)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
           value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11
         FROM json_each(?) WHERE true
         ON CONFLICT (kind, account_id, id) DO NOTHING RETURNING revision`,
        [JSON.stringify(rows)],
      );
      const stored = new Set(inserted.map((row) => row.revision));
      return items.map(({ document, change }) => {
        if (!stored.has(document.revision))
          return { ok: false, reason: conflict(document.id) } as const;
        transaction.record(change);
        return { ok: true, value: document } as const;
      });
    },
  };
}
