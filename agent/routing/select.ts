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

export interface Selection {
  readonly number: string;
  readonly classifier: string | undefined;
  /** Whether its class is one of emergency numbers. */
  readonly emergencyNumber: boolean;
  /** Whether resources that carry the class hid those with rules. */
  readonly byClass: boolean;
  /** By weight, then by `_id`. */
  readonly selected: readonly Selected[];
  /** Resources whose rules nobody could finish. */
  readonly unfinished: readonly { readonly resource: Resource; readonly rule: number }[];
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
  if (carriers !== undefined) {
    for (const resource of carriers) {
      if (!resource.classEnabled) continue;
      const outcome = matchRules(resource.rules.entries, matching, false);
      judge(resource, outcome, callerId, meter, found);
    }
  } else {
    // Rules that only PCRE2 can run come last, so that a hostile one cannot starve the others.
    const slow: Resource[] = [];
    const match = (resource: Resource) => {
      const outcome = matchRules(resource.rules.entries, matching, true);
      judge(resource, outcome, callerId, meter, found);
    };
    for (const resource of candidates(set, request, matching)) {
      if (needsPcre2(resource, matching)) slow.push(resource);
      else match(resource);
    }
    slow.forEach(match);
  }
  found.selected.sort(ordering(set, request));
  const { selected, unfinished, callerRefused } = found;
  return {
    number,
    classifier,
    emergencyNumber,
    byClass: carriers !== undefined,
    selected,
    unfinished,
    callerRefused,
  };
}

interface Found {
  readonly selected: Selected[];
  readonly unfinished: { readonly resource: Resource; readonly rule: number }[];
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

function needsPcre2(resource: Resource, matching: Matching): boolean {
  for (const rule of resource.rules.entries)
    if (rule.namedIn === matching.evaluation && rule.pattern.engine === 'pcre2') return true;
  return false;
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
    for (const rule of outcome.indexes) found.unfinished.push({ resource, rule });
    return;
  }
  if (admitsCaller(resource, callerId, meter)) {
    found.selected.push({ resource, matchedNumber: outcome.number });
  } else {
    found.callerRefused.push(resource);
  }
}

/** No list, or none that can be run, admits anybody; without a caller id no rule matches. */
function admitsCaller(resource: Resource, callerId: string | undefined, meter: Meter): boolean {
  const { entries } = resource.callerIdRules;
  if (entries.length === 0) return true;
  const usable = entries.filter((rule) => rule.pattern.unusable === undefined);
  if (usable.length === 0) return true;
  return callerId !== undefined && usable.some((rule) => rule.pattern.matches(callerId, meter));
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
