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
import type { AlarmReader, AlarmWriter } from '../alarm/alarm-store.ts';
import type { GearStateReader, GearStateWriter } from '../gear/gear-store.ts';
import type { Actor, ChangeRecord, DomainEvent } from '../base/change.ts';
import type { Clock } from '../base/clock.ts';
import type { RandomBytes } from '../base/ids.ts';
import type {
  DocumentReader,
  DocumentScope,
  DocumentWriter,
  NewDocument,
  StoredDocument,
} from '../document/document-store.ts';
import type { AuditReader } from '../document/audit-store.ts';
import type { EventReader } from '../document/event-store.ts';
import type { GatewayReader } from '../document/gateway-store.ts';
import type { SelectorReader } from '../document/selector-store.ts';
import type { SettingReader, SettingWriter } from '../document/setting-store.ts';
import type { VersionReader, VersionWriter } from '../document/version-store.ts';
import type { JobReader, JobWriter } from '../job/job-store.ts';
import type { NumberReader, NumberWriter } from '../number/number-store.ts';
import type { Sealer } from '../secret/sealing.ts';
import { accountReader, accountWriter } from './account-rows.ts';
import { alarmReader, alarmWriter } from './alarm-rows.ts';
import { auditReader } from './audit-rows.ts';
import type { DataDir } from './data-dir.ts';
import { DocumentCache } from './document-cache.ts';
import { toNew } from './document-rows.ts';
import { readDocuments, writeDocuments } from './documents.ts';
import {
  type CommitCounters,
  GroupCommitWriter,
  type JoinedWork,
  type SqlTransaction,
} from './group-commit.ts';
import { jobReader, jobWriter } from './job-rows.ts';
import { type InsertItem, joinedInsert } from './joined-insert.ts';
import { eventReader } from './event-rows.ts';
import { migrate } from './migration.ts';
import { MIGRATIONS } from './migrations.ts';
import { gatewayReader } from './gateway-rows.ts';
import { gearStateReader, gearStateWriter } from './gear-rows.ts';
import { selectorReader } from './selector-rows.ts';
import { settingReader, settingWriter } from './setting-rows.ts';
import { numberReader, numberWriter } from './number-rows.ts';
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
  readonly numbers: NumberReader;
  readonly jobs: JobReader;
  readonly alarms: AlarmReader;
  readonly gearStates: GearStateReader;
  readonly gateways: GatewayReader;
}

export interface WriteRepositories {
  readonly documents: DocumentWriter;
  readonly accounts: AccountWriter;
  readonly users: UserWriter;
  readonly apiKeys: ApiKeyWriter;
  readonly revokedTokens: RevokedTokenWriter;
  readonly versions: VersionWriter;
  readonly settings: SettingWriter;
  readonly numbers: NumberWriter;
  readonly jobs: JobWriter;
  readonly alarms: AlarmWriter;
  readonly gearStates: GearStateWriter;
  readonly record: SqlTransaction['record'];
  readonly emit: SqlTransaction['emit'];
}

export interface StoreOptions {
  readonly dir: DataDir;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /**
   * Told when a listener throws, which is a bug of the listener. It must not stop the writer
   * nor the other listeners. Default: an uncaught exception.
   */
  readonly reportBug?: (error: unknown) => void;
}

export class Store {
  readonly read: ReadRepositories;
  readonly #options: StoreOptions;
  readonly #writerConnection: SqlConnection;
  readonly #readerConnection: SqlConnection;
  readonly #listConnection: SqlConnection;
  /** For reads of whole uploads, so that they hold up no other read. */
  readonly #bulkConnection: SqlConnection;
  readonly #writer: GroupCommitWriter;
  readonly #cache = new DocumentCache();
  readonly #insert: JoinedWork<InsertItem, StoredDocument>;
  readonly #listeners = new Set<(events: readonly DomainEvent[]) => void>();

