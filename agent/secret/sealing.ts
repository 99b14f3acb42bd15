// Secrets at rest: every value under a secret key name (base/mask.ts), at any depth, is
// encrypted with AES-256-GCM, as JSON; mostly it is a string. The document's address is authenticated with it, so that a
// sealed password copied into another row does not open.

import { createCipheriv, createDecipheriv } from 'node:crypto';
import { CraftportError } from '../base/error.ts';
import { copyOf, isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { isSecretKey } from '../base/mask.ts';
import { pooledRandomBytes } from './random-pool.ts';

const PREFIX = 'sealed:1:';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Without it Node takes tags of four bytes, which can be guessed. */
const OPTIONS = { authTagLength: TAG_BYTES } as const;

export interface Sealer {
  /** @param address what the secret belongs to (`resource//id`); needed again to open it. */
  seal(doc: JsonObject, address: string): JsonObject;
  /** @throws secret.unreadable when the key or the address is another, or bytes are damaged */
  unseal(doc: JsonObject, address: string): JsonObject;
}

/** @param key 32 bytes. */
export function createSealer(key: Uint8Array): Sealer {
  const seal = (value: JsonValue, address: string): JsonValue => {
    const iv = pooledRandomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, iv, OPTIONS);
    cipher.setAAD(Buffer.from(address));
    const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
    return PREFIX + Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
  };
  const unseal = (sealed: JsonValue, address: string): JsonValue => {
    try {
      if (typeof sealed !== 'string' || !sealed.startsWith(PREFIX)) throw new Error('not sealed');
      const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), OPTIONS);
      decipher.setAAD(Buffer.from(address));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const body = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
      return JSON.parse(Buffer.concat([body, decipher.final()]).toString('utf8')) as JsonValue;
    } catch (cause) {
      throw new CraftportError(
        'secret.unreadable',
        'A stored password does not open with this secret.key: restore the key file that belongs to the database',
        { cause, detail: { address } },
      );
    }
  };
  return {
    seal: (doc, address) => mapSecrets(doc, (value) => seal(value, address)) as JsonObject,
    unseal: (doc, address) => mapSecrets(doc, (value) => unseal(value, address)) as JsonObject,
  };
}

/** Rebuilds only the branches that hold a secret. */
function mapSecrets(value: JsonValue, change: (secret: JsonValue) => JsonValue): JsonValue {
  if (Array.isArray(value)) {
    const items = value as readonly JsonValue[];
    const mapped = items.map((item) => mapSecrets(item, change));
    return mapped.some((item, index) => item !== items[index]) ? mapped : items;
  }
  if (!isJsonObject(value)) return value;
  let copy: Record<string, JsonValue> | undefined;
  for (const [key, member] of Object.entries(value)) {
    const isSecret = isSecretKey(key) && member !== null && member !== '';
    const mapped = isSecret ? change(member) : mapSecrets(member, change);
    if (mapped !== member) {
      copy ??= copyOf(value);
      copy[key] = mapped;
    }
  }
  return copy ?? value;
}
