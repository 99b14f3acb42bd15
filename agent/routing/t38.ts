// Fax over T.38: only for calls that ask for it with the flag `fax`.

import type { RouteRequest } from './request.ts';

const PASSTHROUGH = [
  ['fax_enable_t38', 'true'],
  ['t38_passthru', 'true'],
] as const;

const NOTHING: readonly (readonly [string, string])[] = [];

/** Leg variables; who translates when only one side of the call speaks T.38. */
export function t38Variables(
  request: RouteRequest,
  carrier: boolean,
): readonly (readonly [string, string])[] {
  if (!request.flags.includes('fax')) return NOTHING;
  const caller = request.callerT38;
  if (caller === undefined) return carrier ? asked() : NOTHING;
  if (carrier === caller) return PASSTHROUGH;
  return [...asked(), ['execute_on_answer', `t38_gateway ${carrier ? 'self' : 'peer'}`]];
}

function asked(): readonly (readonly [string, string])[] {
  return [
    ['fax_enable_t38', 'true'],
    ['fax_enable_t38_request', 'true'],
  ];
}
