// From the bytes of a request body to Crossbar's envelope (reference §1.6). Pure.

import { type ParseError, parse as parseLeniently, printParseErrorCode } from 'jsonc-parser';
import {
  type CraftportError,
  type FieldErrors,
  invalidFields,
  type RuleFailure,
} from '../base/error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { measureJson } from './json-cost.ts';

/** JSON bodies end here (reference §1.2); uploads of numbers have a limit of their own. */
export const MAX_BODY_BYTES = 8_000_000;
/** And here without a valid token in a header or the query. */
export const MAX_UNSIGNED_BYTES = 65_536;
export const MAX_DEPTH = 64;
/** Smaller bodies are read whatever they look like: that takes milliseconds. */
const UNMEASURED_BYTES = 65_536;
/** Half a second of JSON.parse; ten thousand alike resources have a few dozen. */
const MAX_SHAPES = 50_000;
const DEPTH_MESSAGE = `Nesting must be at most ${String(MAX_DEPTH)} levels`;
const MAX_REPORTED = 20;

export interface Envelope {
  readonly data: JsonObject | readonly JsonValue[];
  /** The other members: lower-cased names, `-` as `_`, nulls dropped. */
  readonly members: JsonObject;
}

const EMPTY: Envelope = { data: {}, members: {} };

/** How a request's Content-Type is read. */
export type BodyKind = 'json' | 'upload' | 'other';

/**
 * curl's default type (`x-www-form-urlencoded`) counts as JSON: scripts that forget the header
 * send exactly that.
 */
export function bodyKindOf(contentType: string | undefined): BodyKind {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  switch (type) {
    case '':
    case 'application/json':
    case 'application/x-json':
    case 'application/x-www-form-urlencoded':
      return 'json';
    case 'text/csv':
    case 'application/x-ndjson':
      return 'upload';
    default:
      return 'other';
  }
}

/**
 * Parses a JSON envelope. No bytes at all give `data: {}`; the endpoint's schema then reports
 * what is missing.
 * @throws request.invalid in Crossbar's words
 */
export function parseEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length === 0) return EMPTY;
  const body = parseJson(bytes);
  const problems = findProblems(body);
  if (problems !== undefined) throw invalidFields(problems);
  if (!isJsonObject(body) || !Object.hasOwn(body, 'data') || body['data'] === null)
    throw invalidFields({
      data: { required: { message: 'Field is required but missing', value: 'data' } },
    });
  const data = body['data'];
  if (typeof data !== 'object')
    throw invalidFields({
      data: {
        type: {
          message: 'Value did not match type(s): object, array',
          target: 'object, array',
          value: data,
        },
      },
    });
  const members: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(body))
    if (key !== 'data' && value !== null) members[key.toLowerCase().replaceAll('-', '_')] = value;
  return { data, members };
}

function parseJson(bytes: Uint8Array): JsonValue {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalidJson('All JSON must be valid UTF-8');
  }
  if (text.trim() === '') return { data: {} };
  if (bytes.length > UNMEASURED_BYTES) assertCheap(bytes);
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw invalidJson(describeSyntaxError(text));
  }
}

/** @throws request.invalid for what would hold up everybody else while it is parsed */
function assertCheap(bytes: Uint8Array): void {
  const { depth, shapes } = measureJson(bytes);
  // The envelope's own level is counted, as below.
  if (depth > MAX_DEPTH + 1)
    throw invalidFields({ json: { maxDepth: { message: DEPTH_MESSAGE, target: MAX_DEPTH } } });
  if (shapes > MAX_SHAPES)
    throw invalidFields({
      json: {
        maxProperties: {
          message: `There must be at most ${String(MAX_SHAPES)} different keys`,
          target: MAX_SHAPES,
        },
      },
    });
}

/** V8 does not always say where; the tolerant parser does. Only run when JSON.parse refused. */
function describeSyntaxError(text: string): string {
  const errors: ParseError[] = [];
  try {
    parseLeniently(text, errors, { disallowComments: true });
  } catch {
    // Its recursion overflows on hostile nesting.
    return 'All JSON must be valid';
  }
  const first = errors[0];
  if (first === undefined) return 'All JSON must be valid';
  const isTruncated =
    first.offset + first.length >= text.trimEnd().length &&
    !['InvalidSymbol', 'EndOfFileExpected'].includes(printParseErrorCode(first.error));
  const around = Buffer.byteLength(text.slice(0, first.offset));
  return `${isTruncated ? 'truncated_json' : 'invalid_json'} around ${String(around)}`;
}

function invalidJson(message: string): CraftportError {
  return invalidFields({ json: { invalid: { message, target: 'body' } } });
}

/** What JSON allows and the store does not take. undefined: nothing wrong. */
function findProblems(body: JsonValue): FieldErrors | undefined {
  // Without a prototype: `__proto__` is one of the fields that are told.
  const found = Object.create(null) as Record<string, Record<string, RuleFailure>>;
  let count = 0;
  const report = (path: string, rule: string, message: string, target?: unknown): void => {
    if (count++ < MAX_REPORTED)
      found[path === '' ? 'json' : path] = {
        [rule]: { message, ...(target === undefined ? {} : { target }) },
      };
  };
  const visit = (value: JsonValue, path: string, depth: number): void => {
    if (typeof value === 'string') {
      if (value.includes('\0')) report(path, 'invalid', 'Strings must not contain a NUL character');
      else if (!value.isWellFormed())
        report(path, 'invalid', 'Strings must be well-formed Unicode');
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value)) report(path, 'invalid', 'Numbers must be finite');
    } else if (typeof value === 'object' && value !== null) {
      if (depth >= MAX_DEPTH) {
        report(path, 'maxDepth', DEPTH_MESSAGE, MAX_DEPTH);
        return;
      }
      if (Array.isArray(value)) {
        const items = value as readonly JsonValue[];
        for (let index = 0; index < items.length; index += 1)
          visit(items[index] ?? null, join(path, String(index)), depth + 1);
        return;
      }
      for (const [key, member] of Object.entries(value)) {
        const at = join(path, key.replaceAll('.', '%2E'));
        if (key === '__proto__') report(at, 'forbidden', 'This key is not allowed');
        else if (key.includes('\0') || !key.isWellFormed())
          report(path, 'invalid', 'Keys must be well-formed Unicode without NUL');
        else visit(member, at, depth + 1);
      }
    }
  };
  // Paths are told as inside `data`, where every endpoint's fields are.
  if (isJsonObject(body)) {
    for (const [key, member] of Object.entries(body)) {
      if (key === '__proto__') report(key, 'forbidden', 'This key is not allowed');
      else visit(member, key === 'data' ? '' : key, 1);
    }
  } else visit(body, '', 0);
  return count === 0 ? undefined : found;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
