// Documents of the store as a list of the API: resources, templates, selectors, gear and
// whatever else is kept whole.

import type { JsonObject } from '../base/json.ts';
import type { DocumentListRequest, ListBound, SortColumn } from '../document/document-list.ts';
import type { ListedDocument } from '../document/document-store.ts';
import { foldName } from '../document/name-fold.ts';
import type { PageKey } from '../document/page-key.ts';
import type { ListSource, SourceBound } from './list-reading.ts';

export interface DocumentListOptions {
  /** `resources.csv` */
  readonly fileName: string;
  list(request: DocumentListRequest): Promise<readonly ListedDocument[]>;
  row(id: string, doc: JsonObject): JsonObject;
}

/** The wire's word for each order. */
const SORTS: Readonly<Record<string, SortColumn>> = {
  id: 'id',
  name: 'name',
  enabled: 'enabled',
  weight_cost: 'weight',
  created: 'created',
  modified: 'modified',
};

/**
 * A list in descending order of id by default, as Kazoo's. In order of id a key is the id; in
 * any other order it is the list `[value, id]`, and plain text stands for a value.
 */
export function documentList(options: DocumentListOptions): ListSource<ListedDocument> {
  return {
    shape: {
      sorts: Object.keys(SORTS),
      defaultSort: 'id',
      defaultDirection: 'descending',
      isSearchable: true,
      fileName: options.fileName,
    },
    read: ({ sort, direction, start, end, search, limit }) => {
      const column = SORTS[sort] ?? 'id';
      return options.list({
        sort: column,
        direction,
        start: start === undefined ? undefined : toBound(column, start),
        end: end === undefined ? undefined : toBound(column, end),
        nameContains: search === undefined ? undefined : foldName(search),
        limit,
      });
    },
    keyOf: (document, sort) => (sort === 'id' ? document.id : [document.sortValue, document.id]),
    filterable: (document) => document,
    row: (document) => options.row(document.id, document.doc),
  };
}

function toBound(column: SortColumn, { key, text, isInclusive }: SourceBound): ListBound {
  if (column === 'id') {
    const value = typeof key === 'string' ? key : (text ?? '');
    return { value, id: undefined, isInclusive };
  }
  const pair = toPair(key);
  if (pair !== undefined) return { value: pair[0], id: pair[1], isInclusive };
  const value = typeof key === 'number' || typeof key === 'string' ? key : (text ?? '');
  return { value: toSortValue(column, value), id: undefined, isInclusive };
}

function toPair(key: PageKey): readonly [string | number, string] | undefined {
  if (typeof key !== 'object' || key === null || 'tuple' in key) return undefined;
  const [value, id] = key;
  const isPair =
    key.length === 2 &&
    (typeof value === 'string' || typeof value === 'number') &&
    typeof id === 'string';
  return isPair ? [value, id] : undefined;
}

/** Plain text as the column has it. Text where numbers are stands after every number. */
function toSortValue(column: SortColumn, value: string | number): string | number {
  if (typeof value === 'number') return value;
  if (column === 'name') return foldName(value);
  if (column === 'enabled' && (value === 'true' || value === 'false'))
    return Number(value === 'true');
  return /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}
