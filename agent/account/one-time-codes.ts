// One-time codes: whoever holds one may come in once, within a few minutes. Kept in memory as
// hashes; a restart forgets them.

import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { type RandomBytes, toHex } from '../base/ids.ts';

/** How long a code is good. */
export const CODE_LIFE_S = 600;
/** More codes than anybody needs at once; the oldest go first. */
const MAX_CODES = 100;

export class OneTimeCodes {
  readonly #clock: Clock;
  readonly #newCode: () => string;
  readonly #expiryMs = new Map<string, number>();

  /** @param newCode makes one: `newSignInCode`, `newPairingCode` */
  constructor(clock: Clock, newCode: () => string) {
    this.#clock = clock;
    this.#newCode = newCode;
  }

  /** @returns a code good for one use within ten minutes. */
  issue(): string {
    const code = this.#newCode();
    this.#expiryMs.set(hash(code), this.#clock.nowMs() + CODE_LIFE_S * 1000);
    for (const oldest of this.#expiryMs.keys()) {
      if (this.#expiryMs.size <= MAX_CODES) break;
      this.#expiryMs.delete(oldest);
    }
    return code;
  }

  /** Whether the code was good; it is not afterwards. */
  redeem(code: string): boolean {
    const now = this.#clock.nowMs();
    for (const [key, expiry] of this.#expiryMs) if (expiry <= now) this.#expiryMs.delete(key);
    return this.#expiryMs.delete(hash(code));
  }
}

function hash(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}

/** For links: 32 hex digits. */
export function newSignInCode(random: RandomBytes): string {
  return toHex(random(16));
}

/** Crockford's alphabet: nothing that can be misread. */
const PAIRING_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** For people to type: `ABCD-EFGH`, 40 random bits; guessing is slowed by the sign-in limit. */
export function newPairingCode(random: RandomBytes): string {
  const text = Array.from(random(8), (byte) => PAIRING_ALPHABET[byte % 32]).join('');
  return `${text.slice(0, 4)}-${text.slice(4)}`;
}

/** What somebody typed, as `newPairingCode` wrote it: case, blanks and look-alikes forgiven. */
export function readPairingCode(typed: string): string {
  const text = typed
    .toUpperCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return `${text.slice(0, 4)}-${text.slice(4)}`;
}
