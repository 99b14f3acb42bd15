// Fills an empty store with the demo site's resources, through the same use case as the API.

import type { JsonObject } from '../base/json.ts';
import { NO_PRECONDITIONS } from '../document/precondition.ts';
import type { ResourceService } from './resources.ts';
import type { Storage } from './storage.ts';

export interface DemoResource {
  /** Whose: the master account's own, or the global ones. */
  readonly scope: 'account' | 'global';
  readonly doc: JsonObject;
}

/** Stores `demo` unless the agent has resources, or had some. */
export async function loadDemoSite(
  storage: Storage,
  resources: ResourceService,
  masterAccountId: string,
  demo: readonly DemoResource[],
): Promise<void> {
  for (const accountId of [masterAccountId, undefined])
    if (await storage.read.documents.hasAny({ kind: 'resource', accountId })) return;
  const by = { method: 'agent', requestId: 'demo-site' };
  for (const { scope, doc } of demo)
    await resources.create(
      {
        accountId: scope === 'global' ? undefined : masterAccountId,
        preconditions: NO_PRECONDITIONS,
        by,
      },
      doc,
    );
}
