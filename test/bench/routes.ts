// Evaluations a second, whole ones: endpoints, bridge and dial string. The goals are in the
// README; Kazoo's own code answers 370 (one match) and 62 (10 %) a second at 1,000 resources.

import { Numbers } from '../../agent/number/numbers.ts';
import { DEFAULT_NUMBER_TABLES } from '../../agent/number/tables.ts';
import { PatternCache } from '../../agent/pattern/pattern-cache.ts';
import { CompiledSet } from '../../agent/routing/compiled-set.ts';
import { readRoutingConfig } from '../../agent/routing/config.ts';
import { evaluateRoute } from '../../agent/routing/evaluate.ts';
import { readPcre2Binary } from '../../agent/config/pcre2-binary.ts';
import { WARM_UP_ROUNDS, warmUp } from '../../agent/routing/warm-up.ts';
import { ASKED, generateSite } from './support-routing-site.ts';

const REQUEST = {
  number: ASKED,
  account_id: 'd0000000000000000000000000000009',
  account_realm: 'bench.example',
  caller_id_number: '+13125550142',
  caller_id_name: 'Bench',
};

export async function bench(): Promise<void> {
  console.log('routing: whole evaluations on one core');
  measureSite('1,000 resources, one matches', 1000, 1000, 40_000);
  measureSite('1,000 resources, 10 % match', 1000, 10, 2000);
  measureSite('10,000 resources, one matches', 10_000, 10_000, 20_000);
  measureCompiling();
  measureExplanation(1000);
  measureExplanation(10_000);
  measureHostile();
  measureNumbers();
  return Promise.resolve();
}

function newSet(): CompiledSet {
  const patterns = new PatternCache(readPcre2Binary);
  const numbers = new Numbers(DEFAULT_NUMBER_TABLES, patterns);
  return new CompiledSet({ config: readRoutingConfig({}), numbers, patterns, global: true });
}

function filledSet(count: number, every: number): { set: CompiledSet; compileMs: number } {
  const site = generateSite(count, every);
  const set = newSet();
  const startedMs = performance.now();
  for (const [id, doc] of site) set.put(id, doc);
  return { set, compileMs: performance.now() - startedMs };
}

const options = { random: Math.random, nowMs: () => performance.now() };

function measureSite(name: string, count: number, every: number, goal: number): void {
  const { set, compileMs } = filledSet(count, every);
  const firstMs = time(() => evaluateRoute(REQUEST, set, options));
  const matching = evaluateRoute(REQUEST, set, options).endpoints.length;
  const figures = repeat(() => evaluateRoute(REQUEST, set, options), 2000);
  const asJson = repeat(() => JSON.stringify(evaluateRoute(REQUEST, set, options)), 1000);
  console.log(
    `  ${name} (${matching} endpoints): ${figures.perSecond}/s (goal ${goal}), ` +
      `${asJson.perSecond}/s written as JSON, ` +
      `p50 ${figures.p50Us} µs, p99 ${figures.p99Us} µs; ` +
      `compiling ${compileMs.toFixed(0)} ms, first evaluation ${firstMs.toFixed(1)} ms`,
  );
}

/** As the service does it: a hundred documents at a time, other calls in between. */
function measureCompiling(): void {
  const site = [...generateSite(10_000, 10_000)];
  const set = newSet();
  let longestMs = 0;
  const startedMs = performance.now();
  for (let from = 0; from < site.length; from += 100) {
    const sliceMs = time(() => {
      for (const [id, doc] of site.slice(from, from + 100)) set.put(id, doc);
    });
    longestMs = Math.max(longestMs, sliceMs);
  }
  const wholeMs = performance.now() - startedMs;
  const firstMs = time(() => evaluateRoute(REQUEST, set, options));
  const [id = '', doc = {}] = site[5000] ?? [];
  let turn = 0;
  const change = repeat(() => {
    turn++;
    const rules = [`^\\+1${String(200 + (turn % 800))}(\\d{7})$`, `^\\+44(${String(turn)}\\d+)$`];
    set.put(id, { ...doc, rules });
  }, 1000);
  console.log(
    `  compiling 10,000 resources: ${wholeMs.toFixed(0)} ms (goal 5,000) in slices of at most ` +
      `${longestMs.toFixed(1)} ms, first evaluation ${firstMs.toFixed(1)} ms; ` +
      `one change p50 ${change.p50Us} µs, p99 ${change.p99Us} µs (goal 5,000)`,
  );
}

