// Running numbered migrations (migrations.ts lists them). Never edited after landing.

import { join } from 'node:path';
import { CraftportError } from '../base/error.ts';
import type { SqlConnection } from './sql.ts';

export interface Migration {
  readonly sql: string;
  /** An older program must not open a database that has this migration. */
  readonly breaking: boolean;
}

export interface NumberedMigration extends Migration {
  readonly version: number;
  readonly name: string;
}

/**
 * Brings the database to the newest version, one transaction a migration. A database that
 * holds data is first copied to `backupDir`.
 * @throws store.newer-than-program, store.migration-failed
 */
export async function migrate(
  connection: SqlConnection,
  migrations: readonly NumberedMigration[],
  backupDir: string,
  nowMs: number,
): Promise<void> {
  await connection.exec(`CREATE TABLE IF NOT EXISTS migrations (
    version INTEGER PRIMARY KEY, name TEXT NOT NULL, breaking INTEGER NOT NULL,
    applied_ms INTEGER NOT NULL) STRICT`);
  const applied = await connection.all<{ readonly version: number; readonly breaking: number }>(
    'SELECT version, breaking FROM migrations ORDER BY version',
  );
  const known = migrations.at(-1)?.version ?? 0;
  const newer = applied.find((row) => row.version > known && row.breaking === 1);
  if (newer !== undefined)
    throw new CraftportError(
      'store.newer-than-program',
      `The database was written by a newer Craftport (version ${String(newer.version)}, this program knows ${String(known)}): install that one, or restore a backup`,
    );
  const done = new Set(applied.map((row) => row.version));
  const due = migrations.filter((migration) => !done.has(migration.version));
  if (due.length > 0 && applied.length > 0) {
    const copy = join(backupDir, `before-${String(due[0]?.version)}-${String(nowMs)}.db`);
    await connection.run('VACUUM INTO ?', [copy]);
  }
  for (const migration of due) await apply(connection, migration, nowMs);
}

async function apply(
  connection: SqlConnection,
  migration: NumberedMigration,
  nowMs: number,
): Promise<void> {
  try {
    await connection.exec('BEGIN IMMEDIATE');
    // The version row first: a second starter fails here instead of running the SQL twice.
    await connection.run(
      'INSERT INTO migrations (version, name, breaking, applied_ms) VALUES (?, ?, ?, ?)',
      [migration.version, migration.name, migration.breaking ? 1 : 0, nowMs],
    );
    await connection.exec(migration.sql);
    await connection.exec('COMMIT');
  } catch (cause) {
    await connection.exec('ROLLBACK').catch(() => undefined);
    throw new CraftportError(
      'store.migration-failed',
      `Migration ${String(migration.version)} (${migration.name}) failed; nothing of it was kept`,
      { cause },
    );
  }
}
