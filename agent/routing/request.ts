// A call that asks for a route. Read from JSON with Kazoo's tolerance; nothing here throws.

import type { JsonObject } from '../base/json.ts';
import { isTrue, readInteger, readList, readNonEmpty, readObject, readText } from './json-read.ts';
import { readPrivacy, type Privacy } from './privacy.ts';

export interface CallerId {
  readonly number: string | null;
  readonly name: string | null;
}

export interface RouteRequest {
  /** As dialled, trimmed. */
  readonly number: string;
  readonly accountId: string | undefined;
  readonly accountRealm: string | undefined;
  readonly resellerId: string | undefined;
  /** undefined for the number means: no caller id at all. */
  readonly outbound: CallerId;
  readonly emergency: CallerId;
  /** Emergency-enabled numbers of the account, for `ensure_valid_emergency_cid`. */
  readonly e911Numbers: readonly string[];
  /** Without the empty ones, which match any resource. */
  readonly flags: readonly string[];
  /** Whether the request had flags, be they empty: only that satisfies `require_flags`. */
  readonly hasFlags: boolean;
  readonly bypassE164: boolean;
  readonly customSipHeaders: JsonObject;
  readonly customChannelVars: JsonObject;
  readonly requestorCustomSipHeaders: JsonObject;
  readonly requestorCustomChannelVars: JsonObject;
  readonly assertedNumber: string | null;
  readonly assertedName: string | null;
  readonly assertedRealm: string | null;
  readonly fromUriRealm: string | undefined;
  readonly formatFromUri: boolean;
  readonly privacy: Privacy;
  readonly ignoreEarlyMedia: boolean;
  readonly media: string | undefined;
  readonly sipProfile: string | undefined;
  /** Seconds for the whole call attempt; undefined or ≤ 0: none. */
  readonly timeoutS: number | undefined;
  /** Whether the caller can do T.38; undefined when nobody said. */
  readonly callerT38: boolean | undefined;
  /** Classifier → `{action: "deny"}`: what a short-dial correction must not reach. */
  readonly callRestriction: JsonObject;
}

/** @param json the request in snake_case, as PUT /routes takes it. */
export function readRouteRequest(json: unknown): RouteRequest {
  const doc = readObject(json);
  const flags = readList(doc.flags);
  return {
    number: (readText(doc.number) ?? '').trim().slice(0, 256),
    accountId: readNonEmpty(doc.account_id),
    accountRealm: readNonEmpty(doc.account_realm),
    resellerId: readNonEmpty(doc.reseller_id),
    outbound: {
      number: readNonEmpty(doc.caller_id_number) ?? null,
      name: readNonEmpty(doc.caller_id_name) ?? null,
    },
    emergency: {
      number: readNonEmpty(doc.emergency_caller_id_number) ?? null,
      name: readNonEmpty(doc.emergency_caller_id_name) ?? null,
    },
    e911Numbers: readList(doc.e911_numbers).flatMap((item) => readNonEmpty(item) ?? []),
    flags: flags.flatMap((flag) => (flag === '' ? [] : (readText(flag) ?? []))),
    hasFlags: flags.length > 0,
    bypassE164: isTrue(doc.bypass_e164),
    customSipHeaders: readObject(doc.custom_sip_headers),
    customChannelVars: readObject(doc.custom_channel_vars),
    requestorCustomSipHeaders: readObject(doc.requestor_custom_sip_headers),
    requestorCustomChannelVars: readObject(doc.requestor_custom_channel_vars),
    assertedNumber: readNonEmpty(doc.asserted_identity_number) ?? null,
    assertedName: readNonEmpty(doc.asserted_identity_name) ?? null,
    assertedRealm: readNonEmpty(doc.asserted_identity_realm) ?? null,
    fromUriRealm: readNonEmpty(doc.from_uri_realm),
    formatFromUri: isTrue(doc.format_from_uri),
    privacy: readPrivacy(doc),
    ignoreEarlyMedia: isTrue(doc.ignore_early_media),
    media: readNonEmpty(doc.media),
    sipProfile: readNonEmpty(doc.sip_profile),
    timeoutS: readInteger(doc.timeout, undefined),
    callerT38: readT38(readText(doc.t38_enabled)),
    callRestriction: readObject(doc.call_restriction),
  };
}

/** `first`, and where it lacks a part, `second`. */
export function preferCallerId(first: CallerId, second: CallerId): CallerId {
  return { number: first.number ?? second.number, name: first.name ?? second.name };
}

/** Kazoo reads the caller's `auto` as no. */
function readT38(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : text === 'true';
}
