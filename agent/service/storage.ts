// The store as use cases see it. agent/store has it in SQLite.

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
import type { Actor, ChangeRecord, DomainEvent, NewEvent } from '../base/change.ts';
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

export interface StorageReaders {
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

export interface StorageWriters {
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
  /** An audit row and its event in the same transaction. Secrets are masked by the store. */
  readonly record: (change: ChangeRecord) => void;
  /** An event without audit. */
  readonly emit: (event: NewEvent) => void;
}

export interface Storage {
  readonly read: StorageReaders;
  /**
   * One transaction; resolves when it is on disk. `work` may run twice, so it depends on
   * nothing but its inputs and what it reads through `writers`.
   */
  write<T>(work: (writers: StorageWriters) => Promise<T>): Promise<T>;
  /** The same for work on thousands of rows: other writes need not wait for more than one. */
  writeBulk<T>(work: (writers: StorageWriters) => Promise<T>): Promise<T>;
  /**
   * Inserts one document with its audit row, cheaper than `write` when many do so at once.
   * @throws document.conflict when the id is taken, also by a deleted document
   */
  insertDocument(
    scope: DocumentScope,
    entry: NewDocument,
    by: Actor,
    toChange: (stored: StoredDocument) => ChangeRecord,
  ): Promise<StoredDocument>;
  onEvents(listener: (events: readonly DomainEvent[]) => void): () => void;
}
