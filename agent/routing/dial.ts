// The bridge as FreeSWITCH's application: `bridge <channel-wide>[leg]target|[leg]target`. What
// is equal on every leg is written once, channel-wide; with one leg nothing moves.

import type { Numbers } from '../number/numbers.ts';
import type { RoutingConfig } from './config.ts';
import type { BuiltEndpoint } from './endpoints.ts';
import { foreignChannelVariable, LegVariables, type LegVariable } from './leg-variables.ts';
import type { RouteRequest } from './request.ts';
import type { Bridge, BridgeEndpoint, Dial, Exclusion, Skip } from './result.ts';
import { t38Variables } from './t38.ts';
import { dialTarget } from './target.ts';
import { cleanName, fits, refusal, variable, writeBlock, type Variable } from './variables.ts';
import { WrittenDial, type WrittenLeg } from './written-dial.ts';

export interface DialContext {
  readonly config: RoutingConfig;
  readonly numbers: Numbers;
  readonly request: RouteRequest;
}

/** Endpoints that cannot be dialled, or would be dialled twice, go to `excluded`. */
export function buildDial(
  bridge: Bridge,
  built: readonly BuiltEndpoint[],
  context: DialContext,
  excluded: Exclusion[],
  skipped: Skip[],
): Dial {
  const { config, request } = context;
  const targets = dialTargets(bridge, context, excluded);
  const variables = new LegVariables(config);
  const perLeg = bridge.endpoints.map((endpoint, index) => {
    const gateway = built[index]?.gateway;
    const t38 = t38Variables(request, gateway?.faxOption ?? false);
    const list = variables.of(endpoint, gateway?.channelVars ?? {}, t38);
    return usable(list, endpoint, skipped);
  });
  const shared = perLeg.length > 1 ? commonVariables(perLeg) : NOTHING_SHARED;
  // Legs mostly have their variables at the same places: a look there is cheaper than in a map.
  const sharedAt = perLeg[0]?.map(({ name }) => (shared.has(name) ? name : undefined)) ?? [];
  const lone = targets.length === 1;
  const homeless: LegVariable[] = [];
  const written: WrittenLeg[] = [];
  for (const { text: target, index } of targets) {
    const endpoint = bridge.endpoints[index];
    if (endpoint === undefined) continue;
    const own: LegVariable[] = [];
    const isSip = endpoint.endpoint_type === 'sip';
    const list = perLeg[index] ?? [];
    for (let place = 0; place < list.length; place++) {
      const variable = list[place];
      if (variable === undefined) continue;
      if (variable.name === sharedAt[place] || shared.has(variable.name)) continue;
      // FreeSWITCH gets no variables on TDM legs from Kazoo; without its time-out a dead span
      // would hold the call, so that one is written.
      if (!isSip && variable.name !== 'leg_progress_timeout') continue;
      if (fits(variable, 'leg')) own.push(variable);
      else if (lone && fits(variable, 'channel')) homeless.push(variable);
      else skipped.push(unbalanced(variable, endpoint));
    }
    written.push({ endpoint, index, target, own });
  }
  const channel = channelVariables(bridge, [...shared.values(), ...homeless], context, skipped);
  const texts = written.map(({ own, target }) => writeBlock(own, 'leg') + target);
  const fields = {
    result: texts.length > 0 ? 'ok' : 'no_legs',
    privacy_mode: privacyMode(bridge, request, config),
    bypass_media_set: bypassMedia(bridge, request, config) ? ['bypass_media=true'] : [],
    raw: texts.length > 0 ? `bridge ${writeBlock(channel, 'channel')}${texts.join('|')}` : '',
    dropped_bridge_indexes: droppedIndexes(bridge, targets),
  } as const;
  return new WrittenDial(fields, written, channel);
}

interface IndexedTarget {
  readonly text: string;
  readonly index: number;
}

