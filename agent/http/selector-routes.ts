// Resource selectors over HTTP (reference §9.1), global and below accounts. Kazoo fills them from
// CSV through its tasks; here PUT creates one.

import type { JsonObject, JsonValue } from '../base/json.ts';
import type { DocumentScope } from '../document/document-store.ts';
import type { DocumentTarget } from '../service/documents.ts';
import {
  RULES_ID,
  selectorOwner,
  type SelectorRules,
  type SelectorService,
} from '../service/resource-selectors.ts';
import { objectOf } from './call-parts.ts';
import { documentList } from './document-list.ts';
import { deletedReply, deletionOf, documentReply } from './document-replies.ts';
import { revisionOfRows } from './envelope.ts';
import { LIST_TYPES, listReply, SEARCHABLE_LIST_QUERY } from './listing.ts';
import type { Access, Call, Endpoint, Reply, Route } from './route.ts';

/** Rows of a count; whoever has more names than this asks for one of them. */
const MAX_ROWS = 10_000;

export function selectorRoutes(selectors: SelectorService): Route[] {
  const { counts } = selectors;
  const at = (prefix: string, access: Access): readonly Route[] => {
    const path = `${prefix}/resource_selectors`;
    const get = (summary: string, handle: Endpoint['handle']): Route['methods'] => ({
      GET: { access, summary, handle },
    });
    const count = (summary: string, by: 'name' | 'resource', of?: string) =>
      get(summary, async (call) => {
        const value = of === undefined ? undefined : call.parameters[of];
        const rows = await counts.count(selectorOwner(call.account), by, value, MAX_ROWS);
        return rowsReply(rows.map((row) => ({ [row.key]: row.count })));
      });
    const values = get('List the selectors of a name and a resource', async (call) => {
      const { selector_name: name = '', resource_id: resource = '' } = call.parameters;
      const rows = await counts.list(selectorOwner(call.account), name, resource, MAX_ROWS);
      return rowsReply(
        rows.map(({ selector, value }) => (value === undefined ? selector : { [selector]: value })),
      );
    });
    return [
      {
        path,
        methods: {
          GET: {
            access,
            summary: 'List the resource selectors',
            query: SEARCHABLE_LIST_QUERY,
            produces: LIST_TYPES,
            handle: (call) =>
              listReply(
                call,
                documentList({
                  fileName: 'resource_selectors.csv',
                  list: (request) => selectors.list(scopeOf(call), request),
                  row: summaryRow,
                }),
              ),
          },
          PUT: {
            access,
            summary: 'Create a resource selector',
            schema: 'resource_selectors',
            handle: async (call) => {
              const created = await selectors.create(targetOf(call), objectOf(call.data));
              return { ...documentReply(created), location: `${call.path}/${created.id}` };
            },
          },
        },
      },
      {
        path: `${path}/rules`,
        methods: {
          GET: {
            access,
            summary: 'Fetch the chain of rules that chooses resources',
            handle: async (call) =>
              rulesReply(await selectors.fetchRules(selectorOwner(call.account))),
          },
          POST: {
            access,
            summary: 'Change (replace) the chain of rules',
            schema: 'resource_selector_rules',
            handle: async (call) =>
              rulesReply(
                await selectors.replaceRules(
                  selectorOwner(call.account),
                  targetOf(call),
                  objectOf(call.data),
                ),
              ),
          },
        },
      },
      { path: `${path}/name`, methods: count('Count the selectors of each name', 'name') },
      {
        path: `${path}/name/:selector_name`,
        methods: count('Count a name’s selectors by resource', 'resource', 'selector_name'),
      },
      { path: `${path}/name/:selector_name/resource/:resource_id`, methods: values },
      {
        path: `${path}/resource`,
        methods: count('Count the selectors of each resource', 'resource'),
      },
      {
        path: `${path}/resource/:resource_id`,
        methods: count('Count a resource’s selectors by name', 'name', 'resource_id'),
      },
      { path: `${path}/resource/:resource_id/name/:selector_name`, methods: values },
      {
        path: `${path}/:selector_id`,
        methods: {
          GET: {
            access,
            summary: 'Fetch a resource selector',
            handle: async (call) => documentReply(await selectors.fetch(scopeOf(call), idOf(call))),
          },
          POST: {
            access,
            summary: 'Change (replace) a resource selector',
            schema: 'resource_selectors',
            handle: async (call) =>
              documentReply(
                await selectors.replace(targetOf(call), idOf(call), objectOf(call.data)),
              ),
          },
          DELETE: {
            access,
            summary: 'Remove a resource selector',
            handle: async (call) =>
              deletedReply(await selectors.remove(targetOf(call), idOf(call), deletionOf(call))),
          },
        },
      },
    ];
  };
  return [...at('/v2/accounts/:account_id', 'account'), ...at('/v2', 'superduper')];
}

function rowsReply(rows: readonly JsonValue[]): Reply {
  const revision = revisionOfRows(rows);
  return {
    data: rows,
    etag: revision,
    ...(rows.length === 0 ? {} : { revision }),
    envelope: { page_size: rows.length },
  };
}

function rulesReply({ doc, revision }: SelectorRules): Reply {
  return {
    data: { ...doc, id: RULES_ID },
    ...(revision === undefined ? {} : { revision, etag: revision }),
  };
}

const ROW_KEYS = ['name', 'resource', 'selector', 'value', 'start_time', 'stop_time'];

function summaryRow(id: string, doc: JsonObject): JsonObject {
  return {
    id,
    ...Object.fromEntries(Object.entries(doc).filter(([key]) => ROW_KEYS.includes(key))),
  };
}

function scopeOf(call: Call): DocumentScope {
  return { kind: 'resource_selector', accountId: selectorOwner(call.account) };
}

function targetOf(call: Call): DocumentTarget {
  return { scope: scopeOf(call), preconditions: call.preconditions, by: call.actor };
}

function idOf(call: Call): string {
  return call.parameters['selector_id'] ?? '';
}
