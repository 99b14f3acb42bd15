// How many numbers a batch should have: as many as fit in a transaction that keeps other
// calls waiting for a moment only. Pure.

/** What a batch should take, in milliseconds. Other calls wait at most about twice that. */
export const BATCH_TARGET_MS = 5;
/** Below, seeking into every run of a large upload costs more than the numbers. */
const SMALLEST = 512;
const LARGEST = 16_384;
export const FIRST_BATCH_ROWS = 1024;

/**
 * The next size after a batch of `rows` took `tookMs`. At most doubles, so that one lucky batch
 * does not make a slow one; shrinks at once.
 */
export function nextBatchRows(rows: number, tookMs: number): number {
  const factor = Math.min(2, Math.max(0.25, BATCH_TARGET_MS / Math.max(tookMs, 0.1)));
  return Math.round(Math.min(LARGEST, Math.max(SMALLEST, rows * factor)));
}
