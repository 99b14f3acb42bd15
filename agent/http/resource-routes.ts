// The resources API (reference §3): the same handlers for an account's own resources and, for
// the master account's tokens, the global ones.

import type { JsonObject, JsonValue } from '../base/json.ts';
import type { ListedDocument, StoredDocument } from '../document/document-store.ts';
import { summaryRow } from '../resource/resource-rules.ts';
import type { ResourceService, ResourceTarget } from '../service/resources.ts';
import { historyRoute, revisionToRestore } from './document-history.ts';
import { documentList } from './document-list.ts';
import { deletedReply, deletionOf, documentReply } from './document-replies.ts';
import type { ListSource } from './list-reading.ts';
import { LIST_TYPES, listReply, SEARCHABLE_LIST_QUERY } from './listing.ts';
import { objectOf } from './call-parts.ts';
import type { Access, Call, Reply, Route } from './route.ts';

/** What `rules` and other patterns of a document are warned about, never refused for. */
export type WarningsOf = (doc: JsonObject) => readonly JsonValue[];

/** @param warningsOf unusable patterns of a document, for the reply's `warnings`. */
export function resourceRoutes(resources: ResourceService, warningsOf: WarningsOf): Route[] {
  const written = (stored: StoredDocument): Reply => {
    const warnings = warningsOf(stored.doc);
    const reply = documentReply(stored);
    return warnings.length === 0 ? reply : { envelope: { warnings }, ...reply };
  };
  const at = (prefix: string, access: Access): readonly Route[] => [
    {
      path: `${prefix}/resources`,
      methods: {
        GET: {
          access,
          summary: 'List the resources',
          query: SEARCHABLE_LIST_QUERY,
          produces: LIST_TYPES,
          handle: (call) => listReply(call, resourceList(resources, call.account?.id)),
        },
        PUT: {
          access,
          summary: 'Create a resource',
          schema: 'resources',
          handle: async (call) => {
            const created = await resources.create(targetOf(call), objectOf(call.data));
            return { location: `${call.path}/${created.id}`, ...written(created) };
          },
        },
      },
    },
    {
      path: `${prefix}/resources/:resource_id`,
      methods: {
        GET: {
          access,
          summary: 'Fetch a resource',
          handle: async (call) =>
            documentReply(await resources.fetch(call.account?.id, idOf(call))),
        },
        POST: {
          access,
          summary: 'Change (replace) a resource',
          schema: 'resources',
          handle: async (call) =>
            written(await resources.replace(targetOf(call), idOf(call), objectOf(call.data))),
        },
        PATCH: {
          access,
          summary: 'Patch (merge into) a resource, or restore an earlier revision',
          handle: async (call) => {
            const data = objectOf(call.data);
            const revision = revisionToRestore(data);
            return written(
              revision === undefined
                ? await resources.patch(targetOf(call), idOf(call), data)
                : await resources.restore(targetOf(call), idOf(call), revision),
            );
          },
        },
        DELETE: {
          access,
          summary: 'Remove a resource',
          handle: async (call) =>
            deletedReply(await resources.remove(targetOf(call), idOf(call), deletionOf(call))),
        },
      },
    },
    historyRoute(`${prefix}/resources/:resource_id/history`, access, (call, page) =>
      resources.history(call.account?.id, idOf(call), page),
    ),
  ];
  return [...at('/v2/accounts/:account_id', 'account'), ...at('/v2', 'superduper')];
}

/** @param accountId undefined: the global resources. */
export function resourceList(
  resources: ResourceService,
  accountId: string | undefined,
): ListSource<ListedDocument> {
  return documentList({
    fileName: 'resources.csv',
    list: (request) => resources.list(accountId, request),
    row: summaryRow,
  });
}

function idOf(call: Call): string {
  return call.parameters['resource_id'] ?? '';
}

/** Where a call writes, and for whom. */
export function targetOf(call: Call): ResourceTarget {
  return { accountId: call.account?.id, preconditions: call.preconditions, by: call.actor };
}
