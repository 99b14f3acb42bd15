// The variables of one leg, in the order in which Kazoo writes them.

import type { RoutingConfig } from './config.ts';
import type { BridgeEndpoint } from './result.ts';
import { cleanName, codecString, headerVariable, type Variable } from './variables.ts';

/** A leg's variable, and where it goes when it is equal on every leg. */
export interface LegVariable extends Variable {
  /** The channel variable's own name when it is one (those are sorted by it); else undefined. */
  readonly channelVar: string | undefined;
  /** Whether it may move to the channel-wide block. */
  readonly moves: boolean;
}

/** @param gatewayVars the gateway's own channel variables; Kazoo's win over equal names. */
export function legVariables(
  endpoint: BridgeEndpoint,
  gatewayVars: Readonly<Record<string, string>>,
  t38: readonly (readonly [string, string])[],
  config: RoutingConfig,
): readonly LegVariable[] {
  const list: LegVariable[] = [];
  const add = (name: string, value: string | null, moves = true) => {
    if (value !== null) list.push({ name, value, quoting: 'quoted', channelVar: undefined, moves });
  };
  const { hide_name: hideName, hide_number: hideNumber, method } = endpoint.privacy;
  const masks = method === 'kazoo';
  if (endpoint.invite_parameters.length > 0) {
    add('sip_invite_params', endpoint.invite_parameters.join(';'));
  }
  const { number, name } = endpoint.outbound_caller_id;
  const sentNumber = masks && hideNumber ? config.anonymousNumber : number;
  const sentName = masks && hideName ? config.anonymousName : name;
  add('origination_caller_id_number', sentNumber, false);
  add('origination_caller_id_name', sentName === null ? null : cleanName(sentName), false);
  const callee = endpoint.outbound_callee_id;
  add('origination_callee_id_number', callee.number);
  add('origination_callee_id_name', callee.name === null ? null : cleanName(callee.name));
  add('leg_progress_timeout', progressOf(endpoint));
  for (const [tag, value] of sorted(endpoint.custom_sip_headers)) {
    list.push({ ...headerVariable(tag, value), channelVar: undefined, moves: true });
  }
  add('sip_from_uri', endpoint.from_uri);
  addChannelVars(list, endpoint, gatewayVars);
  if (endpoint.codecs.length > 0) add('absolute_codec_string', codecString(endpoint.codecs));
  add('sip_auth_username', endpoint.auth.user);
  add('sip_auth_realm', endpoint.auth.realm);
  add('sip_auth_password', endpoint.auth.password);
  for (const [tag, value] of t38) add(tag, value);
  if (masks && hideNumber) add('caller_id_number', config.anonymousNumber, false);
  if (masks && hideName) add('caller_id_name', config.anonymousName, false);
  if (config.useSipPrivacyHeader && method !== 'none' && (hideName || hideNumber)) {
    list.push({
      name: 'sip_h_Privacy',
      value: 'id',
      quoting: 'bare',
      channelVar: undefined,
      moves: true,
    });
  }
  return list;
}

/** Seconds, as the variable wants them; null when the gateway has no time-out. */
export function progressOf(endpoint: BridgeEndpoint): string | null {
  return endpoint.progress_timeout === null ? null : String(endpoint.progress_timeout);
}

function addChannelVars(
  list: LegVariable[],
  endpoint: BridgeEndpoint,
  gatewayVars: Readonly<Record<string, string>>,
): void {
  const own = new Set<string>();
  const add = (name: string, value: string | null) => {
    if (value === null) return;
    own.add(name);
    list.push(channelVariable(name, value));
  };
  add('Global-Resource', endpoint.global ? 'true' : 'false');
  add('Resource-ID', endpoint.resource_id);
  add('E164-Destination', endpoint.e164_destination);
  add('E164-Origination', endpoint.e164_origination);
  add('DID-Classifier', endpoint.did_classifier);
  add('Original-Number', endpoint.original_number);
  add('Emergency-Resource', endpoint.emergency ? 'true' : null);
  add('Matched-Number', endpoint.matched_number);
  add('Resource-Type', 'offnet-termination');
  add('RTCP-MUX', endpoint.rtcp_mux);
  for (const name in gatewayVars) {
    if (!own.has(name)) add(name, gatewayVars[name] ?? null);
  }
}

/** Channel variables that FreeSWITCH knows by a name of its own. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  'From-URI': 'sip_from_uri',
  'Ignore-Display-Updates': 'ignore_display_updates',
  'RTCP-MUX': 'rtcp_mux',
};

export function channelVariable(name: string, value: string): LegVariable {
  const known = Object.hasOwn(OWN_NAMES, name) ? OWN_NAMES[name] : undefined;
  return {
    name: known ?? `ecallmgr_${name}`,
    value,
    quoting: 'quoted',
    channelVar: name,
    moves: true,
  };
}

function sorted(headers: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  const entries = Object.entries(headers);
  return entries.length < 2 ? entries : entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
