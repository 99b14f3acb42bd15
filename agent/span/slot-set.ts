// Sets of time slots as people and gear write them: `1-15,17-31`. FreeTDM, DAHDI, IOS and TL1
// all have such ranges; here they are one thing, whatever the spelling.

/** Time slots (or channels) in ascending order, each once. */
export type SlotSet = readonly number[];

/** An E1 has 32 slots and a T1 24; analogue banks and DS3 channels more. */
const MAX_SLOT = 4095;

/**
 * Reads `1-15,17-31`; blanks are ignored, the order and repeats do not matter.
 * @returns undefined when `text` is no set: an empty part, a range that runs backwards, a slot
 * beyond 4095
 */
export function parseSlots(text: string): SlotSet | undefined {
  const slots = new Set<number>();
  if (text.trim() === '') return [];
  for (const part of text.split(',')) {
    const range = /^\s*(\d{1,4})\s*(?:-\s*(\d{1,4})\s*)?$/.exec(part);
    if (range === null) return undefined;
    const first = Number(range[1]);
    const last = Number(range[2] ?? range[1]);
    if (last < first || last > MAX_SLOT) return undefined;
    for (let slot = first; slot <= last; slot += 1) slots.add(slot);
  }
  return toSlotSet(slots);
}

/** `[1, 2, 3, 5]` → `1-3,5`; the shortest text for the set. */
export function formatSlots(slots: Iterable<number>): string {
  const parts: string[] = [];
  let first: number | undefined;
  let last = 0;
  const close = (): void => {
    if (first !== undefined) parts.push(first === last ? String(first) : `${first}-${last}`);
  };
  for (const slot of toSlotSet(slots)) {
    if (first !== undefined && slot === last + 1) {
      last = slot;
      continue;
    }
    close();
    first = slot;
    last = slot;
  }
  close();
  return parts.join(',');
}

export function toSlotSet(slots: Iterable<number>): SlotSet {
  return [...new Set(slots)].sort((a, b) => a - b);
}

/** What is in `a` and not in `b`: which slots one end of a cable has and the other lacks. */
export function slotsWithout(a: SlotSet, b: SlotSet): SlotSet {
  const others = new Set(b);
  return a.filter((slot) => !others.has(slot));
}
