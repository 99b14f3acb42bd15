import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergePatch } from '../../../agent/document/merge.ts';
import type { JsonObject } from '../../../agent/base/json.ts';

const jsonObject = fc
  .dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 })
  .map((object) => JSON.parse(JSON.stringify(object)) as JsonObject);

describe('mergePatch', () => {
  it('adds the header of the PATCH example and leaves the rest alone', () => {
    expect(
      mergePatch(
        { name: 'Carrier 3', media: { audio: { codecs: ['PCMU'] }, fax_option: true } },
        { custom_sip_headers: { 'X-Reseller-ID': 'a1b2c3' }, media: { audio: { codecs: [] } } },
      ),
    ).toEqual({
      name: 'Carrier 3',
      media: { audio: { codecs: [] }, fax_option: true },
      custom_sip_headers: { 'X-Reseller-ID': 'a1b2c3' },
    });
  });

  it('removes keys set to null at any depth and replaces by an empty object', () => {
    expect(mergePatch({ a: { b: 1, c: 2 }, d: { e: 1 } }, { a: { b: null }, d: {} })).toEqual({
      a: { c: 2 },
      d: {},
    });
  });

  it('is idempotent and never changes its arguments', () => {
    fc.assert(
      fc.property(jsonObject, jsonObject, (stored, patch) => {
        const storedText = JSON.stringify(stored);
        const patchText = JSON.stringify(patch);
        const once = mergePatch(stored, patch);
        expect(mergePatch(once, patch)).toEqual(once);
        expect([JSON.stringify(stored), JSON.stringify(patch)]).toEqual([storedText, patchText]);
      }),
    );
  });

  it('keeps every key that the patch does not name', () => {
    fc.assert(
      fc.property(jsonObject, jsonObject, (stored, patch) => {
        const merged = mergePatch(stored, patch);
        for (const key of Object.keys(stored))
          if (!Object.hasOwn(patch, key)) expect(merged[key]).toBe(stored[key]);
      }),
    );
  });
});
