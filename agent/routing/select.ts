// From a number to the resources that carry it: flags, then classes, then rules, then caller-id
// rules, in the order in which they will be tried.

import { toBytes } from '../pattern/bytes.ts';
import type { Meter } from '../pattern/meter.ts';
import { compareIds, type CompiledSet } from './compiled-set.ts';
import { refusedByFlags } from './flags.ts';
import { sipUser } from './headers.ts';
import { readList, readText } from './json-read.ts';
import { matchRules, type Matching, type RuleOutcome } from './match.ts';
import type { RouteRequest } from './request.ts';
import type { Resource } from './resource.ts';

export interface Selected {
  readonly resource: Resource;
  readonly matchedNumber: string;
}

/** A rule that ran out of its budget, by its place among those of its list that are text. */
export interface Unfinished {
  readonly resource: Resource;
  readonly field: 'rules' | 'cid_rules';
  readonly rule: number;
}

export interface Selection {
  readonly number: string;
  readonly classifier: string | undefined;
  /** Whether its class is one of emergency numbers. */
  readonly emergencyNumber: boolean;
  /** Whether resources that carry the class hid those with rules. */
  readonly byClass: boolean;
  /** By weight, then by `_id`. */
  readonly selected: readonly Selected[];
  /** Rules that nobody could finish, of resources that may match for all one knows. */
  readonly unfinished: readonly Unfinished[];
  /** Resources whose rules matched but whose caller-id rules did not. */
  readonly callerRefused: readonly Resource[];
}

/** @param number in E.164, as the rules see it. */
export function select(
  set: CompiledSet,
  request: RouteRequest,
  number: string,
  meter: Meter,
): Selection {
  const numberClass = set.numbers.classify(number);
  const classifier = numberClass?.name;
  const emergencyNumber = numberClass?.emergency === true || classifier === 'emergency';
  const matching = { evaluation: set.nextEvaluation(), subject: toBytes(number), meter };
  const carriers = classCarriers(set, request, classifier);
  const found: Found = { selected: [], unfinished: [], callerRefused: [] };
  const callerId = callerIdForRules(set, request);
  const byRules = carriers === undefined;
  const match = (resource: Resource) => {
    const outcome = matchRules(resource.rules.entries, matching, byRules);
    judge(resource, outcome, callerId, meter, found);
  };
  // Patterns beyond V8's engine come last, so that a hostile one cannot starve the others.
  const slow: Resource[] = [];
  for (const resource of carriers ?? candidates(set, request, matching)) {
    if (!resource.classEnabled) continue;
    if (isSlow(resource, matching, byRules)) slow.push(resource);
    else match(resource);
  }
  slow.forEach(match);
  found.selected.sort(ordering(set, request));
  const { selected, unfinished, callerRefused } = found;
  return {
    number,
    classifier,
    emergencyNumber,
    byClass: !byRules,
    selected,
    unfinished,
    callerRefused,
  };
}

interface Found {
  readonly selected: Selected[];
  readonly unfinished: Unfinished[];
  readonly callerRefused: Resource[];
}

/** Enabled resources of the class that pass the flags; undefined when there are none. */
export function classCarriers(
  set: CompiledSet,
  request: RouteRequest,
  classifier: string | undefined,
): readonly Resource[] | undefined {
  const carriers = set.carriers(classifier);
  if (carriers === undefined) return undefined;
  const passed = [...carriers].filter((one) => refusedByFlags(one, request) === undefined);
  return passed.length === 0 ? undefined : passed;
}

function candidates(
  set: CompiledSet,
  request: RouteRequest,
  matching: Matching,
): readonly Resource[] {
  const found: Resource[] = [];
  set.index.candidates(matching.subject, matching.evaluation, (rule) => {
    for (const resource of rule.users) {
      if (resource.seenIn === matching.evaluation) continue;
      resource.seenIn = matching.evaluation;
      if (refusedByFlags(resource, request) === undefined) found.push(resource);
    }
  });
  return found;
}

/** @param named whether only rules that the index named count. */
function isSlow({ rules, callerIdRules }: Resource, matching: Matching, named: boolean): boolean {
  for (const rule of rules.entries)
    if ((!named || rule.namedIn === matching.evaluation) && rule.pattern.engine !== 'native')
      return true;
  const callers = callerIdRules.entries;
  return callers.length > 0 && callers.some(({ pattern }) => pattern.engine !== 'native');
}

function judge(
  resource: Resource,
  outcome: RuleOutcome,
  callerId: string | undefined,
  meter: Meter,
  found: Found,
): void {
  if (outcome.kind === 'none') return;
  if (outcome.kind === 'limit') {
    for (const rule of outcome.indexes) found.unfinished.push({ resource, field: 'rules', rule });
    return;
  }
  const verdict = judgeCaller(resource, callerId, meter);
  if (verdict === 'admitted') found.selected.push({ resource, matchedNumber: outcome.number });
  else if (verdict === 'refused') found.callerRefused.push(resource);
  else for (const rule of verdict) found.unfinished.push({ resource, field: 'cid_rules', rule });
}

/**
 * No list, or none that can be run, admits anybody; without a caller id no rule matches.
 * @returns the places of rules that ran out of their budget, when none matched.
 */
function judgeCaller(
  { callerIdRules: { entries } }: Resource,
  callerId: string | undefined,
  meter: Meter,
): 'admitted' | 'refused' | readonly number[] {
  if (entries.length === 0) return 'admitted';
  let isAnyUsable = false;
  const unfinished: number[] = [];
  for (const [index, { pattern }] of entries.entries()) {
    if (pattern.unusable !== undefined) continue;
    isAnyUsable = true;
    const outcome = callerId === undefined ? 'none' : pattern.match(callerId, meter);
    if (outcome === 'limit') unfinished.push(index);
    else if (outcome !== 'none') return 'admitted';
  }
  if (!isAnyUsable) return 'admitted';
  return unfinished.length === 0 ? 'refused' : unfinished;
}

/** The caller's number as given, or the first diversion's user when the settings say so. */
function callerIdForRules(set: CompiledSet, request: RouteRequest): string | undefined {
  const own = request.outbound.number;
  let number = own;
  if (set.config.cidRulesHonorDiversions) {
    const first = readText(readList(request.customSipHeaders.Diversions)[0]);
    number = (first === undefined ? undefined : sipUser(first)) ?? own;
  }
  return number === null ? undefined : toBytes(number);
}

function ordering(set: CompiledSet, request: RouteRequest): (a: Selected, b: Selected) => number {
  const flipped = set.config.kazooTies && request.hasFlags ? -1 : 1;
  return (a, b) =>
    a.resource.weight - b.resource.weight ||
    flipped * compareIds(a.resource.documentId, b.resource.documentId);
}
