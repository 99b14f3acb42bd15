// The store: one SQLite file, one writing connection behind the group commit, reading
// connections beside it (WAL: readers never wait for the writer).

import type {
  AccountReader,
  AccountWriter,
  ApiKeyReader,
  ApiKeyWriter,
  RevokedTokenReader,
  RevokedTokenWriter,
  UserReader,
  UserWriter,
} from '../account/account-store.ts';
import type { DomainEvent } from '../base/change.ts';
import type { Clock } from '../base/clock.ts';
import type { RandomBytes } from '../base/ids.ts';
import type { AuditReader } from '../document/audit-store.ts';
import type { DocumentReader, DocumentWriter } from '../document/document-store.ts';
import type { EventReader } from '../document/event-store.ts';
import type { SelectorReader } from '../document/selector-store.ts';
import type { SettingReader, SettingWriter } from '../document/setting-store.ts';
import type { VersionReader, VersionWriter } from '../document/version-store.ts';
import type { Sealer } from '../secret/sealing.ts';
import { accountReader, accountWriter } from './account-rows.ts';
import { auditReader } from './audit-rows.ts';
import type { DataDir } from './data-dir.ts';
import { documentReader, documentWriter } from './document-rows.ts';
import { eventReader } from './event-rows.ts';
import { type CommitCounters, GroupCommitWriter, type SqlTransaction } from './group-commit.ts';
import { loadMigrations, migrate } from './migration.ts';
import { selectorReader } from './selector-rows.ts';
import { settingReader, settingWriter } from './setting-rows.ts';
import { SqlConnection } from './sql.ts';
import {
  apiKeyReader,
  apiKeyWriter,
  revokedTokenReader,
  revokedTokenWriter,
} from './token-rows.ts';
import { userReader, userWriter } from './user-rows.ts';
import { versionReader, versionWriter } from './version-rows.ts';

export interface ReadRepositories {
  readonly documents: DocumentReader;
  readonly accounts: AccountReader;
  readonly users: UserReader;
  readonly apiKeys: ApiKeyReader;
  readonly revokedTokens: RevokedTokenReader;
  readonly versions: VersionReader;
  readonly selectors: SelectorReader;
  readonly settings: SettingReader;
  readonly audit: AuditReader;
  readonly events: EventReader;
}

export interface WriteRepositories {
  readonly documents: DocumentWriter;
  readonly accounts: AccountWriter;
  readonly users: UserWriter;
  readonly apiKeys: ApiKeyWriter;
  readonly revokedTokens: RevokedTokenWriter;
  readonly versions: VersionWriter;
  readonly settings: SettingWriter;
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
  readonly #writer: GroupCommitWriter;
  readonly #listeners = new Set<(events: readonly DomainEvent[]) => void>();

  private constructor(options: StoreOptions, writer: SqlConnection, reader: SqlConnection) {
    this.#options = options;
    this.#writerConnection = writer;
    this.#readerConnection = reader;
    this.read = {
      documents: documentReader(reader, options),
      accounts: accountReader(reader, options),
      users: userReader(reader, options),
      apiKeys: apiKeyReader(reader),
      revokedTokens: revokedTokenReader(reader),
      versions: versionReader(reader, options),
      selectors: selectorReader(reader),
      settings: settingReader(reader, options),
      audit: auditReader(reader),
      events: eventReader(reader),
    };
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
      const reader = await SqlConnection.open(options.dir.database, 'readonly');
      await reader.exec('PRAGMA busy_timeout = 5000');
      return new Store(options, writer, reader);
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
        documents: documentWriter(transaction, this.#options),
        accounts: accountWriter(transaction, this.#options),
        users: userWriter(transaction, this.#options),
        apiKeys: apiKeyWriter(transaction, this.#options.clock),
        revokedTokens: revokedTokenWriter(transaction, this.#options.clock),
        versions: versionWriter(transaction, this.#options),
        settings: settingWriter(transaction, this.#options),
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
    await this.#writerConnection.close();
  }
}
