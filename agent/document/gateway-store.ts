// Resources of every account by what their gateways are, read for an index in memory.

import type { JsonObject } from '../base/json.ts';

export interface OwnedResource {
  /** undefined: a global resource. */
  readonly accountId: string | undefined;
  readonly id: string;
  /** Secrets are sealed. */
  readonly doc: JsonObject;
}

export interface GatewayReader {
  /**
   * Live resources of all accounts that mention an endpoint type, in order of account and id.
   * @param after where the last page ended
   */
  mentioning(
    endpointType: string,
    after: Pick<OwnedResource, 'accountId' | 'id'> | undefined,
    limit: number,
  ): Promise<readonly OwnedResource[]>;
}
