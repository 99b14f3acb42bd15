// Counts sign-ins over express-rate-limit's memory store: a window of a minute for each
// address (an IPv6 client is its /56), and one for each account that is aimed at.

import { ipKeyGenerator, MemoryStore, type Options } from 'express-rate-limit';
import { CraftportError } from '../base/error.ts';
import type { SignInAttempt, SignInLimit } from '../service/sign-in.ts';

export interface SignInLimits {
  /** Sign-ins of one address in a minute, good or bad. */
  readonly attemptsPerAddress: number;
  /** Refused ones of one address. */
  readonly refusalsPerAddress: number;
  /** Refused ones of one account, from wherever. */
  readonly refusalsPerAccount: number;
  /** Refusals told as events, of the whole site. */
  readonly eventsPerSite: number;
}

export const DEFAULT_SIGN_IN_LIMITS: SignInLimits = {
  attemptsPerAddress: 600,
  refusalsPerAddress: 20,
  refusalsPerAccount: 100,
  eventsPerSite: 30,
};

const WINDOW_MS = 60_000;

export interface StoppableSignInLimit extends SignInLimit {
  /** Ends the timer. Twice is fine. */
  stop(): void;
}

/** A limit that remembers in memory; a restart forgives. */
export function createSignInLimit(
  limits: SignInLimits = DEFAULT_SIGN_IN_LIMITS,
): StoppableSignInLimit {
  const store = new MemoryStore();
  store.init({ windowMs: WINDOW_MS } as Options);

  const addressOf = (attempt: SignInAttempt): string => ipKeyGenerator(attempt.remote);
  const assertBelow = async (key: string, limit: number): Promise<void> => {
    const counted = await store.get(key);
    if (counted !== undefined && counted.totalHits >= limit) throw limited(counted.resetTime);
  };
  const assertAllowed = async (attempt: SignInAttempt): Promise<void> => {
    await assertBelow(`refusals/${addressOf(attempt)}`, limits.refusalsPerAddress);
    if (attempt.target !== undefined)
      await assertBelow(`account/${attempt.target}`, limits.refusalsPerAccount);
  };
  return {
    assertAllowed,
    async admit(attempt) {
      const attempts = await store.increment(`attempts/${addressOf(attempt)}`);
      if (attempts.totalHits > limits.attemptsPerAddress) throw limited(attempts.resetTime);
      await assertAllowed(attempt);
    },
    async countRefusal(attempt) {
      await store.increment(`refusals/${addressOf(attempt)}`);
      if (attempt.target !== undefined) await store.increment(`account/${attempt.target}`);
      const told = await store.increment('events');
      return told.totalHits <= limits.eventsPerSite;
    },
    stop: () => store.shutdown(),
  };
}

function limited(resetTime: Date | undefined): CraftportError {
  const waitMs = (resetTime?.getTime() ?? Date.now() + WINDOW_MS) - Date.now();
  const retryAfterS = Math.max(1, Math.ceil(waitMs / 1000));
  return new CraftportError(
    'auth.rate-limited',
    `Too many sign-ins: the next one is possible in ${String(retryAfterS)} s`,
    { detail: { retryAfterS } },
  );
}
