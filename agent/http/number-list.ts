// The list of an account's numbers (reference §5.8): by number, keyed by number rather than a
// list of rows. Long ones are written as they are read.

import { encodePageKey } from '../document/page-key.ts';
import { numberDocument, numberRow, type StoredNumber } from '../number/number-document.ts';
import type { NumberService } from '../service/numbers.ts';
import { accountOf } from './call-parts.ts';
import { csvReply } from './csv.ts';
import { revisionOfRows } from './envelope.ts';
import { type ListQuery, type ListShape, parseListQuery } from './list-query.ts';
import { type ListSource, normaliseKey, type PageEnd, readPage } from './list-reading.ts';
import type { Call, Reply } from './route.ts';
import type { JsonObject } from '../base/json.ts';

const SHAPE: ListShape = {
  sorts: ['id'],
  defaultSort: 'id',
  defaultDirection: 'ascending',
  isSearchable: true,
  fileName: 'phone_numbers.csv',
};
/** Longer pages are streamed, without an ETag. */
const BUFFERED_ROWS = 1000;

/** @throws request.bad-parameter (see parseListQuery) */
export async function numberListReply(numbers: NumberService, call: Call): Promise<Reply> {
  const query = parseListQuery(call, SHAPE);
  const source = sourceOf(numbers, call);
  const end: PageEnd = { next: undefined };
  if (query.format === 'csv') return csvReply(query, (last) => csvRows(source, query, last));
  const batches = readPage(source, query, end);
  const rows: StoredNumber[] = [];
  while (rows.length <= BUFFERED_ROWS) {
    const batch = await batches.next();
    if (batch.done === true) {
      const byNumber = Object.fromEntries(rows.map((row) => [row.number, numberRow(row)]));
      const revision = revisionOfRows(byNumber);
      return {
        data: { numbers: byNumber, cascade_quantity: 0 },
        etag: revision,
        ...(rows.length === 0 ? {} : { revision }),
        envelope: membersOf(query, rows.length, end),
      };
    }
    rows.push(...batch.value);
  }
  let count = 0;
  async function* pieces(): AsyncGenerator<string> {
    const toPiece = (batch: readonly StoredNumber[]): string =>
      batch
        .map((row) => {
          count += 1;
          const separator = count === 1 ? '' : ',';
          return `${separator}${JSON.stringify(row.number)}:${JSON.stringify(numberRow(row))}`;
        })
        .join('');
    try {
      yield `{"cascade_quantity":0,"numbers":{${toPiece(rows)}`;
      for await (const batch of batches) yield toPiece(batch);
    } finally {
      await batches.return();
    }
    yield '}}';
  }
  return {
    stream: {
      pieces: pieces(),
      end: () => ({ revision: 'automatic', envelope: membersOf(query, count, end) }),
    },
  };
}

function membersOf(query: ListQuery, count: number, end: PageEnd): JsonObject {
  if (query.pageSize === undefined) return {};
  return {
    page_size: count,
    ...(query.startKey === undefined ? {} : { start_key: normaliseKey(query.startKey) }),
    ...(end.next === undefined ? {} : { next_start_key: encodePageKey(end.next) }),
  };
}

async function* csvRows(
  source: ListSource<StoredNumber>,
  query: ListQuery,
  end: PageEnd,
): AsyncGenerator<readonly JsonObject[], void, undefined> {
  for await (const items of readPage(source, query, end))
    yield items.map((item) => source.row(item));
}

function sourceOf(numbers: NumberService, call: Call): ListSource<StoredNumber> {
  const account = accountOf(call);
  // The one filter that every dialler uses is the store's.
  const state = call.query['filter_state'];
  return {
    shape: SHAPE,
    read: ({ direction, start, end, search, limit }) =>
      numbers.page(account, {
        direction,
        startNumber: start === undefined ? undefined : textOf(start),
        excludesStart: start?.isInclusive === false,
        endNumber: end === undefined ? undefined : textOf(end),
        limit,
        ...(search === undefined ? {} : { contains: search }),
        ...(state === undefined || state.startsWith('[') ? {} : { state }),
      }),
    keyOf: (stored) => stored.number,
    filterable: (stored) => ({
      id: stored.number,
      doc: { ...numberDocument(stored), ...numberRow(stored) },
      pvt: { pvt_created: stored.created, pvt_modified: stored.modified },
    }),
    row: (stored) => ({ id: stored.number, ...numberRow(stored) }),
  };
}

function textOf({
  key,
  text,
}: {
  readonly key: unknown;
  readonly text: string | undefined;
}): string {
  return typeof key === 'string' ? key : (text ?? '');
}
