// What a client may ask of any list (Crossbar reference §7, and our `sort=` and `q=`). Pure:
// parameters in, a checked request out. Unknown parameters are ignored.

import { CraftportError } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import { type DocumentFilter, parseFilter } from '../document/filter.ts';

export type Direction = 'ascending' | 'descending';

/** What a list can do; every list of the API has one. */
export interface ListShape {
  /** The values `sort=` takes. */
  readonly sorts: readonly string[];
  readonly defaultSort: string;
  readonly defaultDirection: Direction;
  /** Whether `q=` searches it. */
  readonly isSearchable: boolean;
  /** Name of the CSV file when the client gives none: `resources.csv`. */
  readonly fileName: string;
}

export interface ListQuery {
  /** Rows of a page; undefined: everything (`paginate=false`). */
  readonly pageSize: number | undefined;
  /** As the client sent it: an encoded key, or plain text. Inclusive. */
  readonly startKey: string | undefined;
  /** Inclusive. */
  readonly endKey: string | undefined;
  readonly sort: string;
  readonly direction: Direction;
  readonly filter: DocumentFilter;
  readonly search: string | undefined;
  readonly format: 'json' | 'csv';
  /** CSV only: whether cells that a spreadsheet would run are defused (this alters them). */
  readonly escapesFormulas: boolean;
  /** CSV only: a plain file name, fit for a header. */
  readonly fileName: string;
}

/** Kazoo's `crossbar.pagination_page_size`. */
export const DEFAULT_PAGE_SIZE = 50;

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The parts of a request that lists read. */
export interface ListCall {
  readonly query: Readonly<Record<string, string>>;
  readonly envelope: JsonObject;
  readonly headers: Headers;
  /** Rows of a page when the query does not say; undefined: 50. */
  readonly defaultPageSize?: number;
}

/**
 * Options come from the query string, else from the envelope (reference §1.7).
 * @throws request.bad-parameter for a page size that is none, an order that the list does not
 *   have, and what `parseFilter` refuses
 */
export function parseListQuery(call: ListCall, shape: ListShape): ListQuery {
  const parameters = parametersOf(call);
  const format = formatOf(parameters, call.headers);
  const { sort, direction } = orderOf(parameters, shape);
  const search = shape.isSearchable ? parameters['q'] : undefined;
  return {
    pageSize: pageSizeOf(parameters, format, call.defaultPageSize ?? DEFAULT_PAGE_SIZE),
    startKey: keyOf(parameters, 'start_key') ?? keyOf(parameters, 'next_start_key'),
    endKey: keyOf(parameters, 'end_key'),
    sort,
    direction,
    filter: parseFilter(parameters),
    search: search === '' ? undefined : search,
    format,
    escapesFormulas: parameters['escape_formulas'] === 'true',
    fileName: fileNameOf(parameters, call.headers, shape),
  };
}

/** An empty key is none: loops begin with `start_key=$NEXT` before there is a next. */
function keyOf(
  parameters: Readonly<Record<string, string>>,
  name: 'start_key' | 'next_start_key' | 'end_key',
): string | undefined {
  const key = parameters[name];
  return key === '' ? undefined : key;
}

function parametersOf({ query, envelope }: ListCall): Readonly<Record<string, string>> {
  const parameters: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [key, value] of Object.entries(envelope))
    if (typeof value !== 'object') parameters[key] = String(value);
  return Object.assign(parameters, query);
}

/** A CSV file is the whole list unless a page is asked for: a file has no next page. */
function pageSizeOf(
  parameters: Readonly<Record<string, string>>,
  format: ListQuery['format'],
  defaultSize: number,
): number | undefined {
  if (parameters['paginate'] === 'false') return undefined;
  const text = parameters['page_size'];
  if (text === undefined) return format === 'csv' ? undefined : defaultSize;
  if (!/^[+-]?\d+$/.test(text)) throw refused('invalid page size');
  const size = Number(text);
  if (size < 1) throw refused('page size must be at least 1');
  return Math.min(size, Number.MAX_SAFE_INTEGER - 1);
}

/** `sort=-name` is descending; otherwise `ascending` and `descending` say, else the default. */
function orderOf(
  parameters: Readonly<Record<string, string>>,
  shape: ListShape,
): { readonly sort: string; readonly direction: Direction } {
  const asked = parameters['sort'];
  if (asked === undefined || asked === '')
    return {
      sort: shape.defaultSort,
      direction: directionOf(parameters) ?? shape.defaultDirection,
    };
  const sort = asked.replace(/^-/, '');
  if (!shape.sorts.includes(sort))
    throw refused(`this list can be sorted by ${shape.sorts.join(', ')}`);
  return {
    sort,
    direction: asked.startsWith('-') ? 'descending' : (directionOf(parameters) ?? 'ascending'),
  };
}

function directionOf(parameters: Readonly<Record<string, string>>): Direction | undefined {
  const { ascending, descending } = parameters;
  if (ascending === 'true' || descending === 'false') return 'ascending';
  if (descending === 'true' || ascending === 'false') return 'descending';
  return undefined;
}

function formatOf(
  parameters: Readonly<Record<string, string>>,
  headers: Headers,
): ListQuery['format'] {
  const asked = parameters['accept'];
  if (asked !== undefined) return asked === 'csv' || asked === 'text/csv' ? 'csv' : 'json';
  const accept = headers['accept'];
  if (typeof accept !== 'string') return 'json';
  const weights = new Map(accept.split(',').map(parseAcceptPart));
  const csv = weights.get('text/csv') ?? 0;
  return csv > 0 && csv > (weights.get('application/json') ?? 0) ? 'csv' : 'json';
}

/** `text/csv;q=0.5` → `['text/csv', 0.5]` */
function parseAcceptPart(part: string): readonly [string, number] {
  const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  const weight = quality === undefined ? 1 : Number(quality.slice(2));
  return [type, Number.isFinite(weight) ? weight : 0];
}

/** Letters, digits, `.`, `_` and `-` survive; the result cannot leave a folder or a header. */
function fileNameOf(
  parameters: Readonly<Record<string, string>>,
  headers: Headers,
  shape: ListShape,
): string {
  const header = headers['x-file-name'];
  const asked = (typeof header === 'string' ? header : parameters['file_name']) ?? '';
  const name = asked
    .slice(-200)
    .replaceAll(/[^\w.-]+/g, '_')
    .replace(/^[._-]+/, '')
    .slice(0, 100);
  if (name === '') return shape.fileName;
  return name.toLowerCase().endsWith('.csv') ? name : `${name}.csv`;
}

function refused(message: string): CraftportError {
  return new CraftportError('request.bad-parameter', message);
}
