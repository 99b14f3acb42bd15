// What the show commands of an IOS gateway say together → spans and alarms.

import { alarmOf, lineStatus } from '../../span/line-status.ts';
import type {
  AlarmReport,
  ChannelOrder,
  ChannelReport,
  Signalling,
  SpanReport,
} from '../../span/span.ts';
import type { Controller } from './controllers.ts';
import type { IsdnInterface } from './isdn-status.ts';
import {
  orderOfScheme,
  type InterfaceConfiguration,
  type TrunkGroup,
  type VoiceCall,
  type VoicePort,
} from './voice.ts';

export interface IosView {
  readonly controllers: readonly Controller[];
  readonly isdn: readonly IsdnInterface[];
  readonly voicePorts: readonly VoicePort[];
  /** Asked for where a controller has no ISDN. */
  readonly calls: readonly VoiceCall[];
  readonly trunkGroups: readonly TrunkGroup[];
  /** By interface name. */
  readonly configurations: ReadonlyMap<string, InterfaceConfiguration>;
}

const CAPABILITIES = ['alarms', 'performance', 'channels', 'calls', 'order'];

export function spansOf(view: IosView): readonly SpanReport[] {
  return view.controllers.map((controller) => {
    const isdn = view.isdn.find(({ place }) => place === controller.place);
    const order = orderOf(view, isdn);
    return {
      native: controller.native,
      name: controller.description ?? controller.native,
      kind: controller.kind,
      slots: controller.kind === 'T1' ? 24 : 31,
      dChannel: isdn?.dSlot,
      framing: controller.framing,
      lineCode: controller.lineCode,
      clock: controller.clock,
      admin: controller.admin,
      signalling: signallingOf(isdn),
      running:
        isdn?.layer1 === undefined ? 'unknown' : isdn.layer1 === 'SHUTDOWN' ? 'stopped' : 'started',
      status: controller.conditions === undefined ? undefined : lineStatus(controller.conditions),
      order: order.order,
      capabilities: CAPABILITIES,
      detail: {
        ...detailOf(controller, isdn, order.detail),
        ...(isdn === undefined ? activeCalls(view, controller) : {}),
      },
      caveats: order.caveats,
      channels: isdn === undefined ? [] : channelsOf(view, controller, isdn),
    };
  });
}

/** ITU-T Q.921 states as IOS prints them. */
function signallingOf(isdn: IsdnInterface | undefined): Signalling {
  if (isdn?.layer2 === undefined) return 'unknown';
  if (isdn.layer2 === 'MULTIPLE_FRAME_ESTABLISHED') return 'up';
  return isdn.layer2 === 'TIMER_RECOVERY' ? 'suspended' : 'down';
}

/**
 * Two settings order the channels: bchan-number-order when a dial peer names the port, the hunt
 * scheme when it names the trunk group. Where both apply and differ, neither is the order.
 */
function orderOf(
  view: IosView,
  isdn: IsdnInterface | undefined,
): {
  readonly order: ChannelOrder;
  readonly detail: Readonly<Record<string, string>>;
  readonly caveats: readonly string[];
} {
  if (isdn === undefined) return { order: { kind: 'unknown' }, detail: {}, caveats: [] };
  const configuration = view.configurations.get(isdn.name);
  const group = view.trunkGroups.find(({ members }) =>
    members.some((member) => digitsOf(member.interface) === digitsOf(isdn.name)),
  );
  const byPort = configuration?.order ?? { kind: 'unknown' as const };
  const byGroup = group === undefined ? undefined : orderOfScheme(group.scheme);
  const detail = {
    ...(byPort.kind === 'known' ? { bchan_number_order: wordsOf(byPort) } : {}),
    ...(group === undefined
      ? {}
      : { trunk_group: group.name, hunt_scheme: group.scheme ?? 'unknown' }),
  };
  if (byGroup === undefined || same(byPort, byGroup)) return { order: byPort, detail, caveats: [] };
  const caveat =
    'Dial peers that name the port follow bchan-number-order, dial peers that name the trunk group follow its hunt scheme; the two differ here.';
  return { order: { kind: 'unknown' }, detail, caveats: [caveat] };
}

const digitsOf = (name: string): string => name.replace(/^[A-Za-z]+/, '');

const wordsOf = (order: ChannelOrder & { kind: 'known' }): string =>
  order.memory === 'linear' ? order.direction : `${order.direction} round-robin`;

const same = (a: ChannelOrder, b: ChannelOrder): boolean =>
  a.kind === 'known' && b.kind === 'known' && a.direction === b.direction && a.memory === b.memory;

