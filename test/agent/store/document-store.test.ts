import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../../agent/base/change.ts';
import type { DocumentScope } from '../../../agent/document/document-store.ts';
import { describeDocumentStore } from './document-store.contract.ts';
import { TemporaryStore } from './temporary-store.ts';

describe('the document store in SQLite', () => {
  describeDocumentStore(async () => {
    const temporary = await TemporaryStore.open();
    return {
      storage: temporary.store,
      advance: (ms) => (temporary.clock.ms += ms),
      close: () => temporary.remove(),
    };
  });
});

const scope: DocumentScope = { kind: 'resource', accountId: undefined };
const by: Actor = { method: 'agent', requestId: 'request', remote: '192.0.2.7' };
const planted = 'planted-Passw0rd';
const gateway = { server: 'sip.example.net', username: 'trunk', password: planted };

describe('the document tables', () => {
  let temporary: TemporaryStore;
  beforeEach(async () => {
    temporary = await TemporaryStore.open();
  });
  afterEach(() => temporary.remove());

  /** Writes, changes and deletes a document that holds a password, audited each time. */
  async function liveALife(): Promise<void> {
    await temporary.store.write(async ({ documents, record, emit }) => {
      const doc = { name: 'x', gateways: [gateway] };
      const first = await documents.insert(scope, 'one', doc, by);
      const base = { actor: by, noun: 'resource', id: 'one' };
      record({ ...base, event: 'resource.created', after: doc });
      const changed = { ...doc, name: 'y' };
      const second = await documents.replace(scope, first, changed, by);
      record({ ...base, event: 'resource.changed', before: doc, after: changed });
      await documents.remove(scope, second, 'soft', by);
      record({ ...base, event: 'resource.deleted', before: changed });
      emit({ name: 'job.progressed', data: { token: planted, nested: [{ secret: planted }] } });
    });
  }

  it('hold no password in clear, in no file, before and after a checkpoint', async () => {
    await liveALife();
    const before = await temporary.bytes();
    expect(before.includes('sip.example.net')).toBe(true);
    expect(before.includes(planted)).toBe(false);
    await temporary.reopen();
    const after = await temporary.bytes();
    expect(after.includes('sip.example.net')).toBe(true);
    expect(after.includes(planted)).toBe(false);
  });

  it('keep each superseded revision, still sealed', async () => {
    await liveALife();
    const versions = await temporary.query<{ readonly revision: string; readonly doc: string }>(
      'SELECT revision, doc FROM document_versions ORDER BY modified, revision',
    );
    expect(versions.map(({ revision }) => revision.slice(0, 2))).toEqual(['1-']);
    expect(versions[0]?.doc).toMatch(/"password":"sealed:1:/);
  });

  it('mask secrets in audit rows and events', async () => {
    await liveALife();
    const audit = await temporary.query<Record<string, string | null>>(
      'SELECT event, before, after, remote, request_id FROM audit ORDER BY sequence',
    );
    const masked = { ...gateway, password: '********' };
    const shown = audit.map(({ event, before, after }) => ({
      event,
      before: before === null ? null : (JSON.parse(before ?? '') as unknown),
      after: after === null ? null : (JSON.parse(after ?? '') as unknown),
    }));
    expect(shown).toEqual([
      { event: 'resource.created', before: null, after: { name: 'x', gateways: [masked] } },
      {
        event: 'resource.changed',
        before: { name: 'x', gateways: [masked] },
        after: { name: 'y', gateways: [masked] },
      },
      { event: 'resource.deleted', before: { name: 'y', gateways: [masked] }, after: null },
    ]);
    const [event] = await temporary.query<{ readonly data: string }>(
      `SELECT data FROM events WHERE name = 'job.progressed'`,
    );
    expect(JSON.parse(event?.data ?? '')).toEqual({
      token: '********',
      nested: [{ secret: '********' }],
    });
  });

  it('write audit and event with the change or not at all', async () => {
    const failure = new Error('After everything was written');
    await expect(
      temporary.store.write(async ({ documents, record }) => {
        await documents.insert(scope, 'one', {}, by);
        record({ actor: by, event: 'resource.created', noun: 'resource', id: 'one' });
        throw failure;
      }),
    ).rejects.toBe(failure);
    const [counts] = await temporary.query(
      `SELECT (SELECT count(*) FROM documents) + (SELECT count(*) FROM audit)
         + (SELECT count(*) FROM events) AS total`,
    );
    expect(counts).toEqual({ total: 0 });
  });

  it('do not open a password that was copied into another document', async () => {
    await temporary.store.write(async ({ documents }) => {
      await documents.insert(scope, 'one', { password: planted }, by);
      await documents.insert(scope, 'two', { password: 'other' }, by);
    });
    await temporary.execute(
      `UPDATE documents SET doc = (SELECT doc FROM documents WHERE id = 'one') WHERE id = 'two'`,
    );
    await expect(temporary.store.read.documents.load(scope, 'two')).rejects.toMatchObject({
      code: 'secret.unreadable',
    });
  });
});

describe('the writer', () => {
  let temporary: TemporaryStore;
  beforeEach(async () => {
    temporary = await TemporaryStore.open();
  });
  afterEach(() => temporary.remove());

  const insertMany = (count: number): Promise<unknown> =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        temporary.store.write(({ documents }) => documents.insert(scope, String(index), {}, by)),
      ),
    );

  it('shares commits among units that arrive together', async () => {
    await insertMany(300);
    expect(temporary.store.counters).toEqual({ commits: 2, units: 300 });
  });

  it('works on, and tells the other listeners, when a listener has a bug', async () => {
    const bug = new TypeError('A listener slipped');
    const told: string[] = [];
    temporary.store.onEvents(() => {
      throw bug;
    });
    temporary.store.onEvents((events) => told.push(...events.map((event) => event.name)));
    for (const name of ['first', 'second'])
      await temporary.store.write(({ emit }) => {
        emit({ name, data: {} });
        return Promise.resolve();
      });
    expect(told).toEqual(['first', 'second']);
    expect(temporary.bugs).toEqual([bug, bug]);
  });

  it('finishes what it accepted before it closes, and takes nothing after', async () => {
    const pending = insertMany(50);
    const closing = temporary.store.close();
    await expect(
      temporary.store.write(({ documents }) => documents.insert(scope, 'late', {}, by)),
    ).rejects.toMatchObject({ code: 'store.closed' });
    await Promise.all([pending, closing]);
    const [row] = await temporary.query('SELECT count(*) AS count FROM documents');
    expect(row).toEqual({ count: 50 });
  });
});
