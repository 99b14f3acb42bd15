// A site to ask: resources, settings and a caller, with what a test does not care about filled in.

import type { JsonObject } from '../../../agent/base/json.ts';
import { Numbers } from '../../../agent/number/numbers.ts';
import { readNumberTables } from '../../../agent/number/tables.ts';
import { PatternCache } from '../../../agent/pattern/pattern-cache.ts';
import { CompiledSet } from '../../../agent/routing/compiled-set.ts';
import { readRoutingConfig } from '../../../agent/routing/config.ts';
import { evaluateRoute } from '../../../agent/routing/evaluate.ts';
import type { RouteResult } from '../../../agent/routing/result.ts';
import { loadPcre2 } from '../pattern/pcre2-binary.ts';

export const patterns = new PatternCache(loadPcre2);

export interface Site {
  readonly config?: JsonObject;
  readonly numbers?: JsonObject;
  readonly global?: boolean;
}

/** A set of `documents`, each with its `_id` (or its place in the list). */
export function compile(documents: readonly JsonObject[], site: Site = {}): CompiledSet {
  const set = new CompiledSet({
    config: readRoutingConfig(site.config),
    numbers: new Numbers(readNumberTables(site.numbers), patterns),
    patterns,
    global: site.global ?? true,
  });
  for (const [index, { _id: id, ...document }] of documents.entries()) {
    set.put(typeof id === 'string' ? id : `r${index}`, document);
  }
  return set;
}

/** Shuffles nothing: the first of every choice. */
export const keepOrder = () => 0.999_999;

/** A North American rule, one gateway, and whatever `more` says. */
export function resource(id: string, more: JsonObject = {}): JsonObject {
  return {
    _id: id,
    name: `Demo ${id}`,
    rules: ['^\\+1(\\d{10})$'],
    gateways: [{ server: `${id}.example` }],
    ...more,
  };
}

export function ask(
  documents: readonly JsonObject[],
  request: JsonObject = {},
  site: Site = {},
): RouteResult {
  return evaluateRoute(
    { number: '7735550111', caller_id_number: '+13125550142', ...request },
    compile(documents, site),
    { random: keepOrder, explain: true },
  );
}

/** The resources and gateways found, as `id/gateway`. */
export function found(result: RouteResult): readonly string[] {
  return result.endpoints.map((endpoint) => `${endpoint.resource_id}/${endpoint.gateway_index}`);
}

export function targets(result: RouteResult): readonly string[] {
  return result.dial?.legs.map((leg) => leg.target) ?? [];
}