  private constructor(
    options: StoreOptions,
    writer: SqlConnection,
    reader: SqlConnection,
    lists: SqlConnection,
    bulk: SqlConnection,
  ) {
    this.#options = options;
    this.#insert = joinedInsert(options);
    this.#writerConnection = writer;
    this.#readerConnection = reader;
    this.#bulkConnection = bulk;
    this.#listConnection = lists;
    const documents = readDocuments(reader, options, lists);
    this.read = {
      documents: {
        ...documents,
        load: this.#cache.remember((scope, id) => documents.load(scope, id)),
      },
      accounts: accountReader(reader, options),
      users: userReader(reader, options),
      apiKeys: apiKeyReader(reader),
      revokedTokens: revokedTokenReader(reader),
      versions: versionReader(reader, options),
      selectors: selectorReader(reader),
      settings: settingReader(reader, options),
      audit: auditReader(reader),
      events: eventReader(reader),
      numbers: numberReader(reader),
      jobs: jobReader(reader, bulk, options.clock),
      alarms: alarmReader(reader),
      gearStates: gearStateReader(reader),
      gateways: gatewayReader(lists),
    };
    this.#writer = new GroupCommitWriter(
      writer,
      () => options.clock.nowMs(),
      ({ events, touched }) => {
        this.#cache.forget(touched);
        if (events.length > 0) for (const listener of this.#listeners) this.#tell(listener, events);
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
      await migrate(writer, MIGRATIONS, options.dir.backups, options.clock.nowMs());
      const reader = await openReader(options.dir);
      const lists = await openReader(options.dir);
      return new Store(options, writer, reader, lists, await openReader(options.dir));
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
    return this.#writer.write((transaction) => work(this.#repositories(transaction)));
  }

  /** The same for work on thousands of rows: other writes need not wait for more than one. */
  writeBulk<T>(work: (repositories: WriteRepositories) => Promise<T>): Promise<T> {
    return this.#writer.writeBulk((transaction) => work(this.#repositories(transaction)));
  }

  #repositories(transaction: SqlTransaction): WriteRepositories {
    return {
      documents: writeDocuments(transaction, this.#options),
      accounts: accountWriter(transaction, this.#options),
      users: userWriter(transaction, this.#options),
      apiKeys: apiKeyWriter(transaction, this.#options.clock),
      revokedTokens: revokedTokenWriter(transaction, this.#options.clock),
      versions: versionWriter(transaction, this.#options),
      settings: settingWriter(transaction, this.#options),
      numbers: numberWriter(transaction, this.#options.clock),
      jobs: jobWriter(transaction, this.#options.clock),
      alarms: alarmWriter(transaction),
      gearStates: gearStateWriter(transaction),
      record: (change) => transaction.record(change),
      emit: (event) => transaction.emit(event),
    };
  }

  /**
   * Inserts one document with its audit row. Under load, documents of different callers share
   * a statement; each succeeds or fails by itself.
   * @throws document.conflict when the id is taken, also by a deleted document
   */
  insertDocument(
    scope: DocumentScope,
    entry: NewDocument,
    by: Actor,
    toChange: (stored: StoredDocument) => ChangeRecord,
  ): Promise<StoredDocument> {
    const document = toNew(scope, entry.id, entry.doc, by, this.#options);
    return this.#writer.writeJoined(this.#insert, { scope, document, change: toChange(document) });
  }

  /** @param listener is told of events after they are on disk. @returns the way to stop. */
  onEvents(listener: (events: readonly DomainEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(listener: (events: readonly DomainEvent[]) => void, events: readonly DomainEvent[]): void {
    try {
      listener(events);
    } catch (error) {
      const { reportBug } = this.#options;
      if (reportBug !== undefined) reportBug(error);
      else
        queueMicrotask(() => {
          throw error;
        });
    }
  }

  /**
   * Bounds the database file to `pages` pages of 4 KiB; what needs more fails with store.full,
   * as it does on a full disk. Until it is called there is no bound but the disk.
   */
  async limitPages(pages: number): Promise<void> {
    await this.#writerConnection.exec(`PRAGMA max_page_count = ${String(Math.trunc(pages))}`);
  }

  get counters(): CommitCounters {
    return this.#writer.counters;
  }

  /** Finishes accepted writes and closes the file. Twice is fine. */
  async close(): Promise<void> {
    await this.#writer.stop();
    await this.#readerConnection.close();
    await this.#listConnection.close();
    await this.#bulkConnection.close();
    await this.#writerConnection.close();
  }
}

async function openReader(dir: DataDir): Promise<SqlConnection> {
  const connection = await SqlConnection.open(dir.database, 'readonly');
  await connection.exec('PRAGMA busy_timeout = 5000');
  return connection;
}
