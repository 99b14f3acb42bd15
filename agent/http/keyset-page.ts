// `page_size` and `start_key` of lists whose key is plain text.

import { CraftportError } from '../base/error.ts';
import type { Call } from './route.ts';

const DEFAULT_SIZE = 50;
const MAX_SIZE = 500;

export interface KeysetPage {
  /** 1 to 500; a larger wish gets 500 rows and a `next_start_key`. */
  readonly size: number;
  readonly start: string | undefined;
}

/**
 * @param isKey whether a text can be a key of the list
 * @throws request.bad-parameter in Crossbar's words
 */
export function keysetPage(
  call: Pick<Call, 'query' | 'defaultPageSize'>,
  isKey: (key: string) => boolean = () => true,
): KeysetPage {
  const { page_size: wanted, start_key: start } = call.query;
  if (start !== undefined && !isKey(start))
    throw new CraftportError('request.bad-parameter', 'invalid start_key');
  if (wanted === undefined)
    return { size: Math.min(call.defaultPageSize ?? DEFAULT_SIZE, MAX_SIZE), start };
  if (!/^[+-]?\d{1,15}$/.test(wanted))
    throw new CraftportError('request.bad-parameter', 'invalid page size');
  const size = Number(wanted);
  if (size < 1) throw new CraftportError('request.bad-parameter', 'page size must be at least 1');
  return { size: Math.min(size, MAX_SIZE), start };
}

/** For the OpenAPI document. */
export const KEYSET_QUERY = {
  page_size: 'Rows of a page, 1 to 500; default 50',
  start_key: 'next_start_key of the page before',
} as const;
