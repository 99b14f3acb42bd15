// Lists of things that are held in memory, as lists of the API: sorted, searched and paged by
// key like those from the store.

import type { JsonObject, JsonValue } from '../base/json.ts';
import { foldName } from '../document/name-fold.ts';
import type { PageKey } from '../document/page-key.ts';
import type { Direction } from './list-query.ts';
import type { ListSource, SourceBound } from './list-reading.ts';

type SortValue = string | number;

export interface MemoryListOptions {
  readonly rows: () => Promise<readonly JsonObject[]>;
  /** What `sort=` takes, and the members it sorts on: the first that is there. */
  readonly sorts: Readonly<Record<string, readonly string[]>>;
  readonly defaultSort: string;
  readonly defaultDirection?: Direction;
  /** Unique among the rows, and the tie-breaker. */
  readonly id: (row: JsonObject) => SortValue;
  /** Members that `q=` searches. */
  readonly searched?: readonly string[];
  readonly fileName: string;
}

/** A key is `[value, id]`. */
export function memoryList(options: MemoryListOptions): ListSource<JsonObject> {
  const valueOf = (row: JsonObject, sort: string): SortValue => {
    for (const member of options.sorts[sort] ?? []) {
      const value: JsonValue | undefined = row[member];
      if (typeof value === 'number') return value;
      if (typeof value === 'string') return foldName(value);
      if (typeof value === 'boolean') return Number(value);
    }
    return '';
  };
  let snapshot: Promise<readonly JsonObject[]> | undefined;
  return {
    shape: {
      sorts: Object.keys(options.sorts),
      defaultSort: options.defaultSort,
      defaultDirection: options.defaultDirection ?? 'ascending',
      isSearchable: options.searched !== undefined,
      fileName: options.fileName,
    },
    async read({ sort, direction, start, end, search, limit }) {
      // One list for all batches of a reply.
      snapshot ??= options.rows();
      const sign = direction === 'ascending' ? 1 : -1;
      const compare = (row: JsonObject, value: SortValue, id: SortValue | undefined): number =>
        sign *
        (order(valueOf(row, sort), value) || (id === undefined ? 0 : order(options.id(row), id)));
      const wanted = search === undefined ? undefined : foldName(search);
      const isFound = (row: JsonObject): boolean =>
        wanted === undefined ||
        (options.searched ?? []).some((member) => {
          const value = row[member];
          return typeof value === 'string' && foldName(value).includes(wanted);
        });
      const isWithin = (row: JsonObject): boolean => {
        const first = boundOf(start);
        const last = boundOf(end);
        const after = first === undefined ? 1 : compare(row, first.value, first.id);
        const before = last === undefined ? -1 : compare(row, last.value, last.id);
        return (
          (after > 0 || (after === 0 && start?.isInclusive === true)) &&
          (before < 0 || (before === 0 && end?.isInclusive === true))
        );
      };
      return (await snapshot)
        .filter((row) => isFound(row) && isWithin(row))
        .sort((a, b) => compare(a, valueOf(b, sort), options.id(b)))
        .slice(0, limit);
    },
    keyOf: (row, sort) => [valueOf(row, sort), options.id(row)],
    filterable: (row) => ({ id: String(options.id(row)), doc: row, pvt: {} }),
    row: (row) => row,
  };
}

/** Numbers before texts, each in their order. */
function order(a: SortValue, b: SortValue): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function boundOf(
  bound: SourceBound | undefined,
): { readonly value: SortValue; readonly id: SortValue | undefined } | undefined {
  if (bound === undefined) return undefined;
  const pair = toPair(bound.key);
  if (pair !== undefined) return { value: pair[0], id: pair[1] };
  const text = bound.text ?? '';
  return { value: /^-?\d{1,15}$/.test(text) ? Number(text) : foldName(text), id: undefined };
}

function toPair(key: PageKey): readonly [SortValue, SortValue] | undefined {
  if (!Array.isArray(key) || key.length !== 2) return undefined;
  const [value, id] = key as readonly PageKey[];
  const isValue = (part: PageKey | undefined): part is SortValue =>
    typeof part === 'string' || typeof part === 'number';
  return isValue(value) && isValue(id) ? [value, id] : undefined;
}
