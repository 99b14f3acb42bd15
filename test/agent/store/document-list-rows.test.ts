import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ListBound, SortColumn } from '../../../agent/document/document-list.ts';
import { listStatement } from '../../../agent/store/document-list-rows.ts';
import { migrate } from '../../../agent/store/migration.ts';
import { MIGRATIONS } from '../../../agent/store/migrations.ts';
import { SqlConnection } from '../../../agent/store/sql.ts';
import { BY, SCOPE } from '../../support/resource-api.ts';
import { openTestStore } from '../../support/api-harness.ts';
import { tempDir } from '../../support/temp-dir.ts';

const SORTS: readonly SortColumn[] = ['id', 'name', 'enabled', 'weight', 'created', 'modified'];

async function openMigrated(
  upTo = Infinity,
): Promise<{ readonly connection: SqlConnection; readonly dir: string }> {
  const dir = await tempDir();
  const connection = await SqlConnection.open(join(dir, 'test.db'), 'readwrite');
  onTestFinished(() => connection.close());
  const migrations = MIGRATIONS.filter(({ version }) => version <= upTo);
  await migrate(connection, migrations, dir, 0);
  return { connection, dir };
}

describe('lists of documents in SQLite', () => {
  it('seeks its position in an index, in every order and direction, and sorts nothing', async () => {
    const { connection } = await openMigrated();
    const bound: ListBound = { value: 'x', id: 'y', isInclusive: true };
    for (const sort of SORTS)
      for (const direction of ['ascending', 'descending'] as const)
        for (const nameContains of [undefined, 'x']) {
          const { sql, parameters } = listStatement(SCOPE, {
            sort,
            direction,
            start: bound,
            end: bound,
            nameContains,
            limit: 10,
          });
          const plan = await connection.all<{ readonly detail: string }>(
            `EXPLAIN QUERY PLAN ${sql}`,
            parameters,
          );
          expect(plan).toHaveLength(1);
          expect(plan[0]?.detail).toMatch(
            /^SEARCH documents USING INDEX documents_(?:live \(.* id>\? AND id<\?\)|\w+ \(.*\(\w+,id\)>\(\?,\?\) AND \(\w+,id\)<\(\?,\?\)\))$/,
          );
        }
  });

  it('gives documents of the version before their place in every order', async () => {
    const { connection, dir } = await openMigrated(1);
    await connection.exec(`INSERT INTO documents
      (kind, account_id, id, revision, created, modified, deleted, name, enabled, weight, doc, pvt)
      VALUES ('resource', '${String(SCOPE.accountId)}', 'a', '1-a', 5, 6, 0, 'Alpha', 1, 50, '{}', '{}'),
        ('resource', '${String(SCOPE.accountId)}', 'b', '1-b', 5, 6, 0, NULL, NULL, NULL, '{}', '{}'),
        ('resource', '${String(SCOPE.accountId)}', 'c', '1-c', 5, 6, 1, 'Gone', 1, 1, '{}', '{}')`);
    await migrate(connection, MIGRATIONS, dir, 0);
    const values = await Promise.all(
      SORTS.map(async (sort) => {
        const { sql, parameters } = listStatement(SCOPE, {
          sort,
          direction: 'ascending',
          start: undefined,
          end: undefined,
          nameContains: undefined,
          limit: 10,
        });
        const rows = await connection.all<{ id: string; sort_value: unknown }>(sql, parameters);
        return rows.map((row) => [row.id, row.sort_value]);
      }),
    );
    expect(Object.fromEntries(SORTS.map((sort, index) => [sort, values[index]]))).toEqual({
      id: [
        ['a', 'a'],
        ['b', 'b'],
      ],
      name: [
        ['b', ''],
        ['a', 'alpha'],
      ],
      enabled: [
        ['a', 1],
        ['b', ''],
      ],
      weight: [
        ['a', 50],
        ['b', ''],
      ],
      created: [
        ['a', 5],
        ['b', 5],
      ],
      modified: [
        ['a', 6],
        ['b', 6],
      ],
    });
  });

  it('never opens a secret for a list', async () => {
    const store = await openTestStore();
    const doc = { name: 'Ä', gateways: [{ password: 'hunter2' }] };
    await store.write((writers) => writers.documents.insertMany(SCOPE, [{ id: 'a', doc }], BY));
    const [listed] = await store.read.documents.list(SCOPE, {
      sort: 'name',
      direction: 'ascending',
      start: undefined,
      end: undefined,
      nameContains: 'a',
      limit: 1,
    });
    expect(JSON.stringify(listed)).not.toContain('hunter2');
    expect(listed?.sortValue).toBe('a');
    expect((await store.read.documents.loadMany(SCOPE, ['a', 'b']))[0]?.doc).toEqual(doc);
    const [sealed] = await store.read.documents.loadManySealed(SCOPE, ['a', 'b']);
    expect(JSON.stringify(sealed)).toContain('sealed:1:');
  });
});

describe('batches of documents in SQLite', () => {
  it('looks rows up by key, however many there are', async () => {
    const { connection } = await openMigrated();
    const plan = await connection.all<{ readonly detail: string }>(
      `EXPLAIN QUERY PLAN SELECT id FROM documents INDEXED BY documents_id
       WHERE kind = ? AND account_id = ? AND deleted = 0 AND id IN (SELECT value FROM json_each(?))`,
    );
    expect(plan[0]?.detail).toBe(
      'SEARCH documents USING INDEX documents_id (kind=? AND account_id=? AND id=?)',
    );
  });

  it('changes all or none, and keeps what was before', async () => {
    const store = await openTestStore();
    const ids = Array.from({ length: 600 }, (_, index) => `id${String(index)}`);
    const created = await store.write((writers) =>
      writers.documents.insertMany(
        SCOPE,
        ids.map((id) => ({ id, doc: { name: id, weight_cost: 1 } })),
        BY,
      ),
    );
    const stale = created.at(-1);
    if (stale === undefined) throw new Error('nothing was created');
    const changes = created.map((current) => ({ current, doc: { name: current.id } }));
    await expect(
      store.write((writers) =>
        writers.documents.replaceMany(
          SCOPE,
          [...changes, { current: { ...stale, revision: '1-0' }, doc: {} }],
          BY,
        ),
      ),
    ).rejects.toMatchObject({ code: 'document.conflict' });
    await expect(
      store.write((writers) =>
        writers.documents.insertMany(
          SCOPE,
          [
            { id: 'fresh', doc: {} },
            { id: stale.id, doc: {} },
          ],
          BY,
        ),
      ),
    ).rejects.toMatchObject({ code: 'document.conflict' });
    expect(await store.read.documents.load(SCOPE, 'fresh')).toBeUndefined();
    expect((await store.read.documents.load(SCOPE, 'id0'))?.revision).toBe(created[0]?.revision);
    const changed = await store.write((writers) =>
      writers.documents.replaceMany(SCOPE, changes, BY),
    );
    const loaded = await store.read.documents.loadMany(SCOPE, ids);
    const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
      a.id < b.id ? -1 : 1;
    expect([...loaded].sort(byId)).toEqual([...changed].sort(byId));
    expect(changed.every(({ revision }) => revision.startsWith('2-'))).toBe(true);
  });
});