function measureExplanation(resources: number): void {
  const { set } = filledSet(resources, resources);
  const explained = () => evaluateRoute(REQUEST, set, { ...options, explain: true });
  const count = explained().excluded.length;
  const figures = repeat(explained, 200);
  console.log(
    `  explaining ${count} others: ${figures.perSecond}/s, p99 ${figures.p99Us} µs (goal 20,000)`,
  );
}

/** Patterns made to hang a backtracking engine, 200 resources of them, on a long number. */
function measureHostile(): void {
  const hostile = [
    '^\\+(\\d+)+$(?<!7)',
    '^(?=(\\+))\\+(\\d+)+$(?<!7)',
    '(.*)*(.*)*(.*)*[!?][+7]*',
    '^\\+((\\d|1)+)+[!?]?(?:!|x)7*',
    '(?:(\\d+)\\1+)+$(?<!7)',
    '^(\\+?1?\\d?){40}\\d{40}[!?]7*',
    '(?>\\d*?)*(\\d+)+?$(?<!7)',
    '^.*.*.*.*.*.*.*.*(?:!|x)7*',
  ];
  const set = newSet();
  for (let index = 0; index < 200; index++) {
    // A space of its own makes every pattern distinct, so that none is matched for another.
    const rules = hostile.map((rule) => `${rule}(?#${index})`);
    set.put(`hostile-${index}`, { name: 'h', rules, gateways: [{ server: 'h.example' }] });
  }
  set.put('good', { name: 'g', rules: ['^\\+1(\\d+)$'], gateways: [{ server: 'g.example' }] });
  const request = { ...REQUEST, number: `+1${'7'.repeat(60)}` };
  // As the service does when it has loaded a set.
  for (let round = 0; round < WARM_UP_ROUNDS; round++) warmUp(set, options.nowMs);
  const firstMs = time(() => evaluateRoute(request, set, options));
  const figures = repeat(() => evaluateRoute(request, set, options), 100);
  const found = evaluateRoute(request, set, options).endpoints.map((e) => e.resource_id);
  console.log(
    `  1,600 hostile patterns: first ${firstMs.toFixed(1)} ms, p50 ${figures.p50Us} µs, ` +
      `p99 ${figures.p99Us} µs (goal 20,000); found ${found.join(', ')}`,
  );
}

function measureNumbers(): void {
  const { numbers } = newSet();
  const texts = Array.from({ length: 200_000 }, (_, index) => String(3_140_000_000 + index * 37));
  for (const text of texts) numbers.normalize(text);
  const tookMs = time(() => texts.forEach((text) => numbers.normalize(text)));
  const eachUs = (tookMs * 1000) / texts.length;
  console.log(`  normalising, classifying and judging a number: ${eachUs.toFixed(2)} µs`);
}

function time(work: () => unknown): number {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
}

/** Rates are those of the median, which other programs on the machine disturb least. */
function repeat(work: () => unknown, atLeast: number) {
  for (let round = 0; round < atLeast / 2; round++) work();
  const tookUs: number[] = [];
  const startedMs = performance.now();
  while (tookUs.length < atLeast || performance.now() - startedMs < 2000) {
    tookUs.push(time(work) * 1000);
  }
  tookUs.sort((a, b) => a - b);
  const medianUs = tookUs[Math.floor(tookUs.length / 2)] ?? 0;
  const at = (share: number) => (tookUs[Math.floor(tookUs.length * share)] ?? 0).toFixed(0);
  return {
    perSecond: Math.round(1e6 / medianUs),
    p50Us: at(0.5),
    p99Us: at(0.99),
  };
}
