import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSlots, parseSlots, slotsWithout, toSlotSet } from '../../../agent/span/slot-set.ts';

describe('slot sets', () => {
  it('read ranges as FreeTDM, DAHDI and IOS write them', () => {
    expect(parseSlots('1-15,17-31')?.length).toBe(30);
    expect(parseSlots(' 3 , 1 - 2,2')).toEqual([1, 2, 3]);
    expect(parseSlots('24')).toEqual([24]);
    expect(parseSlots('')).toEqual([]);
  });

  it('are none when the text is none', () => {
    for (const text of ['5-3', '1,,2', 'a', '1-', '-1', '1-2-3', '4096', '1;2', '1-99999'])
      expect(parseSlots(text), text).toBeUndefined();
  });

  it('have one shortest text, which reads back as the same set', () => {
    expect(formatSlots([31, 17, 18, 1, 2, 3, 3])).toBe('1-3,17-18,31');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 200 })), (slots) => {
        expect(parseSlots(formatSlots(slots))).toEqual(toSlotSet(slots));
      }),
    );
  });

  it('say what one end of a cable has and the other lacks', () => {
    expect(
      formatSlots(slotsWithout(parseSlots('1-31') ?? [], parseSlots('1-15,17-31') ?? [])),
    ).toBe('16');
  });
});
