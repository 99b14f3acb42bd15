// Replies about stored documents, the same for every noun.

import { copyOf, type JsonObject } from '../base/json.ts';
import type { StoredDocument } from '../document/document-store.ts';
import type { Call, Reply } from './route.ts';

export function documentReply(stored: StoredDocument): Reply {
  return {
    data: withId(stored),
    revision: stored.revision,
    etag: stored.revision,
  };
}

/** The last public document, marked as Kazoo marks it. */
export function deletedReply(stored: StoredDocument): Reply {
  return {
    data: { ...withId(stored), _read_only: { deleted: true } },
    revision: stored.revision,
  };
}

function withId(stored: StoredDocument): JsonObject {
  const data = copyOf(stored.doc);
  data['id'] = stored.id;
  return data;
}

export function deletionOf(call: Call): 'soft' | 'hard' {
  return call.query['should_soft_delete'] === 'false' ? 'hard' : 'soft';
}