/** Targets in attempt order, each once. */
function dialTargets(
  bridge: Bridge,
  context: DialContext,
  excluded: Exclusion[],
): readonly IndexedTarget[] {
  const targets: IndexedTarget[] = [];
  // By where they lead, which tells most of them apart.
  const seen = new Map<string, BridgeEndpoint[]>();
  for (const [index, endpoint] of bridge.endpoints.entries()) {
    const { resource_id, gateway_index } = endpoint;
    const target = dialTarget(endpoint, context.numbers, context.config.sipInterface);
    if (target.kind === 'not_dialable') {
      excluded.push({
        resource_id,
        gateway_index,
        stage: 'not_dialable',
        reason: target.reason,
        detail: { field: `gateways.${gateway_index}.${target.field}` },
      });
      continue;
    }
    const place = endpoint.route ?? String(endpoint.endpoint_options?.span);
    const earlier = seen.get(place);
    const first = earlier?.find((other) => dialsTheSame(other, endpoint));
    if (first !== undefined) {
      excluded.push({
        resource_id,
        gateway_index,
        stage: 'duplicate',
        reason: `Resource ${first.resource_id} already dials the same destination.`,
        detail: {
          target: target.text,
          resource_id: first.resource_id,
          gateway_index: first.gateway_index,
        },
      });
      continue;
    }
    if (earlier === undefined) seen.set(place, [endpoint]);
    else earlier.push(endpoint);
    targets.push({ text: target.text, index });
  }
  return targets;
}

/** For endpoints that lead to one place. The interface does not tell them apart, as in Kazoo. */
function dialsTheSame(a: BridgeEndpoint, b: BridgeEndpoint): boolean {
  return (
    a.endpoint_type === b.endpoint_type &&
    a.invite_format === b.invite_format &&
    a.to_did === b.to_did &&
    a.route === b.route &&
    a.endpoint_options?.span === b.endpoint_options?.span &&
    a.endpoint_options?.channel_selection === b.endpoint_options?.channel_selection
  );
}

/** Leaves out what no block can hold, and says so. */
function usable(
  list: readonly LegVariable[],
  endpoint: BridgeEndpoint,
  skipped: Skip[],
): readonly LegVariable[] {
  if (list.every(({ plain }) => plain)) return list;
  return list.filter((variable) => {
    const reason = refusal(variable);
    if (reason === undefined) return true;
    const { resource_id, gateway_index } = endpoint;
    skipped.push({ resource_id, gateway_index, part: partName(variable.name), reason });
    return false;
  });
}

function unbalanced(variable: Variable, endpoint: BridgeEndpoint): Skip {
  return {
    resource_id: endpoint.resource_id,
    gateway_index: endpoint.gateway_index,
    part: partName(variable.name),
    reason: 'The value holds brackets that FreeSWITCH would take for the end of the block.',
  };
}

function partName(variable: string): string {
  const header = variable.startsWith('sip_h_');
  return header ? `custom_sip_headers.${variable.slice(6)}` : `variables.${variable}`;
}

const NOTHING_SHARED: ReadonlyMap<string, LegVariable> = new Map();

/** The movable variables that every leg has with the same value. */
function commonVariables(
  perLeg: readonly (readonly LegVariable[])[],
): ReadonlyMap<string, LegVariable> {
  const [first = [], ...others] = perLeg;
  const common = new Map<string, LegVariable>();
  for (const [place, one] of first.entries()) {
    if (!one.moves || !fits(one, 'channel')) continue;
    if (others.every((list) => hasEqual(list, one, place))) common.set(one.name, one);
  }
  return common;
}

/** Legs mostly share their variables at the same places, so that place is tried first. */
function hasEqual(list: readonly LegVariable[], one: LegVariable, place: number): boolean {
  const there = list[place];
  if (there === one) return true;
  const twin = there?.name === one.name ? there : list.find(({ name }) => name === one.name);
  return twin?.value === one.value;
}