function detailOf(
  controller: Controller,
  isdn: IsdnInterface | undefined,
  order: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const current = controller.intervals.find(({ age }) => age === 0);
  const counted = Object.entries(current?.counters ?? {}).filter(([, value]) => value > 0);
  return {
    ...(controller.cable === undefined ? {} : { cable: controller.cable }),
    ...(isdn?.switchType === undefined ? {} : { switch_type: isdn.switchType }),
    ...(isdn === undefined
      ? {}
      : { isdn_interface: isdn.name, side: isdn.network ? 'network' : 'user' }),
    ...(isdn?.layer1 === undefined ? {} : { layer_1: isdn.layer1 }),
    ...(isdn?.layer2 === undefined ? {} : { layer_2: isdn.layer2 }),
    ...order,
    ...(current === undefined
      ? {}
      : {
          performance: `${current.elapsedS ?? 0} s: ${counted.length === 0 ? 'no errors' : counted.map(([name, value]) => `${name}=${value}`).join(' ')}`,
        }),
  };
}

/** Calls of a controller's channel groups, `0/0/0:1` and on; nothing where it shows none of them. */
function activeCalls(view: IosView, { place }: Controller): Readonly<Record<string, string>> {
  const own = view.calls.filter(({ port }) => port.startsWith(`${place}:`));
  if (own.length === 0) return {};
  return { active_calls: String(own.filter(({ active }) => active).length) };
}

/**
 * B channels from the free mask (bit n-1 set: channel n is free), the calls and, where there are
 * rows for this port, the voice ports. A channel that is not free and has no call is unknown: it
 * may be out of service, or outside the pri-group.
 */
function channelsOf(
  view: IosView,
  controller: Controller,
  isdn: IsdnInterface,
): readonly ChannelReport[] {
  const last = controller.kind === 'T1' ? 24 : 31;
  const rows = view.voicePorts.filter(({ port }) => port === digitsOf(isdn.name));
  const alarm = (controller.conditions ?? []).length > 0;
  return Array.from({ length: last }, (_, index) => index + 1).flatMap((timeslot) => {
    if (timeslot === isdn.dSlot) {
      const up = signallingOf(isdn) === 'up';
      return [channel(timeslot, 'D', up ? 'idle' : 'out_of_service', isdn.layer2, alarm)];
    }
    const call = isdn.calls.find((one) => one.channel === timeslot);
    const row = rows.find((one) => one.channel === timeslot);
    if (call !== undefined) {
      const report = channel(timeslot, 'B', 'busy', `calltype=${call.type}`, alarm);
      return [
        {
          ...report,
          call: { direction: 'unknown', caller: undefined, called: undefined, id: call.id },
        },
      ];
    }
    if (row !== undefined)
      return [channel(timeslot, 'B', stateOfRow(row), `${row.admin}/${row.operation}`, alarm)];
    // Some rows and not this one: the channel is not configured.
    if (rows.length > 0 && rows.length >= last - 2) return [];
    if (isdn.freeMask === undefined) return [channel(timeslot, 'B', 'unknown', undefined, alarm)];
    const free = ((isdn.freeMask >>> (timeslot - 1)) & 1) === 1;
    return [channel(timeslot, 'B', free ? 'idle' : 'unknown', free ? 'free' : 'not free', alarm)];
  });
}

/** `dorm` is idle, `up` in a call, `down` trouble. */
function stateOfRow(row: VoicePort): ChannelReport['state'] {
  if (row.admin === 'down') return 'blocked';
  if (row.operation === 'dorm') return 'idle';
  return row.operation === 'up' ? 'busy' : row.operation === 'down' ? 'out_of_service' : 'unknown';
}

function channel(
  timeslot: number,
  type: 'B' | 'D',
  state: ChannelReport['state'],
  nativeState: string | undefined,
  alarm: boolean,
): ChannelReport {
  return { timeslot, number: timeslot, type, state, nativeState, alarm, call: undefined };
}

/** Line alarms of every controller that is not shut down, and D-channels that should be up. */
export function alarmsOf(view: IosView): readonly AlarmReport[] {
  return view.controllers
    .filter(({ admin }) => admin !== 'down')
    .flatMap((controller) => {
      const isdn = view.isdn.find(({ place }) => place === controller.place);
      const line = (controller.conditions ?? []).map((condition) =>
        alarmOf(controller.native, condition),
      );
      const dead =
        signallingOf(isdn) === 'down' && isdn?.layer1 !== 'SHUTDOWN' && isdn?.layer1 !== undefined;
      if (!dead) return line;
      return [
        ...line,
        {
          span: controller.native,
          name: 'D-channel down',
          severity: 'major' as const,
          explanation: `Layer 2 of ${isdn.name} is ${isdn.layer2 ?? 'down'}: no call can be placed or taken.`,
        },
      ];
    });
}
