// The reply to a GET on any list. Short lists are answered whole, with an ETag; long ones are
// written as they are read, whatever their length, in the memory of a few batches.

import { createHash } from 'node:crypto';
import type { JsonObject } from '../base/json.ts';
import { maskSecrets } from '../base/mask.ts';
import { encodePageKey } from '../document/page-key.ts';
import { csvReply } from './csv.ts';
import { revisionOfRows } from './envelope.ts';
import { type ListCall, type ListQuery, parseListQuery } from './list-query.ts';
import { type ListSource, normaliseKey, type PageEnd, readPage } from './list-reading.ts';
import type { Reply } from './route.ts';

/** For the endpoint's `produces`: what lists can be written as. */
export const LIST_TYPES = ['application/json', 'application/javascript', 'text/csv'] as const;

/** For the endpoint's `query`: what every list understands. */
export const LIST_QUERY = {
  page_size: 'Rows of a page; default 50',
  start_key: 'next_start_key of the page before, inclusive',
  end_key: 'Last key to show, inclusive',
  paginate: 'false: the whole list at once',
  ascending: 'true: in ascending order',
  descending: 'true: in descending order',
  sort: 'Column to sort by; with - before it descending',
  filter_name: 'Rows whose name is this; filter_KEY and filter_not_KEY take any dotted key',
  has_key: 'Rows that have this key',
  key_missing: 'Rows that do not',
  has_value: 'Rows where this key is not empty',
  value_missing: 'Rows where it is empty or missing',
  created_from: 'Created then or later, in Gregorian seconds',
  created_to: 'Created then or earlier',
  modified_from: 'Modified then or later',
  modified_to: 'Modified then or earlier',
  accept: 'csv: as a file of comma-separated values',
  file_name: 'Name of that file',
} as const;

/** And the lists with names besides. */
export const SEARCHABLE_LIST_QUERY = { ...LIST_QUERY, q: 'Part of the name' } as const;

/** Longer pages are streamed, without an ETag. */
const BUFFERED_ROWS = 1_000;

/**
 * Reads the page that the call asks for.
 * @throws request.bad-parameter (see parseListQuery), and what the source throws
 */
export async function listReply<Item>(call: ListCall, source: ListSource<Item>): Promise<Reply> {
  const query = parseListQuery(call, source.shape);
  if (query.format === 'csv') return csvReply(query, (end) => readRows(source, query, end));
  const isPaginated = query.pageSize !== undefined;
  return replyOf(source, query, (count, end) =>
    isPaginated
      ? {
          page_size: count,
          ...startKeyOf(query, source),
          ...(end.next === undefined ? {} : { next_start_key: encodePageKey(end.next) }),
        }
      : {},
  );
}

function startKeyOf<Item>(query: ListQuery, source: ListSource<Item>): JsonObject {
  if (query.startKey !== undefined) return { start_key: normaliseKey(query.startKey) };
  const first = source.firstKey?.(query.direction);
  return first === undefined ? {} : { start_key: encodePageKey(first) };
}

/** The whole list with its `page_size`, as some writes answer. */
export async function completeListReply<Item>(source: ListSource<Item>): Promise<Reply> {
  const call = { query: { paginate: 'false' }, envelope: {}, headers: {} };
  const query = parseListQuery(call, source.shape);
  return replyOf(source, query, (count) => ({ page_size: count }));
}

async function replyOf<Item>(
  source: ListSource<Item>,
  query: ListQuery,
  members: (count: number, end: PageEnd) => JsonObject,
): Promise<Reply> {
  const end: PageEnd = { next: undefined };
  const batches = readRows(source, query, end);
  const rows: JsonObject[] = [];
  while (rows.length <= BUFFERED_ROWS) {
    const batch = await batches.next();
    if (batch.done === true) {
      const revision = revisionOfRows(rows);
      return {
        data: rows,
        etag: revision,
        envelope: members(rows.length, end),
        ...(rows.length === 0 ? {} : { revision }),
      };
    }
    rows.push(...batch.value);
  }
  // The revision is that of the same rows in one piece: md5 over their JSON text.
  const hash = createHash('md5');
  let count = 0;
  async function* pieces(): AsyncGenerator<string> {
    const toPiece = (batch: readonly JsonObject[]): string => {
      const text = batch
        .map((row, index) => `${count + index === 0 ? '[' : ','}${JSON.stringify(row)}`)
        .join('');
      count += batch.length;
      hash.update(text);
      return text;
    };
    try {
      yield toPiece(rows);
      for await (const batch of batches) yield toPiece(batch);
    } finally {
      await batches.return();
    }
    hash.update(']');
    yield ']';
  }
  return {
    stream: {
      pieces: pieces(),
      end: () => ({ revision: hash.digest('hex'), envelope: members(count, end) }),
    },
  };
}

async function* readRows<Item>(
  source: ListSource<Item>,
  query: ListQuery,
  end: PageEnd,
): AsyncGenerator<readonly JsonObject[], void, undefined> {
  for await (const items of readPage(source, query, end))
    yield items.map((item) => maskSecrets(source.row(item)) as JsonObject);
}
