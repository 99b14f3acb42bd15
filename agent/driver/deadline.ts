// A limit for work that must end whatever the gear does.

import { CraftportError } from '../base/error.ts';
import type { Timers } from '../base/timers.ts';

/**
 * Runs `work` with a signal that aborts with `signal`, or after `ms`.
 * @throws driver.timeout naming `what` when the time is up
 */
export async function withDeadline<T>(
  timers: Timers,
  ms: number,
  what: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const text = `${what} took longer than ${Math.round(ms / 1000)} s`;
  const cancel = timers.after(ms, () => limit.abort(new CraftportError('driver.timeout', text)));
  const pass = (): void => limit.abort(signal.reason);
  signal.addEventListener('abort', pass, { once: true });
  try {
    return await work(limit.signal);
  } finally {
    cancel();
    signal.removeEventListener('abort', pass);
  }
}
