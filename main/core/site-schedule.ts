// When which site is asked next. Pure: a few sites at a time whatever their number, those that
// answered before those that did not, and longer waits, spread at random, for those that fail.

/** Whether the page shows the sites, or something else. */
export type WatchPace = 'shown' | 'background';

/** Sites that are asked at the same time; each takes one connection. */
export const MOST_AT_ONCE = 8;
/** Of them, those that did not answer last time: each may hold its place for seconds. */
export const MOST_SILENT = 4;

const EVERY_MS: Readonly<Record<WatchPace, number>> = { shown: 10_000, background: 60_000 };
const FIRST_WAIT_MS = 3_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Milliseconds to the next question.
 * @param failures in a row; 0: it answered
 * @param random from 0 to 1: sites that failed together do not come back together
 */
export function waitAfter(failures: number, pace: WatchPace, random: number): number {
  if (failures === 0) return Math.round(EVERY_MS[pace] * (0.85 + 0.3 * random));
  const doubled = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
  return Math.round(doubled * (0.6 + 0.4 * random));
}

/** What the schedule needs to know of a site. */
export interface Candidate {
  readonly id: string;
  readonly isTrying: boolean;
  /** Steady milliseconds. */
  readonly dueMs: number;
  readonly failures: number;
  /** A person asked for it: it goes before the others. */
  readonly isWanted: boolean;
}

/** The sites to ask now, in order. */
export function whoIsNext<T extends Candidate>(sites: Iterable<T>, nowMs: number): readonly T[] {
  const all = [...sites];
  let free = MOST_AT_ONCE - all.filter(({ isTrying }) => isTrying).length;
  let silent = MOST_SILENT - all.filter((site) => site.isTrying && site.failures > 0).length;
  const due = all
    .filter((site) => !site.isTrying && (site.isWanted || site.dueMs <= nowMs))
    .sort((a, b) => Number(b.isWanted) - Number(a.isWanted) || a.dueMs - b.dueMs);
  return due.filter((site) => {
    if (free <= 0) return false;
    if (site.failures > 0 && !site.isWanted) {
      if (silent <= 0) return false;
      silent -= 1;
    }
    free -= 1;
    return true;
  });
}
