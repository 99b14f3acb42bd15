// Replies about stored documents, the same for every noun.

import type { JsonObject } from '../base/json.ts';
import type { PageRequest, StoredDocument } from '../document/document-store.ts';
import { revisionOfRows } from './envelope.ts';
import { keysetPage } from './keyset-page.ts';
import type { Call, Reply } from './route.ts';

export function documentReply(stored: StoredDocument): Reply {
  return {
    data: { ...stored.doc, id: stored.id },
    revision: stored.revision,
    etag: stored.revision,
  };
}

/** The last public document, marked as Kazoo marks it. */
export function deletedReply(stored: StoredDocument): Reply {
  return {
    data: { ...stored.doc, id: stored.id, _read_only: { deleted: true } },
    revision: stored.revision,
  };
}

export function deletionOf(call: Call): 'soft' | 'hard' {
  return call.query['should_soft_delete'] === 'false' ? 'hard' : 'soft';
}

/** One page of documents, newest id first as Kazoo lists them, as rows of a summary. */
export async function listReply(
  call: Call,
  load: (page: PageRequest) => Promise<readonly StoredDocument[]>,
  toRow: (stored: StoredDocument) => JsonObject,
): Promise<Reply> {
  const { size, start } = keysetPage(call);
  const isAscending = call.query['ascending'] === 'true' || call.query['descending'] === 'false';
  const found = await load({
    direction: isAscending ? 'ascending' : 'descending',
    startId: start,
    limit: size + 1,
  });
  const rows = found.slice(0, size).map(toRow);
  const next = found[size]?.id;
  const revision = revisionOfRows(rows);
  return {
    data: rows,
    etag: revision,
    ...(rows.length === 0 ? {} : { revision }),
    envelope: {
      page_size: rows.length,
      ...(start === undefined ? {} : { start_key: start }),
      ...(next === undefined ? {} : { next_start_key: next }),
    },
  };
}
