// From a number to the rules that could match it, without running the others. Each distinct rule
// text stands once, in one of four places: by the bytes that begin its matches at the number's
// start, by the bytes that end them at its end, by bytes that stand anywhere, or (nothing known)
// in the list that is always tried. A place may name a rule too many, never one too few.

import type { ByteSet } from '../pattern/byte-set.ts';
import type { ByteRun } from '../pattern/leads.ts';
import type { MatchOutcome } from '../pattern/outcome.ts';
import type { Pattern } from '../pattern/pattern.ts';

export interface RuleEntry<User> {
  readonly text: string;
  readonly pattern: Pattern;
  readonly users: Set<User>;
  /** Leaves of the index that hold it, for taking it out again. */
  readonly places: Set<RuleEntry<User>>[];
  /** Evaluation in which the index named it, and in which it was matched, with what outcome. */
  namedIn: number;
  matchedIn: number;
  outcome: MatchOutcome;
}

interface Branch<User> {
  /** Where one certain byte leads. */
  next: Map<number, Branch<User>> | undefined;
  /** Where any byte of a set leads: `\d`, `[2-9]`. A handful, shared by all rules. */
  sets: { readonly set: ByteSet; readonly branch: Branch<User> }[] | undefined;
  rules: Set<RuleEntry<User>> | undefined;
}

// As good as all of what is dialled: a byte outside is worth a hundredth.
const ALPHABET = '0123456789+';
const TYPICAL_LENGTH = 12;

export class RuleIndex<User> {
  readonly #rules = new Map<string, RuleEntry<User>>();
  readonly #heads: Branch<User> = newBranch();
  readonly #tails: Branch<User> = newBranch();
  readonly #anywhere: Branch<User> = newBranch();
  readonly #always = new Set<RuleEntry<User>>();

  /** Adds a user of the rule, and the rule itself when this is its first. */
  add(text: string, pattern: Pattern, user: User): RuleEntry<User> {
    let rule = this.#rules.get(text);
    if (rule === undefined) {
      rule = newRule(text, pattern);
      this.#rules.set(text, rule);
      this.#place(rule);
      pattern.prepare();
    }
    rule.users.add(user);
    return rule;
  }

  remove(rule: RuleEntry<User>, user: User): void {
    rule.users.delete(user);
    if (rule.users.size > 0) return;
    this.#rules.delete(rule.text);
    // Empty branches stay: numbering plans come back, and their count is bounded by what was.
    for (const place of rule.places) place.delete(rule);
  }

  /** Calls `visit` once for every rule that `subject` (bytes) could match. */
  candidates(subject: string, evaluation: number, visit: (rule: RuleEntry<User>) => void): void {
    const name = (rules: ReadonlySet<RuleEntry<User>> | undefined): void => {
      if (rules === undefined) return;
      for (const rule of rules) {
        if (rule.namedIn === evaluation) continue;
        rule.namedIn = evaluation;
        visit(rule);
      }
    };
    name(this.#always);
    walk(this.#heads, subject, 0, 1, name);
    // `$` also stands before a final newline, where the last byte is another one.
    if (subject.endsWith('\n')) walk(this.#tails, subject, subject.length - 2, -1, name);
    walk(this.#tails, subject, subject.length - 1, -1, name);
    if (this.#anywhere.next === undefined && this.#anywhere.sets === undefined) return;
    for (let at = 0; at < subject.length; at++) walk(this.#anywhere, subject, at, 1, name);
  }

  #place(rule: RuleEntry<User>): void {
    const { anchored, heads, tails } = rule.pattern.shape;
    const byHead = anchored === 'start' || anchored === 'both' ? chance(heads) : 1;
    const byTail = anchored === 'end' || anchored === 'both' ? chance(tails) : 1;
    const byAny = Math.min(1, chance(heads) * TYPICAL_LENGTH);
    const best = Math.min(byHead, byTail, byAny);
    if (best >= 1) {
      this.#always.add(rule);
      rule.places.push(this.#always);
    } else if (best === byHead) put(this.#heads, heads, rule);
    else if (best === byTail) put(this.#tails, tails, rule);
    else put(this.#anywhere, heads, rule);
  }
}

/** A rule outside the index: of a classifier or a caller-id list, matched when asked. */
export function newRule<User>(text: string, pattern: Pattern): RuleEntry<User> {
  return {
    text,
    pattern,
    users: new Set(),
    places: [],
    namedIn: 0,
    matchedIn: 0,
    outcome: 'none',
  };
}

function newBranch<User>(): Branch<User> {
  return { next: undefined, sets: undefined, rules: undefined };
}

function walk<User>(
  root: Branch<User>,
  subject: string,
  from: number,
  step: 1 | -1,
  name: (rules: ReadonlySet<RuleEntry<User>> | undefined) => void,
): void {
  let branch = root;
  for (let at = from; at >= 0 && at < subject.length; at += step) {
    const byte = subject.charCodeAt(at);
    for (const wide of branch.sets ?? NO_SETS) {
      if (wide.set[byte] !== 1) continue;
      name(wide.branch.rules);
      walk(wide.branch as Branch<User>, subject, at + step, step, name);
    }
    const next = branch.next?.get(byte);
    if (next === undefined) return;
    branch = next;
    name(branch.rules);
  }
}

const NO_SETS: readonly { readonly set: ByteSet; readonly branch: Branch<never> }[] = [];

function put<User>(root: Branch<User>, runs: readonly ByteRun[], rule: RuleEntry<User>): void {
  for (const run of runs) {
    let branch = root;
    for (const set of run) branch = grow(branch, set);
    branch.rules ??= new Set();
    branch.rules.add(rule);
    rule.places.push(branch.rules);
  }
}

function grow<User>(branch: Branch<User>, set: ByteSet): Branch<User> {
  const byte = set.indexOf(1);
  if (byte >= 0 && set.indexOf(1, byte + 1) < 0) {
    branch.next ??= new Map();
    const known = branch.next.get(byte);
    if (known !== undefined) return known;
    const next = newBranch<User>();
    branch.next.set(byte, next);
    return next;
  }
  branch.sets ??= [];
  const known = branch.sets.find((wide) => sameSet(wide.set, set));
  if (known !== undefined) return known.branch;
  const next = newBranch<User>();
  branch.sets.push({ set, branch: next });
  return next;
}

function sameSet(a: ByteSet, b: ByteSet): boolean {
  return a === b || a.every((flag, byte) => flag === b[byte]);
}

/** How likely a random number goes with one of `runs`; 1 when nothing is known. */
function chance(runs: readonly ByteRun[]): number {
  if (runs.length === 0) return 1;
  let sum = 0;
  for (const run of runs) sum += run.reduce((product, set) => product * share(set), 1);
  return Math.min(1, sum);
}

/** How much of the alphabet of telephone numbers is in `set`. */
function share(set: ByteSet): number {
  let count = 0;
  for (const character of ALPHABET) count += set[character.charCodeAt(0)] ?? 0;
  return Math.max(0.01, count / ALPHABET.length);
}
