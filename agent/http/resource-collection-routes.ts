// Many resources in one call (reference §4). The HTTP status is that of a success even when
// the reply holds only errors: Kazoo's clients expect it so.

import { invalidFields } from '../base/error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { maskSecrets } from '../base/mask.ts';
import { nextTurn } from '../base/next-turn.ts';
import type { ListedDocument, StoredDocument } from '../document/document-store.ts';
import type { CollectionOutcome, ResourceCollections } from '../service/resource-collection.ts';
import type { ListSource } from './list-reading.ts';
import { completeListReply } from './listing.ts';
import { targetOf, type WarningsOf } from './resource-routes.ts';
import type { Access, Call, Reply, Route } from './route.ts';

/**
 * What a collection that worked answers: the stored documents, as the API's page says, or the
 * whole list of resources, as Kazoo does.
 */
export type CollectionReply = 'documented' | 'kazoo';

export interface ResourceCollectionRoutesOptions {
  readonly collections: ResourceCollections;
  readonly warningsOf: WarningsOf;
  /** The setting `crossbar.resources` → `collection_reply`, now. */
  readonly collectionReply: () => CollectionReply;
  /** The whole list, for Kazoo's reply. */
  readonly list: (accountId: string | undefined) => ListSource<ListedDocument>;
}

/** Documents written to the client at a stretch. */
const DOCUMENTS_PER_PIECE = 100;

/** To be mounted before the routes of single resources: `collection` is no id. */
export function resourceCollectionRoutes(options: ResourceCollectionRoutesOptions): Route[] {
  const { collections } = options;
  const at = (prefix: string, access: Access): Route => ({
    path: `${prefix}/resources/collection`,
    methods: {
      PUT: {
        access,
        summary: 'Create many resources, all or none',
        handle: async (call) =>
          replyTo(call, await collections.create(targetOf(call), arrayOf(call.data)), options),
      },
      POST: {
        access,
        summary: 'Merge into many resources, all or none',
        handle: async (call) =>
          replyTo(call, await collections.merge(targetOf(call), arrayOf(call.data)), options),
      },
    },
  });
  return [at('/v2/accounts/:account_id', 'account'), at('/v2', 'superduper')];
}

async function replyTo(
  call: Call,
  outcome: CollectionOutcome,
  options: ResourceCollectionRoutesOptions,
): Promise<Reply> {
  const isKazoo = options.collectionReply() === 'kazoo';
  const revision = call.method === 'PUT' ? { revision: 'automatic' } : {};
  if (outcome.errors.size > 0) {
    const errors = Object.fromEntries(outcome.errors) as JsonObject;
    return { ...revision, data: isKazoo ? { errors } : { errors, successes: {} } };
  }
  if (!isKazoo) return { stream: successes(outcome.stored, options.warningsOf, revision) };
  const listed = await completeListReply(options.list(call.account?.id));
  const { stream } = listed;
  return stream === undefined
    ? { ...listed, ...revision }
    : { stream: { pieces: stream.pieces, end: () => ({ ...stream.end(), ...revision }) } };
}

function successes(
  stored: readonly StoredDocument[],
  warningsOf: WarningsOf,
  revision: Pick<Reply, 'revision'>,
): NonNullable<Reply['stream']> {
  const warnings: JsonValue[] = [];
  async function* pieces(): AsyncGenerator<string> {
    yield '{"errors":{},"successes":{';
    for (let start = 0; start < stored.length; start += DOCUMENTS_PER_PIECE) {
      // A turn of the event loop between pieces: the client may take them all at once.
      await nextTurn();
      const slice = stored.slice(start, start + DOCUMENTS_PER_PIECE);
      for (const { id, doc } of slice)
        for (const warning of warningsOf(doc)) warnings.push(atElement(id, warning));
      const members = slice.map(
        ({ id, doc }) => `${JSON.stringify(id)}:${JSON.stringify({ ...doc, id })}`,
      );
      yield (start === 0 ? '' : ',') + members.join(',');
    }
    yield '}}';
  }
  return {
    pieces: pieces(),
    end: () => ({ ...revision, ...(warnings.length === 0 ? {} : { envelope: { warnings } }) }),
  };
}

/** `rules.0` of resource x → `x.rules.0` */
function atElement(id: string, warning: JsonValue): JsonValue {
  if (!isJsonObject(warning) || typeof warning['path'] !== 'string') return warning;
  return { ...warning, path: `${id}.${warning['path']}` };
}

/** @throws request.invalid when `data` is no array: the call for one resource has another path */
function arrayOf(data: Call['data']): readonly JsonValue[] {
  if (!isJsonObject(data)) return data;
  throw invalidFields({
    data: {
      type: {
        message: 'Value did not match type(s): array',
        target: 'array',
        value: maskSecrets(data),
      },
    },
  });
}
