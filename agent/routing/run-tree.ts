// Which rules begin (or, walked backwards, end) as a number does: a tree by bytes, grown only
// where many rules crowd. Elsewhere a rule waits near the root with the rest of its run, which
// costs a tenth of the branches and of the memory.

import { byteOfSingle, type ByteSet } from '../pattern/byte-set.ts';
import { runFits, type ByteRun } from '../pattern/leads.ts';

/** Runs that wait at one branch before it grows. */
const CROWD = 8;

interface Held<Rule> {
  readonly run: ByteRun;
  readonly rule: Rule;
}

interface Branch<Rule> {
  /** How many bytes lead here. */
  readonly depth: number;
  /** Runs that end here, and, unless it has grown, those that go on from here. */
  readonly held: Set<Held<Rule>>;
  /** How many of `held` go on. */
  waiting: number;
  /** Where one certain byte leads; undefined until it has grown. */
  next: Map<number, Branch<Rule>> | undefined;
  /** Where any byte of a set leads: `\d`, `[2-9]`. A handful, shared by all rules. */
  readonly sets: { readonly set: ByteSet; readonly branch: Branch<Rule> }[];
}

export class RunTree<Rule> {
  readonly #root: Branch<Rule> = newBranch(0);
  readonly #step: 1 | -1;

  /** @param step 1 for numbers walked forwards, -1 for those walked from their end. */
  constructor(step: 1 | -1) {
    this.#step = step;
  }

  /** @param run of `rule`, walked as this tree walks; a rule may have several */
  add(run: ByteRun, rule: Rule): void {
    let branch = this.#root;
    while (branch.next !== undefined && run.length > branch.depth) branch = child(branch, run);
    hold(branch, { run, rule });
  }

  /** Takes out what `add` put in with an equal run. Empty branches stay, for the next rule. */
  remove(run: ByteRun, rule: Rule): void {
    let branch = this.#root;
    while (branch.next !== undefined && run.length > branch.depth) branch = child(branch, run);
    for (const one of branch.held) {
      if (one.rule !== rule || !sameRun(one.run, run)) continue;
      branch.held.delete(one);
      if (one.run.length > branch.depth) branch.waiting--;
      return;
    }
  }

  /** Calls `visit` for every rule with a run that fits `subject` (bytes) walked from `at`. */
  walk(subject: string, at: number, visit: (rule: Rule) => void): void {
    this.#walk(this.#root, subject, at, visit);
  }

  #walk(from: Branch<Rule>, subject: string, start: number, visit: (rule: Rule) => void): void {
    let branch = from;
    for (;;) {
      for (const { run, rule } of branch.held)
        if (runFits(run, subject, start, this.#step, branch.depth)) visit(rule);
      const byte = subject.charCodeAt(start + branch.depth * this.#step);
      for (const wide of branch.sets)
        if (wide.set[byte] === 1) this.#walk(wide.branch, subject, start, visit);
      const next = branch.next?.get(byte);
      if (next === undefined) return;
      branch = next;
    }
  }
}

function newBranch<Rule>(depth: number): Branch<Rule> {
  return { depth, held: new Set(), waiting: 0, next: undefined, sets: [] };
}

function hold<Rule>(branch: Branch<Rule>, one: Held<Rule>): void {
  branch.held.add(one);
  if (one.run.length === branch.depth) return;
  branch.waiting++;
  if (branch.waiting <= CROWD) return;
  branch.next = new Map();
  branch.waiting = 0;
  for (const waiting of branch.held) {
    if (waiting.run.length === branch.depth) continue;
    branch.held.delete(waiting);
    hold(child(branch, waiting.run), waiting);
  }
}

/** Where the run goes on from a branch that has grown. */
function child<Rule>(branch: Branch<Rule>, run: ByteRun): Branch<Rule> {
  const set = run[branch.depth];
  if (set === undefined) return branch;
  const byte = byteOfSingle(set);
  if (byte !== undefined) {
    const known = branch.next?.get(byte);
    if (known !== undefined) return known;
    const next = newBranch<Rule>(branch.depth + 1);
    branch.next?.set(byte, next);
    return next;
  }
  const known = branch.sets.find((wide) => sameSet(wide.set, set));
  if (known !== undefined) return known.branch;
  const next = newBranch<Rule>(branch.depth + 1);
  branch.sets.push({ set, branch: next });
  return next;
}

function sameRun(a: ByteRun, b: ByteRun): boolean {
  return a.length === b.length && a.every((set, index) => sameSet(set, b[index] ?? NO_BYTES));
}

const NO_BYTES: ByteSet = new Uint8Array(0);

function sameSet(a: ByteSet, b: ByteSet): boolean {
  return a === b || a.every((flag, byte) => flag === b[byte]);
}
