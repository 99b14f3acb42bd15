// Resource templates over HTTP (reference §9.2), below accounts only.

import { isMasterAccount } from '../account/account.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { isSecretKey } from '../base/mask.ts';
import type { DocumentScope } from '../document/document-store.ts';
import type { DocumentTarget } from '../service/documents.ts';
import {
  assertMayWriteTemplates,
  templateScope,
  type TemplateService,
} from '../service/resource-templates.ts';
import { accountOf, objectOf } from './call-parts.ts';
import { documentList } from './document-list.ts';
import { deletedReply, deletionOf, documentReply } from './document-replies.ts';
import { LIST_TYPES, listReply, SEARCHABLE_LIST_QUERY } from './listing.ts';
import type { Call, Reply, Route } from './route.ts';

const LOCAL = { local: "true: the account's own templates instead of its reseller's" };

export function templateRoutes(templates: TemplateService): Route[] {
  const access = 'account';
  const path = '/v2/accounts/:account_id/resource_templates';
  return [
    {
      path,
      methods: {
        GET: {
          access,
          summary: 'List the resource templates',
          query: { ...LOCAL, ...SEARCHABLE_LIST_QUERY },
          produces: LIST_TYPES,
          handle: (call) =>
            listReply(
              call,
              documentList({
                fileName: 'resource_templates.csv',
                list: (request) => templates.list(scopeOf(call), request),
                row: summaryRow,
              }),
            ),
        },
        PUT: {
          access,
          summary: 'Create a resource template',
          schema: 'resource_templates',
          handle: async (call) => {
            const created = await templates.create(targetOf(call), objectOf(call.data));
            return { ...documentReply(created), location: `${call.path}/${created.id}` };
          },
        },
      },
    },
    {
      path: `${path}/:template_id`,
      methods: {
        GET: {
          access,
          summary: 'Fetch a resource template',
          query: LOCAL,
          handle: async (call) =>
            shownTo(call, documentReply(await templates.fetch(scopeOf(call), idOf(call)))),
        },
        POST: {
          access,
          summary: 'Change (replace) a resource template',
          schema: 'resource_templates',
          handle: async (call) =>
            documentReply(await templates.replace(targetOf(call), idOf(call), objectOf(call.data))),
        },
        PATCH: {
          access,
          summary: 'Patch (merge into) a resource template',
          handle: async (call) =>
            documentReply(await templates.patch(targetOf(call), idOf(call), objectOf(call.data))),
        },
        DELETE: {
          access,
          summary: 'Remove a resource template',
          handle: async (call) =>
            deletedReply(await templates.remove(targetOf(call), idOf(call), deletionOf(call))),
        },
      },
    },
  ];
}

function summaryRow(id: string, doc: JsonObject): JsonObject {
  const { name, template_name, classifiers } = doc;
  return {
    id,
    ...(name === undefined ? {} : { name }),
    ...(template_name === undefined ? {} : { template_name }),
    ...(classifiers === undefined ? {} : { classifiers }),
  };
}

/**
 * The reseller's passwords stay with the reseller: other readers get a template without them.
 * Left out, not masked, because a template is copied into a resource and asterisks would become
 * its password.
 */
function shownTo(call: Call, reply: Reply): Reply {
  const holder = call.identity?.account;
  if (holder !== undefined && isMasterAccount(holder)) return reply;
  if (call.query['local'] === 'true' || reply.data === undefined) return reply;
  return { ...reply, data: withoutSecrets(reply.data) };
}

function withoutSecrets(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(withoutSecrets);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !isSecretKey(key))
      .map(([key, member]) => [key, withoutSecrets(member)]),
  );
}

function scopeOf(call: Call): DocumentScope {
  return templateScope(accountOf(call), call.query['local'] === 'true');
}

/** @throws request.invalid unless the account is a reseller */
function targetOf(call: Call): DocumentTarget {
  assertMayWriteTemplates(accountOf(call));
  return { scope: scopeOf(call), preconditions: call.preconditions, by: call.actor };
}

function idOf(call: Call): string {
  return call.parameters['template_id'] ?? '';
}
