import { describe, expect, it } from 'vitest';
import type { GregorianSeconds } from '../../../agent/base/clock.ts';
import type { DocumentScope, StoredDocument } from '../../../agent/document/document-store.ts';
import { DocumentCache, documentKey } from '../../../agent/store/document-cache.ts';

const SCOPE: DocumentScope = { kind: 'resource', accountId: undefined };

function revision(text: string): StoredDocument {
  const at = 1 as GregorianSeconds;
  return { id: 'a', revision: text, created: at, modified: at, doc: {}, pvt: {} };
}

/** A store whose reads end when the test says so. */
function slowStore() {
  const reads: ((found: StoredDocument | undefined) => void)[] = [];
  const cache = new DocumentCache();
  const load = cache.remember(() => new Promise((resolve) => reads.push(resolve)));
  return { cache, reads, load: () => load(SCOPE, 'a') };
}

describe('DocumentCache', () => {
  it('reads once for those who ask together, and not again', async () => {
    const { reads, load } = slowStore();
    const both = [load(), load()];
    reads[0]?.(revision('1'));
    expect((await Promise.all(both)).map((found) => found?.revision)).toEqual(['1', '1']);
    expect((await load())?.revision).toBe('1');
    expect(reads.length).toBe(1);
  });

  it('reads again after a change', async () => {
    const { cache, reads, load } = slowStore();
    const first = load();
    reads[0]?.(revision('1'));
    await first;
    cache.forget([documentKey(SCOPE, 'a')]);
    const second = load();
    reads[1]?.(revision('2'));
    expect((await second)?.revision).toBe('2');
  });

  it('keeps no read that a change overtook', async () => {
    const { cache, reads, load } = slowStore();
    const overtaken = load();
    cache.forget([documentKey(SCOPE, 'a')]);
    const fresh = load();
    reads[1]?.(revision('2'));
    await fresh;
    reads[0]?.(revision('1'));
    expect((await overtaken)?.revision).toBe('1');
    expect((await load())?.revision).toBe('2');
    expect(reads.length).toBe(2);
  });

  it('remembers neither absence nor failure', async () => {
    const { reads, load } = slowStore();
    const absent = load();
    reads[0]?.(undefined);
    expect(await absent).toBeUndefined();
    const cache = new DocumentCache();
    let calls = 0;
    const failing = cache.remember(() => {
      calls += 1;
      return Promise.reject(new Error('disk'));
    });
    await expect(failing(SCOPE, 'a')).rejects.toThrow('disk');
    await expect(failing(SCOPE, 'a')).rejects.toThrow('disk');
    expect(calls).toBe(2);
    void load();
    expect(reads.length).toBe(2);
  });
});
