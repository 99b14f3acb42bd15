// DAHDI's files on this host. Only files named by a number are read of the folder a record
// names, and only a `system.conf`, each up to a limit: a record cannot be used to read others.

import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CraftportError } from '../base/error.ts';

const MAX_BYTES = 262_144;
const MAX_SPANS = 256;

/**
 * @param folder `/proc/dahdi`
 * @param systemConf `/etc/dahdi/system.conf`
 */
export function openDahdiFiles(
  folder: string,
  systemConf: string,
): (signal: AbortSignal) => Promise<{
  spans(): Promise<ReadonlyMap<number, string>>;
  systemConf(): Promise<string | undefined>;
}> {
  return (signal) => {
    signal.throwIfAborted();
    return Promise.resolve({
      async spans() {
        const texts = new Map<number, string>();
        for (const name of (await listed(folder)).slice(0, MAX_SPANS))
          texts.set(Number(name), await readText(join(folder, name)));
        return texts;
      },
      async systemConf() {
        if (basename(systemConf) !== 'system.conf') return undefined;
        return readText(systemConf).catch(() => undefined);
      },
    });
  };
}

async function listed(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => /^\d{1,4}$/.test(name)).sort((a, b) => Number(a) - Number(b));
  } catch (cause) {
    throw fileError(folder, cause);
  }
}

async function readText(path: string): Promise<string> {
  try {
    // A pipe in the place of a file would hold the reader for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      // Files of /proc say that they are empty: what can be read is what is there.
      const buffer = Buffer.alloc(MAX_BYTES);
      let used = 0;
      while (used < MAX_BYTES) {
        const { bytesRead } = await file.read(buffer, used, MAX_BYTES - used, null);
        if (bytesRead === 0) break;
        used += bytesRead;
      }
      return buffer.toString('utf8', 0, used);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw fileError(path, cause);
  }
}

function fileError(path: string, cause: unknown): CraftportError {
  const code = (cause as NodeJS.ErrnoException).code;
  const options = { cause, detail: { path } };
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new CraftportError('transport.not-found', `${path} does not exist`, options);
  if (code === 'EACCES' || code === 'EPERM')
    return new CraftportError('transport.permission', `${path} may not be read`, options);
  return new CraftportError('transport.open-failed', `${path} cannot be read`, options);
}
