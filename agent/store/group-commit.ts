// One writer, shared commits. Units of work that arrive while a commit is on its way to the
// disk wait and share the next one:
//
//   write(a) ┐                       ┌ BEGIN IMMEDIATE
//   write(b) ├─ queue ── one batch ──┤ a · b · c · journal      ── COMMIT (one fsync) ── answers
//   write(c) ┘                       └
//
// A unit that fails before it wrote anything does not disturb the others. One that fails
// after writing rolls the batch back, and every unit of it runs again alone.
//
// Bulk work (a batch of a job, a run of an upload) takes milliseconds, so it commits alone, and
// between two of them whoever else waits has a commit: nobody sits through more than one.
//
// Units of one kind that stand next to each other (creates under load) may be joined: one
// statement serves all of them, which saves a trip to the database thread for each.

import type { ChangeRecord, DomainEvent, NewEvent } from '../base/change.ts';
import { CraftportError, isCode } from '../base/error.ts';
import { nextTurn } from '../base/next-turn.ts';
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
  /** A document that read caches must forget when this is committed. */
  touch(documentKey: string): void;
}

/** May run twice (see above), so it must depend on nothing but the database and its inputs. */
export type UnitOfWork<T> = (transaction: SqlTransaction) => Promise<T>;

/**
 * A kind of unit that many items share. Compared by identity.
 * `run` returns one outcome an item, in order, and throws only when nothing can be kept.
 */
export interface JoinedWork<Item, Result> {
  run(transaction: SqlTransaction, items: readonly Item[]): Promise<readonly Settled<Result>[]>;
}

export type Settled<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: unknown };

interface QueuedUnit {
  /** What to run: alone, or joined with neighbours of the same kind. */
  readonly task:
    | { readonly kind: 'alone'; readonly work: UnitOfWork<unknown> }
    | {
        readonly kind: 'joined';
        readonly work: JoinedWork<unknown, unknown>;
        readonly item: unknown;
      };
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** How many units may share a commit; bounds the time a single unit can wait. */
const MAX_UNITS_PER_COMMIT = 256;

/** What listeners are told, before the callers get their answers. */
export interface Commit {
  /** Oldest first. */
  readonly events: readonly DomainEvent[];
  readonly touched: ReadonlySet<string>;
}

class BatchSpoiled extends Error {}

export interface CommitCounters {
  readonly commits: number;
  readonly units: number;
}

export class GroupCommitWriter {
  readonly #connection: SqlConnection;
  readonly #nowMs: () => number;
  readonly #publish: (commit: Commit) => void;
  readonly #queue: QueuedUnit[] = [];
  readonly #bulk: QueuedUnit[] = [];
  #draining: Promise<void> | undefined;
  #stopped = false;
  #commits = 0;
  #units = 0;

  /** @param publish is told of the events of a commit after it is on disk. */
  constructor(connection: SqlConnection, nowMs: () => number, publish: (commit: Commit) => void) {
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
    return this.#enqueue<T>(this.#queue, { kind: 'alone', work });
  }

  /** The same for work on thousands of rows: it neither shares a commit nor goes first. */
  writeBulk<T>(work: UnitOfWork<T>): Promise<T> {
    return this.#enqueue<T>(this.#bulk, { kind: 'alone', work });
  }

  /**
   * Runs `item` together with its neighbours of the same `work` and resolves when it is durable.
   * @throws what `work` says of this item, store.full, store.closed
   */
  writeJoined<Item, Result>(work: JoinedWork<Item, Result>, item: Item): Promise<Result> {
    return this.#enqueue<Result>(this.#queue, { kind: 'joined', work, item });
  }

  #enqueue<T>(queue: QueuedUnit[], task: QueuedUnit['task']): Promise<T> {
    if (this.#stopped)
      return Promise.reject(new CraftportError('store.closed', 'The agent is stopping'));
    return new Promise<T>((resolve, reject) => {
      queue.push({ task, resolve: resolve as (value: unknown) => void, reject });
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
    await nextTurn();
    while (this.#queue.length + this.#bulk.length > 0) {
      const batch = this.#queue.splice(0, MAX_UNITS_PER_COMMIT);
      if (batch.length > 0) await this.#runBatch(batch);
      const bulk = this.#bulk.shift();
      if (bulk !== undefined) await this.#runBatch([bulk]);
    }
    this.#draining = undefined;
  }

  async #runBatch(batch: readonly QueuedUnit[]): Promise<void> {
    let outcomes: readonly Settled<unknown>[];
    let commit: Commit;
    try {
      await this.#connection.exec('BEGIN IMMEDIATE');
      try {
        const buffer: JournalBuffer = { changes: [], events: [], touched: new Set() };
        outcomes = await this.#runUnits(batch, buffer);
        const events = await writeJournal(this.#connection, buffer, this.#nowMs());
        commit = { events, touched: buffer.touched };
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
    this.#publish(commit);
    batch.forEach((unit, index) => {
      const outcome = outcomes[index];
      if (outcome?.ok === true) unit.resolve(outcome.value);
      else unit.reject(outcome?.reason);
    });
  }

  async #runUnits(
    batch: readonly QueuedUnit[],
    buffer: JournalBuffer,
  ): Promise<Settled<unknown>[]> {
    const outcomes: Settled<unknown>[] = [];
    for (const run of runsOf(batch)) {
      const transaction = new Transaction(this.#connection, buffer);
      try {
        outcomes.push(...(await runTogether(run, transaction)));
      } catch (reason) {
        // SQLite itself rolls back when the disk is full: nothing may go on in this batch.
        if (transaction.hasWritten || isCode(reason, 'store.full', 'store.corrupt'))
          throw new BatchSpoiled('', { cause: reason });
        outcomes.push(...run.map(() => ({ ok: false, reason }) as const));
      }
    }
    return outcomes;
  }
}

/** Splits a batch where the kind of work changes; a unit of its own is a run of one. */
function* runsOf(batch: readonly QueuedUnit[]): Generator<readonly QueuedUnit[]> {
  let run: QueuedUnit[] = [];
  for (const unit of batch) {
    const first = run[0];
    const joins =
      first?.task.kind === 'joined' &&
      unit.task.kind === 'joined' &&
      first.task.work === unit.task.work;
    if (first !== undefined && !joins) {
      yield run;
      run = [];
    }
    run.push(unit);
  }
  if (run.length > 0) yield run;
}

async function runTogether(
  run: readonly QueuedUnit[],
  transaction: Transaction,
): Promise<readonly Settled<unknown>[]> {
  const task = run[0]?.task;
  if (task === undefined) return [];
  if (task.kind === 'alone') return [{ ok: true, value: await task.work(transaction) }];
  const items = run.flatMap((unit) => (unit.task.kind === 'joined' ? [unit.task.item] : []));
  return task.work.run(transaction, items);
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

  touch(documentKey: string): void {
    this.#buffer.touched.add(documentKey);
  }
}
