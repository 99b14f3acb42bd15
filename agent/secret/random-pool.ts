// Random bytes by the handful: asking the system for sixteen takes it longer than a request has,
// so it is asked for some thousands at once. No byte is given out twice.

import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 8192;

const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** @returns `length` cryptographically random bytes, the caller's own. */
export function pooledRandomBytes(length: number): Buffer {
  if (length > POOL_BYTES) return randomFillSync(Buffer.alloc(length));
  if (used + length > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = Buffer.from(pool.subarray(used, used + length));
  // Whoever reads the memory later must not find what became a key.
  pool.fill(0, used, used + length);
  used += length;
  return bytes;
}
