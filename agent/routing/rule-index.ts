// From a number to the rules that could match it, without running the others. Each distinct rule
// text stands once, in one of four places: by the bytes that begin its matches at the number's
// start, by the bytes that end them at its end, by bytes that stand anywhere, or (nothing known)
// in the list that is always tried. A place may name a rule too many, never one too few.

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
  readonly next: Map<number, Branch<User>>;
  rules: Set<RuleEntry<User>> | undefined;
}

// Digits and `+`, as good as all of what is dialled: a byte outside is worth a hundredth.
const ALPHABET = 11;
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
    if (this.#anywhere.next.size === 0) return;
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
  return { next: new Map(), rules: undefined };
}

function walk<User>(
  root: Branch<User>,
  subject: string,
  from: number,
  step: 1 | -1,
  name: (rules: ReadonlySet<RuleEntry<User>> | undefined) => void,
): void {
  let branch: Branch<User> | undefined = root;
  for (let at = from; at >= 0 && at < subject.length; at += step) {
    branch = branch.next.get(subject.charCodeAt(at));
    if (branch === undefined) return;
    name(branch.rules);
  }
}

function put<User>(root: Branch<User>, runs: readonly string[], rule: RuleEntry<User>): void {
  for (const run of runs) {
    let branch = root;
    for (let at = 0; at < run.length; at++) {
      const byte = run.charCodeAt(at);
      let next = branch.next.get(byte);
      if (next === undefined) {
        next = newBranch();
        branch.next.set(byte, next);
      }
      branch = next;
    }
    branch.rules ??= new Set();
    branch.rules.add(rule);
    rule.places.push(branch.rules);
  }
}

/** How likely a random number goes with one of `runs`; 1 when nothing is known. */
function chance(runs: readonly string[]): number {
  if (runs.length === 0) return 1;
  return Math.min(
    1,
    runs.reduce((sum, run) => sum + ALPHABET ** -run.length, 0),
  );
}
