// Parameters that a gateway wants after the request URI (`;npid;id=XXXX`).

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { member, readList, readObject, readText } from './json-read.ts';

/** The caller's channel variables and SIP headers, with their names normalised once. */
export interface RequestorValues {
  readonly channelVars: ReadonlyMap<string, string>;
  readonly sipHeaders: ReadonlyMap<string, string>;
  readonly zone: string;
}

/**
 * Static parameters in document order, then the dynamic ones in reverse document order (the
 * documented example shows it). Dynamic values that the caller lacks are left out. Names
 * compare without case and with `-` as `_` on both sides, so that `pass-through` is found.
 */
export function inviteParameters(
  parameters: JsonObject,
  requestor: RequestorValues,
): readonly string[] {
  const dynamic: string[] = [];
  for (const entry of readList(parameters.dynamic)) {
    const text = dynamicParameter(entry, requestor);
    if (text !== undefined) dynamic.unshift(text);
  }
  const statics = readList(parameters.static).flatMap((item) => readText(item) ?? []);
  return [...statics, ...dynamic];
}

export function requestorValues(
  channelVars: JsonObject,
  sipHeaders: JsonObject,
  zone: string,
): RequestorValues {
  return { channelVars: normalised(channelVars), sipHeaders: normalised(sipHeaders), zone };
}

function dynamicParameter(entry: JsonValue, requestor: RequestorValues): string | undefined {
  if (!isJsonObject(entry)) return lookUp(readText(entry), requestor);
  const tag = readText(entry.tag);
  const value = lookUp(readText(entry.key), requestor);
  // An object without a tag would crash Kazoo; it names nothing.
  if (tag === undefined || value === undefined) return undefined;
  const separator = readText(member(entry, 'separator') ?? member(entry, 'seperator')) ?? '=';
  return `${tag}${separator}${value}`;
}

function lookUp(key: string | undefined, requestor: RequestorValues): string | undefined {
  if (key === undefined) return undefined;
  if (key === 'zone') return requestor.zone;
  const dot = key.indexOf('.');
  const name = normaliseName(key.slice(dot + 1));
  switch (key.slice(0, Math.max(0, dot))) {
    case 'custom_channel_vars':
      return requestor.channelVars.get(name);
    case 'custom_sip_headers':
      return requestor.sipHeaders.get(name);
    default:
      return undefined;
  }
}

function normalised(values: JsonObject): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const [name, value] of Object.entries(values)) {
    const text = readText(value);
    if (text !== undefined && text !== '') map.set(normaliseName(name), text);
  }
  return map;
}

/** Kazoo's form of a key: lower case, `-` as `_`. */
export function normaliseName(name: string): string {
  return name.toLowerCase().replaceAll('-', '_');
}

/** Whether a gateway's document asks for any parameter, so that most calls look nothing up. */
export function hasInviteParameters(value: JsonValue | undefined): boolean {
  const parameters = readObject(value);
  return readList(parameters.static).length + readList(parameters.dynamic).length > 0;
}
