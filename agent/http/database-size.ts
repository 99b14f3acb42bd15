// What the database takes on the disk, and what is left there.

import { stat, statfs } from 'node:fs/promises';

/** All in bytes; `free` is absent where the file system does not say. */
export interface DatabaseSize {
  readonly database: number;
  /** What was committed and is not in the database file yet. */
  readonly wal: number;
  readonly free: number | undefined;
}

/** @param file the database; its write-ahead log is beside it with `-wal` */
export async function databaseSize(file: string): Promise<DatabaseSize> {
  const [database, wal, free] = await Promise.all([
    sizeOf(file),
    sizeOf(`${file}-wal`),
    freeBeside(file),
  ]);
  return { database, wal, free };
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    // There is no WAL before the first write.
    return 0;
  }
}

async function freeBeside(file: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(file);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
