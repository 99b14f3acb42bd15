// Waiting for what a test can only look at.

import { setTimeout as after } from 'node:timers/promises';

/** Waits until `condition` holds. @throws Error after 20 seconds, more than a slow machine needs */
export async function until(condition: () => boolean): Promise<void> {
  const giveUp = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > giveUp) throw new Error('waited 20 seconds in vain');
    await after(1);
  }
}
