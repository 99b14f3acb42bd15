// Reading a list: batches of bounded size from a source that seeks by key, filtered, until the
// page is full. With filters it reads on for as long as it takes, as Kazoo does, so that a
// page is short only at the end of the list.

import type { JsonObject } from '../base/json.ts';
import { type Filterable, isKept } from '../document/filter.ts';
import { decodePageKey, encodePageKey, type PageKey } from '../document/page-key.ts';
import type { Direction, ListQuery, ListShape } from './list-query.ts';

/** Where a read begins or ends. */
export interface SourceBound {
  readonly key: PageKey;
  /** What the client sent, when it did: for sources whose keys can look like encoded ones. */
  readonly text: string | undefined;
  readonly isInclusive: boolean;
}

export interface SourceRead {
  /** One of the shape's `sorts`. */
  readonly sort: string;
  readonly direction: Direction;
  readonly start: SourceBound | undefined;
  readonly end: SourceBound | undefined;
  /** As the client typed it; undefined when the shape is not searchable. */
  readonly search: string | undefined;
  readonly limit: number;
}

/** A list of the API: what to read and how to show it. */
export interface ListSource<Item> {
  readonly shape: ListShape;
  /** For lists whose replies say where they start even when the client did not. */
  firstKey?(direction: Direction): PageKey;
  /** At most `limit` items in order. Fewer mean that the list ends. */
  read(request: SourceRead): Promise<readonly Item[]>;
  /** Where the item stands in this order; keys are unique. */
  keyOf(item: Item, sort: string): PageKey;
  /** What filters see of it. */
  filterable(item: Item): Filterable;
  /** The row clients see; secrets in it are masked by the listing. */
  row(item: Item): JsonObject;
}

/** Items read at a stretch: a few milliseconds of work, a few hundred kilobytes. */
export const BATCH_ITEMS = 250;

export interface PageEnd {
  /** First key of the next page; set when reading has ended and there is one. */
  next: PageKey | undefined;
}

/** Yields the items of the page in batches; `end.next` is known when it is done. */
export async function* readPage<Item>(
  source: ListSource<Item>,
  query: ListQuery,
  end: PageEnd,
): AsyncGenerator<readonly Item[], void, undefined> {
  let left = query.pageSize ?? Number.MAX_SAFE_INTEGER - 1;
  let start = boundOf(query.startKey);
  const last = boundOf(query.endKey);
  for (;;) {
    // One more than the page: the next page begins with it.
    const limit = query.filter.length > 0 ? BATCH_ITEMS : Math.min(BATCH_ITEMS, left + 1);
    const { sort, direction, search } = query;
    const items = await source.read({ sort, direction, start, end: last, search, limit });
    const kept = items.filter((item) => isKept(query.filter, source.filterable(item)));
    const following = kept[left];
    if (following !== undefined) {
      end.next = source.keyOf(following, sort);
      yield kept.slice(0, left);
      return;
    }
    left -= kept.length;
    yield kept;
    const previous = items.at(-1);
    if (items.length < limit || previous === undefined) return;
    start = { key: source.keyOf(previous, sort), text: undefined, isInclusive: false };
  }
}

/** The encoded form of a key that a client sent in either form. */
export function normaliseKey(text: string): string {
  return encodePageKey(decodePageKey(text) ?? text);
}

function boundOf(text: string | undefined): SourceBound | undefined {
  if (text === undefined) return undefined;
  return { key: decodePageKey(text) ?? text, text, isInclusive: true };
}
