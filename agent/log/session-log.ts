// The log of conversations with gear: append-only JSON lines, each with a hash over itself and
// the one before, so that a line that was changed or taken out is seen. One file a gear and day
// under the data dir's audit/; files older than 30 days go, and the oldest when all together grow
// too large.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface SessionLine {
  /** Unix milliseconds. */
  readonly atMs: number;
  readonly dir: 'tx' | 'rx' | 'eof';
  readonly data: string;
  readonly by: string | undefined;
}

const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;
const FILE = /^(.+)-(\d{8})\.jsonl$/;
/** Half a year of a mux on a busy 9600-baud line, compared with what disks hold. */
const MOST_BYTES = 2 * 1024 ** 3;
const FIRST = '0'.repeat(64);
/** More than an entry of 65,536 characters takes, however it is escaped. */
const MAX_LINE_BYTES = 524_288;

interface LogFile {
  readonly name: string;
  readonly gearId: string;
  /** `20261125` */
  readonly day: string;
  readonly size: number;
}

const hashOf = (previous: string, body: string): string =>
  createHash('sha256').update(previous).update(body).digest('hex');

/** Whose lines are masked already (agent/gear/session-scribe.ts). One writer a folder. */
export class SessionLog {
  readonly #folder: string;
  readonly #mostBytes: number;
  readonly #last = new Map<string, string>();
  #turn: Promise<void> = Promise.resolve();

  /**
   * @param folder made when the first line is written, for the owner only
   * @param mostBytes of all files together
   */
  constructor(folder: string, mostBytes = MOST_BYTES) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
  }

  /** Resolves when the lines are in the file. Lines of one call stay together. */
  append(gearId: string, lines: readonly SessionLine[]): Promise<void> {
    if (lines.length === 0) return this.#turn;
    const done = this.#turn.then(() => this.#write(gearId, lines));
    // One failed write (a full disk) must not end the log for good.
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /**
   * Removes files whose day is more than 30 days before `nowMs`, and then the oldest until the
   * rest is small enough; the newest of each gear is the one in writing and stays.
   * @returns the names of those that went for their size
   */
  async prune(nowMs: number): Promise<readonly string[]> {
    const oldest = dayOf(nowMs - KEPT_DAYS * DAY_MS);
    const kept: LogFile[] = [];
    for (const file of await this.#files())
      if (file.day < oldest) await this.#remove(file);
      else kept.push(file);
    const newest = new Map(kept.map(({ gearId, name }) => [gearId, name]));
    let bytes = kept.reduce((sum, { size }) => sum + size, 0);
    const removed: string[] = [];
    for (const file of kept) {
      if (bytes <= this.#mostBytes) break;
      if (newest.get(file.gearId) === file.name) continue;
      await this.#remove(file);
      bytes -= file.size;
      removed.push(file.name);
    }
    return removed;
  }

  /** Oldest first. */
  async #files(): Promise<readonly LogFile[]> {
    const files: LogFile[] = [];
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const [, gearId, day] = FILE.exec(name) ?? [];
      if (gearId === undefined || day === undefined) continue;
      const { size } = await stat(join(this.#folder, name));
      files.push({ name, gearId, day, size });
    }
    return files.sort((a, b) => a.day.localeCompare(b.day) || a.name.localeCompare(b.name));
  }

  async #remove({ name }: LogFile): Promise<void> {
    const path = join(this.#folder, name);
    await rm(path, { force: true });
    this.#last.delete(path);
  }

  async #write(gearId: string, lines: readonly SessionLine[]): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (const day of new Set(lines.map(({ atMs }) => dayOf(atMs)))) {
      const path = join(this.#folder, `${gearId}-${day}.jsonl`);
      let previous = this.#last.get(path) ?? (await lastHash(path));
      let text = '';
      for (const { atMs, dir, data, by } of lines) {
        if (dayOf(atMs) !== day) continue;
        const body = { t: atMs / 1000, dir, data, ...(by === undefined ? {} : { by }) };
        previous = hashOf(previous, JSON.stringify(body));
        text += `${JSON.stringify({ ...body, hash: previous })}\n`;
      }
      await appendFile(path, text, { mode: 0o600 });
      this.#last.set(path, previous);
    }
  }
}

export type SessionLogCheck =
  { readonly ok: true; readonly lines: number } | { readonly ok: false; readonly line: number };

/**
 * Whether a file is as it was written.
 * @returns the number of lines, or the first (from 1) that does not follow from those before it
 */
export async function checkSessionLog(path: string): Promise<SessionLogCheck> {
  let previous = FIRST;
  let count = 0;
  for await (const text of createInterface({
    input: createReadStream(path),
    crlfDelay: Infinity,
  })) {
    count += 1;
    const read = parseLine(text);
    if (read === undefined || hashOf(previous, read.body) !== read.hash)
      return { ok: false, line: count };
    previous = read.hash;
  }
  return { ok: true, lines: count };
}

function parseLine(text: string): { body: string; hash: string } | undefined {
  // The hash is the last member, over exactly the text of those before it.
  const match = /^(\{.*),"hash":"([0-9a-f]{64})"\}$/s.exec(text);
  return match?.[1] === undefined || match[2] === undefined
    ? undefined
    : { body: `${match[1]}}`, hash: match[2] };
}

/** The hash to go on from. A line that a power cut left unfinished is taken away. */
async function lastHash(path: string): Promise<string> {
  const file = await open(path, 'r+').catch(() => undefined);
  if (file === undefined) return FIRST;
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - MAX_LINE_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    const end = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
    if (end < bytesRead) await file.truncate(from + end);
    const last = buffer.toString('utf8', 0, end).trimEnd().split('\n').at(-1);
    return (last === undefined ? undefined : parseLine(last))?.hash ?? FIRST;
  } finally {
    await file.close();
  }
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10).replaceAll('-', '');
}
