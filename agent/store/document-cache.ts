// Documents read lately, so that a repeated GET costs no trip to the database thread and no
// decryption. The one writer tells which documents a commit changed, before anybody gets the
// answer to that change; a read that was under way meanwhile is not kept.

import { BoundedCache } from '../base/bounded-cache.ts';
import type { DocumentScope, StoredDocument } from '../document/document-store.ts';

/** With documents of a few KB each, a few MB. */
const MAX_DOCUMENTS = 1_000;

type Load = (scope: DocumentScope, id: string) => Promise<StoredDocument | undefined>;

/** What names a document across kinds and accounts. */
export function documentKey(scope: DocumentScope, id: string): string {
  return `${scope.kind}/${scope.accountId ?? ''}/${id}`;
}

export class DocumentCache {
  readonly #kept = new BoundedCache<StoredDocument>(MAX_DOCUMENTS);
  /** Reads under way; a read that lost its place here is stale. */
  readonly #loading = new Map<string, Promise<StoredDocument | undefined>>();

  /** `load` with a memory. Absent documents are not remembered. */
  remember(load: Load): Load {
    return (scope, id) => {
      const key = documentKey(scope, id);
      const kept = this.#kept.get(key);
      if (kept !== undefined) return Promise.resolve(kept);
      const underWay = this.#loading.get(key);
      if (underWay !== undefined) return underWay;
      const loading = load(scope, id).then(
        (found) => {
          if (this.#settle(key, loading) && found !== undefined) this.#kept.set(key, found);
          return found;
        },
        (error: unknown) => {
          this.#settle(key, loading);
          throw error;
        },
      );
      this.#loading.set(key, loading);
      return loading;
    };
  }

  /** @returns whether the read still had its place */
  #settle(key: string, loading: Promise<unknown>): boolean {
    if (this.#loading.get(key) !== loading) return false;
    this.#loading.delete(key);
    return true;
  }

  /** A commit changed these documents. */
  forget(keys: Iterable<string>): void {
    for (const key of keys) {
      this.#kept.delete(key);
      this.#loading.delete(key);
    }
  }
}
