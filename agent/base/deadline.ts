// A time limit on something awaited, joined with the caller's own signal: what gear does or fails
// to do must not hold anybody up for good.

import { CraftportError } from './error.ts';
import type { Timers } from './timers.ts';

export interface Deadline {
  /** Aborts at the limit or with the caller's signal. */
  readonly signal: AbortSignal;
  /** `work`, or a rejection when the limit comes first. `work` itself goes on. */
  race<T>(work: Promise<T>): Promise<T>;
  /** Must be called when the waiting is over. */
  cancel(): void;
}

/** @param what for “No … within 10 s”, as driver.timeout says it */
export function deadline(
  timers: Timers,
  limitMs: number,
  what: string,
  signal?: AbortSignal,
): Deadline {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal?.reason);
  if (signal?.aborted === true) abort();
  else signal?.addEventListener('abort', abort, { once: true });
  const cancelTimer = timers.after(limitMs, () =>
    controller.abort(
      new CraftportError('driver.timeout', `Waited ${String(limitMs / 1000)} s for ${what}`, {
        detail: { limitMs },
      }),
    ),
  );
  return {
    signal: controller.signal,
    race<T>(work: Promise<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const late = (): void => reject(controller.signal.reason as Error);
        if (controller.signal.aborted) late();
        else controller.signal.addEventListener('abort', late, { once: true });
        work
          .then(resolve, reject)
          .finally(() => controller.signal.removeEventListener('abort', late));
      });
    },
    cancel() {
      cancelTimer();
      signal?.removeEventListener('abort', abort);
    },
  };
}

/**
 * Runs `work` with a signal that aborts with `signal`, or after `limitMs`; for work that ends when
 * its signal aborts.
 * @param what for “Waited 10 s for …”
 * @throws driver.timeout when the time is up, and what `work` throws
 */
export async function withDeadline<T>(
  timers: Timers,
  limitMs: number,
  what: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const limit = deadline(timers, limitMs, what, signal);
  try {
    return await work(limit.signal);
  } finally {
    limit.cancel();
  }
}
