// What an evaluation answers, in the shapes of the published examples (snake_case: these go
// out as JSON).

import type { JsonObject } from '../base/json.ts';
import type { PrivacyMethod } from './config.ts';
import type { Headers } from './headers.ts';
import type { CallerId } from './request.ts';

export interface EndpointPrivacy {
  readonly method: PrivacyMethod;
  readonly hide_name: boolean;
  readonly hide_number: boolean;
}

/** What an endpoint has before and after it is put into a bridge. */
interface EndpointCommon {
  readonly route: string | null;
  readonly resource_id: string;
  readonly global: boolean;
  readonly matched_number: string;
  readonly to_did: string | null;
  readonly original_number: string;
  readonly e164_destination: string;
  readonly e164_origination: string | null;
  readonly did_classifier: string | null;
  readonly invite_format: string;
  readonly endpoint_type: string;
  readonly codecs: readonly string[];
  readonly auth: {
    readonly user: string | null;
    readonly password: string | null;
    readonly realm: string | null;
  };
  readonly sip_interface: string | null;
  readonly bypass_media: boolean;
  readonly progress_timeout: number | null;
  readonly outbound_caller_id: CallerId;
  readonly outbound_callee_id: CallerId;
  readonly custom_sip_headers: Headers;
  readonly invite_parameters: readonly string[];
  readonly emergency: boolean;
  readonly privacy: EndpointPrivacy;
  readonly rtcp_mux: string | null;
  readonly gateway_index: number;
}

export type EndpointOptions = Readonly<Record<string, string | boolean>>;

/** One gateway of one matching resource, in the order in which they are tried. */
export interface Endpoint extends EndpointCommon {
  readonly resource_name: string | null;
  readonly weight: number;
  readonly endpoint_options: EndpointOptions;
  readonly caller_id_type: string;
  readonly from_uri: {
    readonly format: boolean;
    readonly realm: string | null;
    readonly account_realm: boolean;
  };
}

/** An endpoint after formatters, headers, From URI and emergency handling. */
export interface BridgeEndpoint extends EndpointCommon {
  /** Only when there are any. */
  readonly endpoint_options?: EndpointOptions;
  /** The whole URI, or null when it is not rewritten. */
  readonly from_uri: string | null;
  /** Its place among `endpoints`. */
  readonly selection_index: number;
}

export interface Bridge {
  readonly result: 'bridge';
  readonly caller_id: CallerId;
  readonly asserted_identity: {
    readonly number: string | null;
    readonly name: string | null;
    readonly realm: string | null;
  };
  readonly channel_vars: Headers;
  readonly ignore_early_media: boolean;
  readonly endpoints: readonly BridgeEndpoint[];
  readonly emergency: boolean;
}

/** An emergency call without a usable caller id, when the settings deny such. */
export interface RefusedBridge {
  readonly result: 'refused';
  readonly code: number;
  readonly cause: string;
  readonly emergency: true;
}

export interface Leg {
  readonly target: string;
  /** Channel-wide and leg variables together, unescaped. */
  readonly vars: Headers;
  readonly bridge_index: number;
  readonly resource_id: string;
  readonly gateway_index: number;
}

export interface Dial {
  /** `no_legs`: every endpoint was dropped; the call fails. */
  readonly result: 'ok' | 'no_legs';
  /** For FreeSWITCH's own privacy: `full`, `name`, `number`. */
  readonly privacy_mode: 'full' | 'name' | 'number' | null;
  readonly bypass_media_set: readonly string[];
  /** The whole application, `bridge <…>[…]leg|[…]leg`. */
  readonly raw: string;
  readonly legs: readonly Leg[];
  /** Bridge endpoints without a leg; left out when there are none. */
  readonly dropped_bridge_indexes?: readonly number[];
}

export type ExclusionStage =
  | 'disabled'
  | 'flag'
  | 'classifier'
  | 'rule'
  | 'unusable_rule'
  | 'caller_id_rule'
  | 'gateway_disabled'
  | 'not_dialable'
  | 'duplicate';

/** Why a resource, or one gateway of it, takes no part. */
export interface Exclusion {
  readonly resource_id: string;
  readonly gateway_index?: number;
  readonly stage: ExclusionStage;
  /** One sentence for a person. */
  readonly reason: string;
  /** The exact flag, rule or field: `{flag}`, `{rule, index, message}`, `{field}`, … */
  readonly detail: JsonObject;
}

/** A part of a gateway (or, with nulls, of the call) left out while the gateway is dialled. */
export interface Skip {
  readonly resource_id: string | null;
  readonly gateway_index: number | null;
  /** Dotted name of the part: `formatters.caller_id_number`, `custom_sip_headers.X-A`. */
  readonly part: string;
  readonly reason: string;
}

export interface RouteResult {
  /** The dialled number in E.164, before any short-dial correction. */
  readonly normalized_number: string;
  readonly result: 'endpoints' | 'no_resources';
  readonly endpoints: readonly Endpoint[];
  readonly bridge: Bridge | RefusedBridge | null;
  readonly dial: Dial | null;
  /** What the call is answered with when nothing was found. */
  readonly response: {
    readonly code: string;
    readonly message: string;
    readonly error: string;
  } | null;
  /** The number a short dial was completed to, when that is what found the endpoints. */
  readonly corrected_number: string | null;
  /** Gateways and broken rules always; every other resource when the caller asks for it. */
  readonly excluded: readonly Exclusion[];
  readonly skipped: readonly Skip[];
}
