// The convention of `custom_sip_headers` and `custom_channel_vars`: `out` and `in` objects, or
// the names directly, which count as `out`.

import type { JsonObject } from '../base/json.ts';
import { readList, readObject, readText } from './json-read.ts';

export type Headers = Readonly<Record<string, string>>;

const NONE: Headers = Object.freeze({});

/** The outbound names and values of a gateway's object; `out` wins over a name beside it. */
export function outboundHeaders(value: JsonObject): Headers {
  const legacy = Object.entries(value).filter(([name]) => name !== 'in' && name !== 'out');
  return { ...texts(Object.fromEntries(legacy)), ...texts(readObject(value.out)) };
}

/** The inbound ones: `in` alone. */
export function inboundHeaders(value: JsonObject): Headers {
  return texts(readObject(value.in));
}

/** Every name whose value has a text form. */
export function texts(value: JsonObject): Headers {
  const found: Record<string, string> = {};
  let empty = true;
  for (const [name, item] of Object.entries(value)) {
    const text = readText(item);
    if (text === undefined || name === '__proto__') continue;
    found[name] = text;
    empty = false;
  }
  return empty ? NONE : found;
}

/**
 * Headers of one leg: the gateway's, and over them the request's (the request wins on equal
 * names, which compare case-sensitively). Diversions stay only with an `Inception`, and then as
 * one, counting on from the highest.
 */
export function mergeHeaders(gateway: Headers, request: JsonObject): Headers {
  const own = texts(request);
  if (own === NONE && request.Diversions === undefined) return gateway;
  const merged: Record<string, string> = { ...gateway, ...own };
  delete merged.Diversions;
  const diversions = readList(request.Diversions).flatMap((item) => readText(item) ?? []);
  const inception = merged.Inception;
  if (inception !== undefined && diversions.length > 0) {
    const counts = diversions.map((text) => Number(/;\s*counter=(\d{1,6})/.exec(text)?.[1] ?? 0));
    merged.Diversions = `<sip:${inception}>;counter=${Math.max(...counts) + 1}`;
  }
  return merged;
}

/** The user of a SIP address: what stands between `sip:` (or `sips:`) and `@`. */
export function sipUser(address: string): string | undefined {
  return /sips?:([^@>;]*)@/i.exec(address)?.[1];
}
