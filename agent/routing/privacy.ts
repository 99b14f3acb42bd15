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

const HIDES_BOTH = ['yes', 'full', 'kazoo'];

/**
 * What a resource, gateway, request or set of channel variables says about privacy. The first
 * of several spellings that is present decides, as in Kazoo; but a name's setting never hides
 * the number, which Kazoo mixes up on gateways.
 */
export function readPrivacy(source: JsonObject): Privacy {
  const options = readObject(source.caller_id_options);
  const privacy = readObject(source.privacy);
  const vars = readObject(source['Custom-Channel-Vars'] ?? source.custom_channel_vars);
  const both = options.outbound_privacy;
  const hideName = [
    both,
    privacy.hide_name,
    ...spellings(source, 'hide-name'),
    ...spellings(vars, 'hide-name'),
    source.privacy_mode,
  ].find((value) => value !== undefined);
  const hideNumber = [
    both,
    privacy.hide_number,
    ...spellings(source, 'hide-number'),
    ...spellings(vars, 'hide-number'),
    source.privacy_mode,
  ].find((value) => value !== undefined);
  const methods = [
    options.privacy_method,
    privacy.method,
    source['Privacy-Method'] ?? source.privacy_method,
    source.privacy_mode,
  ];
  return {
    method: readMethod(readText(methods.find((value) => value !== undefined))),
    hideName: hides(hideName, ['name', 'hide_name']),
    hideNumber: hides(hideNumber, ['number', 'hide_number']),
  };
}

function spellings(source: JsonObject, what: string): readonly (JsonValue | undefined)[] {
  const snake = what.replace('-', '_');
  const title = what.replace('hide', 'Hide').replace(/-(\w)/, (_, first: string) => {
    return `-${first.toUpperCase()}`;
  });
  return [
    member(source, `Privacy-${title}`),
    member(source, `privacy_${snake}`),
    member(source, `Caller-Privacy-${title}`),
    member(source, `caller_privacy_${snake}`),
  ];
}

function hides(value: JsonValue | undefined, words: readonly string[]): boolean {
  if (isTrue(value)) return true;
  return typeof value === 'string' && (HIDES_BOTH.includes(value) || words.includes(value));
}
