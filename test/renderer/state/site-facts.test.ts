import { describe, expect, it } from 'vitest';
import { clockSkewS, siteFactsOf } from '../../../renderer/state/site-facts.ts';

describe('what an agent says of its site', () => {
  it('is read as far as it goes; what an older agent leaves out is not zero', () => {
    const facts = siteFactsOf({
      version: '1.2.3',
      at: '2026-01-02T00:00:00.000Z',
      alarms: { critical: 2, major: 0, minor: 1, warning: 0 },
      disk: { database_bytes: 4096, wal_bytes: 'many' },
    });
    expect(facts).toEqual({
      version: '1.2.3',
      atMs: Date.UTC(2026, 0, 2),
      startedMs: undefined,
      fingerprint: undefined,
      alarms: { critical: 2, major: 0, minor: 1, warning: 0, unacknowledged: undefined },
      jobs: undefined,
      gear: undefined,
      spans: undefined,
      signalling: undefined,
      disk: { database_bytes: 4096, wal_bytes: undefined, free_bytes: undefined },
    });
    for (const nothing of [undefined, null, 'no agent', [], { version: 3, at: 'soon' }])
      expect(Object.values(siteFactsOf(nothing))).toEqual(Array(10).fill(undefined));
  });

  it('tells how far its clock is off, unless the way there was too slow to say', () => {
    const facts = siteFactsOf({ at: '2026-01-02T00:00:42.000Z' });
    const noon = Date.UTC(2026, 0, 2);
    expect(clockSkewS(facts, noon, noon + 200)).toBe(42);
    expect(clockSkewS(facts, noon + 60_000, noon + 60_200)).toBe(-18);
    expect(clockSkewS(facts, noon, noon + 9_000)).toBeUndefined();
    expect(clockSkewS(siteFactsOf({}), noon, noon)).toBeUndefined();
  });
});
