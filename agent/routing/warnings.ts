// What to tell somebody who saves a resource: it is accepted as Kazoo would, and these parts of
// it will not do what they seem to.

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { Numbers } from '../number/numbers.ts';
import type { PatternCache } from '../pattern/pattern-cache.ts';
import { member, readList, readObject } from './json-read.ts';

export interface RuleWarning {
  /** Dotted path in the document: `rules.0`, `formatters.from.1.regex`. */
  readonly path: string;
  /** The text the warning is about. */
  readonly rule: string;
  readonly message: string;
}

export interface WarningContext {
  readonly patterns: PatternCache;
  readonly numbers: Numbers;
}

/** Warnings for `doc`, in document order. Never throws, whatever the document holds. */
export function ruleWarnings(doc: JsonObject, context: WarningContext): readonly RuleWarning[] {
  const found: RuleWarning[] = [];
  const check = (path: string, value: JsonValue | undefined) => {
    if (value === undefined || value === null) return;
    if (typeof value !== 'string') {
      found.push({ path, rule: JSON.stringify(value), message: 'A pattern must be text.' });
      return;
    }
    const why = context.patterns.get(value).unusable;
    if (why === undefined) return;
    const at = why.offset === undefined ? '' : ` (at byte ${why.offset})`;
    const message = `The pattern cannot be used and never matches: ${why.message}${at}.`;
    found.push({ path, rule: value, message });
  };
  for (const field of ['rules', 'cid_rules', 'rules_test']) {
    for (const [index, rule] of readList(member(doc, field)).entries()) {
      check(`${field}.${index}`, rule);
    }
  }
  if (isJsonObject(doc.classifiers)) found.push(...classWarnings(doc.classifiers, doc, context));
  for (const [name, own] of Object.entries(readObject(doc.classifiers))) {
    check(`classifiers.${name}.regex`, readObject(own).regex);
  }
  for (const [key, value] of Object.entries(readObject(doc.formatters))) {
    const one = isJsonObject(value);
    for (const [index, formatter] of (one ? [value] : readList(value)).entries()) {
      const place = one ? key : `${key}.${index}`;
      check(`formatters.${place}.regex`, readObject(formatter).regex);
    }
  }
  check('flat_rate_whitelist', nonEmpty(doc.flat_rate_whitelist));
  check('flat_rate_blacklist', nonEmpty(doc.flat_rate_blacklist));
  return found;
}

function nonEmpty(value: JsonValue | undefined): JsonValue | undefined {
  return value === '' ? undefined : value;
}

/** Classes replace rules, and one carrier of a class hides every resource with rules from it. */
function classWarnings(
  classifiers: JsonObject,
  doc: JsonObject,
  context: WarningContext,
): readonly RuleWarning[] {
  const found: RuleWarning[] = [];
  const known: string[] = [];
  for (const name of Object.keys(classifiers)) {
    if (context.numbers.classifier(name) !== undefined) known.push(name);
    else {
      const message = 'There is no classifier of this name, so it is ignored.';
      found.push({ path: `classifiers.${name}`, rule: name, message });
    }
  }
  if (known.length === 0) {
    const message = 'The resource carries no known class and its rules are ignored: it is unused.';
    return [...found, { path: 'classifiers', rule: '', message }];
  }
  if (readList(doc.rules).length > 0) {
    const message = 'The rules are ignored because the resource has classifiers.';
    found.push({ path: 'classifiers', rule: known.join(', '), message });
  }
  const message =
    'For these classes only resources that carry them are used: every resource with rules is hidden.';
  found.push({ path: 'classifiers', rule: known.join(', '), message });
  for (const name of known) {
    const own = readObject(classifiers[name]);
    if (own.enabled !== false && own.enabled !== 'false') continue;
    const off = 'The class is switched off here, and still hides resources with rules.';
    found.push({ path: `classifiers.${name}.enabled`, rule: name, message: off });
  }
  return found;
}
