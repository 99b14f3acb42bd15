// The whole question: a call, all resources of one store → ordered endpoints, what FreeSWITCH
// is told, and why everything else was left out. Pure: randomness and time are arguments.

import { Meter, type NowMs } from '../pattern/meter.ts';
import { buildBridge } from './bridge.ts';
import type { CompiledSet } from './compiled-set.ts';
import { buildDial } from './dial.ts';
import { buildEndpoints, type BuiltEndpoint, type Random } from './endpoints.ts';
import { explainResources, unfinishedRules } from './explain.ts';
import { member, readObject } from './json-read.ts';
import { readRouteRequest, type RouteRequest } from './request.ts';
import type { Exclusion, RouteResult, Skip } from './result.ts';
import { select } from './select.ts';

export interface EvaluateOptions {
  /** For the gateway strategy `random`: 0 (included) to 1 (excluded). */
  readonly random: Random;
  /** A monotonic clock; with it, rules and formatters each take little more than 4 ms of patterns. */
  readonly nowMs?: NowMs;
  /** Whether `excluded` also explains the resources that simply do not match. */
  readonly explain?: boolean;
}

const NO_ROUTE = {
  code: 'sip:404',
  message: 'NO_ROUTE_DESTINATION',
  error: 'no available resources',
} as const;

/**
 * @param json the request in snake_case: `{number, flags?, account_id?, caller_id_number?, …}`.
 * @param set the resources to choose from: the global ones, or those of the hunt account. There
 * is no fallback from one to the other within a request.
 */
export function evaluateRoute(
  json: unknown,
  set: CompiledSet,
  options: EvaluateOptions,
): RouteResult {
  const request = readRouteRequest(json);
  const meter = new Meter(undefined, options.nowMs);
  const excluded: Exclusion[] = [];
  const skipped: Skip[] = [];
  const normalised = request.bypassE164 ? request.number : set.numbers.toE164(request.number);
  // Spread objects with more fields after them cost V8 a hidden class each time: written out.
  const build = {
    config: set.config,
    numbers: set.numbers,
    global: set.global,
    random: options.random,
  };
  const attempt = (number: string) => {
    const selection = select(set, request, number, meter);
    const gateways: Exclusion[] = [];
    const built = buildEndpoints(selection, request, build, gateways);
    return { selection, built, gateways };
  };

  let { selection, built, gateways } = attempt(normalised);
  let corrected: string | null = null;
  if (built.length === 0) {
    const completed = completeShortDial(set, request, normalised);
    if (completed !== undefined) {
      const second = attempt(completed);
      if (second.built.length > 0) {
        ({ selection, built, gateways } = second);
        corrected = completed;
      }
    }
  }
  excluded.push(...gateways, ...unfinishedRules(selection));
  // Formatters have a budget of their own: no other resource's rules can use it up.
  const forFormatters = new Meter(undefined, options.nowMs);
  const answer = answerFor(built, request, set, forFormatters, { excluded, skipped });
  if (options.explain === true) excluded.push(...explainResources(set, request, selection));
  return {
    normalized_number: normalised,
    result: answer.result,
    endpoints: answer.endpoints,
    bridge: answer.bridge,
    dial: answer.dial,
    response: answer.response,
    corrected_number: corrected,
    excluded,
    skipped,
  };
}

type Answer = Pick<RouteResult, 'result' | 'endpoints' | 'bridge' | 'dial' | 'response'>;

function answerFor(
  built: readonly BuiltEndpoint[],
  request: RouteRequest,
  set: CompiledSet,
  meter: Meter,
  notes: { readonly excluded: Exclusion[]; readonly skipped: Skip[] },
): Answer {
  if (built.length === 0) {
    return { result: 'no_resources', endpoints: [], bridge: null, dial: null, response: NO_ROUTE };
  }
  const endpoints = built.map(({ endpoint }) => endpoint);
  const { config, numbers, patterns, global } = set;
  const bridge = buildBridge(
    built,
    request,
    { config, numbers, patterns, global, meter },
    notes.skipped,
  );
  if (bridge.result === 'refused') {
    const response = { code: 'sip:403', message: 'MANDATORY_IE_MISSING', error: bridge.cause };
    return { result: 'endpoints', endpoints, bridge, dial: null, response };
  }
  const dial = buildDial(
    bridge,
    built,
    { config, numbers, request },
    notes.excluded,
    notes.skipped,
  );
  return { result: 'endpoints', endpoints, bridge, dial, response: null };
}

/**
 * A number too short to be found is completed from the front of the caller's own, once: within
 * 2 to 5 digits by default. Never to a class that the caller may not dial.
 * @returns the completed number in E.164, or undefined when there is nothing to try.
 */
export function completeShortDial(
  set: CompiledSet,
  request: RouteRequest,
  normalised: string,
): string | undefined {
  const { config, numbers } = set;
  const caller = withoutPlus(request.outbound.number ?? request.emergency.number ?? '');
  const short = withoutPlus(normalised);
  const fixed = config.fixedLengthShortdialCorrection;
  const missing = fixed ?? caller.length - short.length;
  if (short === '' || missing <= 0 || caller.length < missing) return undefined;
  if (fixed === undefined) {
    const { minShortdialCorrection: least, maxShortdialCorrection: most } = config;
    if (missing < least || missing > most) return undefined;
  }
  const completed = numbers.toE164(caller.slice(0, missing) + short);
  if (completed === normalised) return undefined;
  const classifier = numbers.classify(completed)?.name ?? '';
  const restriction = readObject(member(request.callRestriction, classifier));
  return restriction.action === 'deny' ? undefined : completed;
}

function withoutPlus(number: string): string {
  return number.startsWith('+') ? number.slice(1) : number;
}
