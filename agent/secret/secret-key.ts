// secret.key: 32 random bytes from which every other key is derived, one for each purpose.

import { hkdfSync, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { CraftportError } from '../base/error.ts';

export type KeyPurpose = 'documents' | 'tokens' | 'api-keys';

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
 * Reads the key file, or makes it (mode 0600) when `create` is set and there is none.
 * @throws config.data-dir-unusable when it is missing, unreadable or not 32 bytes
 */
export async function loadSecretKey(file: string, create: boolean): Promise<SecretKey> {
  if (create) {
    try {
      const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY;
      const handle = await open(file, flags, 0o600);
      try {
        await handle.writeFile(randomBytes(32));
        await handle.sync();
      } finally {
        await handle.close();
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(file, error);
    }
  }
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

function unusable(file: string, cause: unknown): CraftportError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CraftportError('config.data-dir-unusable', `${file} cannot be used: ${reason}`, {
    cause,
  });
}
