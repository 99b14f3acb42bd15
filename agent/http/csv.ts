// Lists as CSV (RFC 4180): a line of dotted keys, then a line a row.
//
// Cells hold exactly what the row holds. Spreadsheets run cells that begin with = + - @, and
// telephone numbers begin with +, so that defusing them would break every number; whoever
// opens a file from strangers in a spreadsheet asks for `escape_formulas=true`.

import { stringify } from 'csv-stringify/sync';
import type { ServerResponse } from 'node:http';
import { CraftportError } from '../base/error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { encodePageKey } from '../document/page-key.ts';
import type { ListQuery } from './list-query.ts';
import type { PageEnd } from './list-reading.ts';
import type { Reply } from './route.ts';
import { writePieces } from './streamed-data.ts';

type Rows = AsyncGenerator<readonly JsonObject[], void, undefined>;

const MAX_COLUMNS = 1_000;
/** Up to this many rows are kept from the search for columns; longer lists are read twice. */
const BUFFERED_ROWS = 1_000;

/**
 * The header needs the keys of every row, so that a long list is read twice. A key that comes
 * into being between the two has no column.
 * @param read opens the page anew, from its start
 * @throws request.bad-parameter when the rows have too many different keys for a table
 */
export async function csvReply(query: ListQuery, read: (end: PageEnd) => Rows): Promise<Reply> {
  const end: PageEnd = { next: undefined };
  const columns = new Set<string>();
  let kept: (readonly JsonObject[])[] | undefined = [];
  let count = 0;
  for await (const batch of read(end)) {
    for (const row of batch) for (const [key] of flatten(row)) columns.add(key);
    if (columns.size > MAX_COLUMNS)
      throw new CraftportError(
        'request.bad-parameter',
        `the rows have more than ${String(MAX_COLUMNS)} different keys, too many for CSV`,
      );
    count += batch.length;
    if (count > BUFFERED_ROWS) kept = undefined;
    kept?.push(batch);
  }
  const batches = kept ?? read({ next: undefined });
  return {
    raw: (response) => sendCsv(response, query, [...columns], batches, end),
  };
}

async function sendCsv(
  response: ServerResponse,
  query: ListQuery,
  columns: readonly string[],
  batches: Rows | readonly (readonly JsonObject[])[],
  end: PageEnd,
): Promise<void> {
  const format = (lines: readonly (readonly string[])[]): string =>
    stringify([...lines], {
      record_delimiter: '\r\n',
      // Its own check looks for the record delimiter only.
      quoted_match: /[\r\n]/,
      escape_formulas: query.escapesFormulas,
    });
  async function* pieces(): AsyncGenerator<string> {
    if (columns.length > 0) yield format([columns]);
    for await (const batch of batches)
      yield format(
        batch.map((row) => {
          const cells = new Map(flatten(row));
          return columns.map((column) => cells.get(column) ?? '');
        }),
      );
  }
  await writePieces(response, pieces(), {
    before() {
      response.statusCode = 200;
      response.setHeader('content-type', 'text/csv; charset=utf-8');
      response.setHeader('content-disposition', `attachment; filename="${query.fileName}"`);
      if (end.next !== undefined) response.setHeader('x-next-start-key', encodePageKey(end.next));
      return '';
    },
    each: (piece) => piece,
    after: () => '',
  });
}

/** `{classifiers: {x: {enabled: true}}}` → `classifiers.x.enabled`; arrays stay JSON text. */
function flatten(row: JsonObject, prefix = ''): readonly (readonly [string, string])[] {
  return Object.entries(row).flatMap(([key, value]) => {
    const at = prefix + key.replaceAll('.', '%2E');
    return isJsonObject(value) && Object.keys(value).length > 0
      ? flatten(value, `${at}.`)
      : [[at, cellOf(value)] as const];
  });
}

function cellOf(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
