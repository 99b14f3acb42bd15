// Lists of documents as the store reads them: in an indexed order, from a position on. Who
// asks for the next page names the last document seen, never how many came before it, so that
// every page costs the same and documents that come and go move nothing.

/** Orders that have an index. Ties are in order of id. */
export type SortColumn = 'id' | 'name' | 'enabled' | 'weight' | 'created' | 'modified';

/** `name` sorts on the folded name (name-fold.ts); `enabled` on 0 and 1; a missing one on ''. */
export type SortValue = string | number;

export interface ListBound {
  /** The id itself when the list is in order of id. */
  readonly value: SortValue;
  /** undefined: every document with this value. Not used in order of id. */
  readonly id: string | undefined;
  readonly isInclusive: boolean;
}

export interface DocumentListRequest {
  readonly sort: SortColumn;
  readonly direction: 'ascending' | 'descending';
  readonly start: ListBound | undefined;
  readonly end: ListBound | undefined;
  /** Part of a name, already folded; undefined: any name. */
  readonly nameContains: string | undefined;
  readonly limit: number;
}
