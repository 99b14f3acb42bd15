// A store in a directory of its own, removed afterwards, with a clock that tests turn.

import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../../agent/base/clock.ts';
import { createSealer } from '../../../agent/secret/sealing.ts';
import { type DataDir, dataDirAt } from '../../../agent/store/data-dir.ts';
import { SqlConnection, type SqlValue } from '../../../agent/store/sql.ts';
import { Store } from '../../../agent/store/store.ts';

export class TestClock implements Clock {
  ms = Date.UTC(2024, 0, 2, 3, 4, 5);
  nowMs(): number {
    return this.ms;
  }
}

export async function temporaryDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'craftport-test-'));
}

export class TemporaryStore {
  readonly dir: DataDir;
  readonly clock: TestClock;
  /** What listeners of the store threw. */
  readonly bugs: unknown[] = [];
  readonly #key = randomBytes(32);
  #store: Store | undefined;

  private constructor(dir: DataDir, clock: TestClock) {
    this.dir = dir;
    this.clock = clock;
  }

  static async open(): Promise<TemporaryStore> {
    const dir = dataDirAt(await temporaryDirectory());
    await mkdir(dir.backups);
    const temporary = new TemporaryStore(dir, new TestClock());
    await temporary.reopen();
    return temporary;
  }

  get store(): Store {
    if (this.#store === undefined) throw new Error('The store is closed');
    return this.#store;
  }

  /** Closes and opens again: what is left then was on the disk. */
  async reopen(): Promise<Store> {
    await this.#store?.close();
    this.#store = await Store.open({
      dir: this.dir,
      sealer: createSealer(this.#key),
      clock: this.clock,
      random: (length) => new Uint8Array(randomBytes(length)),
      reportBug: (error) => this.bugs.push(error),
    });
    return this.#store;
  }

  /** Looks into the tables past the repositories. */
  async query<Row>(sql: string, parameters: readonly SqlValue[] = []): Promise<readonly Row[]> {
    const connection = await SqlConnection.open(this.dir.database, 'readonly');
    try {
      return await connection.all<Row>(sql, parameters);
    } finally {
      await connection.close();
    }
  }

  /** Changes the tables behind the store's back. */
  async execute(sql: string): Promise<void> {
    const connection = await SqlConnection.open(this.dir.database, 'readwrite');
    try {
      await connection.exec(sql);
    } finally {
      await connection.close();
    }
  }

  /** Every byte of every file of the data directory, the write-ahead log included. */
  async bytes(): Promise<Buffer> {
    const entries = await readdir(this.dir.path, { withFileTypes: true, recursive: true });
    const files = entries.filter((entry) => entry.isFile());
    return Buffer.concat(
      await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name)))),
    );
  }

  async remove(): Promise<void> {
    await this.#store?.close();
    this.#store = undefined;
    await rm(this.dir.path, { recursive: true, force: true });
  }
}
