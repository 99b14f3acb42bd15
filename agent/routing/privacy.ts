// Whether name and number of the caller are hidden, and how.

import type { JsonObject, JsonValue } from '../base/json.ts';
import { readMethod, type PrivacyMethod } from './config.ts';
import { isTrue, member, readObject, readText } from './json-read.ts';

export interface Privacy {
  /** undefined: whatever applies without it. */
  readonly method: PrivacyMethod | undefined;
  readonly hideName: boolean;
  readonly hideNumber: boolean;
}

const HIDES_BOTH: readonly string[] = ['yes', 'full', 'kazoo'];
const NOTHING: Privacy = { method: undefined, hideName: false, hideNumber: false };

interface Wording {
  /** Key inside `privacy`, then the keys on the object itself, in order of precedence. */
  readonly inner: string;
  readonly keys: readonly string[];
  readonly words: readonly string[];
}

const NAME: Wording = {
  inner: 'hide_name',
  keys: [
    'Privacy-Hide-Name',
    'privacy_hide_name',
    'Caller-Privacy-Hide-Name',
    'caller_privacy_hide_name',
  ],
  words: ['name', 'hide_name'],
};

const NUMBER: Wording = {
  inner: 'hide_number',
  keys: [
    'Privacy-Hide-Number',
    'privacy_hide_number',
    'Caller-Privacy-Hide-Number',
    'caller_privacy_hide_number',
  ],
  words: ['number', 'hide_number'],
};

/**
 * What a resource, gateway, request or set of channel variables says about privacy. The first
 * of several spellings that is present decides, as in Kazoo; but a name's setting never hides
 * the number, which Kazoo mixes up on gateways.
 */
export function readPrivacy(source: JsonObject): Privacy {
  if (!mentionsPrivacy(source)) return NOTHING;
  const method =
    readObject(source.caller_id_options).privacy_method ??
    readObject(source.privacy).method ??
    source['Privacy-Method'] ??
    source.privacy_method ??
    source.privacy_mode;
  return {
    method: readMethod(readText(method)),
    hideName: hides(source, NAME),
    hideNumber: hides(source, NUMBER),
  };
}

/** Most say nothing: this looks at the keys once and spares the rest. */
function mentionsPrivacy(source: JsonObject): boolean {
  for (const key in source) {
    if (/privacy|caller_id_options|channel.vars/i.test(key)) return true;
  }
  return false;
}

function hides(source: JsonObject, wording: Wording): boolean {
  const vars = readObject(source['Custom-Channel-Vars'] ?? source.custom_channel_vars);
  const value =
    readObject(source.caller_id_options).outbound_privacy ??
    readObject(source.privacy)[wording.inner] ??
    firstOf(source, wording.keys) ??
    firstOf(vars, wording.keys) ??
    source.privacy_mode;
  if (isTrue(value)) return true;
  if (typeof value !== 'string') return false;
  return HIDES_BOTH.includes(value) || wording.words.includes(value);
}

function firstOf(source: JsonObject, keys: readonly string[]): JsonValue | undefined {
  for (const key of keys) {
    const value = member(source, key);
    if (value !== undefined) return value;
  }
  return undefined;
}
