// Option negotiation as a pure state machine (RFC 855 with RFC 1143's rule: answer only what
// changes something, or two peers loop for ever). Options we do not know are refused.

import type { Verb } from './telnet-bytes.ts';

export type Side = 'ours' | 'theirs';
export type OptionState = 'off' | 'on' | 'asked-on' | 'asked-off';

/** What of each side may be on. Everything else is refused. */
export interface TelnetPolicy {
  readonly ours: ReadonlySet<number>;
  readonly theirs: ReadonlySet<number>;
}

export interface Negotiated {
  readonly ours: ReadonlyMap<number, OptionState>;
  readonly theirs: ReadonlyMap<number, OptionState>;
}

export interface NegotiationStep {
  readonly state: Negotiated;
  readonly reply: { readonly verb: Verb; readonly option: number } | undefined;
}

export const NOTHING_NEGOTIATED: Negotiated = { ours: new Map(), theirs: new Map() };

export function isOn(state: Negotiated, side: Side, option: number): boolean {
  return state[side].get(option) === 'on';
}

/** We want an option on: says WILL (ours) or DO (theirs), unless that was said already. */
export function ask(state: Negotiated, side: Side, option: number): NegotiationStep {
  const now = state[side].get(option) ?? 'off';
  if (now === 'on' || now === 'asked-on') return { state, reply: undefined };
  return step(state, side, option, 'asked-on', side === 'ours' ? 'WILL' : 'DO');
}

/** The peer said something: the new state and what must be answered, if anything. */
export function receive(
  state: Negotiated,
  policy: TelnetPolicy,
  verb: Verb,
  option: number,
): NegotiationStep {
  // WILL and WONT speak of the peer's side, DO and DONT of ours.
  const side: Side = verb === 'WILL' || verb === 'WONT' ? 'theirs' : 'ours';
  const wantsOn = verb === 'WILL' || verb === 'DO';
  const [yes, no]: readonly [Verb, Verb] = side === 'ours' ? ['WILL', 'WONT'] : ['DO', 'DONT'];
  const now = state[side].get(option) ?? 'off';
  if (wantsOn) {
    if (now === 'on') return { state, reply: undefined };
    if (now === 'asked-on') return step(state, side, option, 'on', undefined);
    return policy[side].has(option)
      ? step(state, side, option, 'on', yes)
      : step(state, side, option, 'off', no);
  }
  // A refusal of what we asked for needs no answer; the end of what was on does.
  return step(state, side, option, 'off', now === 'on' ? no : undefined);
}

function step(
  state: Negotiated,
  side: Side,
  option: number,
  to: OptionState,
  verb: Verb | undefined,
): NegotiationStep {
  const changed = new Map(state[side]).set(option, to);
  return {
    state: { ...state, [side]: changed },
    reply: verb === undefined ? undefined : { verb, option },
  };
}
