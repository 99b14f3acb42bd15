// Kazoo's tolerance for JSON, field by field: documents in real stores hold `"50"`, `"true"` and
// empty objects where numbers, booleans and strings belong.

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';

type Value = JsonValue | undefined;

/** Only `true` and `"true"` are true; another present value is false; a missing key: `absent`. */
export function isTrue(value: Value, absent = false): boolean {
  return value === undefined ? absent : value === true || value === 'true';
}

/** `true`, `"true"`, `false` and `"false"` are understood; anything else is `otherwise`. */
export function readBoolean(value: Value, otherwise: boolean): boolean {
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : otherwise;
}

/** Integers, floats and their strings, rounded half away from zero; else `otherwise`. */
export function readInteger<T>(value: Value, otherwise: T): number | T {
  const number =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(value)
        ? Number(value)
        : Number.NaN;
  if (!Number.isFinite(number)) return otherwise;
  // `+ 0` turns -0 into 0.
  return Math.sign(number) * Math.round(Math.abs(number)) + 0;
}

/** Text, or a number or boolean as text; undefined for anything else. The empty text counts. */
export function readText(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** As readText, but what Kazoo counts as empty (`""`, `"0"`, 0, `"NULL"`, …) is undefined. */
export function readNonEmpty(value: Value): string | undefined {
  const text = readText(value);
  const empty = ['', '0', 'NULL', 'undefined'];
  return text === undefined || empty.includes(text) ? undefined : text;
}

/** The non-empty texts of a list; an empty list when it is no list. */
export function readTexts(value: Value): readonly string[] {
  const texts: string[] = [];
  for (const item of readList(value)) {
    const text = readText(item);
    if (text !== undefined && text !== '') texts.push(text);
  }
  return texts;
}

export function readList(value: Value): readonly JsonValue[] {
  // Array.isArray does not narrow a read-only list.
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

const EMPTY: JsonObject = Object.freeze({});

/** The object, or an empty one. */
export function readObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : EMPTY;
}

/** The value's own member: a document's `__proto__` or `constructor` is never an inherited one. */
export function member(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
