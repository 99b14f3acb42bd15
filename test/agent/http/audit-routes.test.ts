import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toGregorianSeconds } from '../../../agent/base/clock.ts';
import type { ChangeRecord } from '../../../agent/base/change.ts';
import type { AuditFilter } from '../../../agent/document/audit-store.ts';
import { auditRoutes } from '../../../agent/http/audit-routes.ts';
import { encodePageKey } from '../../../agent/document/page-key.ts';
import { auditReader } from '../../../agent/store/audit-rows.ts';
import { writeJournal } from '../../../agent/store/journal.ts';
import { SqlConnection } from '../../../agent/store/sql.ts';
import {
  type ApiHarness,
  CHILD_ID,
  MASTER_ID,
  openTestStore,
  serveRoutes,
} from '../../support/api-harness.ts';

const START_MS = Date.UTC(2024, 0, 1);

const change = (n: number, more: Partial<ChangeRecord> = {}): ChangeRecord => ({
  actor: { accountId: MASTER_ID, method: 'local', requestId: `request-${String(n)}` },
  event: 'resource.changed',
  noun: 'resource',
  id: `r${String(n)}`,
  ...more,
});

/** Serves a trail of `changes`, the n-th written n seconds after START_MS. */
async function serveTrail(changes: readonly ChangeRecord[]): Promise<ApiHarness> {
  let nowMs = START_MS;
  const storage = await openTestStore({ nowMs: () => nowMs });
  for (const record of changes) {
    await storage.write((writers) => {
      writers.record(record);
      return Promise.resolve();
    });
    nowMs += 1000;
  }
  return serveRoutes(auditRoutes(storage.read.audit));
}

const rowsOf = (body: unknown) =>
  (body as { data: readonly Readonly<Record<string, unknown>>[] }).data;
const ids = async (api: ApiHarness, query: string): Promise<readonly unknown[]> =>
  rowsOf((await api.request('GET', `/v2/audit${query}`)).body).map((row) => row['document_id']);

