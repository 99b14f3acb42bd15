import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../agent/client/index.ts';
import {
  covers,
  differencesOf,
  isSame,
  mergeVersions,
  valueAt,
  withValue,
} from '../../../renderer/state/document.ts';

const value = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer()));
const documents = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd'),
  fc.oneof(value, fc.dictionary(fc.constantFrom('x', 'y'), value, { minKeys: 1 })),
) as fc.Arbitrary<JsonObject>;

describe('documents as the editor changes them', () => {
  it('change at a path, keep what the form does not know, and drop what is emptied', () => {
    const document = { name: 'a', odd: 1, gateways: [{ server: 's', zzz: true }] };
    expect(withValue(document, 'gateways.0.port', 5061)).toEqual({
      name: 'a',
      odd: 1,
      gateways: [{ server: 's', zzz: true, port: 5061 }],
    });
    expect(withValue(withValue({ a: 1 }, 'm.n.o', 2), 'm.n.o', undefined)).toEqual({ a: 1 });
  });

  it('merge: changes of one side are taken, of both as chosen', () => {
    fc.assert(
      fc.property(documents, documents, documents, (base, mine, theirs) => {
        const side = (which: 'mine' | 'theirs') =>
          new Map(differencesOf(base, mine, theirs).map(({ path }) => [path, which] as const));
        // Nobody else changed anything: mine. I changed nothing: theirs.
        expect(isSame(mergeVersions(base, mine, base, new Map()), mine)).toBe(true);
        expect(isSame(mergeVersions(base, base, theirs, new Map()), theirs)).toBe(true);
        for (const which of ['mine', 'theirs'] as const) {
          const merged = mergeVersions(base, mine, theirs, side(which));
          for (const { path, isConflict, ...versions } of differencesOf(base, mine, theirs))
            if (isConflict && versions[which] !== undefined)
              expect(valueAt(merged, path)).toEqual(versions[which]);
        }
      }),
    );
  });

  it('are covered by what the agent stored when nothing of them is missing there', () => {
    const stored = { name: 'a', enabled: true, gateways: [{ server: 's', port: 5060 }] };
    expect(covers(stored, { name: 'a', gateways: [{ server: 's' }] })).toBe(true);
    expect(covers(stored, { name: 'a', gateways: [{ server: 't' }] })).toBe(false);
    expect(covers(stored, { name: 'a', gateways: [] })).toBe(false);
    expect(covers(stored, { name: 'a', weight_cost: 7 })).toBe(false);
  });
});
