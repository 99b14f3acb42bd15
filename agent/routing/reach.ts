// Whether a number can be dialled at all from an account, over its own resources or the system's:
// asked of the same function that routes calls. Pure; the standing check for emergency numbers
// asks it.

import type { JsonObject } from '../base/json.ts';
import { toBytes } from '../pattern/bytes.ts';
import { Meter } from '../pattern/meter.ts';
import type { CompiledSet } from './compiled-set.ts';
import { evaluateRoute } from './evaluate.ts';
import { readNonEmpty, readObject } from './json-read.ts';
import type { Resource } from './resource.ts';
import type { RouteResult } from './result.ts';
import type { RuleEntry } from './rule-index.ts';

export interface ReachCaller {
  /** `caller_id.external.number` of the account, which caller-id rules see; undefined: none. */
  readonly external: string | undefined;
  readonly emergency: string | undefined;
}

/** An account's own caller ids, as Kazoo's account documents hold them. */
export function readReachCaller(account: JsonObject): ReachCaller {
  const ids = readObject(account.caller_id);
  return {
    external: readNonEmpty(readObject(ids.external).number),
    emergency: readNonEmpty(readObject(ids.emergency).number),
  };
}

export const NOBODY: ReachCaller = { external: undefined, emergency: undefined };

/**
 * Whether FreeSWITCH would have a leg to dial for `number` itself, not for what a short dial is
 * completed to. The caller id never stands in the way, but for rules about it.
 */
export function canReach(number: string, caller: ReachCaller, set: CompiledSet): boolean {
  const result = evaluateRoute(requestOf(number, caller), set, { random: () => 0 });
  return isReached(result);
}

/** At most so many resources are named in a reason. */
const MOST_NAMED = 5;

/**
 * Why `number` is not reached: what keeps each resource out that has a rule or class for it.
 * @returns sentences, one a resource; empty when no resource has one
 */
export function reachObstacles(
  number: string,
  caller: ReachCaller,
  set: CompiledSet,
): readonly string[] {
  const request = requestOf(number, caller);
  const result = evaluateRoute(request, set, { random: () => 0, explain: true });
  const reasons = meantFor(result.normalized_number, set).flatMap(({ id, documentId, doc }) => {
    const name = typeof doc.name === 'string' ? doc.name : documentId;
    const why = new Set(
      result.excluded
        .filter((one) => one.resource_id === id && one.stage !== 'unusable_rule')
        .map(({ reason }) => reason),
    );
    return why.size === 0 ? [] : [`${JSON.stringify(name)}: ${[...why].join(' ')}`];
  });
  if (reasons.length <= MOST_NAMED) return reasons;
  const more = reasons.length - MOST_NAMED;
  return [...reasons.slice(0, MOST_NAMED), `And ${more} more.`];
}

/**
 * Documents that can decide whether one of `numbers` is reached, or say why not: those with a
 * rule or class for it, whatever else keeps them out, and those whose rules nobody could finish.
 * A set of these alone answers canReach and reachObstacles as the whole one does.
 * @returns their `_id`s
 */
export function documentsFor(numbers: readonly string[], set: CompiledSet): ReadonlySet<string> {
  const found = new Set<string>();
  for (const number of numbers)
    for (const { documentId } of meantFor(set.numbers.toE164(number), set, true))
      found.add(documentId);
  return found;
}

function requestOf(number: string, { external, emergency }: ReachCaller): JsonObject {
  // The number itself stands in for a missing emergency caller id: it is as long as what is
  // dialled, so that nothing is completed from it, and it is never sent anywhere.
  const own = emergency ?? external ?? number;
  return {
    number,
    ...(external === undefined ? {} : { caller_id_number: external }),
    emergency_caller_id_number: own,
    e911_numbers: [own],
  };
}

function isReached(result: RouteResult): boolean {
  return result.corrected_number === null && result.dial?.result === 'ok';
}

/**
 * Resources with a rule or class for the number, whatever else keeps them out, in ascending
 * `_id`. Of disabled ones, whose rules the index does not hold, as many as one budget tries.
 * @param orUnfinished whether rules count that the budget did not suffice for
 */
function meantFor(number: string, set: CompiledSet, orUnfinished = false): readonly Resource[] {
  const [subject, meter] = [toBytes(number), new Meter()];
  const classifier = set.numbers.classify(number)?.name;
  const found = new Set<Resource>();
  const matches = ({ pattern }: RuleEntry<Resource>) => {
    const outcome = pattern.match(subject, meter);
    return outcome === 'limit' ? orUnfinished : outcome !== 'none';
  };
  set.index.candidates(subject, set.nextEvaluation(), (rule) => {
    if (matches(rule)) for (const resource of rule.users) found.add(resource);
  });
  return set.all().filter((resource) => {
    if (resource.classifier !== undefined) return resource.classifier === classifier;
    return resource.enabled ? found.has(resource) : resource.rules.entries.some(matches);
  });
}