describe('the audit trail', () => {
  it('tells who, what, when and from where, masked', async () => {
    const api = await serveTrail([
      change(0, {
        actor: {
          accountId: CHILD_ID,
          userId: 'u1',
          method: 'cb_user_auth',
          requestId: 'q',
          remote: '127.0.0.1',
        },
        accountId: CHILD_ID,
        revision: '2-x',
        before: { name: 'A', gateways: [{ password: 'clear' }] },
        after: { name: 'B', gateways: [{ password: 'clear too' }] },
      }),
    ]);
    const reply = await api.request('GET', '/v2/audit');
    expect(rowsOf(reply.body)).toEqual([
      {
        sequence: 1,
        at: '2024-01-01T00:00:00.000Z',
        timestamp: toGregorianSeconds(START_MS),
        event: 'resource.changed',
        noun: 'resource',
        document_id: 'r0',
        account_id: CHILD_ID,
        revision: '2-x',
        actor: {
          account_id: CHILD_ID,
          user_id: 'u1',
          method: 'cb_user_auth',
          remote: '127.0.0.1',
        },
        request_id: 'q',
        before: { name: 'A', gateways: [{ password: '********' }] },
        after: { name: 'B', gateways: [{ password: '********' }] },
      },
    ]);
  });

  it('filters by each member and by time', async () => {
    const api = await serveTrail([
      change(0, { noun: 'account', event: 'account.created' }),
      change(1, { accountId: CHILD_ID }),
      change(2, { actor: { accountId: CHILD_ID, method: 'local', requestId: 'mine' } }),
      change(3),
    ]);
    const second = (n: number): string => String(toGregorianSeconds(START_MS) + n);
    expect([
      await ids(api, ''),
      await ids(api, '?noun=account'),
      await ids(api, '?event=account.created'),
      await ids(api, `?account_id=${CHILD_ID}`),
      await ids(api, `?actor_account_id=${CHILD_ID}`),
      await ids(api, '?request_id=mine'),
      await ids(api, '?noun=resource&document_id=r3'),
      await ids(api, '?document_id=r1'),
      await ids(api, `?from=${second(1)}&to=${second(2)}`),
      await ids(api, '?from=2024-01-01T00:00:03Z'),
      await ids(api, `?noun=resource&document_id=r1&account_id=${MASTER_ID}`),
    ]).toEqual([
      ['r3', 'r2', 'r1', 'r0'],
      ['r0'],
      ['r0'],
      ['r1'],
      ['r2'],
      ['r2'],
      ['r3'],
      ['r1'],
      ['r2', 'r1'],
      ['r3'],
      [],
    ]);
  });

  it('shows an account its own rows only, whatever the query says', async () => {
    const api = await serveTrail([change(0), change(1, { accountId: CHILD_ID }), change(2)]);
    const path = `/v2/accounts/${CHILD_ID}/audit?account_id=${MASTER_ID}`;
    const own = await api.request('GET', path, undefined, { 'x-auth-token': 'child' });
    expect(rowsOf(own.body).map((row) => row['document_id'])).toEqual(['r1']);
    const status = async (at: string, token: string): Promise<number> =>
      (await api.request('GET', at, undefined, { 'x-auth-token': token })).status;
    expect([
      await status('/v2/audit', 'child'),
      await status(`/v2/accounts/${MASTER_ID}/audit`, 'child'),
      await status(path, 'child:technician'),
      await status(path, 'master'),
      await status('/v2/audit', ''),
    ]).toEqual([403, 403, 403, 200, 401]);
  });

  it('is a list like every other: either direction, whole, filtered, as CSV', async () => {
    const api = await serveTrail(
      [0, 1, 2, 3, 4].map((n) => change(n, { revision: `${String(n)}-x` })),
    );
    const second = (n: number): string => String(toGregorianSeconds(START_MS) + n);
    expect([
      await ids(api, '?ascending=true&page_size=2'),
      await ids(api, '?paginate=false&page_size=1'),
      await ids(api, '?filter_revision=3-x'),
      await ids(api, '?filter_not_revision=3-x&page_size=3'),
      await ids(api, '?filter_actor.account_id=nobody'),
      await ids(api, `?created_from=${second(1)}&created_to=${second(2)}`),
      await ids(api, '?start_key=4&end_key=3'),
      await ids(api, '?start_key=2&end_key=3&ascending=true'),
    ]).toEqual([
      ['r0', 'r1'],
      ['r4', 'r3', 'r2', 'r1', 'r0'],
      ['r3'],
      ['r4', 'r2', 'r1'],
      [],
      ['r2', 'r1'],
      ['r3', 'r2'],
      ['r1', 'r2'],
    ]);
    const first = await api.request('GET', '/v2/audit?page_size=3');
    expect(first.body).toMatchObject({ page_size: 3, next_start_key: encodePageKey(2) });
    expect(await ids(api, `?start_key=${String(first.body['next_start_key'])}`)).toEqual([
      'r1',
      'r0',
    ]);
    const csv = await api.request('GET', '/v2/audit?accept=csv');
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.text.split('\r\n')).toHaveLength(7);
    expect(csv.text).toMatch(/^sequence,at,timestamp,event,noun,document_id,/);
  });

  it('refuses parameters it cannot use', async () => {
    const api = await serveTrail([change(0)]);
    for (const query of [
      'page_size=0',
      'page_size=x',
      'page_size=-1',
      'start_key=x',
      'from=yesterday',
      'to=1e9',
      'from=2024-13-99',
    ]) {
      const reply = await api.request('GET', `/v2/audit?${query}`);
      expect([query, reply.status, reply.body['message']]).toEqual([query, 404, 'faulty_request']);
    }
    expect(await ids(api, '?noun=%27%20OR%201=1--')).toEqual([]);
  });

  it('pages through every match once, however few rows one call looks at', async () => {
    const nouns = ['a', 'b', 'c'];
    const connection = await SqlConnection.open(':memory:', 'readwrite');
    onTestFinished(() => connection.close());
    const { migration } = await import('../../../agent/store/migrations/0001-base.ts');
    await connection.exec(migration.sql);
    const changes = Array.from({ length: 60 }, (_, n) =>
      change(n, {
        noun: nouns[(n * 7) % 3] ?? 'a',
        event: n % 5 === 0 ? 'x.rare' : 'x.common',
        ...(n % 2 === 0 ? {} : { accountId: CHILD_ID }),
      }),
    );
    await writeJournal(connection, { changes, events: [], touched: new Set() }, START_MS);
    const newestFirst = changes
      .map((record, index) => ({ ...record, sequence: index + 1 }))
      .reverse();
    await fc.assert(
      fc.asyncProperty(
        fc.record(
          {
            noun: fc.constantFrom(...nouns),
            event: fc.constantFrom('x.rare', 'x.common', 'x.never'),
            accountId: fc.constant(CHILD_ID),
            documentId: fc.constantFrom('r1', 'r9'),
          },
          { requiredKeys: [] },
        ),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom('ascending' as const, 'descending' as const),
        async (filter: AuditFilter, scanRows, limit, direction) => {
          const audit = auditReader(connection, scanRows);
          const seen: number[] = [];
          let start: number | undefined;
          do {
            const range = { direction, start, end: undefined };
            const page = await audit.page(filter, range, limit);
            expect(page.rows.length).toBeLessThanOrEqual(limit);
            seen.push(...page.rows.map((row) => row.sequence));
            start = page.next;
          } while (start !== undefined);
          const ordered = direction === 'descending' ? newestFirst : newestFirst.toReversed();
          const wanted = ordered.filter(
            (row) =>
              (filter.noun ?? row.noun) === row.noun &&
              (filter.event ?? row.event) === row.event &&
              (filter.documentId ?? row.id) === row.id &&
              (filter.accountId === undefined || filter.accountId === row.accountId),
          );
          expect(seen).toEqual(wanted.map((row) => row.sequence));
        },
      ),
      { numRuns: 50 },
    );
  });
});
