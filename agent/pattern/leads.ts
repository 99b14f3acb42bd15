// What every match of a pattern must begin (or end) with, as a few short runs of bytes. The
// index of the compiled set is built from these: it may name a rule that then fails, but never
// misses one that would match.

import { members } from './byte-set.ts';
import type { Node } from './syntax.ts';

const LONGEST = 10;
const MOST_RUNS = 64;

/** The positions of one run: which bytes each accepts. */
interface Run {
  readonly sets: readonly (readonly number[])[];
  /** Whether what follows in the pattern may still be added. */
  readonly open: boolean;
}

/**
 * Runs of literal bytes, one of which stands at the start (or the end) of every match.
 * An empty list means that nothing is known. From the back, runs are written backwards.
 */
export function leads(root: Node, fromBack: boolean): readonly string[] {
  const runs = extend(root, [{ sets: [], open: true }], fromBack);
  const texts = new Set<string>();
  for (const run of runs) {
    for (const text of spell(run.sets, Math.max(1, Math.floor(MOST_RUNS / runs.length)))) {
      if (text === '') return [];
      texts.add(text);
    }
  }
  return [...texts].filter((text) => !hasShorter(text, texts));
}

/** Whether another run already covers `text`, being the beginning of it. */
function hasShorter(text: string, texts: ReadonlySet<string>): boolean {
  for (let length = 1; length < text.length; length++) {
    if (texts.has(text.slice(0, length))) return true;
  }
  return false;
}

function extend(node: Node, runs: readonly Run[], fromBack: boolean): readonly Run[] {
  switch (node.kind) {
    case 'edge':
      return runs;
    case 'byte': {
      const wanted = members(node.set);
      return runs.map((run) => {
        if (!run.open) return run;
        return { sets: [...run.sets, wanted], open: run.sets.length + 1 < LONGEST };
      });
    }
    case 'capture':
      return extend(node.body, runs, fromBack);
    case 'sequence': {
      const items = fromBack ? [...node.items].reverse() : node.items;
      let grown = runs;
      for (const item of items) {
        if (!grown.some((run) => run.open)) break;
        grown = extend(item, grown, fromBack);
      }
      return grown;
    }
    case 'choice': {
      const closed = runs.filter((run) => !run.open);
      const open = runs.filter((run) => run.open);
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
  const closed = grown.filter((run) => !run.open);
  const open = grown.filter((run) => run.open);
  const again = extend(node.body, open, fromBack);
  const more = node.most === node.least + 1 ? again : close(again);
  return limit([...closed, ...open, ...more], grown);
}

/** Stops every run where it stands: shorter is always still true. */
function close(runs: readonly Run[]): readonly Run[] {
  return runs.map((run) => ({ sets: run.sets, open: false }));
}

function limit(grown: readonly Run[], before: readonly Run[]): readonly Run[] {
  return grown.length > MOST_RUNS ? close(before) : grown;
}

/** Spells out a run's choices while they stay few; cuts it where they would not. */
function spell(sets: readonly (readonly number[])[], most: number): readonly string[] {
  let texts: readonly string[] = [''];
  let lastNarrow: readonly string[] = texts;
  for (const choices of sets) {
    if (choices.length === 0 || texts.length * choices.length > most) break;
    texts = texts.flatMap((text) => choices.map((byte) => text + String.fromCharCode(byte)));
    // A wide position at the end only multiplies entries; it is kept when a narrow one follows.
    if (choices.length <= 6) lastNarrow = texts;
  }
  if (lastNarrow[0] !== '') return lastNarrow;
  const first = (sets[0] ?? []).map((byte) => String.fromCharCode(byte));
  return first.length > 0 && first.length <= Math.max(most, 12) ? first : [''];
}
