// Crossbar's filters (reference §7.3): conditions on the stored document, its private
// bookkeeping (`pvt_…`) and its id. Pure.
//
// A value is compared as text. Objects and arrays have none, so that no filter sees a secret
// inside of one; a path that names a secret is refused, because a filter that may be repeated
// answers any question about the value.

import { CraftportError } from '../base/error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { isSecretKey } from '../base/mask.ts';

/** What a filter sees of a document. */
export interface Filterable {
  readonly id: string;
  readonly doc: JsonObject;
  readonly pvt: JsonObject;
}

/** `/`-less path: `['gateways', '0', 'server']`, array indexes from zero. */
type Path = readonly string[];

export type Condition =
  | {
      readonly kind: 'equals';
      readonly path: Path;
      readonly texts: ReadonlySet<string>;
      readonly isNegated: boolean;
    }
  | { readonly kind: 'present'; readonly path: Path; readonly isNegated: boolean }
  | { readonly kind: 'nonEmpty'; readonly path: Path; readonly isNegated: boolean }
  | {
      readonly kind: 'range';
      readonly path: Path;
      /** Inclusive. */
      readonly from: number;
      readonly to: number;
    };

/** All must hold; an empty filter keeps everything. */
export type DocumentFilter = readonly Condition[];

/** More than any form or script asks for; keeps the cost per document bounded. */
export const MAX_CONDITIONS = 100;

/**
 * @param parameters every query parameter; those that are no filters are left alone.
 * @throws request.bad-parameter for too many filters, a secret key, a time that is no number
 */
export function parseFilter(parameters: Readonly<Record<string, string>>): DocumentFilter {
  const conditions: Condition[] = [];
  for (const [name, value] of Object.entries(parameters)) {
    const condition = parseCondition(name, value);
    if (condition === undefined) continue;
    if (condition.path.some(isSecretKey)) throw refused('secrets cannot be filtered by');
    conditions.push(condition);
    if (conditions.length > MAX_CONDITIONS)
      throw refused(`there must be at most ${String(MAX_CONDITIONS)} filters`);
  }
  return conditions;
}

/** Whether the document meets every condition. */
export function isKept(filter: DocumentFilter, document: Filterable): boolean {
  return filter.every((condition) => holds(condition, document));
}

function parseCondition(name: string, value: string): Condition | undefined {
  switch (name) {
    case 'has_key':
      return { kind: 'present', path: toPath(value), isNegated: false };
    case 'key_missing':
    case 'missing_key':
      return { kind: 'present', path: toPath(value), isNegated: true };
    case 'has_value':
      return { kind: 'nonEmpty', path: toPath(value), isNegated: false };
    case 'value_missing':
    case 'missing_value':
      return { kind: 'nonEmpty', path: toPath(value), isNegated: true };
    case 'created_from':
    case 'modified_from':
      return { kind: 'range', path: timeOf(name), from: toSeconds(name, value), to: Infinity };
    case 'created_to':
    case 'modified_to':
      return { kind: 'range', path: timeOf(name), from: -Infinity, to: toSeconds(name, value) };
    default: {
      if (!name.startsWith('filter_')) return undefined;
      const isNegated = name.startsWith('filter_not_');
      const key = name.slice(isNegated ? 'filter_not_'.length : 'filter_'.length);
      if (key === '') return undefined;
      return { kind: 'equals', path: toPath(key), texts: toAlternatives(value), isNegated };
    }
  }
}

function holds(condition: Condition, document: Filterable): boolean {
  const value = valueAt(condition.path, document);
  switch (condition.kind) {
    case 'equals': {
      const text = textOf(value);
      return (text !== undefined && condition.texts.has(text)) !== condition.isNegated;
    }
    case 'present':
      return (value !== undefined) !== condition.isNegated;
    case 'nonEmpty':
      return !isEmpty(value) !== condition.isNegated;
    case 'range':
      return typeof value === 'number' && value >= condition.from && value <= condition.to;
  }
}

/** undefined when there is nothing; a stored null counts as nothing, as in Kazoo. */
function valueAt(path: Path, document: Filterable): JsonValue | undefined {
  const [first = '', ...rest] = path;
  if (first === 'id') return rest.length === 0 ? document.id : undefined;
  let value: JsonValue | undefined = memberOf(
    first.startsWith('pvt_') ? document.pvt : document.doc,
    first,
  );
  for (const segment of rest) {
    if (value === undefined) return undefined;
    value = memberOf(value, segment);
  }
  return value ?? undefined;
}

function memberOf(value: JsonValue, segment: string): JsonValue | undefined {
  if (isJsonObject(value)) return Object.hasOwn(value, segment) ? value[segment] : undefined;
  if (!Array.isArray(value) || !/^\d{1,6}$/.test(segment)) return undefined;
  return (value as readonly JsonValue[])[Number(segment)];
}

/** The text that filters compare with. A missing value equals the empty text. */
function textOf(value: JsonValue | undefined): string | undefined {
  if (value === undefined) return '';
  return typeof value === 'object' ? undefined : String(value);
}

function isEmpty(value: JsonValue | undefined): boolean {
  if (value === undefined || value === '') return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function toPath(key: string): Path {
  return key.split('.');
}

function timeOf(name: string): Path {
  return [name.startsWith('created') ? 'pvt_created' : 'pvt_modified'];
}

/** One text, or a JSON array of alternatives. */
function toAlternatives(value: string): ReadonlySet<string> {
  if (value.startsWith('[')) {
    try {
      const list = JSON.parse(value) as readonly JsonValue[];
      return new Set(list.map((item) => textOf(item ?? undefined) ?? ''));
    } catch {
      // Not JSON: the text itself is meant.
    }
  }
  return new Set([value]);
}

function toSeconds(name: string, value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw refused(`${name} must be Gregorian seconds`);
  return Number(value);
}

function refused(message: string): CraftportError {
  return new CraftportError('request.bad-parameter', message);
}
