import { describe, expect, it } from 'vitest';
import { migration } from '../../../../agent/store/migrations/0001-base.ts';
import { SqlConnection, SqlConstraintError } from '../../../../agent/store/sql.ts';

async function open(): Promise<SqlConnection> {
  const connection = await SqlConnection.open(':memory:', 'readwrite');
  await connection.exec('PRAGMA foreign_keys = ON');
  await connection.exec(migration.sql);
  return connection;
}

describe('migration 0001', () => {
  it('makes strict tables only', async () => {
    const connection = await open();
    const rows = await connection.all<{ readonly name: string; readonly strict: number }>(
      `SELECT name, strict FROM pragma_table_list
       WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`,
    );
    expect(rows.filter(({ strict }) => strict !== 1)).toEqual([]);
    expect(rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'accounts',
        'api_keys',
        'audit',
        'document_versions',
        'documents',
        'events',
        'revoked_tokens',
        'settings',
        'users',
      ]),
    );
    await connection.close();
  });

  it('has one master account, and realms and user names that are unique among the living', async () => {
    const connection = await open();
    const account = (id: string, parent: string | null, realm: string, deleted = 0) =>
      connection.run(
        `INSERT INTO accounts (id, parent_id, path, name, name_key, realm, enabled, revision,
           created, modified, deleted, doc) VALUES (?1, ?2, ?1, '', '', ?3, 1, '', 0, 0, ?4, '{}')`,
        [id, parent, realm, deleted],
      );
    const user = (id: string, name: string, deleted = 0, accountId = 'master') =>
      connection.run(
        `INSERT INTO users (id, account_id, username, enabled, role, md5_hash, sha_hash, signature,
           revision, created, modified, deleted, doc)
         VALUES (?1, ?2, ?3, 1, 'admin', ?1, ?1, '', '', 0, 0, ?4, '{}')`,
        [id, accountId, name, deleted],
      );
    await account('dead master', null, 'r', 1);
    await account('master', null, 'r');
    await account('child', 'master', 's');
    await user('1', 'admin', 1);
    await user('2', 'admin');
    await user('3', 'admin', 0, 'child');
    const refused = await Promise.allSettled([
      account('other master', null, 'x'),
      account('same realm', 'master', 's'),
      user('4', 'admin'),
      user('5', 'nobody', 0, 'no account'),
    ]);
    for (const outcome of refused)
      expect(outcome.status === 'rejected' && outcome.reason).toBeInstanceOf(SqlConstraintError);
    await connection.close();
  });
});
