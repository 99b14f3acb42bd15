// Formatters rewrite fields of a call on its way: strip, replace, match the invite format, or
// cut out by a regex. A formatter that cannot run is skipped and reported, never an error.

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { NumberFormat, Numbers } from '../number/numbers.ts';
import { fromBytes, toBytes } from '../pattern/bytes.ts';
import type { Meter } from '../pattern/meter.ts';
import type { PatternCache } from '../pattern/pattern-cache.ts';
import { normaliseName } from './invite-parameters.ts';
import { isTrue, member, readText } from './json-read.ts';

export type Direction = 'inbound' | 'outbound';

export interface FormatContext {
  readonly direction: Direction;
  readonly numbers: Numbers;
  readonly patterns: PatternCache;
  readonly meter: Meter;
  /** The endpoint's invite format, for `match_invite_format`. */
  readonly inviteFormat?: string;
}

export interface Formatted {
  readonly fields: JsonObject;
  /** Formatters left out: key and reason. */
  readonly skipped: readonly { readonly key: string; readonly reason: string }[];
}

/** Fields whose user part alone (before the first `@`) is formatted. */
const ADDRESSES = ['Request', 'To', 'From'];
/** Invite formats that `match_invite_format` knows: `strip_plus` is none of them, as in Kazoo. */
const CONVERTING = ['e164', 'npan', '1npan'];

/**
 * Applies `formatters` to `fields`, and then to the fields inside `Custom-SIP-Headers`.
 * A key finds the field whose name, in lower case with `-` as `_`, equals the key in lower case.
 * Of a key's formatters for this direction the first one that applies ends the list.
 */
export function applyFormatters(
  fields: JsonObject,
  formatters: JsonObject,
  context: FormatContext,
): Formatted {
  const skipped: { key: string; reason: string }[] = [];
  const formatted = formatLevel(fields, formatters, context, skipped);
  const headers = member(formatted, 'Custom-SIP-Headers');
  if (!isJsonObject(headers)) return { fields: formatted, skipped };
  const inner = formatLevel(headers, formatters, context, skipped);
  return { fields: { ...formatted, 'Custom-SIP-Headers': inner }, skipped };
}

function formatLevel(
  fields: JsonObject,
  formatters: JsonObject,
  context: FormatContext,
  skipped: { key: string; reason: string }[],
): JsonObject {
  const names = new Map(Object.keys(fields).map((name) => [normaliseName(name), name]));
  const result: Record<string, JsonValue> = { ...fields };
  for (const [key, value] of Object.entries(formatters)) {
    const name = names.get(key.toLowerCase());
    if (name === undefined) continue;
    const current = member(result, name);
    if (current === undefined) continue;
    for (const formatter of formattersOf(value, context.direction)) {
      const outcome = formatField(name, current, formatter, context);
      if (outcome.kind === 'pass') continue;
      if (outcome.kind === 'skip') {
        skipped.push({ key, reason: outcome.reason });
        continue;
      }
      if (outcome.kind === 'strip') delete result[name];
      else result[name] = outcome.value;
      break;
    }
  }
  return result;
}

/** `both` counts always: Kazoo's code forgets it, the schema promises it. */
function formattersOf(value: JsonValue, direction: Direction): readonly JsonObject[] {
  const list: readonly JsonValue[] = Array.isArray(value)
    ? (value as readonly JsonValue[])
    : [value];
  return list.filter(isJsonObject).filter((formatter) => {
    const wanted = member(formatter, 'direction');
    if (wanted === undefined || wanted === null) return true;
    const text = readText(wanted)?.toLowerCase();
    return text === direction || text === 'both';
  });
}

type Outcome =
  | { readonly kind: 'pass' }
  | { readonly kind: 'strip' }
  | { readonly kind: 'value'; readonly value: JsonValue }
  | { readonly kind: 'skip'; readonly reason: string };

const PASS: Outcome = { kind: 'pass' };

function formatField(
  name: string,
  current: JsonValue,
  formatter: JsonObject,
  context: FormatContext,
): Outcome {
  if (isTrue(formatter.strip)) return { kind: 'strip' };
  const part = editablePart(name, current);
  const replacement = member(formatter, 'value');
  if (replacement !== undefined && replacement !== null) {
    if (part === undefined || part.put === undefined) return { kind: 'value', value: replacement };
    const text = readText(replacement);
    if (text === undefined)
      return { kind: 'skip', reason: 'The value for an address must be text.' };
    return { kind: 'value', value: part.put(text) };
  }
  if (part === undefined) {
    const acts = isTrue(formatter.match_invite_format) || formatter.regex !== undefined;
    return acts ? { kind: 'skip', reason: `The field ${name} is not text.` } : PASS;
  }
  const put = part.put ?? ((text: string) => text);
  const format = context.inviteFormat ?? '';
  if (isTrue(formatter.match_invite_format) && CONVERTING.includes(format)) {
    return {
      kind: 'value',
      value: put(context.numbers.toFormat(part.text, format as NumberFormat)),
    };
  }
  return formatByRegex(part.text, formatter, put, context);
}

function formatByRegex(
  text: string,
  formatter: JsonObject,
  put: (text: string) => JsonValue,
  context: FormatContext,
): Outcome {
  const regex = member(formatter, 'regex');
  if (regex === undefined || regex === null) return PASS;
  if (typeof regex !== 'string') return { kind: 'skip', reason: 'The regex is not text.' };
  const pattern = context.patterns.get(regex);
  const found = pattern.match(toBytes(text), context.meter);
  if (found === 'limit') return { kind: 'skip', reason: 'The regex took too many steps.' };
  if (found === 'none') {
    const why = pattern.unusable;
    return why === undefined ? PASS : { kind: 'skip', reason: `The regex: ${why.message}.` };
  }
  // Unlike rules: the first group, not the longest; and nothing when that one took no part.
  const grouped = found.groups.some((group) => group !== undefined);
  const captured = grouped ? (found.groups[0] ?? '') : found.whole;
  const prefix = readText(formatter.prefix) ?? '';
  const suffix = readText(formatter.suffix) ?? '';
  return { kind: 'value', value: put(`${prefix}${fromBytes(captured)}${suffix}`) };
}

/** The text a formatter works on, and how to put it back when it is only a part of the field. */
interface Part {
  readonly text: string;
  readonly put: ((text: string) => JsonValue) | undefined;
}

function editablePart(name: string, current: JsonValue): Part | undefined {
  if (name === 'Diversions') return diversionPart(current);
  if (typeof current !== 'string') return undefined;
  if (!ADDRESSES.includes(name)) return { text: current, put: undefined };
  const at = current.indexOf('@');
  if (at < 0) return { text: current, put: (text) => text };
  const realm = current.slice(at);
  return { text: current.slice(0, at), put: (text) => text + realm };
}

/** The user of the first diversion. What comes back stays a list of texts. */
function diversionPart(current: JsonValue): Part | undefined {
  const list: readonly JsonValue[] = Array.isArray(current)
    ? (current as readonly JsonValue[])
    : [current];
  const [first, ...others] = list;
  if (typeof first !== 'string') return undefined;
  const found = /^(.*?sips?:)([^@>;]*)(.*)$/is.exec(first);
  if (found === null) return undefined;
  const [, before = '', user = '', after = ''] = found;
  return { text: user, put: (text) => [`${before}${text}${after}`, ...others] };
}
