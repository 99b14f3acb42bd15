// From selected endpoints to one bridge command: caller id, emergency, headers, formatters,
// From URI. Attempt order is never changed here.

import type { JsonObject, JsonValue } from '../base/json.ts';
import type { Numbers } from '../number/numbers.ts';
import type { Meter } from '../pattern/meter.ts';
import type { PatternCache } from '../pattern/pattern-cache.ts';
import type { RoutingConfig } from './config.ts';
import { emergencyCallerId } from './emergency.ts';
import type { BuiltEndpoint } from './endpoints.ts';
import { applyFormatters } from './formatters.ts';
import { mergeHeaders, texts, type Headers } from './headers.ts';
import { member, readObject, readText } from './json-read.ts';
import { preferCallerId, type CallerId, type RouteRequest } from './request.ts';
import type { Bridge, BridgeEndpoint, RefusedBridge, Skip } from './result.ts';

export interface BridgeContext {
  readonly config: RoutingConfig;
  readonly numbers: Numbers;
  readonly patterns: PatternCache;
  readonly global: boolean;
  readonly meter: Meter;
}

/** Formatters and headers that had to be left out go to `skipped`. */
export function buildBridge(
  built: readonly BuiltEndpoint[],
  request: RouteRequest,
  context: BridgeContext,
  skipped: Skip[],
): Bridge | RefusedBridge {
  const { config } = context;
  const emergency = built.some(({ endpoint }) => endpoint.emergency);
  let callerId = preferCallerId(request.outbound, request.emergency);
  if (emergency) {
    const decided = emergencyCallerId(request, config, context.global);
    if (decided.kind === 'denied') {
      return {
        result: 'refused',
        code: config.denyEmergencyBridgeCode,
        cause: config.denyEmergencyBridgeCause,
        emergency: true,
      };
    }
    callerId = decided.callerId;
  }
  return {
    result: 'bridge',
    caller_id: callerId,
    asserted_identity: assertedIdentity(request, emergency, callerId),
    channel_vars: channelVars(request, config, callerId),
    ignore_early_media: request.ignoreEarlyMedia,
    endpoints: built.map((one, index) =>
      bridgeEndpoint(one, index, { request, context, callerId, emergency, skipped }),
    ),
    emergency,
  };
}

interface EndpointTask {
  readonly request: RouteRequest;
  readonly context: BridgeContext;
  readonly callerId: CallerId;
  readonly emergency: boolean;
  readonly skipped: Skip[];
}

/** Put together and then amended in place: a copy for each step takes most of the time. */
type Draft = { -readonly [Key in keyof BridgeEndpoint]: BridgeEndpoint[Key] };

function bridgeEndpoint(one: BuiltEndpoint, index: number, task: EndpointTask): BridgeEndpoint {
  const { endpoint } = one;
  const { request, callerId, emergency } = task;
  const plain: Draft = {
    route: endpoint.route,
    resource_id: endpoint.resource_id,
    global: endpoint.global,
    matched_number: endpoint.matched_number,
    to_did: endpoint.to_did,
    original_number: endpoint.original_number,
    e164_destination: endpoint.e164_destination,
    e164_origination: endpoint.e164_origination,
    did_classifier: endpoint.did_classifier,
    invite_format: endpoint.invite_format,
    endpoint_type: endpoint.endpoint_type,
    codecs: endpoint.codecs,
    auth: endpoint.auth,
    sip_interface: endpoint.sip_interface,
    bypass_media: endpoint.bypass_media,
    progress_timeout: endpoint.progress_timeout,
    // In an emergency the whole call has one caller id, over every endpoint.
    outbound_caller_id: emergency ? callerId : endpoint.outbound_caller_id,
    outbound_callee_id: endpoint.outbound_callee_id,
    custom_sip_headers: mergeHeaders(endpoint.custom_sip_headers, request.customSipHeaders),
    invite_parameters: endpoint.invite_parameters,
    emergency: endpoint.emergency,
    privacy: emergency ? { ...endpoint.privacy, method: 'none' } : endpoint.privacy,
    rtcp_mux: endpoint.rtcp_mux,
    from_uri: null,
    selection_index: index,
    gateway_index: endpoint.gateway_index,
  };
  const options = endpoint.endpoint_options;
  if (hasMembers(options)) plain.endpoint_options = options;
  if (hasMembers(one.resource.formatters)) format(plain, one, task);
  finish(plain, one, task);
  return plain;
}

/** From URI, and the caller id that says no more than the bridge's own. */
function finish(endpoint: Draft, one: BuiltEndpoint, task: EndpointTask): void {
  const { callerId } = task;
  const own = endpoint.outbound_caller_id;
  const user = own.number ?? callerId.number;
  const realm = one.endpoint.from_uri.account_realm
    ? (task.request.accountRealm ?? null)
    : one.endpoint.from_uri.realm;
  const rewrites = one.endpoint.from_uri.format && realm !== null && user !== null;
  endpoint.outbound_caller_id = {
    number: own.number === callerId.number ? null : own.number,
    name: own.name === callerId.name ? null : own.name,
  };
  if (rewrites) endpoint.from_uri = `sip:${user}@${realm}`;
}

