// What every match of a pattern must begin (or end) with, as a few short runs of byte sets. The
// index of the compiled set is built from these: it may name a rule that then fails, but never
// misses one that would match.

import { ANY_BYTE, byteOfSingle, type ByteSet } from './byte-set.ts';
import type { Node } from './syntax.ts';

const LONGEST = 14;
const MOST_RUNS = 32;

/** One set for each byte, in the order in which the subject is walked. */
export type ByteRun = readonly ByteSet[];

/** A run as it grows: its last set and the run before that, so that to grow copies nothing. */
interface Run {
  readonly before: Run | undefined;
  readonly set: ByteSet | undefined;
  readonly length: number;
  /** Whether what follows in the pattern may still be added. */
  readonly open: boolean;
}

const EMPTY: Run = { before: undefined, set: undefined, length: 0, open: true };

/**
 * Runs of which one fits the start (or, walked backwards, the end) of every match. An empty
 * list means that nothing is known.
 */
export function leads(root: Node, fromBack: boolean): readonly ByteRun[] {
  const runs = extend(root, [EMPTY], fromBack);
  const trimmed = runs.map((run) => withoutWideEnd(setsOf(run)));
  return trimmed.some((sets) => sets.length === 0) ? [] : trimmed;
}

function extend(node: Node, runs: readonly Run[], fromBack: boolean): readonly Run[] {
  switch (node.kind) {
    case 'edge':
    case 'look':
      return runs;
    case 'byte':
      return runs.map((run) => (run.open ? grow(run, node.set) : run));
    case 'capture':
      return extend(node.body, runs, fromBack);
    case 'sequence': {
      const { items } = node;
      let grown = runs;
      for (let index = 0; index < items.length && grown.some(isOpen); index++) {
        const item = items[fromBack ? items.length - 1 - index : index];
        if (item !== undefined) grown = extend(item, grown, fromBack);
      }
      return grown;
    }
    case 'choice': {
      const closed = runs.filter((run) => !run.open);
      const open = runs.filter(isOpen);
      const grown = node.branches.flatMap((branch) => extend(branch, open, fromBack));
      return limit([...closed, ...grown], runs);
    }
    case 'repeat':
      return extendRepeat(node, runs, fromBack);
  }
}

function extendRepeat(
  node: Extract<Node, { kind: 'repeat' }>,
  runs: readonly Run[],
  fromBack: boolean,
): readonly Run[] {
  let grown = runs;
  for (let round = 0; round < Math.min(node.least, LONGEST); round++) {
    grown = extend(node.body, grown, fromBack);
  }
  if (node.least > LONGEST) return close(grown);
  if (node.most === node.least) return grown;
  // One or more rounds were certain: what follows them is at no known distance.
  if (node.most > node.least + 1) return close(grown);
  const closed = grown.filter((run) => !run.open);
  const open = grown.filter(isOpen);
  return limit([...closed, ...open, ...extend(node.body, open, fromBack)], grown);
}

function grow(before: Run, set: ByteSet): Run {
  const length = before.length + 1;
  return { before, set, length, open: length < LONGEST };
}

function isOpen(run: Run): boolean {
  return run.open;
}

function setsOf(run: Run): ByteRun {
  const sets: ByteSet[] = [];
  for (let at: Run | undefined = run; at?.set !== undefined; at = at.before) sets.push(at.set);
  return sets.reverse();
}

/** Stops every run where it stands: shorter is always still true. */
function close(runs: readonly Run[]): readonly Run[] {
  return runs.map((run) => (run.open ? { ...run, open: false } : run));
}

function limit(grown: readonly Run[], before: readonly Run[]): readonly Run[] {
  return grown.length > MOST_RUNS ? close(before) : grown;
}

/** Digits after the last telling position tell nothing and would only cost memory. */
function withoutWideEnd(sets: ByteRun): ByteRun {
  let length = sets.length;
  while (length > 1 && holdsMore(sets[length - 1], 9)) length--;
  return length === 1 && holdsMore(sets[0], 100) ? [] : sets.slice(0, length);
}

function holdsMore(set: ByteSet = ANY_BYTE, than: number): boolean {
  if (byteOfSingle(set) !== undefined) return than < 1;
  let size = 0;
  for (let byte = 0; byte < 256 && size <= than; byte++) size += set[byte] ?? 0;
  return size > than;
}

/**
 * Whether `run` fits `subject` (bytes) walked from `at` by `step`.
 * @param known how many of its first sets are known to fit.
 */
export function runFits(
  run: ByteRun,
  subject: string,
  at: number,
  step: 1 | -1,
  known = 0,
): boolean {
  for (let index = known; index < run.length; index++)
    if (run[index]?.[subject.charCodeAt(at + index * step)] !== 1) return false;
  return true;
}
