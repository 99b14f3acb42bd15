// Why each resource takes no part. Worked out only when somebody asks: a call is routed without
// ever looking at the resources that do not match.

import type { JsonObject } from '../base/json.ts';
import type { CompiledSet } from './compiled-set.ts';
import { refusedByFlags } from './flags.ts';
import { readBoolean, readObject } from './json-read.ts';
import type { RouteRequest } from './request.ts';
import type { Resource, RuleList } from './resource.ts';
import type { Exclusion, ExclusionStage } from './result.ts';
import type { Selection } from './select.ts';

/** Rules that ran out of their budget: always told, since nobody knows whether they match. */
export function unfinishedRules(selection: Selection): readonly Exclusion[] {
  return selection.unfinished.map(({ resource, field, rule }) => {
    const list = field === 'rules' ? resource.rules : resource.callerIdRules;
    return exclude(
      resource,
      'unusable_rule',
      'A rule took too many steps and counts as no match.',
      withRule(
        placeOf(resource, field, rule),
        list.entries[rule]?.text ?? '',
        'match limit exceeded',
      ),
    );
  });
}

/** One entry for each resource that was not selected, and one for each rule that cannot run. */
export function explainResources(
  set: CompiledSet,
  request: RouteRequest,
  selection: Selection,
): readonly Exclusion[] {
  const selected = new Set(selection.selected.map(({ resource }) => resource));
  const callerRefused = new Set(selection.callerRefused);
  const unfinished = new Set(selection.unfinished.map(({ resource }) => resource));
  const excluded: Exclusion[] = [];
  // Of ten thousand resources most are told the same.
  const noMatch = `No rule matches ${selection.number}.`;
  for (const resource of set.all()) {
    for (const one of unusableRules(resource)) excluded.push(one);
    if (selected.has(resource) || unfinished.has(resource)) continue;
    const refused = callerRefused.has(resource);
    excluded.push(explainOne(resource, request, selection, refused, noMatch));
  }
  for (const [id, doc] of set.classless()) excluded.push(explainClassless(id, doc));
  return excluded;
}

function explainOne(
  resource: Resource,
  request: RouteRequest,
  selection: Selection,
  callerRefused: boolean,
  noMatch: string,
): Exclusion {
  if (!resource.enabled) {
    return exclude(resource, 'disabled', 'The resource is disabled.', { field: 'enabled' });
  }
  const flag = refusedByFlags(resource, request);
  if (flag?.kind === 'flags_required') {
    const reason = 'The resource requires flags and the request has none.';
    return exclude(resource, 'flag', reason, { field: 'require_flags' });
  }
  if (flag !== undefined) {
    const reason = `The resource lacks the flag ${JSON.stringify(flag.flag)}.`;
    return exclude(resource, 'flag', reason, { flag: flag.flag });
  }
  const byClass = explainClass(resource, selection);
  if (byClass !== undefined) return byClass;
  if (callerRefused) {
    const caller = request.outbound.number;
    const reason =
      caller === null
        ? 'The request has no caller id, and the resource admits only some.'
        : `No caller-id rule matches ${caller}.`;
    const rules = resource.callerIdRules.texts;
    return exclude(resource, 'caller_id_rule', reason, { rules, caller_id_number: caller });
  }
  const rules = resource.rules.texts;
  const reason = rules.length === 0 ? 'The resource has no rules, so it matches nothing.' : noMatch;
  return exclude(resource, 'rule', reason, { rules, number: selection.number });
}

/** A document whose classes are all unknown stands for no resource at all. */
function explainClassless(id: string, doc: JsonObject): Exclusion {
  if (!readBoolean(doc.enabled, true)) {
    return exclude({ id }, 'disabled', 'The resource is disabled.', { field: 'enabled' });
  }
  return exclude({ id }, 'classifier', 'The resource carries no class that the settings know.', {
    field: 'classifiers',
    classifiers: Object.keys(readObject(doc.classifiers)),
  });
}

function explainClass(resource: Resource, selection: Selection): Exclusion | undefined {
  const { classifier } = selection;
  if (resource.classifier === undefined && !selection.byClass) return undefined;
  const detail = { classifier: classifier ?? null };
  const name = JSON.stringify(classifier ?? 'no class');
  if (resource.classifier === undefined) {
    const reason = `Resources that carry the class ${name} hide those with rules.`;
    return exclude(resource, 'classifier', reason, detail);
  }
  if (resource.classifier !== classifier) {
    const reason = `The number is in ${name}, not in ${JSON.stringify(resource.classifier)}.`;
    return exclude(resource, 'classifier', reason, detail);
  }
  if (resource.classEnabled) return undefined;
  return exclude(resource, 'classifier', `The resource switches ${name} off.`, {
    ...detail,
    field: `classifiers.${resource.classifier}.enabled`,
  });
}

/** Rules that do not compile. They are found without running them. */
export function unusableRules(resource: Resource): readonly Exclusion[] {
  resource.isUsable ??= isUsable(resource.rules) && isUsable(resource.callerIdRules);
  if (resource.isUsable) return NOTHING;
  const found: Exclusion[] = [];
  const add = (rule: string, message: string, place: RulePlace) => {
    const reason = `The rule ${JSON.stringify(rule)} cannot be used: ${message}.`;
    found.push(exclude(resource, 'unusable_rule', reason, withRule(place, rule, message)));
  };
  const lists = [
    ['rules', resource.rules],
    ['cid_rules', resource.callerIdRules],
  ] as const;
  for (const [field, list] of lists) {
    for (const { place, rule } of list.notText) {
      add(rule, 'a rule must be text', { field, index: place });
    }
    for (const [at, rule] of list.entries.entries()) {
      const why = rule.pattern.unusable;
      if (why !== undefined) add(rule.text, why.message, placeOf(resource, field, at));
    }
  }
  return found;
}

const NOTHING: readonly Exclusion[] = [];

function isUsable({ entries, notText }: RuleList): boolean {
  return notText.length === 0 && entries.every(({ pattern }) => pattern.unusable === undefined);
}

interface RulePlace {
  readonly field: string;
  readonly index?: number;
}

/** Member by member: there may be thousands, and V8 is slow at literals that begin with a spread. */
function withRule({ field, index }: RulePlace, rule: string, message: string): JsonObject {
  return index === undefined ? { field, rule, message } : { field, index, rule, message };
}

/** Where in its document a rule stands. */
function placeOf(resource: Resource, field: 'rules' | 'cid_rules', at: number): RulePlace {
  if (field === 'rules' && resource.classifier !== undefined) {
    return { field: `classifiers.${resource.classifier}.regex` };
  }
  const list = field === 'rules' ? resource.rules : resource.callerIdRules;
  return { field, index: list.places[at] ?? at };
}

function exclude(
  resource: { readonly id: string },
  stage: ExclusionStage,
  reason: string,
  detail: JsonObject,
): Exclusion {
  return { resource_id: resource.id, stage, reason, detail };
}
