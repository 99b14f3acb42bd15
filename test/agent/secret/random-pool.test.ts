import { expect, it } from 'vitest';
import { pooledRandomBytes } from '../../../agent/secret/random-pool.ts';

it('gives as many bytes as asked for, over the end of the pool too', () => {
  for (const length of [0, 1, 16, 8191, 8192, 8193, 20_000])
    expect(pooledRandomBytes(length)).toHaveLength(length);
});

it('gives nothing twice, and bytes that stay the caller’s own', () => {
  const first = pooledRandomBytes(16);
  const text = first.toString('hex');
  const seen = new Set([text]);
  for (let round = 0; round < 2_000; round += 1) seen.add(pooledRandomBytes(16).toString('hex'));
  expect(seen.size).toBe(2_001);
  expect(first.toString('hex')).toBe(text);
  expect([...seen].some((hex) => /^0+$/.test(hex))).toBe(false);
});
