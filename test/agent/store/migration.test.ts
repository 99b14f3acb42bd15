import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../../agent/store/migrations.ts';
import { migrate, type NumberedMigration } from '../../../agent/store/migration.ts';
import { SqlConnection } from '../../../agent/store/sql.ts';
import { temporaryDirectory } from './temporary-store.ts';

let directory: string;
let backups: string;
let connection: SqlConnection;
beforeEach(async () => {
  directory = await temporaryDirectory();
  backups = join(directory, 'backups');
  await mkdir(backups);
  connection = await SqlConnection.open(join(directory, 'test.db'), 'readwrite');
});
afterEach(async () => {
  await connection.close();
  await rm(directory, { recursive: true });
});

const step = (version: number, sql: string, breaking = true): NumberedMigration => ({
  version,
  name: `step-${String(version)}`,
  sql,
  breaking,
});
const one = step(1, 'CREATE TABLE first (x INTEGER) STRICT');
const two = step(2, 'CREATE TABLE second (x INTEGER) STRICT; INSERT INTO second VALUES (2)');

const run = (...migrations: readonly NumberedMigration[]): Promise<void> =>
  migrate(connection, migrations, backups, 1_700_000_000_000);
const tables = async (of = connection): Promise<readonly string[]> => {
  const rows = await of.all<{ readonly name: string }>(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'migrations' ORDER BY name`,
  );
  return rows.map((row) => row.name);
};
const versions = async (): Promise<unknown> =>
  connection.all('SELECT version, name, breaking, applied_ms FROM migrations ORDER BY version');
const applied = ({ version, name, breaking }: NumberedMigration): object => ({
  version,
  name,
  breaking: Number(breaking),
  applied_ms: 1_700_000_000_000,
});

describe('migrate', () => {
  it('brings an empty database to the newest version, without a backup', async () => {
    await run(one, two);
    expect(await tables()).toEqual(['first', 'second']);
    expect(await versions()).toEqual([applied(one), applied(two)]);
    expect(await readdir(backups)).toEqual([]);
  });

  it('runs each migration once', async () => {
    await run(one, two);
    await run(one, two);
    expect(await connection.all('SELECT x FROM second')).toEqual([{ x: 2 }]);
    expect(await readdir(backups)).toEqual([]);
  });

  it('copies a database that holds data before it changes it', async () => {
    await run(one);
    await connection.run('INSERT INTO first VALUES (?)', [42]);
    await run(one, two);
    const [backup = ''] = await readdir(backups);
    expect(backup).toBe('before-2-1700000000000.db');
    const copy = await SqlConnection.open(join(backups, backup), 'readonly');
    expect(await tables(copy)).toEqual(['first']);
    expect(await copy.all('SELECT x FROM first')).toEqual([{ x: 42 }]);
    await copy.close();
    expect(await tables()).toEqual(['first', 'second']);
  });

  it('keeps nothing of a migration that fails, and the ones before it', async () => {
    const bad = step(2, 'CREATE TABLE half (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1)');
    await expect(run(one, bad)).rejects.toMatchObject({ code: 'store.migration-failed' });
    expect(await tables()).toEqual(['first']);
    expect(await versions()).toEqual([applied(one)]);
    await run(one, two);
    expect(await tables()).toEqual(['first', 'second']);
  });

  it('refuses a database that a newer program made unreadable for this one', async () => {
    await run(one, two);
    await expect(run(one)).rejects.toMatchObject({ code: 'store.newer-than-program' });
    expect(await tables()).toEqual(['first', 'second']);
  });

  it('opens a database that a newer program only added to', async () => {
    await run(one, step(2, 'CREATE TABLE extra (x INTEGER) STRICT', false));
    await run(one);
    expect(await tables()).toEqual(['extra', 'first']);
  });
});

describe('the list of migrations', () => {
  it('is the folder, in order', async () => {
    const folder = new URL('../../../agent/store/migrations/', import.meta.url);
    expect(
      MIGRATIONS.map(({ version, name }) => `${String(version).padStart(4, '0')}-${name}.ts`),
    ).toEqual((await readdir(folder)).sort());
  });
});
