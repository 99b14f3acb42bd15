// The only user of sqlite3: one connection with promises, cached prepared statements and
// typed errors. Knows no table.

import sqlite3 from 'sqlite3';
import { CraftportError } from '../base/error.ts';

export type SqlValue = string | number | null | Uint8Array;

/** A constraint (unique, foreign key, check) refused the statement. Repositories catch it. */
export class SqlConstraintError extends Error {
  override readonly name = 'SqlConstraintError';
}

export class SqlConnection {
  readonly #database: sqlite3.Database;
  readonly #statements = new Map<string, Promise<sqlite3.Statement>>();
  #closed = false;

  private constructor(database: sqlite3.Database) {
    this.#database = database;
  }

  /**
   * Opens (and for `readwrite` creates) the database file.
   * @throws store.corrupt, store.full, store.busy, config.data-dir-unusable
   */
  static async open(file: string, mode: 'readwrite' | 'readonly'): Promise<SqlConnection> {
    const flags =
      mode === 'readonly' ? sqlite3.OPEN_READONLY : sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE;
    const database = await new Promise<sqlite3.Database>((resolve, reject) => {
      const opened: sqlite3.Database = new sqlite3.Database(file, flags, (error) =>
        error === null ? resolve(opened) : reject(toStoreError(error, file)),
      );
    });
    return new SqlConnection(database);
  }

  /** Runs one or more statements without parameters. */
  async exec(sql: string): Promise<void> {
    await new Promise<void>((resolve, reject) =>
      this.#database.exec(sql, (error) =>
        error === null ? resolve() : reject(toStoreError(error)),
      ),
    );
  }

  /** Runs a writing statement. @returns the number of rows changed. */
  async run(sql: string, parameters: readonly SqlValue[] = []): Promise<number> {
    const statement = await this.#prepare(sql);
    return new Promise<number>((resolve, reject) =>
      statement.run(parameters, function (this: sqlite3.RunResult, error: Error | null) {
        if (error === null) resolve(this.changes);
        else reject(toStoreError(error));
      }),
    );
  }

  /** Every row of a query. Callers bound the result with LIMIT. */
  async all<Row>(sql: string, parameters: readonly SqlValue[] = []): Promise<readonly Row[]> {
    const statement = await this.#prepare(sql);
    // Never Statement#get: it leaves the statement un-reset, which pins a WAL snapshot.
    return new Promise<readonly Row[]>((resolve, reject) =>
      statement.all<Row>(parameters, (error, rows) =>
        error === null ? resolve(rows) : reject(toStoreError(error)),
      ),
    );
  }

  /** The first row of a query, or undefined. */
  async get<Row>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row | undefined> {
    return (await this.all<Row>(sql, parameters))[0];
  }

  /** Finalises the statements and closes the file. Twice is fine. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const pending of this.#statements.values()) {
      const statement = await pending.catch(() => undefined);
      if (statement !== undefined)
        await new Promise<void>((resolve) => statement.finalize(() => resolve()));
    }
    await new Promise<void>((resolve, reject) =>
      this.#database.close((error) => (error === null ? resolve() : reject(toStoreError(error)))),
    );
  }

  #prepare(sql: string): Promise<sqlite3.Statement> {
    if (this.#closed)
      return Promise.reject(new CraftportError('store.closed', 'The store is closed'));
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const prepared = new Promise<sqlite3.Statement>((resolve, reject) => {
      const statement: sqlite3.Statement = this.#database.prepare(sql, (error: Error | null) => {
        if (error === null) resolve(statement);
        else {
          this.#statements.delete(sql);
          reject(toStoreError(error));
        }
      });
    });
    this.#statements.set(sql, prepared);
    return prepared;
  }
}

function toStoreError(error: Error, file?: string): Error {
  const code = (error as Error & { code?: string }).code;
  const where = file === undefined ? '' : ` (${file})`;
  switch (code) {
    case 'SQLITE_CONSTRAINT':
      return new SqlConstraintError(error.message, { cause: error });
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return new CraftportError('store.busy', `The database is locked by another program${where}`, {
        cause: error,
      });
    case 'SQLITE_FULL':
    case 'SQLITE_IOERR':
      return new CraftportError('store.full', `The disk does not take more data${where}`, {
        cause: error,
      });
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return new CraftportError('store.corrupt', `The database file is damaged${where}`, {
        cause: error,
      });
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_READONLY':
    case 'SQLITE_PERM':
      return new CraftportError(
        'config.data-dir-unusable',
        `The database file cannot be opened for writing${where}`,
        { cause: error },
      );
    default:
      return error;
  }
}
