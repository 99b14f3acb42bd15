// One writer, shared commits. Units of work that arrive while a commit is on its way to the
// disk wait and share the next one:
//
//   write(a) ┐                       ┌ BEGIN IMMEDIATE
//   write(b) ├─ queue ── one batch ──┤ a · b · c · journal      ── COMMIT (one fsync) ── answers
//   write(c) ┘                       └
//
// A unit that fails before it wrote anything does not disturb the others. One that fails
// after writing rolls the batch back, and every unit of it runs again alone.

import type { ChangeRecord, DomainEvent, NewEvent } from '../base/change.ts';
import { CraftportError } from '../base/error.ts';
import { type JournalBuffer, writeJournal } from './journal.ts';
import type { SqlConnection, SqlValue } from './sql.ts';

/** What a unit of work may do with the database. Valid until its promise settles. */
export interface SqlTransaction {
  run(sql: string, parameters?: readonly SqlValue[]): Promise<number>;
  all<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<readonly Row[]>;
  get<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row | undefined>;
  /** An audit row and its event, written in this transaction. */
  record(change: ChangeRecord): void;
  /** An event without audit (progress, gear state). */
  emit(event: NewEvent): void;
}

/** May run twice (see above), so it must depend on nothing but the database and its inputs. */
export type UnitOfWork<T> = (transaction: SqlTransaction) => Promise<T>;

interface QueuedUnit {
  readonly work: UnitOfWork<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

type Outcome =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: unknown };

/** How many units may share a commit; bounds the time a single unit can wait. */
const MAX_UNITS_PER_COMMIT = 256;

class BatchSpoiled extends Error {}

export interface CommitCounters {
  readonly commits: number;
  readonly units: number;
}

export class GroupCommitWriter {
  readonly #connection: SqlConnection;
  readonly #nowMs: () => number;
  readonly #publish: (events: readonly DomainEvent[]) => void;
  #queue: QueuedUnit[] = [];
  #draining: Promise<void> | undefined;
  #stopped = false;
  #commits = 0;
  #units = 0;

  /** @param publish is told of the events of a commit after it is on disk. */
  constructor(
    connection: SqlConnection,
    nowMs: () => number,
    publish: (events: readonly DomainEvent[]) => void,
  ) {
    this.#connection = connection;
    this.#nowMs = nowMs;
    this.#publish = publish;
  }

  get counters(): CommitCounters {
    return { commits: this.#commits, units: this.#units };
  }

  /**
   * Runs `work` in a transaction and resolves when it is durable.
   * @throws what `work` throws (nothing of it is stored then), store.full, store.closed
   */
  write<T>(work: UnitOfWork<T>): Promise<T> {
    if (this.#stopped)
      return Promise.reject(new CraftportError('store.closed', 'The agent is stopping'));
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Takes no more units and waits for those accepted. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#draining;
  }

  async #drain(): Promise<void> {
    // The units of one turn of the event loop share a commit from the first one on.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, MAX_UNITS_PER_COMMIT);
      await this.#runBatch(batch);
    }
    this.#draining = undefined;
  }

  async #runBatch(batch: readonly QueuedUnit[]): Promise<void> {
    let outcomes: readonly Outcome[];
    let events: readonly DomainEvent[];
    try {
      await this.#connection.exec('BEGIN IMMEDIATE');
      try {
        const buffer: JournalBuffer = { changes: [], events: [] };
        outcomes = await this.#runUnits(batch, buffer);
        events = await writeJournal(this.#connection, buffer, this.#nowMs());
        await this.#connection.exec('COMMIT');
      } catch (error) {
        await this.#connection.exec('ROLLBACK').catch(() => undefined);
        throw error;
      }
    } catch (error) {
      if (error instanceof BatchSpoiled && batch.length > 1) {
        for (const unit of batch) await this.#runBatch([unit]);
        return;
      }
      const reason: unknown = error instanceof BatchSpoiled ? error.cause : error;
      for (const unit of batch) unit.reject(reason);
      return;
    }
    this.#commits += 1;
    this.#units += batch.length;
    batch.forEach((unit, index) => {
      const outcome = outcomes[index];
      if (outcome?.ok === true) unit.resolve(outcome.value);
      else unit.reject(outcome?.reason);
    });
    if (events.length > 0) this.#publish(events);
  }

  async #runUnits(batch: readonly QueuedUnit[], buffer: JournalBuffer): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const unit of batch) {
      const transaction = new Transaction(this.#connection, buffer);
      try {
        outcomes.push({ ok: true, value: await unit.work(transaction) });
      } catch (reason) {
        if (transaction.hasWritten) throw new BatchSpoiled('', { cause: reason });
        outcomes.push({ ok: false, reason });
      }
    }
    return outcomes;
  }
}

class Transaction implements SqlTransaction {
  readonly #connection: SqlConnection;
  readonly #buffer: JournalBuffer;
  hasWritten = false;

  constructor(connection: SqlConnection, buffer: JournalBuffer) {
    this.#connection = connection;
    this.#buffer = buffer;
  }

  async run(sql: string, parameters?: readonly SqlValue[]): Promise<number> {
    const changes = await this.#connection.run(sql, parameters);
    if (changes > 0) this.hasWritten = true;
    return changes;
  }

  all<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<readonly Row[]> {
    return this.#connection.all<Row>(sql, parameters);
  }

  get<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row | undefined> {
    return this.#connection.get<Row>(sql, parameters);
  }

  record(change: ChangeRecord): void {
    this.hasWritten = true;
    this.#buffer.changes.push(change);
  }

  emit(event: NewEvent): void {
    this.hasWritten = true;
    this.#buffer.events.push(event);
  }
}
