import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteRanges, singleByte } from '../../../agent/pattern/byte-set.ts';
import { runFits } from '../../../agent/pattern/leads.ts';
import { RunTree } from '../../../agent/routing/run-tree.ts';

const DIGITS = byteRanges(0x30, 0x39);
const set = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('0', '1', '2').map((c) => singleByte(c.charCodeAt(0))) },
  { weight: 1, arbitrary: fc.constantFrom(DIGITS, byteRanges(0x31, 0x32), DIGITS.slice()) },
);
const runs = fc.array(fc.array(set, { minLength: 1, maxLength: 5 }), { maxLength: 60 });
const subject = fc.array(fc.constantFrom('0', '1', '2', '3'), { maxLength: 6 });

describe('a run tree', () => {
  it.each([1, -1] as const)('walked by %i finds what trying every run finds', (step) => {
    fc.assert(
      fc.property(runs, fc.array(fc.nat(), { maxLength: 60 }), subject, (all, gone, digits) => {
        const tree = new RunTree<number>(step);
        for (const [rule, run] of all.entries()) tree.add(run, rule);
        const left = new Set(all.keys());
        for (const pick of gone) {
          const rule = pick % Math.max(1, all.length);
          if (!left.delete(rule)) continue;
          // An equal run, not the same one: it is worked out anew.
          tree.remove([...(all[rule] ?? [])], rule);
        }
        const text = digits.join('');
        const at = step === 1 ? 0 : text.length - 1;
        const found: number[] = [];
        tree.walk(text, at, (rule) => found.push(rule));
        const expected = [...left].filter((rule) => runFits(all[rule] ?? [], text, at, step));
        expect(found.sort((a, b) => a - b)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('that has grown takes rules back where others are still found', () => {
    const tree = new RunTree<string>(1);
    const run = (text: string) => Array.from(text, (c) => singleByte(c.charCodeAt(0)));
    for (let code = 200; code < 300; code++) tree.add(run(`+1${code}`), String(code));
    for (let code = 200; code < 299; code++) tree.remove(run(`+1${code}`), String(code));
    const found: string[] = [];
    tree.walk('+12995550100', 0, (rule) => found.push(rule));
    tree.walk('+12985550100', 0, (rule) => found.push(rule));
    expect(found).toEqual(['299']);
  });
});
