// Superseded revisions of documents: what history shows and what a restore brings back.

import type { GregorianSeconds } from '../base/clock.ts';
import type { Actor } from '../base/change.ts';
import type { JsonObject } from '../base/json.ts';
import type { DocumentScope, StoredDocument } from './document-store.ts';

/** One revision, newest to oldest in a history. */
export interface DocumentVersion {
  readonly revision: string;
  readonly modified: GregorianSeconds;
  /** Whether it is the revision that is stored now. */
  readonly isCurrent: boolean;
  /** What happened and who did it, from the audit trail; undefined when that has no row. */
  readonly change: VersionChange | undefined;
  /** The document of that revision. Secrets are in clear here. */
  readonly doc: JsonObject;
}

export interface VersionChange {
  readonly event: string;
  readonly accountId: string | undefined;
  readonly userId: string | undefined;
  readonly method: string;
  readonly requestId: string;
}

/** A document whether it is live or deleted. */
export interface AnyDocument {
  readonly stored: StoredDocument;
  readonly isDeleted: boolean;
}

export interface VersionReader {
  /**
   * Revisions of a document, live or deleted, newest first.
   * @param generation start with this generation (the number before `-`) and older ones
   */
  history(
    scope: DocumentScope,
    id: string,
    generation: number | undefined,
    limit: number,
  ): Promise<readonly DocumentVersion[]>;
  loadAny(scope: DocumentScope, id: string): Promise<AnyDocument | undefined>;
  /** The document of one revision, superseded or current. */
  loadVersion(scope: DocumentScope, id: string, revision: string): Promise<JsonObject | undefined>;
}

export interface VersionWriter extends VersionReader {
  /**
   * Writes `doc` as the next revision of `current`, which was loaded in this same transaction;
   * a deleted document lives again.
   * @throws document.conflict when `current` is no longer what is stored
   */
  restore(
    scope: DocumentScope,
    current: AnyDocument,
    doc: JsonObject,
    by: Actor,
  ): Promise<StoredDocument>;
}
