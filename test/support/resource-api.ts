// The resources API, collections included, on a real store.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Actor } from '../../agent/base/change.ts';
import type { JsonObject } from '../../agent/base/json.ts';
import { packageRoot } from '../../agent/config/package-root.ts';
import type { DocumentScope } from '../../agent/document/document-store.ts';
import {
  type CollectionReply,
  resourceCollectionRoutes,
} from '../../agent/http/resource-collection-routes.ts';
import { resourceList, resourceRoutes, type WarningsOf } from '../../agent/http/resource-routes.ts';
import { ResourceCollections } from '../../agent/service/resource-collection.ts';
import { ResourceService } from '../../agent/service/resources.ts';
import type { Store } from '../../agent/store/store.ts';
import { loadSchemaCatalog } from '../../agent/validation/schema-catalog.ts';
import { type ApiHarness, CHILD_ID, openTestStore, serveRoutes } from './api-harness.ts';

export const RESOURCES = `/v2/accounts/${CHILD_ID}/resources`;
export const SCOPE: DocumentScope = { kind: 'resource', accountId: CHILD_ID };
export const BY: Actor = { method: 'agent', requestId: 'test' };

export interface ResourceApi extends ApiHarness {
  readonly store: Store;
  /** Stores documents as they are, unchecked. */
  seed(docs: readonly (JsonObject & { readonly id: string })[]): Promise<void>;
}

export interface ResourceApiOptions {
  readonly warningsOf?: WarningsOf;
  readonly collectionReply?: CollectionReply;
}

export async function serveResources(options: ResourceApiOptions = {}): Promise<ResourceApi> {
  const { warningsOf = () => [], collectionReply = 'documented' } = options;
  const store = await openTestStore();
  const validator = loadSchemaCatalog(join(packageRoot, 'schemas')).validator('resources');
  const service = new ResourceService({
    storage: store,
    validator,
    random: randomBytes,
    allowPeers: () => false,
  });
  const api = await serveRoutes([
    ...resourceCollectionRoutes({
      collections: new ResourceCollections({ storage: store, validator, random: randomBytes }),
      warningsOf,
      collectionReply: () => collectionReply,
      list: (accountId) => resourceList(service, accountId),
    }),
    ...resourceRoutes(service, warningsOf),
  ]);
  return {
    ...api,
    store,
    async seed(docs) {
      const entries = docs.map(({ id, ...doc }) => ({ id, doc }));
      await store.write((writers) => writers.documents.insertMany(SCOPE, entries, BY));
    },
  };
}
