// Rules against a number: the last matching rule of the list decides, and what is sent is its
// longest group (the later one of equally long), or the whole match without groups.

import { fromBytes } from '../pattern/bytes.ts';
import type { Meter } from '../pattern/meter.ts';
import type { Match, MatchOutcome } from '../pattern/outcome.ts';
import type { Resource } from './resource.ts';
import type { RuleEntry } from './rule-index.ts';

/** One evaluation's view of the rules. Each distinct rule is matched once. */
export interface Matching {
  readonly evaluation: number;
  /** The number in bytes. */
  readonly subject: string;
  readonly meter: Meter;
}

export type RuleOutcome =
  | { readonly kind: 'matched'; readonly number: string; readonly index: number }
  | { readonly kind: 'none' }
  /** Nothing matched, but some rules ran out of their budget. */
  | { readonly kind: 'limit'; readonly indexes: readonly number[] };

const NONE: RuleOutcome = { kind: 'none' };

/** @param named whether only rules that the index named in this evaluation need trying. */
export function matchRules(
  rules: readonly RuleEntry<Resource>[],
  matching: Matching,
  named: boolean,
): RuleOutcome {
  let limited: number[] | undefined;
  for (let index = rules.length - 1; index >= 0; index--) {
    const rule = rules[index];
    if (rule === undefined || (named && rule.namedIn !== matching.evaluation)) continue;
    const outcome = matchOnce(rule, matching);
    if (outcome === 'none') continue;
    if (outcome === 'limit') {
      limited ??= [];
      limited.unshift(index);
      continue;
    }
    return { kind: 'matched', number: fromBytes(longestGroup(outcome)), index };
  }
  return limited === undefined ? NONE : { kind: 'limit', indexes: limited };
}

function matchOnce(rule: RuleEntry<Resource>, matching: Matching): MatchOutcome {
  if (rule.matchedIn !== matching.evaluation) {
    rule.outcome = rule.pattern.match(matching.subject, matching.meter);
    rule.matchedIn = matching.evaluation;
  }
  return rule.outcome;
}

/** Lengths are bytes; a group that took no part counts as empty and never wins over none. */
export function longestGroup(found: Match): string {
  let longest: string | undefined;
  for (const group of found.groups) {
    if (group !== undefined && group.length >= (longest?.length ?? 0)) longest = group;
  }
  return longest ?? found.whole;
}
