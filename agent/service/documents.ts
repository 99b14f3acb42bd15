// Use cases of documents that have no rules but their check: one transaction each, validated,
// audited. Nouns with more to them have a service of their own.

import type { Actor } from '../base/change.ts';
import { CraftportError } from '../base/error.ts';
import { GrowingIds, type RandomBytes } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { DocumentListRequest } from '../document/document-list.ts';
import type { DocumentScope, ListedDocument, StoredDocument } from '../document/document-store.ts';
import { mergePatch } from '../document/merge.ts';
import { assertPreconditions, type Preconditions } from '../document/precondition.ts';
import { idForNew, publicPart } from '../resource/resource-rules.ts';
import type { Storage, StorageWriters } from './storage.ts';

export interface DocumentServiceOptions {
  readonly storage: Storage;
  readonly random: RandomBytes;
  /** @returns the document to store. @throws request.invalid */
  readonly check: (doc: JsonObject) => JsonObject;
  /**
   * What a new revision takes over from the one before, whatever was sent: secrets that a client
   * cannot read and so cannot send back. @throws request.invalid
   */
  readonly settle?: (next: JsonObject, current: JsonObject, sent: JsonObject) => JsonObject;
}

/** Where a write is aimed and who does it. The kind is the noun of its audit rows and events. */
export interface DocumentTarget {
  readonly scope: DocumentScope;
  readonly preconditions: Preconditions;
  readonly by: Actor;
}

export class DocumentService {
  readonly #options: DocumentServiceOptions;
  readonly #ids: GrowingIds;

  constructor(options: DocumentServiceOptions) {
    this.#options = options;
    this.#ids = new GrowingIds(options.random);
  }

  /** @throws document.not-found */
  async fetch(scope: DocumentScope, id: string): Promise<StoredDocument> {
    const found = await this.#options.storage.read.documents.load(scope, id);
    if (found === undefined) throw notFound(id);
    return found;
  }

  /** Live documents in the order asked for, secrets sealed. */
  list(scope: DocumentScope, request: DocumentListRequest): Promise<readonly ListedDocument[]> {
    return this.#options.storage.read.documents.list(scope, request);
  }

  /** @throws request.invalid, document.conflict (id taken), document.revision-mismatch */
  create(target: DocumentTarget, data: JsonObject): Promise<StoredDocument> {
    const doc = this.#options.check(publicPart(data));
    const id = idForNew(data, this.#ids);
    assertPreconditions(target.preconditions, undefined);
    return this.#options.storage.write(async (writers) => {
      const created = await writers.documents.insert(target.scope, id, doc, target.by);
      record(writers, 'created', target, undefined, created);
      return created;
    });
  }

  /**
   * Replaces the whole public document; it is checked before the old one is looked for.
   * @throws request.invalid, document.not-found, document.revision-mismatch
   */
  replace(target: DocumentTarget, id: string, data: JsonObject): Promise<StoredDocument> {
    const doc = this.#options.check(publicPart(data));
    return this.#change(target, id, (current) => this.#settled(doc, current, data));
  }

  /** @throws document.not-found, request.invalid, document.revision-mismatch */
  patch(target: DocumentTarget, id: string, data: JsonObject): Promise<StoredDocument> {
    return this.#change(target, id, (current) =>
      this.#settled(this.#options.check(mergePatch(current.doc, publicPart(data))), current, data),
    );
  }

  /** @throws document.not-found, document.revision-mismatch */
  remove(target: DocumentTarget, id: string, how: 'soft' | 'hard'): Promise<StoredDocument> {
    const { scope, preconditions, by } = target;
    return this.#options.storage.write(async (writers) => {
      const current = await writers.documents.load(scope, id);
      if (current === undefined) throw notFound(id);
      assertPreconditions(preconditions, current.revision);
      const removed = await writers.documents.remove(scope, current, how, by);
      record(writers, 'deleted', target, current, removed);
      return removed;
    });
  }

  #settled(next: JsonObject, current: StoredDocument, sent: JsonObject): JsonObject {
    return this.#options.settle?.(next, current.doc, sent) ?? next;
  }

  #change(
    target: DocumentTarget,
    id: string,
    next: (current: StoredDocument) => JsonObject,
  ): Promise<StoredDocument> {
    const { scope, preconditions, by } = target;
    return this.#options.storage.write(async (writers) => {
      const current = await writers.documents.load(scope, id);
      if (current === undefined) throw notFound(id);
      assertPreconditions(preconditions, current.revision);
      const changed = await writers.documents.replace(scope, current, next(current), by);
      record(writers, 'changed', target, current, changed);
      return changed;
    });
  }
}

function record(
  writers: StorageWriters,
  what: 'created' | 'changed' | 'deleted',
  { scope, by }: DocumentTarget,
  before: StoredDocument | undefined,
  after: StoredDocument,
): void {
  writers.record({
    actor: by,
    event: `${scope.kind}.${what}`,
    noun: scope.kind,
    id: after.id,
    revision: after.revision,
    ...(scope.accountId === undefined ? {} : { accountId: scope.accountId }),
    ...(before === undefined ? {} : { before: before.doc }),
    ...(what === 'deleted' ? {} : { after: after.doc }),
  });
}

function notFound(id: string): CraftportError {
  return new CraftportError('document.not-found', `There is no document ${id}`, {
    detail: { id },
  });
}
