// From a number to the rules that could match it, without running the others. Each distinct rule
// text stands once, in one of four places: by the bytes that begin its matches at the number's
// start, by the bytes that end them at its end, by bytes that stand anywhere, or (nothing known)
// in the list that is always tried. A place may name a rule too many, never one too few.

import { byteOfSingle, type ByteSet } from '../pattern/byte-set.ts';
import type { ByteRun } from '../pattern/leads.ts';
import type { MatchOutcome } from '../pattern/outcome.ts';
import type { Pattern } from '../pattern/pattern.ts';
import { RunTree } from './run-tree.ts';

export interface RuleEntry<User> {
  readonly text: string;
  readonly pattern: Pattern;
  readonly users: Set<User>;
  /** Evaluation in which the index named it, and in which it was matched, with what outcome. */
  namedIn: number;
  matchedIn: number;
  outcome: MatchOutcome;
}

// As good as all of what is dialled: a byte outside is worth a hundredth.
const ALPHABET = '0123456789+';
const TYPICAL_LENGTH = 12;

export class RuleIndex<User> {
  readonly #rules = new Map<string, RuleEntry<User>>();
  readonly #heads = new RunTree<RuleEntry<User>>(1);
  readonly #tails = new RunTree<RuleEntry<User>>(-1);
  readonly #anywhere = new RunTree<RuleEntry<User>>(1);
  readonly #always = new Set<RuleEntry<User>>();

  /** Adds a user of the rule, and the rule itself when this is its first. */
  add(text: string, pattern: Pattern, user: User): RuleEntry<User> {
    let rule = this.#rules.get(text);
    if (rule === undefined) {
      rule = newRule(text, pattern);
      this.#rules.set(text, rule);
      const place = this.#placeOf(rule);
      if (place === undefined) this.#always.add(rule);
      else for (const run of place.runs) place.tree.add(run, rule);
      pattern.prepare();
    }
    rule.users.add(user);
    return rule;
  }

  remove(rule: RuleEntry<User>, user: User): void {
    rule.users.delete(user);
    // A rule outside the index may have the text of one inside.
    if (rule.users.size > 0 || this.#rules.get(rule.text) !== rule) return;
    this.#rules.delete(rule.text);
    const place = this.#placeOf(rule);
    if (place === undefined) this.#always.delete(rule);
    else for (const run of place.runs) place.tree.remove(run, rule);
  }

  /** Calls `visit` once for every rule that `subject` (bytes) could match. */
  candidates(subject: string, evaluation: number, visit: (rule: RuleEntry<User>) => void): void {
    const name = (rule: RuleEntry<User>): void => {
      if (rule.namedIn === evaluation) return;
      rule.namedIn = evaluation;
      visit(rule);
    };
    this.#always.forEach(name);
    this.#heads.walk(subject, 0, name);
    // `$` also stands before a final newline, where the last byte is another one.
    if (subject.endsWith('\n')) this.#tails.walk(subject, subject.length - 2, name);
    this.#tails.walk(subject, subject.length - 1, name);
    for (let at = 0; at < subject.length; at++) this.#anywhere.walk(subject, at, name);
  }

  /** The same whenever it is asked; undefined for what is always tried. */
  #placeOf(rule: RuleEntry<User>): Place<User> | undefined {
    const { anchored, heads, tails } = rule.pattern.shape;
    const byHead = anchored === 'start' || anchored === 'both' ? chance(heads) : 1;
    const byTail = anchored === 'end' || anchored === 'both' ? chance(tails) : 1;
    const byAny = Math.min(1, chance(heads) * TYPICAL_LENGTH);
    const best = Math.min(byHead, byTail, byAny);
    if (best >= 1) return undefined;
    if (best === byHead) return { tree: this.#heads, runs: heads };
    if (best === byTail) return { tree: this.#tails, runs: tails };
    return { tree: this.#anywhere, runs: heads };
  }
}

interface Place<User> {
  readonly tree: RunTree<RuleEntry<User>>;
  readonly runs: readonly ByteRun[];
}

/** A rule outside the index: of a classifier or a caller-id list, matched when asked. */
export function newRule<User>(text: string, pattern: Pattern): RuleEntry<User> {
  return {
    text,
    pattern,
    users: new Set(),
    namedIn: 0,
    matchedIn: 0,
    outcome: 'none',
  };
}

/** How likely a random number goes with one of `runs`; 1 when nothing is known. */
function chance(runs: readonly ByteRun[]): number {
  if (runs.length === 0) return 1;
  let sum = 0;
  for (const run of runs) sum += run.reduce((product, set) => product * share(set), 1);
  return Math.min(1, sum);
}

function isDialled(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2b;
}

/** How much of the alphabet of telephone numbers is in `set`. */
function share(set: ByteSet): number {
  const byte = byteOfSingle(set);
  if (byte !== undefined && isDialled(byte)) return 1 / ALPHABET.length;
  let count = 0;
  for (const character of ALPHABET) count += set[character.charCodeAt(0)] ?? 0;
  return Math.max(0.01, count / ALPHABET.length);
}
