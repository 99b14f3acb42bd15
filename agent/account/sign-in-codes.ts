// One-time codes: whoever holds one may sign in once, within a few minutes. Kept in memory as
// hashes; a restart forgets them.

import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { type RandomBytes, toHex } from '../base/ids.ts';

const LIFE_MS = 10 * 60_000;

export class SignInCodes {
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #expiryMs = new Map<string, number>();

  constructor(clock: Clock, random: RandomBytes) {
    this.#clock = clock;
    this.#random = random;
  }

  /** @returns 32 hex digits, good for one use within ten minutes. */
  issue(): string {
    const code = toHex(this.#random(16));
    this.#expiryMs.set(hash(code), this.#clock.nowMs() + LIFE_MS);
    return code;
  }

  /** Whether the code was good; it is not afterwards. */
  redeem(code: string): boolean {
    const now = this.#clock.nowMs();
    for (const [key, expiry] of this.#expiryMs) if (expiry < now) this.#expiryMs.delete(key);
    return this.#expiryMs.delete(hash(code));
  }
}

function hash(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
