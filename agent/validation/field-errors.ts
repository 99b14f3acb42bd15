// ajv's errors in Crossbar's words: one flat map, dotted path → rule → what was wrong.
// A failed oneOf or anyOf is told once, at the value that fits no branch; why each branch did
// not fit would mislead more than help.

import type { ErrorObject } from 'ajv';
import type { FieldErrors, RuleFailure } from '../base/error.ts';
import { maskAtPath } from '../base/mask.ts';
import { describeFailure } from './rule-failure.ts';

/** Failures beyond this many are left out; nobody reads so many, and a reply has to end. */
export const MAX_FAILURES = 1000;
/** A `value` longer than this (about its characters as JSON) is left out of its failure … */
export const MAX_VALUE_LENGTH = 8192;
/** … and so are all values after this many characters in one report. */
export const MAX_VALUES_LENGTH = 1_048_576;
/** Keys longer than this are cut in paths. */
const MAX_KEY_LENGTH = 256;

/** The path of the document itself, which Crossbar's envelope calls `data`. */
const ROOT = 'data';

/**
 * @param errors what ajv found with `allErrors` and `verbose`.
 * @returns the report of Crossbar's API, secrets masked and its length bounded.
 * @throws TypeError for a keyword that rule-failure.ts has no words for.
 */
export function toFieldErrors(errors: readonly ErrorObject[]): FieldErrors {
  const fields = new Map<string, Map<string, RuleFailure>>();
  const combined = failedCombinators(errors);
  // One object is the `value` of each of its extra keys, and listing its keys takes long.
  const lengths = new Map<unknown, number>();
  let failures = 0;
  let valuesLength = 0;
  for (const error of errors) {
    if (combined.size > 0 && isWithinCombinator(error, combined)) continue;
    if (failures >= MAX_FAILURES) break;
    const { key, rule, failure } = describeFailure(error);
    const path = dottedPath(error.instancePath, key);
    const rules = fields.get(path) ?? new Map<string, RuleFailure>();
    if (rules.has(rule)) continue;
    failures += 1;
    const length = lengths.get(failure.value) ?? jsonLength(failure.value);
    lengths.set(failure.value, length);
    const fits = length <= Math.min(MAX_VALUE_LENGTH, MAX_VALUES_LENGTH - valuesLength);
    if (fits) valuesLength += length;
    rules.set(rule, fits ? maskFailure(error, failure) : withoutValue(failure));
    fields.set(path, rules);
  }
  return Object.fromEntries([...fields].map(([path, rules]) => [path, Object.fromEntries(rules)]));
}

function maskFailure({ keyword, instancePath }: ErrorObject, failure: RuleFailure): RuleFailure {
  // The value told for a missing key is the key, which is no secret.
  if (keyword === 'required') return failure;
  // The value told for an extra key is its whole parent, so the key is not part of this path.
  const value = maskAtPath(dottedPath(instancePath), failure.value);
  return 'cause' in failure ? { ...failure, value, cause: value } : { ...failure, value };
}

function withoutValue(failure: RuleFailure): RuleFailure {
  const rest: { -readonly [Key in keyof RuleFailure]: RuleFailure[Key] } = { ...failure };
  delete rest.value;
  delete rest.cause;
  return rest;
}

/** Failed oneOf/anyOf: JSON pointer of the value → the schema that holds the keyword. */
function failedCombinators(errors: readonly ErrorObject[]): Map<string, unknown> {
  const combined = new Map<string, unknown>();
  for (const { keyword, instancePath, parentSchema } of errors) {
    const fails = keyword === 'oneOf' || keyword === 'anyOf';
    if (fails) combined.set(instancePath, parentSchema);
  }
  return combined;
}

/** Whether `error` belongs to a branch: at or below the value, but of another schema object. */
function isWithinCombinator(error: ErrorObject, combined: Map<string, unknown>): boolean {
  for (let end = error.instancePath.length; end >= 0;) {
    const holder = combined.get(error.instancePath.slice(0, end));
    if (holder !== undefined && holder !== error.parentSchema) return true;
    end = end === 0 ? -1 : error.instancePath.lastIndexOf('/', end - 1);
  }
  return false;
}

/** `/gateways/0/a.b` and `c` → `gateways.0.a%2Eb.c`. */
function dottedPath(instancePath: string, key?: string): string {
  const keys = instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (key !== undefined) keys.push(key);
  return keys.length === 0 ? ROOT : keys.map(pathKey).join('.');
}

function pathKey(key: string): string {
  const short = key.length > MAX_KEY_LENGTH ? `${key.slice(0, MAX_KEY_LENGTH)}…` : key;
  return short.replaceAll('.', '%2E');
}

/** About how many characters `value` takes as JSON; counts no further than is of interest. */
function jsonLength(value: unknown): number {
  let length = 0;
  const open: unknown[] = [value];
  while (open.length > 0 && length <= MAX_VALUE_LENGTH) {
    const next = open.pop();
    if (typeof next === 'string') length += next.length + 2;
    else if (typeof next !== 'object' || next === null) length += 5;
    else if (Array.isArray(next)) {
      length += next.length + 2;
      if (length <= MAX_VALUE_LENGTH) for (const item of next) open.push(item);
    } else {
      length += 2;
      for (const key in next) {
        length += key.length + 4;
        if (length > MAX_VALUE_LENGTH) break;
        open.push((next as Record<string, unknown>)[key]);
      }
    }
  }
  return length;
}
