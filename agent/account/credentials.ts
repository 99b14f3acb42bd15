// Passwords and API keys: how they are made, and what of them is stored.
//
//   user name + password ── md5 | sha1 ──▶ digest ── scrypt, salt from secret.key ──▶ stored
//        (the client)                     (the wire)
//   API key (256 random bits) ── HMAC-SHA-256 under a key from secret.key ──▶ stored
//
// Sign-in sends the digest alone, not the user name, so the user is found by the hash and the
// salt cannot be the user's own. It is the account's: within an account no two digests are
// equal, because the user name is part of them, so a salt for each user would add nothing. The
// salt is derived from secret.key: a stolen database or backup alone cannot be guessed against.

import { createHash, createHmac, scrypt } from 'node:crypto';
import PQueue from 'p-queue';
import { CraftportError } from '../base/error.ts';
import { type RandomBytes, toHex } from '../base/ids.ts';
import type { DigestHashes, DigestMethod } from './account-store.ts';
import { usernameKeyOf } from './account.ts';

export const API_KEY_LENGTH = 64;

/** A fresh API key: 64 lower-case hex digits. */
export function newApiKey(random: RandomBytes): string {
  return toHex(random(API_KEY_LENGTH / 2));
}

/** Crockford's alphabet: nothing that can be misread on a label. */
const PASSWORD_ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const PASSWORD_LENGTH = 20;

/** A fresh password of 100 random bits that a person can copy from paper. */
export function newPassword(random: RandomBytes): string {
  return Array.from(random(PASSWORD_LENGTH), (byte) => PASSWORD_ALPHABET[byte % 32]).join('');
}

/** The digest a client sends: lower-case hex of `username:password`, the name in lower case. */
export function digestOf(method: DigestMethod, username: string, password: string): string {
  return createHash(method === 'md5' ? 'md5' : 'sha1')
    .update(`${usernameKeyOf(username)}:${password}`)
    .digest('hex');
}

/** @returns the stored form of API keys. @param key 32 bytes */
export function createApiKeyHash(key: Uint8Array): (apiKey: string) => string {
  return (apiKey) => createHmac('sha256', key).update(apiKey).digest('hex');
}

/** scrypt's memory and time factors. Tests use small ones; stored hashes name theirs. */
export interface ScryptCost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** OWASP's recommendation of the same strength as N=2^17, with 16 MiB instead of 128 MiB. */
const DEFAULT_COST: ScryptCost = { logN: 14, r: 8, p: 5 };

/** libuv has four threads and SQLite needs them too: sign-ins may take two of them. */
const CONCURRENCY = 2;
const MAX_WAITING = 100;

export interface PasswordHashing {
  /**
   * The stored form of a digest, computed off the main thread.
   * @param beforeStart runs when the wait is over and may throw to give up before the cost
   * @throws auth.rate-limited when too many are waiting
   */
  hash(
    accountId: string,
    method: DigestMethod,
    digest: string,
    beforeStart?: () => void | Promise<void>,
  ): Promise<string>;
  /** Both stored forms for a user's name and password. @throws auth.rate-limited */
  hashBoth(accountId: string, username: string, password: string): Promise<DigestHashes>;
}

/** @param key 32 bytes, from which the salts are derived */
export function createPasswordHashing(
  key: Uint8Array,
  cost: ScryptCost = DEFAULT_COST,
): PasswordHashing {
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const prefix = `scrypt:${String(cost.logN)}:${String(cost.r)}:${String(cost.p)}:`;
  const options = {
    N: 2 ** cost.logN,
    r: cost.r,
    p: cost.p,
    maxmem: 256 * 2 ** cost.logN * cost.r,
  };

  const hash: PasswordHashing['hash'] = async (accountId, method, digest, beforeStart) => {
    if (queue.size >= MAX_WAITING)
      throw new CraftportError('auth.rate-limited', 'Too many sign-ins are waiting');
    return queue.add(async () => {
      await beforeStart?.();
      const salt = createHmac('sha256', key).update(`${method}/${accountId}`).digest();
      return prefix + toHex(await scryptAsync(digest, salt, options));
    });
  };
  return {
    hash,
    async hashBoth(accountId, username, password) {
      const [md5, sha] = await Promise.all([
        hash(accountId, 'md5', digestOf('md5', username, password)),
        hash(accountId, 'sha', digestOf('sha', username, password)),
      ]);
      return { md5, sha };
    },
  };
}

function scryptAsync(
  text: string,
  salt: Uint8Array,
  options: { readonly N: number; readonly r: number; readonly p: number; readonly maxmem: number },
): Promise<Uint8Array> {
  return new Promise((resolve, reject) =>
    scrypt(text, salt, 32, options, (error, derived) =>
      error === null ? resolve(derived) : reject(error),
    ),
  );
}
