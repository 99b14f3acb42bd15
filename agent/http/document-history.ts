// The history of a document over HTTP, and the PATCH that restores. The same for every noun
// whose documents have revisions.

import { fromGregorianSeconds } from '../base/clock.ts';
import { invalidFields } from '../base/error.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { maskSecrets } from '../base/mask.ts';
import type { DocumentVersion } from '../document/version-store.ts';
import type { HistoryPage } from '../service/document-history.ts';
import { revisionOfRows } from './envelope.ts';
import { KEYSET_QUERY, keysetPage } from './keyset-page.ts';
import type { Access, Call, Route } from './route.ts';

/** @param load revisions from the given generation on, newest first. */
export function historyRoute(
  path: string,
  access: Access,
  load: (call: Call, page: HistoryPage) => Promise<readonly DocumentVersion[]>,
): Route {
  return {
    path,
    methods: {
      GET: {
        access,
        summary: 'List the revisions of a document, newest first, secrets masked',
        query: KEYSET_QUERY,
        handle: async (call) => {
          const page = keysetPage(call, (key) => /^\d{1,15}/.test(key));
          const generation = page.start === undefined ? undefined : Number.parseInt(page.start, 10);
          const found = await load(call, { generation, limit: page.size + 1 });
          const rows = found.slice(0, page.size).map(toRow);
          const next = found[page.size]?.revision;
          return {
            data: rows,
            etag: revisionOfRows(rows),
            revision: revisionOfRows(rows),
            envelope: {
              page_size: rows.length,
              ...(page.start === undefined ? {} : { start_key: page.start }),
              ...(next === undefined ? {} : { next_start_key: next }),
            },
          };
        },
      },
    },
  };
}

function toRow(version: DocumentVersion): JsonObject {
  const { revision, modified, isCurrent, change, doc } = version;
  return {
    revision,
    modified,
    modified_at: new Date(fromGregorianSeconds(modified)).toISOString(),
    current: isCurrent,
    deleted: change?.event.endsWith('.deleted') ?? false,
    ...(change === undefined
      ? {}
      : {
          event: change.event,
          by: {
            ...(change.accountId === undefined ? {} : { account_id: change.accountId }),
            ...(change.userId === undefined ? {} : { user_id: change.userId }),
            method: change.method,
          },
          request_id: change.requestId,
        }),
    data: maskSecrets(doc) as JsonObject,
  };
}

/**
 * The revision that a PATCH asks to bring back: its `data` is `{"action":"restore"}` with a
 * `revision` and nothing else. Any other PATCH is a merge, also of keys with these names.
 * @returns undefined for a merge
 * @throws request.invalid when `revision` is missing or no text
 */
export function revisionToRestore(data: JsonObject): string | undefined {
  if (data['action'] !== 'restore') return undefined;
  if (Object.keys(data).some((key) => key !== 'action' && key !== 'revision')) return undefined;
  const revision: JsonValue | undefined = data['revision'];
  if (typeof revision === 'string') return revision;
  throw invalidFields({
    revision:
      revision === undefined
        ? { required: { message: 'Field is required but missing', value: 'revision' } }
        : {
            type: {
              message: 'Value did not match type(s): string',
              target: 'string',
              value: revision,
            },
          },
  });
}
