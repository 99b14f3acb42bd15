// The store: one SQLite file, one writing connection behind the group commit, reading
// connections beside it (WAL: readers never wait for the writer).

import type { DomainEvent } from '../base/change.ts';
import type { Clock } from '../base/clock.ts';
import type { RandomBytes } from '../base/ids.ts';
import type { DocumentReader, DocumentWriter } from '../document/document-store.ts';
import type { Sealer } from '../secret/sealing.ts';
import type { DataDir } from './data-dir.ts';
import { readDocuments, writeDocuments } from './documents.ts';
import { type CommitCounters, GroupCommitWriter, type SqlTransaction } from './group-commit.ts';
import { loadMigrations, migrate } from './migration.ts';
import { SqlConnection } from './sql.ts';

export interface ReadRepositories {
  readonly documents: DocumentReader;
}

export interface WriteRepositories {
  readonly documents: DocumentWriter;
  readonly record: SqlTransaction['record'];
  readonly emit: SqlTransaction['emit'];
}

export interface StoreOptions {
  readonly dir: DataDir;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

export class Store {
  readonly read: ReadRepositories;
  readonly #options: StoreOptions;
  readonly #writerConnection: SqlConnection;
  readonly #readerConnection: SqlConnection;
  readonly #listConnection: SqlConnection;
  readonly #writer: GroupCommitWriter;
  readonly #listeners = new Set<(events: readonly DomainEvent[]) => void>();

  private constructor(
    options: StoreOptions,
    writer: SqlConnection,
    reader: SqlConnection,
    lists: SqlConnection,
  ) {
    this.#options = options;
    this.#writerConnection = writer;
    this.#readerConnection = reader;
    this.#listConnection = lists;
    this.read = { documents: readDocuments(reader, options, lists) };
    this.#writer = new GroupCommitWriter(
      writer,
      () => options.clock.nowMs(),
      (events) => {
        for (const listener of this.#listeners) listener(events);
      },
    );
  }

  /**
   * Opens the database, migrates it and makes it durable: WAL with a sync at every commit.
   * @throws store.corrupt, store.newer-than-program, store.migration-failed, store.full
   */
  static async open(options: StoreOptions): Promise<Store> {
    const writer = await SqlConnection.open(options.dir.database, 'readwrite');
    try {
      await writer.exec(`PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;`);
      await migrate(writer, await loadMigrations(), options.dir.backups, options.clock.nowMs());
      const reader = await openReader(options.dir);
      return new Store(options, writer, reader, await openReader(options.dir));
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  /**
   * Runs `work` in one transaction and resolves when it is on disk. `work` may run twice (see
   * group-commit.ts).
   */
  write<T>(work: (repositories: WriteRepositories) => Promise<T>): Promise<T> {
    return this.#writer.write((transaction) =>
      work({
        documents: writeDocuments(transaction, this.#options),
        record: (change) => transaction.record(change),
        emit: (event) => transaction.emit(event),
      }),
    );
  }

  /** @param listener is told of events after they are on disk. @returns the way to stop. */
  onEvents(listener: (events: readonly DomainEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get counters(): CommitCounters {
    return this.#writer.counters;
  }

  /** Finishes accepted writes and closes the file. Twice is fine. */
  async close(): Promise<void> {
    await this.#writer.stop();
    await this.#readerConnection.close();
    await this.#listConnection.close();
    await this.#writerConnection.close();
  }
}

async function openReader(dir: DataDir): Promise<SqlConnection> {
  const connection = await SqlConnection.open(dir.database, 'readonly');
  await connection.exec('PRAGMA busy_timeout = 5000');
  return connection;
}
