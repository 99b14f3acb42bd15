// Lists of accounts and users: short, in ascending order of id.

import type { Page } from '../account/account-store.ts';
import { CraftportError } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import { revisionOfRows } from './envelope.ts';
import type { Call, Reply } from './route.ts';

const DEFAULT_PAGE_SIZE = 50;
/** `paginate=false` reads in steps of this size. */
const STEP = 1_000;

/** @throws request.bad-parameter for a page size that is none */
export async function idListReply<Item extends { readonly id: string }>(
  call: Pick<Call, 'query' | 'defaultPageSize'>,
  read: (page: Page) => Promise<readonly Item[]>,
  toRow: (item: Item) => JsonObject,
): Promise<Reply> {
  const { query } = call;
  const isWhole = query['paginate'] === 'false';
  const size = isWhole
    ? Number.POSITIVE_INFINITY
    : pageSizeOf(query['page_size'], call.defaultPageSize ?? DEFAULT_PAGE_SIZE);
  const items: Item[] = [];
  let from = query['start_key'];
  let next: string | undefined;
  do {
    const limit = Math.min(size - items.length, STEP);
    const step = await read({ limit: limit + 1, ...(from === undefined ? {} : { from }) });
    items.push(...step.slice(0, limit));
    next = step[limit]?.id;
    from = next;
  } while (next !== undefined && items.length < size);
  const rows = items.map(toRow);
  const revision = revisionOfRows(rows);
  const startKey = query['start_key'];
  return {
    data: rows,
    etag: revision,
    ...(rows.length === 0 ? {} : { revision }),
    envelope: isWhole
      ? {}
      : {
          page_size: rows.length,
          ...(startKey === undefined ? {} : { start_key: startKey }),
          ...(next === undefined ? {} : { next_start_key: next }),
        },
  };
}

function pageSizeOf(text: string | undefined, defaultSize: number): number {
  if (text === undefined) return defaultSize;
  if (!/^[+-]?\d{1,15}$/.test(text))
    throw new CraftportError('request.bad-parameter', 'invalid page size');
  const size = Number(text);
  if (size < 1) throw new CraftportError('request.bad-parameter', 'page size must be at least 1');
  return size;
}
