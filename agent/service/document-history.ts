// What documents were before, and the way back. The store keeps every superseded revision,
// still sealed; the audit trail says who made it.

import type { Actor } from '../base/change.ts';
import { CraftportError } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import type { DocumentScope, StoredDocument } from '../document/document-store.ts';
import { assertPreconditions, type Preconditions } from '../document/precondition.ts';
import type { DocumentVersion } from '../document/version-store.ts';
import type { Storage } from './storage.ts';

export interface HistoryPage {
  /** First generation (the number before the dash of a revision) to show; undefined: newest. */
  readonly generation: number | undefined;
  readonly limit: number;
}

/**
 * Revisions of a document, live or deleted, newest first; secrets in clear.
 * @throws document.not-found when there never was such a document, or it was removed for good
 */
export async function documentHistory(
  storage: Storage,
  scope: DocumentScope,
  id: string,
  page: HistoryPage,
): Promise<readonly DocumentVersion[]> {
  const { versions } = storage.read;
  const found = await versions.history(scope, id, page.generation, page.limit);
  if (found.length === 0 && (await versions.loadAny(scope, id)) === undefined) throw notFound(id);
  return found;
}

export interface Restore {
  readonly scope: DocumentScope;
  /** For the audit row and the event `<noun>.restored`. */
  readonly noun: string;
  readonly id: string;
  readonly revision: string;
  readonly preconditions: Preconditions;
  readonly by: Actor;
  /** Validates as any write does. @returns what to store */
  readonly check: (doc: JsonObject) => JsonObject;
}

/**
 * Writes the document of an earlier revision as a new one; a deleted document lives again. The
 * revision of a deletion stands for the document that was deleted.
 * @throws document.not-found (naming the document or the revision), document.revision-mismatch,
 * what `check` throws
 */
export function restoreDocument(storage: Storage, restore: Restore): Promise<StoredDocument> {
  const { scope, noun, id, revision, preconditions, by, check } = restore;
  return storage.write(async (writers) => {
    const current = await writers.versions.loadAny(scope, id);
    if (current === undefined) throw notFound(id);
    assertPreconditions(preconditions, current.stored.revision);
    const doc = await writers.versions.loadVersion(scope, id, revision);
    if (doc === undefined) throw notFound(revision);
    const restored = await writers.versions.restore(scope, current, check(doc), by);
    writers.record({
      actor: by,
      event: `${noun}.restored`,
      noun,
      id,
      revision: restored.revision,
      ...(scope.accountId === undefined ? {} : { accountId: scope.accountId }),
      ...(current.isDeleted ? {} : { before: current.stored.doc }),
      after: restored.doc,
    });
    return restored;
  });
}

function notFound(id: string): CraftportError {
  return new CraftportError('document.not-found', `There is no document or revision ${id}`, {
    detail: { id },
  });
}