function channelVariables(
  bridge: Bridge,
  shared: readonly LegVariable[],
  context: DialContext,
  skipped: Skip[],
): readonly Variable[] {
  const { config, request } = context;
  const list: Variable[] = [];
  const add = (name: string, value: string | null) => {
    if (value !== null) list.push(variable(name, value));
  };
  const { number, name } = maskedCallerId(bridge, request, config);
  add('origination_caller_id_number', number);
  add('origination_caller_id_name', name);
  const direct = shared.filter(({ channelVar }) => channelVar === undefined);
  const early = (one: Variable) => one.name.startsWith('origination_');
  list.push(...direct.filter(early));
  add('ignore_early_media', String(bridge.ignore_early_media));
  list.push(...direct.filter((one) => !early(one)));
  list.push(...sortedChannelVars(bridge, shared));
  if (request.timeoutS !== undefined && request.timeoutS > 0) {
    add('call_timeout', String(request.timeoutS));
    add('originate_timeout', String(request.timeoutS));
  }
  add('caller_id_number', number);
  add('caller_id_name', name);
  add('local_var_clobber', 'true');
  list.push(...assertedIdentity(bridge, request));
  return list.filter((one) => {
    const whole = fits(one, 'channel');
    const reason = refusal(one) ?? (whole ? undefined : 'The value holds < or > that do not pair.');
    if (reason === undefined) return true;
    skipped.push({ resource_id: null, gateway_index: null, part: one.name, reason });
    return false;
  });
}

function sortedChannelVars(bridge: Bridge, shared: readonly LegVariable[]): readonly LegVariable[] {
  const all = Object.entries(bridge.channel_vars).map(([name, value]) =>
    foreignChannelVariable(name, value),
  );
  all.push(...shared.filter(({ channelVar }) => channelVar !== undefined));
  const key = ({ channelVar }: LegVariable) => channelVar ?? '';
  return all.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** The caller id on the channel; hidden there when the caller (not a resource) hides it. */
function maskedCallerId(
  bridge: Bridge,
  request: RouteRequest,
  config: RoutingConfig,
): { readonly number: string | null; readonly name: string | null } {
  const { number, name } = bridge.caller_id;
  const masks = !bridge.emergency && (request.privacy.method ?? config.privacyMethod) === 'kazoo';
  return {
    number: masks && request.privacy.hideNumber ? config.anonymousNumber : number,
    name: masks && request.privacy.hideName ? config.anonymousName : name && cleanName(name),
  };
}

/** Its own realm, else the account's, else the channel's; without any it is not sent. */
function assertedIdentity(bridge: Bridge, request: RouteRequest): readonly Variable[] {
  const { number, name, realm } = bridge.asserted_identity;
  const domain = realm ?? request.accountRealm ?? bridge.channel_vars.Realm;
  if (number === null || domain === undefined) return [];
  const uri = `<sip:${number}@${domain}>`;
  const value = name === null ? uri : `"${name.replaceAll('"', '')}" ${uri}`;
  return [
    { name: 'sip_cid_type', value: 'none', quoting: 'bare', plain: true },
    variable('sip_h_P-Asserted-Identity', value),
  ];
}

/** What FreeSWITCH itself must hide, when some part of the call uses the SIP method. */
function privacyMode(
  bridge: Bridge,
  request: RouteRequest,
  config: RoutingConfig,
): Dial['privacy_mode'] {
  if (bridge.emergency) return null;
  const own = request.privacy.method ?? config.privacyMethod;
  const sip = own === 'sip' || bridge.endpoints.some(({ privacy }) => privacy.method === 'sip');
  if (!sip) return null;
  const some = (hides: (privacy: BridgeEndpoint['privacy']) => boolean) =>
    bridge.endpoints.some(({ privacy }) => hides(privacy));
  const hidesName = request.privacy.hideName || some(({ hide_name }) => hide_name);
  const hidesNumber = request.privacy.hideNumber || some(({ hide_number }) => hide_number);
  if (hidesName && hidesNumber) return 'full';
  return hidesName ? 'name' : hidesNumber ? 'number' : null;
}

/** The request decides; else every endpoint must want it over the caller's own SIP profile. */
function bypassMedia(bridge: Bridge, request: RouteRequest, config: RoutingConfig): boolean {
  if (request.media === 'bypass') return true;
  if (request.media === 'process' || bridge.endpoints.length === 0) return false;
  const profile = request.sipProfile ?? config.sipInterface;
  return bridge.endpoints.every(
    ({ bypass_media, sip_interface }) =>
      bypass_media && (sip_interface ?? config.sipInterface) === profile,
  );
}

function droppedIndexes(bridge: Bridge, targets: readonly IndexedTarget[]): readonly number[] {
  if (targets.length === bridge.endpoints.length) return [];
  const dialled = new Set(targets.map(({ index }) => index));
  return [...bridge.endpoints.keys()].filter((index) => !dialled.has(index));
}
