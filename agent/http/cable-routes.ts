// Cables between FreeTDM spans and ports of other gear over HTTP.

import type { StoredDocument } from '../document/document-store.ts';
import type { CableService } from '../service/cables.ts';
import type { Route } from './route.ts';
import { type ShownDocument, siteDocumentRoutes } from './site-document-routes.ts';

export function cableRoutes(cables: CableService): Route[] {
  const shown = async (stored: Promise<StoredDocument>): Promise<ShownDocument> => {
    const { id, doc, revision } = await stored;
    return { id, revision, data: cables.describe(id, doc) };
  };
  return siteDocumentRoutes({
    path: '/v2/cables',
    parameter: 'cable_id',
    schema: 'cables',
    summaries: {
      list: 'List the cables and what is wrong between their ends',
      create: 'Write down a cable',
      fetch: 'Fetch a cable',
      replace: 'Change (replace) a cable',
      patch: 'Patch (merge into) a cable',
      remove: 'Remove a cable',
    },
    documents: {
      list: (request) => cables.list(request),
      row: (id, doc) => cables.describe(id, doc),
      fetch: (id) => shown(cables.fetch(id)),
      create: (target, data) => shown(cables.create(target, data)),
      replace: (target, id, data) => shown(cables.replace(target, id, data)),
      patch: (target, id, data) => shown(cables.patch(target, id, data)),
      remove: (target, id, how) => shown(cables.remove(target, id, how)),
    },
  });
}
