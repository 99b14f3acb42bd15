// secret.key: 32 random bytes from which every other key is derived, one for each purpose.

import { hkdfSync, randomBytes } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import { CraftportError } from '../base/error.ts';
import { writeDurably } from './durable-file.ts';

export type KeyPurpose = 'documents' | 'tokens' | 'api-keys' | 'passwords';

export interface SecretKey {
  /** A 32-byte key for one purpose (HKDF-SHA-256, RFC 5869). */
  derive(purpose: KeyPurpose): Uint8Array;
}

/** Wraps 32 bytes of key material. */
export function secretKeyFrom(material: Uint8Array): SecretKey {
  return {
    derive: (purpose) =>
      new Uint8Array(hkdfSync('sha256', material, new Uint8Array(0), `craftport ${purpose}`, 32)),
  };
}

/**
 * Reads the key file, or makes it (mode 0600) when `create` is set and there is none. Only one
 * process may do so at a time: it holds the lock of the data directory.
 * @throws config.data-dir-unusable when it is missing, unreadable or not 32 bytes
 */
export async function loadSecretKey(file: string, create: boolean): Promise<SecretKey> {
  if (create && !(await isThere(file)))
    await writeDurably(file, randomBytes(32)).catch((error: unknown) => {
      throw unusable(file, error);
    });
  const material = await readFile(file).catch((error: unknown) => {
    throw unusable(file, error);
  });
  if (material.length !== 32)
    throw new CraftportError(
      'config.data-dir-unusable',
      `${file} is ${String(material.length)} bytes long instead of 32: restore it from a backup`,
    );
  return secretKeyFrom(material);
}

/** Whatever stands under the name counts, also what cannot be read: it is never replaced. */
async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw unusable(file, error);
  }
}

function unusable(file: string, cause: unknown): CraftportError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CraftportError('config.data-dir-unusable', `${file} cannot be used: ${reason}`, {
    cause,
  });
}
