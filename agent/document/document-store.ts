// The document store as services see it: documents kept whole (unknown keys survive), with a
// revision, creation and modification times and soft delete. SQLite implements it in
// agent/store; test/agent/store holds the contract suite that any engine must pass.

import type { Actor } from '../base/change.ts';
import type { GregorianSeconds } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import type { DocumentListRequest, SortValue } from './document-list.ts';

/** What sort of document; one namespace of ids for each kind and account. */
export type DocumentKind =
  | 'resource'
  | 'resource_template'
  | 'resource_selector'
  | 'resource_selector_rules'
  | 'gear'
  | 'span'
  | 'cable'
  | 'plan';

/** Where a document lives: the global store, or one account's own. */
export interface DocumentScope {
  readonly kind: DocumentKind;
  /** undefined: the global (system-wide) store. */
  readonly accountId: string | undefined;
}

export interface StoredDocument {
  readonly id: string;
  /** `N-<32hex>` */
  readonly revision: string;
  readonly created: GregorianSeconds;
  readonly modified: GregorianSeconds;
  /** Public part, without `id`. Secrets are in clear here; they are encrypted on disk. */
  readonly doc: JsonObject;
  /** Kazoo's private bookkeeping that filters can see (`pvt_request_id`, …). */
  readonly pvt: JsonObject;
}

/** A document of a list. Its secrets are still sealed: lists show none and need none. */
export interface ListedDocument extends StoredDocument {
  /** Where the list's order places it. */
  readonly sortValue: SortValue;
}

export interface NewDocument {
  readonly id: string;
  readonly doc: JsonObject;
}

export interface DocumentChange {
  readonly current: StoredDocument;
  /** What `current` becomes. */
  readonly doc: JsonObject;
}

export interface DocumentReader {
  /** The live document, or undefined when it is absent or deleted. */
  load(scope: DocumentScope, id: string): Promise<StoredDocument | undefined>;
  /** Whether the scope holds, or ever held, a document. */
  hasAny(scope: DocumentScope): Promise<boolean>;
  /** Those of `ids` that are live, in any order. */
  loadMany(scope: DocumentScope, ids: readonly string[]): Promise<readonly StoredDocument[]>;
  /** The same with secrets sealed, for those who need none. */
  loadManySealed(scope: DocumentScope, ids: readonly string[]): Promise<readonly NewDocument[]>;
  /** Live documents in the order asked for. */
  list(scope: DocumentScope, request: DocumentListRequest): Promise<readonly ListedDocument[]>;
}

export interface DocumentWriter extends DocumentReader {
  /** @throws document.conflict when the id is taken, also by a deleted document. */
  insert(scope: DocumentScope, id: string, doc: JsonObject, by: Actor): Promise<StoredDocument>;
  /** As `insert`, for many: all or, when it throws, none. */
  insertMany(
    scope: DocumentScope,
    entries: readonly NewDocument[],
    by: Actor,
  ): Promise<readonly StoredDocument[]>;
  /** As `replace`, for many: all or, when it throws, none. */
  replaceMany(
    scope: DocumentScope,
    changes: readonly DocumentChange[],
    by: Actor,
  ): Promise<readonly StoredDocument[]>;
  /**
   * Writes the next revision of `current`, which was loaded in this same transaction.
   * @throws document.conflict when `current` is no longer the live revision.
   */
  replace(
    scope: DocumentScope,
    current: StoredDocument,
    doc: JsonObject,
    by: Actor,
  ): Promise<StoredDocument>;
  /** Soft delete: a tombstone revision, the last document kept. Hard delete: the row goes. */
  remove(
    scope: DocumentScope,
    current: StoredDocument,
    how: 'soft' | 'hard',
    by: Actor,
  ): Promise<StoredDocument>;
}
