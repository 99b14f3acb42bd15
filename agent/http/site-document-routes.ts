// The routes of documents that belong to the site (gear, cables): list, create, fetch, replace,
// patch, remove, for tokens of the master account alone.

import type { JsonObject } from '../base/json.ts';
import type { DocumentListRequest } from '../document/document-list.ts';
import type { ListedDocument } from '../document/document-store.ts';
import type { DocumentTarget } from '../service/documents.ts';
import { objectOf } from './call-parts.ts';
import { documentList } from './document-list.ts';
import { deletionOf } from './document-replies.ts';
import { LIST_TYPES, listReply, SEARCHABLE_LIST_QUERY } from './listing.ts';
import type { Call, Reply, Route } from './route.ts';

export type SiteTarget = Omit<DocumentTarget, 'scope'>;

/** A document as replies show it. */
export interface ShownDocument {
  readonly id: string;
  readonly revision: string;
  readonly data: JsonObject;
}

export interface SiteDocuments {
  list(request: DocumentListRequest): Promise<readonly ListedDocument[]>;
  row(id: string, doc: JsonObject): JsonObject;
  fetch(id: string): Promise<ShownDocument>;
  create(target: SiteTarget, data: JsonObject): Promise<ShownDocument>;
  replace(target: SiteTarget, id: string, data: JsonObject): Promise<ShownDocument>;
  patch(target: SiteTarget, id: string, data: JsonObject): Promise<ShownDocument>;
  remove(target: SiteTarget, id: string, how: 'soft' | 'hard'): Promise<ShownDocument>;
}

export interface SiteNoun {
  /** `/v2/gear` */
  readonly path: string;
  /** `gear_id` */
  readonly parameter: string;
  readonly schema: string;
  readonly summaries: Readonly<
    Record<'list' | 'create' | 'fetch' | 'replace' | 'patch' | 'remove', string>
  >;
  readonly documents: SiteDocuments;
}

/** No ETag: what is shown beside a document changes without it. */
export function siteDocumentRoutes(noun: SiteNoun): Route[] {
  const { path, parameter, schema, summaries, documents } = noun;
  const access = 'superduper';
  const idOf = (call: Call): string => call.parameters[parameter] ?? '';
  const targetOf = (call: Call): SiteTarget => ({
    preconditions: call.preconditions,
    by: call.actor,
  });
  const replyOf = ({ data, revision }: ShownDocument): Reply => ({ data, revision });
  return [
    {
      path,
      methods: {
        GET: {
          access,
          summary: summaries.list,
          replies: { schema, isList: true },
          query: SEARCHABLE_LIST_QUERY,
          produces: LIST_TYPES,
          handle: (call) =>
            listReply(
              call,
              documentList({
                fileName: `${schema}.csv`,
                list: (request) => documents.list(request),
                row: (id, doc) => documents.row(id, doc),
              }),
            ),
        },
        PUT: {
          access,
          summary: summaries.create,
          schema,
          handle: async (call) => {
            const created = await documents.create(targetOf(call), objectOf(call.data));
            return { ...replyOf(created), location: `${call.path}/${created.id}` };
          },
        },
      },
    },
    {
      path: `${path}/:${parameter}`,
      methods: {
        GET: {
          access,
          summary: summaries.fetch,
          replies: { schema },
          handle: async (call) => replyOf(await documents.fetch(idOf(call))),
        },
        POST: {
          access,
          summary: summaries.replace,
          schema,
          handle: async (call) =>
            replyOf(await documents.replace(targetOf(call), idOf(call), objectOf(call.data))),
        },
        PATCH: {
          access,
          summary: summaries.patch,
          replies: { schema },
          handle: async (call) =>
            replyOf(await documents.patch(targetOf(call), idOf(call), objectOf(call.data))),
        },
        DELETE: {
          access,
          summary: summaries.remove,
          handle: async (call) => {
            const removed = await documents.remove(targetOf(call), idOf(call), deletionOf(call));
            return replyOf({
              ...removed,
              data: { ...removed.data, _read_only: { deleted: true } },
            });
          },
        },
      },
    },
  ];
}
