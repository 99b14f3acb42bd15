// One endpoint for each enabled gateway of each selected resource.

import { isJsonObject } from '../base/json.ts';
import type { Numbers } from '../number/numbers.ts';
import type { RoutingConfig } from './config.ts';
import type { Gateway } from './gateway.ts';
import { inviteParameters, requestorValues, type RequestorValues } from './invite-parameters.ts';
import { readList } from './json-read.ts';
import { preferCallerId, type CallerId, type RouteRequest } from './request.ts';
import type { Resource } from './resource.ts';
import type { Endpoint, Exclusion } from './result.ts';
import { readPrivacy, type Privacy } from './privacy.ts';
import type { Selection } from './select.ts';

/** An endpoint together with what it was made of. */
export interface BuiltEndpoint {
  readonly endpoint: Endpoint;
  readonly gateway: Gateway;
  readonly resource: Resource;
}

/** @returns a number from 0 (included) to 1 (excluded), as Math.random does. */
export type Random = () => number;

export interface EndpointContext {
  readonly config: RoutingConfig;
  readonly numbers: Numbers;
  readonly global: boolean;
  readonly random: Random;
}

/** Endpoints in attempt order; gateways that are switched off or lead nowhere go to `excluded`. */
export function buildEndpoints(
  selection: Selection,
  request: RouteRequest,
  context: EndpointContext,
  excluded: Exclusion[],
): readonly BuiltEndpoint[] {
  const call = callFacts(selection, request, context);
  const built: BuiltEndpoint[] = [];
  for (const { resource, matchedNumber } of selection.selected) {
    const gateways = resource.gateways();
    excluded.push(...withoutGateways(resource, gateways));
    const order = resource.shuffles ? shuffled(gateways, context.random) : gateways;
    for (const gateway of order) {
      if (!gateway.enabled) {
        excluded.push({
          resource_id: resource.id,
          gateway_index: gateway.index,
          stage: 'gateway_disabled',
          reason: 'The gateway is disabled.',
          detail: { field: `gateways.${gateway.index}.enabled` },
        });
        continue;
      }
      const policy = refusedByPolicy(gateway, selection, context.config);
      if (policy !== undefined) {
        excluded.push({ resource_id: resource.id, gateway_index: gateway.index, ...policy });
        continue;
      }
      const route = routeOf(gateway, matchedNumber);
      if (route === null && gateway.endpointType === 'sip') {
        excluded.push({
          resource_id: resource.id,
          gateway_index: gateway.index,
          stage: 'not_dialable',
          reason: 'The gateway has neither a server nor a route.',
          detail: { field: `gateways.${gateway.index}.server` },
        });
        continue;
      }
      built.push({
        endpoint: buildEndpoint(resource, gateway, matchedNumber, route, call),
        gateway,
        resource,
      });
    }
  }
  return built;
}

/** The policies that keep emergency calls and others apart. Both are off unless set. */
function refusedByPolicy(
  gateway: Gateway,
  selection: Selection,
  config: RoutingConfig,
): Pick<Exclusion, 'stage' | 'reason' | 'detail'> | undefined {
  const { emergencyNumber } = selection;
  if (gateway.emergency === emergencyNumber) return undefined;
  const classifier = selection.classifier ?? null;
  if (emergencyNumber && config.emergencyNumbersOnlyOverEmergencyResources) {
    const field = 'stepswitch.emergency_numbers_only_over_emergency_resources';
    const reason = 'The settings let emergency numbers out over emergency resources only.';
    return { stage: 'classifier', reason, detail: { classifier, field } };
  }
  if (!emergencyNumber && config.emergencyResourcesOnlyForEmergencyNumbers) {
    const field = 'stepswitch.emergency_resources_only_for_emergency_numbers';
    const reason = 'The settings keep emergency resources for emergency numbers.';
    return { stage: 'classifier', reason, detail: { classifier, field } };
  }
  return undefined;
}

/** A matching resource that lists no gateway, or something else among them. */
function withoutGateways(resource: Resource, gateways: readonly Gateway[]): readonly Exclusion[] {
  const listed = readList(resource.doc.gateways);
  const { id: resource_id } = resource;
  const stage = 'not_dialable';
  if (listed.length === 0) {
    const reason = 'The resource has no gateways.';
    return [{ resource_id, stage, reason, detail: { field: 'gateways' } }];
  }
  if (listed.length === gateways.length) return NO_EXCLUSIONS;
  const reason = 'The gateway is no object.';
  return listed.flatMap((gateway, gateway_index) =>
    isJsonObject(gateway)
      ? []
      : [
          {
            resource_id,
            gateway_index,
            stage,
            reason,
            detail: { field: `gateways.${gateway_index}` },
          },
        ],
  );
}

