import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { GrowingIds } from '../../../agent/base/ids.ts';

describe('growing ids', () => {
  it('are 32 hex digits, each greater than the one before until the prefix changes', () => {
    const ids = new GrowingIds(randomBytes);
    const made = Array.from({ length: 20_000 }, () => ids.next());
    expect(made.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
    expect(new Set(made).size).toBe(made.length);
    const prefixes = made.map((id) => id.slice(0, 26));
    const changes = made.filter((_, index) => prefixes[index] !== prefixes[index - 1]);
    // Random steps of 1 to 4,096 fill 24 bits in some eight thousand ids.
    expect(changes.length).toBeGreaterThan(1);
    expect(changes.length).toBeLessThan(6);
    for (const [index, id] of made.entries()) {
      const before = made[index - 1];
      if (before?.startsWith(id.slice(0, 26)) === true) expect(id > before).toBe(true);
    }
  });

  it('of two makers share no prefix', () => {
    const [a, b] = [new GrowingIds(randomBytes), new GrowingIds(randomBytes)];
    expect(a.next().slice(0, 26)).not.toBe(b.next().slice(0, 26));
  });
});
