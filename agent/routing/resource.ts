// A resource document, read once: what every request needs of it. Gateways are read when the
// resource first matches.

import type { JsonObject } from '../base/json.ts';
import type { Numbers } from '../number/numbers.ts';
import type { PatternCache } from '../pattern/pattern-cache.ts';
import { clampWeight, type RoutingConfig } from './config.ts';
import { readGateways, type Gateway } from './gateway.ts';
import {
  isTrue,
  member,
  readBoolean,
  readInteger,
  readList,
  readObject,
  readText,
  readTexts,
} from './json-read.ts';
import { isJsonObject } from '../base/json.ts';
import { readPrivacy, type Privacy } from './privacy.ts';
import { newRule, type RuleEntry, type RuleIndex } from './rule-index.ts';

/** What compiling a document needs to know. */
export interface CompileContext {
  readonly config: RoutingConfig;
  readonly numbers: Numbers;
  readonly patterns: PatternCache;
}

/** A rule text that is no pattern at all. */
export interface UnusableRule {
  readonly index: number;
  readonly rule: string;
  readonly message: string;
}

export interface Resource {
  /** `_id`, or `<_id>-<classifier>` when the document is split by classifiers. */
  readonly id: string;
  readonly documentId: string;
  readonly name: string | null;
  readonly enabled: boolean;
  readonly weight: number;
  readonly flags: ReadonlySet<string>;
  readonly requireFlags: boolean;
  readonly ignoreFlags: boolean;
  readonly emergency: boolean;
  /** The class it carries; undefined for a resource with rules. */
  readonly classifier: string | undefined;
  /** False for a class that the document switches off: it still hides rule-based resources. */
  readonly classEnabled: boolean;
  readonly rules: readonly RuleEntry<Resource>[];
  readonly callerIdRules: readonly RuleEntry<Resource>[];
  readonly notText: readonly UnusableRule[];
  readonly formatters: JsonObject;
  readonly shuffles: boolean;
  readonly privacy: Privacy;
  readonly doc: JsonObject;
  readonly prefix: string | undefined;
  readonly suffix: string | undefined;
  readonly gateways: () => readonly Gateway[];
  /** Evaluation that already looked at it. */
  seenIn: number;
}

/**
 * The resources a document stands for: itself, or one for each class it carries (none when it
 * carries only unknown ones). Rules of the document itself are put into `index`.
 */
export function compileResource(
  id: string,
  doc: JsonObject,
  context: CompileContext,
  index: RuleIndex<Resource>,
): readonly Resource[] {
  // A list or null counts as absent; a text crashes Kazoo and counts as absent too.
  if (!isJsonObject(doc.classifiers)) return [compileRuled(id, doc, context, index)];
  const split: Resource[] = [];
  for (const [name, value] of Object.entries(doc.classifiers)) {
    const resource = compileClass(id, doc, name, readObject(value), context);
    if (resource !== undefined) split.push(resource);
  }
  return split;
}

function compileRuled(
  id: string,
  doc: JsonObject,
  context: CompileContext,
  index: RuleIndex<Resource>,
): Resource {
  const rules: RuleEntry<Resource>[] = [];
  const resource = complete(id, doc, context, {
    id,
    name: readText(doc.name) ?? null,
    weight: weightOf(doc, context.config.defaultWeight),
    emergency: documentEmergency(doc),
    classifier: undefined,
    classEnabled: true,
    rules,
    notText: notText(doc.rules),
    prefix: undefined,
    suffix: undefined,
  });
  for (const rule of readList(doc.rules)) {
    if (typeof rule !== 'string') continue;
    const pattern = context.patterns.get(rule);
    rules.push(
      resource.enabled ? index.add(rule, pattern, resource) : newRule<Resource>(rule, pattern),
    );
  }
  return resource;
}

function compileClass(
  id: string,
  doc: JsonObject,
  name: string,
  own: JsonObject,
  context: CompileContext,
): Resource | undefined {
  const classifier = context.numbers.classifier(name);
  if (classifier === undefined) return undefined;
  const regex = readText(own.regex) ?? classifier.regex;
  const otherwise = name === 'emergency' || classifier.emergency || documentEmergency(doc);
  return complete(id, doc, context, {
    id: `${id}-${name}`,
    name: `${readText(doc.name) ?? ''} - ${name}`,
    weight: weightOf(own, weightOf(doc, context.config.defaultWeight)),
    emergency: readBoolean(own.emergency, otherwise),
    classifier: name,
    classEnabled: readBoolean(own.enabled, true),
    rules: [newRule<Resource>(regex, context.patterns.get(regex))],
    notText: [],
    prefix: readText(member(own, 'prefix')),
    suffix: readText(member(own, 'suffix')),
  });
}

type Own = Pick<
  Resource,
  | 'id'
  | 'name'
  | 'weight'
  | 'emergency'
  | 'classifier'
  | 'classEnabled'
  | 'rules'
  | 'notText'
  | 'prefix'
  | 'suffix'
>;

function complete(
  documentId: string,
  doc: JsonObject,
  context: CompileContext,
  own: Own,
): Resource {
  const { config, patterns } = context;
  let gateways: readonly Gateway[] | undefined;
  const resource: Resource = {
    ...own,
    documentId,
    enabled: readBoolean(doc.enabled, true),
    flags: new Set(readTexts(doc.flags)),
    requireFlags: isTrue(doc.require_flags),
    ignoreFlags: isTrue(doc.ignore_flags),
    callerIdRules: readTexts(doc.cid_rules).map((rule) => newRule(rule, patterns.get(rule))),
    formatters: isJsonObject(doc.formatters) ? doc.formatters : config.defaultFormatters,
    shuffles: doc.gateway_strategy === 'random',
    privacy: readPrivacy(doc),
    doc,
    gateways: () => (gateways ??= readGateways(resource, config)),
    seenIn: 0,
  };
  return resource;
}

function weightOf(doc: JsonObject, otherwise: number): number {
  return clampWeight(readInteger(doc.weight_cost, otherwise));
}

function documentEmergency(doc: JsonObject): boolean {
  return isTrue(doc.emergency) || readObject(doc.caller_id_options).type === 'emergency';
}

function notText(rules: JsonObject[string] | undefined): readonly UnusableRule[] {
  return readList(rules).flatMap((rule, index) =>
    typeof rule === 'string'
      ? []
      : [{ index, rule: JSON.stringify(rule), message: 'A rule must be text' }],
  );
}