function hasMembers(object: object): boolean {
  for (const _key in object) return true;
  return false;
}

/** Runs the resource's formatters over the fields that an outbound endpoint has. */
function format(endpoint: Draft, one: BuiltEndpoint, task: EndpointTask): void {
  const { context, skipped } = task;
  const { fields, skipped: left } = applyFormatters(toFields(endpoint), one.resource.formatters, {
    direction: 'outbound',
    numbers: context.numbers,
    patterns: context.patterns,
    meter: context.meter,
    inviteFormat: endpoint.invite_format,
  });
  for (const { key, reason } of left) {
    skipped.push({
      resource_id: endpoint.resource_id,
      gateway_index: endpoint.gateway_index,
      part: `formatters.${key}`,
      reason,
    });
  }
  const text = (name: string) => readText(member(fields, name)) ?? null;
  endpoint.route = text('Route');
  endpoint.to_did = text('To-DID');
  endpoint.auth = {
    user: text('Auth-User'),
    password: text('Auth-Password'),
    realm: text('Auth-Realm'),
  };
  endpoint.sip_interface = text('SIP-Interface');
  endpoint.outbound_caller_id = {
    number: text('Outbound-Caller-ID-Number'),
    name: text('Outbound-Caller-ID-Name'),
  };
  endpoint.outbound_callee_id = {
    number: text('Outbound-Callee-ID-Number'),
    name: text('Outbound-Callee-ID-Name'),
  };
  endpoint.custom_sip_headers = headersOf(readObject(member(fields, 'Custom-SIP-Headers')));
}

function toFields(endpoint: BridgeEndpoint): JsonObject {
  const fields: Record<string, JsonValue> = {};
  const add = (name: string, value: string | null) => {
    if (value !== null) fields[name] = value;
  };
  add('Route', endpoint.route);
  add('To-DID', endpoint.to_did);
  add('Auth-User', endpoint.auth.user);
  add('Auth-Password', endpoint.auth.password);
  add('Auth-Realm', endpoint.auth.realm);
  add('SIP-Interface', endpoint.sip_interface);
  add('Outbound-Caller-ID-Number', endpoint.outbound_caller_id.number);
  add('Outbound-Caller-ID-Name', endpoint.outbound_caller_id.name);
  add('Outbound-Callee-ID-Number', endpoint.outbound_callee_id.number);
  add('Outbound-Callee-ID-Name', endpoint.outbound_callee_id.name);
  fields['Custom-SIP-Headers'] = { ...endpoint.custom_sip_headers };
  return fields;
}

/** A diversion comes back as a list of one; every other header is text. */
function headersOf(fields: JsonObject): Headers {
  const { Diversions: diversions, ...others } = fields;
  const first = Array.isArray(diversions)
    ? readText((diversions as readonly JsonValue[])[0])
    : readText(diversions);
  return { ...texts(others), ...(first !== undefined && { Diversions: first }) };
}

function assertedIdentity(
  request: RouteRequest,
  emergency: boolean,
  callerId: CallerId,
): Bridge['asserted_identity'] {
  const { assertedNumber: number, assertedName: name, assertedRealm: realm } = request;
  if (!emergency) return { number, name, realm };
  const both = number !== null && name !== null;
  return both ? { ...callerId, realm } : { number: null, name: null, realm };
}

/** The realm of the call: the request's own, else the account's. */
function callRealm(request: RouteRequest): string | undefined {
  return request.fromUriRealm ?? request.accountRealm;
}

/** Channel variables that are for Kazoo alone. */
const NOT_PASSED_ON = ['Require-Ignore-Early-Media', 'Require-Fail-On-Single-Reject'];

function channelVars(request: RouteRequest, config: RoutingConfig, callerId: CallerId): Headers {
  const vars: Record<string, string> = {};
  for (const [name, text] of Object.entries(texts(request.customChannelVars)))
    if (!NOT_PASSED_ON.includes(name)) vars[name] = text;
  if (request.flags.length > 0) vars['Outbound-Flags'] = request.flags.join('|');
  if (request.resellerId !== undefined) vars['Reseller-ID'] = request.resellerId;
  const realm = callRealm(request);
  if (realm !== undefined) vars.Realm = realm;
  const rewrites = config.formatFromUri || request.formatFromUri;
  if (rewrites && callerId.number !== null && realm !== undefined) {
    vars['From-URI'] = `sip:${callerId.number}@${realm}`;
  }
  if (request.accountId !== undefined) vars['Account-ID'] = request.accountId;
  vars['Ignore-Display-Updates'] = 'true';
  return vars;
}
