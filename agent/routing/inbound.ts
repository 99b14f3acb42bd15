// Which resource and gateway a call from outside comes from: source address, port and realm
// against every gateway, and why the others did not match.

import { isJsonObject } from '../base/json.ts';
import { Meter } from '../pattern/meter.ts';
import type { CompiledSet } from './compiled-set.ts';
import { applyFormatters, type Formatted } from './formatters.ts';
import type { Gateway } from './gateway.ts';
import { inboundHeaders, type Headers } from './headers.ts';
import { isTrue, readInteger, readList, readNonEmpty, readObject } from './json-read.ts';
import type { Resource } from './resource.ts';

export interface InboundRequest {
  readonly ip: string | undefined;
  readonly port: number | undefined;
  readonly realm: string | undefined;
}

export interface InboundMatch {
  readonly resource_id: string;
  readonly gateway_index: number;
  readonly global: boolean;
  /** What agreed: `ip_and_port`, `server_ip`, `realm_ip`, `realm` or `server_realm`. */
  readonly matched_by: MatchedBy;
  readonly realm: string | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly fax_option: boolean;
  /** The gateway's `custom_sip_headers` → `in`: what is put on calls that come from it. */
  readonly custom_sip_headers: Headers;
  readonly custom_channel_vars: Headers;
}

export type MatchedBy = 'ip_and_port' | 'server_ip' | 'realm_ip' | 'realm' | 'server_realm';

export interface InboundMiss {
  readonly resource_id: string;
  readonly gateway_index?: number;
  readonly stage: 'disabled' | 'gateway_disabled' | 'address' | 'port';
  readonly reason: string;
}

export interface InboundResult {
  readonly result: 'recognised' | 'unknown';
  readonly match: InboundMatch | null;
  /** The request's `fields` after the resource's inbound formatters; only when it has any. */
  readonly formatted?: Formatted;
  /** Gateways looked at before the match, and why they were not it. Empty unless asked for. */
  readonly excluded: readonly InboundMiss[];
}

/**
 * `{ip, port, realm, from_realm}`: a `realm` that looks like an address is replaced by the realm
 * of the From header, as in Kazoo.
 */
export function readInboundRequest(json: unknown): InboundRequest {
  const doc = readObject(json);
  const realm = readNonEmpty(doc.realm);
  const from = readNonEmpty(doc.from_realm);
  const looksLikeAddress = realm !== undefined && /^[\d.]+$|:/.test(realm);
  return {
    ip: readNonEmpty(doc.ip)?.toLowerCase(),
    port: readInteger(doc.port, undefined),
    realm: (looksLikeAddress ? (from ?? realm) : (realm ?? from))?.toLowerCase(),
  };
}

/**
 * Sets are tried in order (the global one, then the account's). Within one: resources in
 * descending `_id`, gateways from the last to the first; the first that matches wins.
 */
export function recogniseInbound(
  json: unknown,
  sets: readonly CompiledSet[],
  options: { readonly explain?: boolean } = {},
): InboundResult {
  const request = readInboundRequest(json);
  const excluded: InboundMiss[] = [];
  const note = (miss: InboundMiss) => {
    if (options.explain === true) excluded.push(miss);
  };
  for (const set of sets) {
    for (const resource of set.documents().reverse()) {
      const match = matchResource(resource, set.global, request, note);
      if (match === undefined) continue;
      const formatted = formatInbound(json, resource, set);
      const more = formatted === undefined ? {} : { formatted };
      return { result: 'recognised', match, ...more, excluded };
    }
  }
  return { result: 'unknown', match: null, excluded };
}

/** The fields of the call (`From`, `Caller-ID-Number`, …) as they go on into the system. */
function formatInbound(
  json: unknown,
  resource: Resource,
  { numbers, patterns }: CompiledSet,
): Formatted | undefined {
  const { fields } = readObject(json);
  if (!isJsonObject(fields)) return undefined;
  const context = { direction: 'inbound', numbers, patterns, meter: new Meter() } as const;
  return applyFormatters(fields, resource.formatters, context);
}

function matchResource(
  resource: Resource,
  global: boolean,
  request: InboundRequest,
  note: (miss: InboundMiss) => void,
): InboundMatch | undefined {
  const resource_id = resource.documentId;
  if (!resource.enabled) {
    note({ resource_id, stage: 'disabled', reason: 'The resource is disabled.' });
    return undefined;
  }
  for (const gateway of [...resource.gateways()].reverse()) {
    const gateway_index = gateway.index;
    if (!gateway.enabled) {
      const reason = 'The gateway is disabled.';
      note({ resource_id, gateway_index, stage: 'gateway_disabled', reason });
      continue;
    }
    const doc = readObject(readList(resource.doc.gateways)[gateway.index]);
    const agreed = compare(gateway, isTrue(doc.force_port), request);
    if (agreed.kind === 'miss') {
      note({ resource_id, gateway_index, stage: agreed.stage, reason: agreed.reason });
      continue;
    }
    return {
      resource_id,
      gateway_index,
      global,
      matched_by: agreed.by,
      realm: gateway.auth.realm,
      username: gateway.auth.user,
      password: gateway.auth.password,
      fax_option: gateway.faxOption,
      custom_sip_headers: inboundHeaders(readObject(doc.custom_sip_headers)),
      custom_channel_vars: inboundHeaders(readObject(doc.custom_channel_vars)),
    };
  }
  return undefined;
}

type Comparison =
  | { readonly kind: 'hit'; readonly by: MatchedBy }
  | { readonly kind: 'miss'; readonly stage: 'address' | 'port'; readonly reason: string };

function compare(gateway: Gateway, forcesPort: boolean, request: InboundRequest): Comparison {
  const { ip, port, realm } = request;
  const server = gateway.server?.toLowerCase();
  const own = gateway.auth.realm?.toLowerCase();
  const address = (reason: string): Comparison => ({ kind: 'miss', stage: 'address', reason });
  if (forcesPort) {
    if (ip === undefined || server !== ip) {
      return address(`The server ${server ?? '(none)'} is not the source address.`);
    }
    const wanted = gateway.port ?? 5060;
    if (port === wanted) return { kind: 'hit', by: 'ip_and_port' };
    const reason = `The gateway takes calls from port ${wanted} only, not ${port ?? 'unknown'}.`;
    return { kind: 'miss', stage: 'port', reason };
  }
  if (ip !== undefined && server === ip) return { kind: 'hit', by: 'server_ip' };
  if (ip !== undefined && own === ip) return { kind: 'hit', by: 'realm_ip' };
  if (realm !== undefined && own === realm) return { kind: 'hit', by: 'realm' };
  if (realm !== undefined && server === realm) return { kind: 'hit', by: 'server_realm' };
  return address(
    `Neither the server nor the realm is ${ip ?? '(no address)'} or ${realm ?? '(no realm)'}.`,
  );
}
