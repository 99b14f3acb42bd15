// The variables of one leg, in the order in which Kazoo writes them.

import type { RoutingConfig } from './config.ts';
import type { Headers } from './headers.ts';
import type { BridgeEndpoint } from './result.ts';
import {
  cleanName,
  codecString,
  headerVariable,
  isName,
  variable,
  type Variable,
} from './variables.ts';

/** A leg's variable, and where it goes when it is equal on every leg. */
export interface LegVariable extends Variable {
  /** The channel variable's own name when it is one (those are sorted by it); else undefined. */
  readonly channelVar: string | undefined;
  /** Whether it may move to the channel-wide block. */
  readonly moves: boolean;
}

/**
 * Makes the variables of one bridge's legs. Most are equal at the same place of the leg before,
 * and then that one is handed out again: one object, and one look at its text.
 */
export class LegVariables {
  readonly #config: RoutingConfig;
  #before: readonly LegVariable[] = [];

  constructor(config: RoutingConfig) {
    this.#config = config;
  }

  /** @param gatewayVars the gateway's own channel variables; Kazoo's win over equal names. */
  of(
    endpoint: BridgeEndpoint,
    gatewayVars: Headers,
    t38: readonly (readonly [string, string])[],
  ): readonly LegVariable[] {
    const list: LegVariable[] = [];
    const config = this.#config;
    const { hide_name: hideName, hide_number: hideNumber, method } = endpoint.privacy;
    const masks = method === 'kazoo';
    if (endpoint.invite_parameters.length > 0) {
      this.#add(list, 'sip_invite_params', endpoint.invite_parameters.join(';'));
    }
    const { number, name } = endpoint.outbound_caller_id;
    const sentNumber = masks && hideNumber ? config.anonymousNumber : number;
    const sentName = masks && hideName ? config.anonymousName : name;
    this.#addOwn(list, 'origination_caller_id_number', sentNumber);
    this.#addOwn(list, 'origination_caller_id_name', sentName && cleanName(sentName));
    const callee = endpoint.outbound_callee_id;
    this.#add(list, 'origination_callee_id_number', callee.number);
    this.#add(list, 'origination_callee_id_name', callee.name && cleanName(callee.name));
    const { progress_timeout: progress } = endpoint;
    this.#add(list, 'leg_progress_timeout', progress === null ? null : String(progress));
    for (const [header, text] of sorted(endpoint.custom_sip_headers)) {
      list.push(legHeader(header, text));
    }
    this.#add(list, 'sip_from_uri', endpoint.from_uri);
    this.#addChannelVars(list, endpoint, gatewayVars);
    if (endpoint.codecs.length > 0) {
      this.#add(list, 'absolute_codec_string', codecString(endpoint.codecs));
    }
    this.#add(list, 'sip_auth_username', endpoint.auth.user);
    this.#add(list, 'sip_auth_realm', endpoint.auth.realm);
    this.#add(list, 'sip_auth_password', endpoint.auth.password);
    for (const [option, value] of t38) this.#add(list, option, value);
    if (masks && hideNumber) this.#addOwn(list, 'caller_id_number', config.anonymousNumber);
    if (masks && hideName) this.#addOwn(list, 'caller_id_name', config.anonymousName);
    if (config.useSipPrivacyHeader && method !== 'none' && (hideName || hideNumber)) {
      list.push(legHeader('Privacy', 'id'));
    }
    this.#before = list;
    return list;
  }

  #add(list: LegVariable[], name: string, value: string | null): void {
    if (value === null) return;
    const before = this.#before[list.length];
    const isOfSort = before?.channelVar === undefined && before?.moves === true;
    if (isOfSort && before.name === name && before.value === value) {
      list.push(before);
      return;
    }
    const { quoting, plain } = variable(name, value);
    list.push({ name, value, quoting, plain, channelVar: undefined, moves: true });
  }

  /** A variable that stays on its leg: the channel has one of the same name. */
  #addOwn(list: LegVariable[], name: string, value: string | null): void {
    if (value === null) return;
    const { quoting, plain } = variable(name, value);
    list.push({ name, value, quoting, plain, channelVar: undefined, moves: false });
  }

  #addChannelVars(list: LegVariable[], endpoint: BridgeEndpoint, gatewayVars: Headers): void {
    this.#addVar(list, 'Global-Resource', endpoint.global ? 'true' : 'false');
    this.#addVar(list, 'Resource-ID', endpoint.resource_id);
    this.#addVar(list, 'E164-Destination', endpoint.e164_destination);
    this.#addVar(list, 'E164-Origination', endpoint.e164_origination);
    this.#addVar(list, 'DID-Classifier', endpoint.did_classifier);
    this.#addVar(list, 'Original-Number', endpoint.original_number);
    this.#addVar(list, 'Emergency-Resource', endpoint.emergency ? 'true' : null);
    this.#addVar(list, 'Matched-Number', endpoint.matched_number);
    this.#addVar(list, 'Resource-Type', 'offnet-termination');
    this.#addVar(list, 'RTCP-MUX', endpoint.rtcp_mux);
    for (const name in gatewayVars) {
      const taken = list.some(({ channelVar }) => channelVar === name);
      if (!taken) list.push(foreignChannelVariable(name, gatewayVars[name] ?? ''));
    }
  }

  #addVar(list: LegVariable[], name: string, value: string | null): void {
    if (value === null) return;
    const before = this.#before[list.length];
    const equal = before?.channelVar === name && before.value === value;
    list.push(equal ? before : channelVariable(name, value));
  }
}

function legHeader(header: string, text: string): LegVariable {
  const { name, value, quoting, plain } = headerVariable(header, text);
  return { name, value, quoting, plain, channelVar: undefined, moves: true };
}

/** Channel variables that FreeSWITCH knows by a name of its own. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  'From-URI': 'sip_from_uri',
  'Ignore-Display-Updates': 'ignore_display_updates',
  'RTCP-MUX': 'rtcp_mux',
};

function channelVariable(name: string, value: string): LegVariable {
  const full = fullName(name);
  const { quoting, plain } = variable(full, value);
  return { name: full, value, quoting, plain, channelVar: name, moves: true };
}

// A name put together anew costs more than all the rest of a variable: V8 looks up each such
// text before it can be a key. Names are few; those of users are bounded here.
const fullNames = new Map(Object.entries(OWN_NAMES));
const MOST_NAMES = 1000;

function fullName(name: string): string {
  const known = fullNames.get(name);
  if (known !== undefined) return known;
  const made = `ecallmgr_${name}`;
  if (fullNames.size < MOST_NAMES) fullNames.set(name, made);
  return made;
}

/** The same for a name that a user chose, which may be no name at all. */
export function foreignChannelVariable(name: string, value: string): LegVariable {
  const made = channelVariable(name, value);
  return made.plain && !isName(made.name) ? { ...made, plain: false } : made;
}

const NO_ENTRIES: readonly (readonly [string, string])[] = [];

function sorted(headers: Headers): readonly (readonly [string, string])[] {
  const entries = Object.entries(headers);
  if (entries.length === 0) return NO_ENTRIES;
  return entries.length < 2 ? entries : entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