const NO_EXCLUSIONS: readonly Exclusion[] = [];

interface CallFacts {
  readonly global: boolean;
  readonly number: string;
  readonly original: string;
  readonly classifier: string | null;
  readonly origination: string | null;
  readonly ordinary: CallerId;
  readonly emergency: CallerId;
  readonly privacy: Privacy;
  readonly requestorPrivacy: Privacy;
  readonly requestor: RequestorValues;
}

/** What is the same on every endpoint of the call. */
function callFacts(
  selection: Selection,
  request: RouteRequest,
  context: EndpointContext,
): CallFacts {
  const { numbers } = context;
  const caller = request.outbound.number;
  return {
    global: context.global,
    number: selection.number,
    original: request.number,
    classifier: selection.classifier ?? null,
    origination: caller !== null && numbers.isReconcilable(caller) ? numbers.toE164(caller) : null,
    ordinary: request.outbound,
    emergency: preferCallerId(request.emergency, request.outbound),
    privacy: request.privacy,
    requestorPrivacy: readPrivacy(request.requestorCustomChannelVars),
    requestor: requestorValues(
      request.requestorCustomChannelVars,
      request.requestorCustomSipHeaders,
      context.config.zone,
    ),
  };
}

const NO_PARAMETERS: readonly string[] = [];

function buildEndpoint(
  resource: Resource,
  gateway: Gateway,
  matchedNumber: string,
  route: string | null,
  call: CallFacts,
): Endpoint {
  const { privacy, requestorPrivacy } = call;
  return {
    route,
    resource_id: resource.id,
    resource_name: resource.name,
    weight: resource.weight,
    global: call.global,
    matched_number: matchedNumber,
    to_did: matchedNumber,
    original_number: call.original,
    e164_destination: call.number,
    e164_origination: call.origination,
    did_classifier: call.classifier,
    invite_format: gateway.inviteFormat,
    endpoint_type: gateway.endpointType,
    endpoint_options: gateway.options,
    codecs: gateway.codecs,
    auth: gateway.auth,
    sip_interface: gateway.sipInterface,
    caller_id_type: gateway.callerIdType,
    bypass_media: gateway.bypassMedia,
    progress_timeout: gateway.progressTimeout,
    outbound_caller_id: gateway.emergency ? call.emergency : call.ordinary,
    outbound_callee_id: { number: matchedNumber, name: matchedNumber },
    custom_sip_headers: gateway.headers,
    invite_parameters:
      gateway.inviteParameters === undefined
        ? NO_PARAMETERS
        : inviteParameters(gateway.inviteParameters, call.requestor),
    emergency: gateway.emergency,
    privacy: {
      method: gateway.privacyMethod,
      hide_name: gateway.hideName || privacy.hideName || requestorPrivacy.hideName,
      hide_number: gateway.hideNumber || privacy.hideNumber || requestorPrivacy.hideNumber,
    },
    rtcp_mux: gateway.rtcpMux,
    from_uri: gateway.fromUri,
    gateway_index: gateway.index,
  };
}

/** The SIP URI to dial, before any invite format; null when the gateway names no destination. */
function routeOf(gateway: Gateway, matchedNumber: string): string | null {
  if (gateway.route !== undefined) return gateway.route;
  if (gateway.server === undefined) return null;
  const port = gateway.port === undefined ? '' : `:${gateway.port}`;
  return `sip:${gateway.prefix}${matchedNumber}${gateway.suffix}@${gateway.server}${port}`;
}

function shuffled(gateways: readonly Gateway[], random: Random): readonly Gateway[] {
  const order = [...gateways];
  for (let last = order.length - 1; last > 0; last--) {
    // The remainder guards against a random source that returns 1.
    const other = Math.floor(random() * (last + 1)) % (last + 1);
    const swap = order[last];
    const with_ = order[other];
    if (swap === undefined || with_ === undefined) continue;
    order[last] = with_;
    order[other] = swap;
  }
  return order;
}
