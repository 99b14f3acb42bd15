// The caller id of an emergency call, and whether the call may be placed at all.

import type { RoutingConfig } from './config.ts';
import { preferCallerId, type CallerId, type RouteRequest } from './request.ts';

export type EmergencyCallerId =
  { readonly kind: 'caller_id'; readonly callerId: CallerId } | { readonly kind: 'denied' };

/**
 * The emergency caller id, or where it lacks a part the ordinary one. Over global resources it
 * can be required to be one of the account's emergency-enabled numbers; a call without a usable
 * number is denied only when the settings say so, and else goes out with the configured number
 * or as anonymous: no call to the emergency services is lost for want of a number.
 */
export function emergencyCallerId(
  request: RouteRequest,
  config: RoutingConfig,
  global: boolean,
): EmergencyCallerId {
  const own = preferCallerId(request.emergency, request.outbound);
  if (!global) return { kind: 'caller_id', callerId: own };
  const number = config.ensureValidEmergencyCid ? validNumber(request, own) : own.number;
  if (number !== null) return { kind: 'caller_id', callerId: { number, name: own.name } };
  if (config.denyInvalidEmergencyCid) return { kind: 'denied' };
  const fallback = config.defaultEmergencyCidNumber ?? config.anonymousNumber;
  return { kind: 'caller_id', callerId: { number: fallback, name: own.name } };
}

function validNumber(request: RouteRequest, emergency: CallerId): string | null {
  const valid = request.e911Numbers;
  const ordinary = preferCallerId(request.outbound, request.emergency);
  const wanted = [emergency.number, ordinary.number].find(
    (number) => number !== null && valid.includes(number),
  );
  return wanted ?? valid[0] ?? null;
}
