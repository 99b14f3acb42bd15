// Cables between FreeTDM spans and ports of other gear over HTTP, for tokens of the master
// account.

import type { StoredDocument } from '../document/document-store.ts';
import type { CableService, CableTarget } from '../service/cables.ts';
import { objectOf } from './call-parts.ts';
import { documentList } from './document-list.ts';
import { deletedReply, deletionOf } from './document-replies.ts';
import { LIST_TYPES, listReply, SEARCHABLE_LIST_QUERY } from './listing.ts';
import type { Call, Reply, Route } from './route.ts';

export function cableRoutes(cables: CableService): Route[] {
  const access = 'superduper';
  const schema = 'cables';
  const replyOf = ({ id, doc, revision }: StoredDocument): Reply => ({
    data: cables.describe(id, doc),
    revision,
  });
  return [
    {
      path: '/v2/cables',
      methods: {
        GET: {
          access,
          summary: 'List the cables and what is wrong between their ends',
          replies: { schema, isList: true },
          query: SEARCHABLE_LIST_QUERY,
          produces: LIST_TYPES,
          handle: (call) =>
            listReply(
              call,
              documentList({
                fileName: 'cables.csv',
                list: (request) => cables.list(request),
                row: (id, doc) => cables.describe(id, doc),
              }),
            ),
        },
        PUT: {
          access,
          summary: 'Write down a cable',
          schema,
          handle: async (call) => {
            const created = await cables.create(targetOf(call), objectOf(call.data));
            return { ...replyOf(created), location: `${call.path}/${created.id}` };
          },
        },
      },
    },
    {
      path: '/v2/cables/:cable_id',
      methods: {
        GET: {
          access,
          summary: 'Fetch a cable',
          replies: { schema },
          handle: async (call) => replyOf(await cables.fetch(idOf(call))),
        },
        POST: {
          access,
          summary: 'Change (replace) a cable',
          schema,
          handle: async (call) =>
            replyOf(await cables.replace(targetOf(call), idOf(call), objectOf(call.data))),
        },
        PATCH: {
          access,
          summary: 'Patch (merge into) a cable',
          replies: { schema },
          handle: async (call) =>
            replyOf(await cables.patch(targetOf(call), idOf(call), objectOf(call.data))),
        },
        DELETE: {
          access,
          summary: 'Remove a cable',
          handle: async (call) =>
            deletedReply(await cables.remove(targetOf(call), idOf(call), deletionOf(call))),
        },
      },
    },
  ];
}

function targetOf(call: Call): CableTarget {
  return { preconditions: call.preconditions, by: call.actor };
}

function idOf(call: Call): string {
  return call.parameters['cable_id'] ?? '';
}
