// Questions about resource selectors that are answered by counting, not by reading documents.

import type { JsonValue } from '../base/json.ts';

export interface SelectorCount {
  readonly key: string;
  readonly count: number;
}

export interface SelectorReader {
  /**
   * How many selectors each name, or each resource, has.
   * @param accountId undefined: the global ones
   * @param by what to count by; `of` keeps the selectors of one value of the other field
   */
  count(
    accountId: string | undefined,
    by: 'name' | 'resource',
    of: string | undefined,
    limit: number,
  ): Promise<readonly SelectorCount[]>;
  /** `selector` and `value` of every selector with this name and resource. */
  list(
    accountId: string | undefined,
    name: string,
    resource: string,
    limit: number,
  ): Promise<readonly { readonly selector: string; readonly value: JsonValue | undefined }[]>;
}
