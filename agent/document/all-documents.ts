// Every document of a scope, a page at a time, in the order of their ids.

import type { DocumentReader, DocumentScope, ListedDocument } from './document-store.ts';

/** @param pageSize rows read together */
export async function* allDocuments(
  documents: Pick<DocumentReader, 'list'>,
  scope: DocumentScope,
  pageSize: number,
): AsyncGenerator<readonly ListedDocument[]> {
  let last: string | undefined;
  for (;;) {
    const rows = await documents.list(scope, {
      sort: 'id',
      direction: 'ascending',
      start: last === undefined ? undefined : { value: last, id: undefined, isInclusive: false },
      end: undefined,
      nameContains: undefined,
      limit: pageSize,
    });
    last = rows.at(-1)?.id;
    if (last === undefined) return;
    yield rows;
  }
}
