// The audit trail as services see it: who changed what. Rows are written by the
// store in the transaction of the change (base/change.ts), with secrets masked.

import type { JsonObject } from '../base/json.ts';

export interface AuditRow {
  /** Grows by one; the key of a page. */
  readonly sequence: number;
  /** Unix milliseconds. */
  readonly atMs: number;
  readonly event: string;
  readonly noun: string;
  readonly documentId: string;
  readonly accountId: string | undefined;
  readonly revision: string | undefined;
  readonly actor: AuditActor;
  readonly requestId: string;
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
}

export interface AuditActor {
  readonly accountId: string | undefined;
  readonly userId: string | undefined;
  readonly method: string;
  readonly remote: string | undefined;
}

/** Absent members do not filter. */
export interface AuditFilter {
  readonly noun?: string;
  readonly documentId?: string;
  readonly event?: string;
  readonly accountId?: string;
  readonly actorAccountId?: string;
  readonly requestId?: string;
  /** Unix milliseconds, inclusive. */
  readonly fromMs?: number;
  /** Unix milliseconds, inclusive. */
  readonly toMs?: number;
}

export interface AuditPage {
  readonly rows: readonly AuditRow[];
  /**
   * Where the next page starts; undefined: that was all. A page may be short, even empty, and
   * still have a next one: the rows that one query looks at are bounded.
   */
  readonly next: number | undefined;
}

/** Which rows to look at, by sequence. */
export interface AuditRange {
  /** descending: newest first. */
  readonly direction: 'ascending' | 'descending';
  /** The first to look at, in that direction; undefined: where the trail begins. */
  readonly start: number | undefined;
  /** The last to look at. */
  readonly end: number | undefined;
}

export interface AuditReader {
  page(filter: AuditFilter, range: AuditRange, limit: number): Promise<AuditPage>;
}
