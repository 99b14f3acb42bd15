// Use cases of resources: one transaction each, validated, audited.

import type { Actor, ChangeRecord } from '../base/change.ts';
import { CraftportError } from '../base/error.ts';
import { GrowingIds, type RandomBytes } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { DocumentListRequest } from '../document/document-list.ts';
import type { DocumentScope, ListedDocument, StoredDocument } from '../document/document-store.ts';
import { mergePatch } from '../document/merge.ts';
import { assertPreconditions, type Preconditions } from '../document/precondition.ts';
import type { DocumentValidator } from '../document/validate.ts';
import { assertPeerAllowed, idForNew, publicPart } from '../resource/resource-rules.ts';
import type { DocumentVersion } from '../document/version-store.ts';
import { documentHistory, type HistoryPage, restoreDocument } from './document-history.ts';
import type { Storage } from './storage.ts';

export interface ResourceServiceOptions {
  readonly storage: Storage;
  readonly validator: DocumentValidator;
  readonly random: RandomBytes;
  /** The setting `crossbar.resources` → `allow_peers`, now. */
  readonly allowPeers: () => boolean;
}

/** Where a write is aimed and who does it. */
export interface ResourceTarget {
  /** undefined: the global resources. */
  readonly accountId: string | undefined;
  readonly preconditions: Preconditions;
  readonly by: Actor;
}

export class ResourceService {
  readonly #options: ResourceServiceOptions;
  readonly #ids: GrowingIds;

  constructor(options: ResourceServiceOptions) {
    this.#options = options;
    this.#ids = new GrowingIds(options.random);
  }

  /** @throws document.not-found */
  async fetch(accountId: string | undefined, id: string): Promise<StoredDocument> {
    const found = await this.#options.storage.read.documents.load(scopeOf(accountId), id);
    if (found === undefined) throw notFound(id);
    return found;
  }

  /** Live resources in the order asked for, secrets sealed. */
  list(
    accountId: string | undefined,
    request: DocumentListRequest,
  ): Promise<readonly ListedDocument[]> {
    return this.#options.storage.read.documents.list(scopeOf(accountId), request);
  }

  /** @throws request.invalid, document.conflict (id taken), document.revision-mismatch */
  async create(target: ResourceTarget, data: JsonObject): Promise<StoredDocument> {
    const { storage } = this.#options;
    const doc = this.#check(target, publicPart(data));
    const id = idForNew(data, this.#ids);
    assertPreconditions(target.preconditions, undefined);
    return storage.insertDocument(scopeOf(target.accountId), { id, doc }, target.by, (created) =>
      changeOf('resource.created', target, undefined, created),
    );
  }

  /**
   * Replaces the whole public document. The body is checked before the document is looked for.
   * @throws request.invalid, document.not-found, document.revision-mismatch
   */
  async replace(target: ResourceTarget, id: string, data: JsonObject): Promise<StoredDocument> {
    const doc = this.#check(target, publicPart(data));
    return this.#change(target, id, () => doc);
  }

  /**
   * Merges into the stored document (document/merge.ts); the merged document is validated.
   * @throws document.not-found, request.invalid, document.revision-mismatch
   */
  async patch(target: ResourceTarget, id: string, data: JsonObject): Promise<StoredDocument> {
    return this.#change(target, id, (current) =>
      this.#check(target, mergePatch(current.doc, publicPart(data))),
    );
  }

  /** @throws document.not-found, document.revision-mismatch */
  async remove(target: ResourceTarget, id: string, how: 'soft' | 'hard'): Promise<StoredDocument> {
    const scope = scopeOf(target.accountId);
    return this.#options.storage.write(async (writers) => {
      const current = await writers.documents.load(scope, id);
      if (current === undefined) throw notFound(id);
      assertPreconditions(target.preconditions, current.revision);
      const removed = await writers.documents.remove(scope, current, how, target.by);
      writers.record(changeOf('resource.deleted', target, current, removed));
      return removed;
    });
  }

  /**
   * Revisions of a resource, live or deleted, newest first.
   * @throws document.not-found
   */
  history(
    accountId: string | undefined,
    id: string,
    page: HistoryPage,
  ): Promise<readonly DocumentVersion[]> {
    return documentHistory(this.#options.storage, scopeOf(accountId), id, page);
  }

  /**
   * Brings back the document of an earlier revision, gateway passwords included, as a new
   * revision; a deleted resource lives again. The document is validated as today's are.
   * @throws document.not-found (the resource or the revision), request.invalid,
   * document.revision-mismatch
   */
  restore(target: ResourceTarget, id: string, revision: string): Promise<StoredDocument> {
    return restoreDocument(this.#options.storage, {
      scope: scopeOf(target.accountId),
      noun: 'resource',
      id,
      revision,
      preconditions: target.preconditions,
      by: target.by,
      check: (doc) => this.#check(target, doc),
    });
  }

  async #change(
    target: ResourceTarget,
    id: string,
    next: (current: StoredDocument) => JsonObject,
  ): Promise<StoredDocument> {
    const scope = scopeOf(target.accountId);
    return this.#options.storage.write(async (writers) => {
      const current = await writers.documents.load(scope, id);
      if (current === undefined) throw notFound(id);
      assertPreconditions(target.preconditions, current.revision);
      const changed = await writers.documents.replace(scope, current, next(current), target.by);
      writers.record(changeOf('resource.changed', target, current, changed));
      return changed;
    });
  }

  #check(target: ResourceTarget, doc: JsonObject): JsonObject {
    const checked = this.#options.validator.validate(doc);
    if (target.accountId !== undefined) assertPeerAllowed(checked, this.#options.allowPeers());
    return checked;
  }
}

/** Where the resources of an account, or the global ones, are stored. */
export function scopeOf(accountId: string | undefined): DocumentScope {
  return { kind: 'resource', accountId };
}

/** The audit row and event of one changed resource. */
export function changeOf(
  event: string,
  target: ResourceTarget,
  before: StoredDocument | undefined,
  after: StoredDocument,
): ChangeRecord {
  return {
    actor: target.by,
    event,
    noun: 'resource',
    id: after.id,
    revision: after.revision,
    ...(target.accountId === undefined ? {} : { accountId: target.accountId }),
    ...(before === undefined ? {} : { before: before.doc }),
    ...(event === 'resource.deleted' ? {} : { after: after.doc }),
  };
}

function notFound(id: string): CraftportError {
  return new CraftportError('document.not-found', `There is no resource ${id}`, { detail: { id } });
}
