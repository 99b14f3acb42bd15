// The audit trail over HTTP, newest first: all of it for the master account's administrators,
// an account's own for whoever administers the account. Rows are stored masked.

import { fromGregorianSeconds, toGregorianSeconds } from '../base/clock.ts';
import { CraftportError } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import type { AuditFilter, AuditReader, AuditRow } from '../document/audit-store.ts';
import type { ListSource, SourceBound } from './list-reading.ts';
import { LIST_QUERY, LIST_TYPES, listReply } from './listing.ts';
import type { Access, Call, Route } from './route.ts';

export function auditRoutes(audit: AuditReader): Route[] {
  const at = (prefix: string, access: Access): Route => ({
    path: `${prefix}/audit`,
    methods: {
      GET: {
        access,
        role: 'admin',
        summary: 'List who changed what, newest first, secrets masked',
        produces: LIST_TYPES,
        query: {
          ...LIST_QUERY,
          noun: 'Kind of thing that changed',
          document_id: 'Its id',
          event: 'Name of the event',
          account_id: 'Account it belongs to',
          actor_account_id: 'Account of the token that changed it',
          request_id: 'Request that changed it',
          from: 'Earliest time: Gregorian seconds or ISO 8601',
          to: 'Latest time: Gregorian seconds or ISO 8601',
        },
        handle: (call) => listReply(call, auditList(audit, filterOf(call))),
      },
    },
  });
  return [at('/v2/accounts/:account_id', 'account'), at('/v2', 'superduper')];
}

function auditList(audit: AuditReader, filter: AuditFilter): ListSource<AuditRow> {
  return {
    shape: {
      sorts: ['sequence'],
      defaultSort: 'sequence',
      defaultDirection: 'descending',
      isSearchable: false,
      fileName: 'audit.csv',
    },
    async read({ direction, start, end, limit }) {
      const rows: AuditRow[] = [];
      let next = sequenceOf(start, direction);
      do {
        const range = { direction, start: next, end: sequenceOf(end, direction) };
        const page = await audit.page(filter, range, limit - rows.length);
        rows.push(...page.rows);
        next = page.next;
      } while (next !== undefined && rows.length < limit);
      return rows;
    },
    keyOf: (row) => row.sequence,
    filterable: (row) => ({
      id: String(row.sequence),
      doc: toRow(row),
      pvt: {
        pvt_created: toGregorianSeconds(row.atMs),
        pvt_modified: toGregorianSeconds(row.atMs),
      },
    }),
    row: toRow,
  };
}

/** @throws request.bad-parameter for a key that is none of this list's */
function sequenceOf(
  bound: SourceBound | undefined,
  direction: 'ascending' | 'descending',
): number | undefined {
  if (bound === undefined) return undefined;
  const { key, text, isInclusive } = bound;
  const sequence = typeof key === 'number' ? key : Number(/^\d{1,15}$/.exec(text ?? '')?.[0]);
  if (!Number.isSafeInteger(sequence))
    throw new CraftportError('request.bad-parameter', 'invalid start_key or end_key');
  if (isInclusive) return sequence;
  return direction === 'ascending' ? sequence + 1 : sequence - 1;
}

const TEXT_FILTERS = {
  noun: 'noun',
  document_id: 'documentId',
  event: 'event',
  account_id: 'accountId',
  actor_account_id: 'actorAccountId',
  request_id: 'requestId',
} as const satisfies Readonly<Record<string, keyof AuditFilter>>;

/** The account in the path wins over `account_id` in the query. */
function filterOf(call: Call): AuditFilter {
  const texts = Object.entries(TEXT_FILTERS).flatMap(([parameter, member]) => {
    const value = call.query[parameter];
    return value === undefined ? [] : [[member, value]];
  });
  // Kazoo's `created_from` and `created_to` mean the same here.
  const fromMs = timeOf(call, 'from', 0) ?? timeOf(call, 'created_from', 0);
  const toMs = timeOf(call, 'to', 999) ?? timeOf(call, 'created_to', 999);
  return {
    ...(Object.fromEntries(texts) as AuditFilter),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
    ...(call.account === undefined ? {} : { accountId: call.account.id }),
  };
}

/**
 * Gregorian seconds or an ISO 8601 time.
 * @param restMs added to whole seconds, so that `to` includes its second
 * @throws request.bad-parameter
 */
function timeOf(
  call: Call,
  parameter: 'from' | 'to' | 'created_from' | 'created_to',
  restMs: number,
): number | undefined {
  const text = call.query[parameter];
  if (text === undefined) return undefined;
  if (/^\d{1,12}$/.test(text)) return fromGregorianSeconds(Number(text)) + restMs;
  const ms = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : NaN;
  if (Number.isNaN(ms))
    throw new CraftportError(
      'request.bad-parameter',
      `${parameter} must be Gregorian seconds or an ISO 8601 time`,
    );
  return ms;
}

function toRow(row: AuditRow): JsonObject {
  const { actor } = row;
  return {
    sequence: row.sequence,
    at: new Date(row.atMs).toISOString(),
    timestamp: toGregorianSeconds(row.atMs),
    event: row.event,
    noun: row.noun,
    document_id: row.documentId,
    ...(row.accountId === undefined ? {} : { account_id: row.accountId }),
    ...(row.revision === undefined ? {} : { revision: row.revision }),
    actor: {
      ...(actor.accountId === undefined ? {} : { account_id: actor.accountId }),
      ...(actor.userId === undefined ? {} : { user_id: actor.userId }),
      method: actor.method,
      ...(actor.remote === undefined ? {} : { remote: actor.remote }),
    },
    request_id: row.requestId,
    ...(row.before === undefined ? {} : { before: row.before }),
    ...(row.after === undefined ? {} : { after: row.after }),
  };
}
