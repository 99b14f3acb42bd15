// The data directory: its files, and the lock that keeps a second agent out.

import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CraftportError, isCode } from '../base/error.ts';
import { SqlConnection } from './sql.ts';

export interface DataDir {
  readonly path: string;
  readonly database: string;
  readonly secretKey: string;
  readonly credentials: string;
  /** Key and certificate for HTTPS. */
  readonly certificate: string;
  readonly backups: string;
  /** Session logs of gear. */
  readonly audit: string;
}

/** The files of a data directory; touches nothing. */
export function dataDirAt(path: string): DataDir {
  return {
    path,
    database: join(path, 'craftport.db'),
    secretKey: join(path, 'secret.key'),
    credentials: join(path, 'credentials.json'),
    certificate: join(path, 'tls.pem'),
    backups: join(path, 'backups'),
    audit: join(path, 'audit'),
  };
}

/** Who holds a data directory, for the message to the one who cannot have it. */
interface Holder {
  readonly pid: number;
  readonly since: string;
  /** Where the holder answers, once it does. */
  readonly url?: string;
}

export interface DataDirLock {
  /** Tells the commands that talk to the running agent where it answers. */
  tellUrl(url: string): Promise<void>;
  release(): Promise<void>;
}

/**
 * Creates the directory (mode 0700) if needed and locks it for this process.
 *
 * The lock is an exclusive SQLite lock on an empty file: the kernel drops it with the process,
 * so that kill -9 leaves nothing behind, and it cannot be raced as a PID file can.
 * @throws config.data-dir-in-use (naming the holder), config.data-dir-unusable
 */
export async function lockDataDir(dir: DataDir): Promise<DataDirLock> {
  await makeFolder(dir.path).catch(refuse);
  for (const path of [dir.backups, dir.audit]) await makeFolder(path).catch(refuse);
  const holderFile = holderFileOf(dir);
  const connection = await SqlConnection.open(join(dir.path, 'lock.db'), 'readwrite');
  try {
    await connection.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    await connection.close();
    if (!isCode(cause, 'store.busy')) throw cause;
    throw new CraftportError(
      'config.data-dir-in-use',
      `The data dir ${dir.path} is in use by ${await describeHolder(holderFile)}`,
      { cause },
    );
  }
  const holder: Holder = { pid: process.pid, since: new Date().toISOString() };
  await writeFile(holderFile, JSON.stringify(holder), { mode: 0o600 }).catch(
    async (cause: unknown) => {
      await connection.close();
      refuse(cause);
    },
  );
  return {
    tellUrl: (url) => writeFile(holderFile, JSON.stringify({ ...holder, url }), { mode: 0o600 }),
    async release() {
      await connection.exec('ROLLBACK').catch(() => undefined);
      await connection.close();
    },
  };
}

const holderFileOf = (dir: DataDir): string => join(dir.path, 'lock.json');

/** @returns where the agent on `dir` answered last; it may be gone. undefined: never. */
export async function loadHolderUrl(dir: DataDir): Promise<string | undefined> {
  try {
    return (JSON.parse(await readFile(holderFileOf(dir), 'utf8')) as Holder).url;
  } catch {
    return undefined;
  }
}

/**
 * Makes a folder and those above it. Node's own `recursive` never returns where the system says
 * that there is no parent although there is (/proc).
 */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const parent = dirname(path);
    if (code === 'ENOENT' && parent !== path) {
      await makeFolder(parent);
      await mkdir(path, { mode: 0o700 });
    } else if (code !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error;
  }
}

function refuse(cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new CraftportError('config.data-dir-unusable', `The data dir cannot be used: ${reason}`, {
    cause,
  });
}

async function describeHolder(file: string): Promise<string> {
  try {
    const holder = JSON.parse(await readFile(file, 'utf8')) as Holder;
    return `another agent (process ${String(holder.pid)}, since ${holder.since})`;
  } catch {
    return 'another agent';
  }
}
