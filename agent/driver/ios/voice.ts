// `show voice port summary`, `show voice call summary`, `show trunk group` and `show running-config interface …`.

import type { ChannelOrder } from '../../span/span.ts';
import type { Parsed } from '../parsed.ts';

export interface VoicePort {
  /** `0/0/0:23`, or `0/2/0` for an analogue port. */
  readonly port: string;
  readonly channel: number | undefined;
  readonly signalling: string;
  readonly admin: string;
  readonly operation: string;
}

/** Columns PORT CH SIG-TYPE ADMIN OPER IN-STATUS OUT-STATUS EC. */
export function readVoicePorts(lines: readonly string[]): Parsed<VoicePort> {
  return readRows(lines, /^(?:IN\s+OUT$|PORT\b|=+|PWR FAILOVER)/, (words) => {
    const [port = '', channel = '', signalling = '', admin = '', operation = ''] = words;
    if (words.length !== 8 || !/^\d+(?:\/\d+)*(?::\d+)?$/.test(port)) return undefined;
    return {
      port,
      channel: /^\d+$/.test(channel) ? Number(channel) : undefined,
      signalling,
      admin,
      operation,
    };
  });
}

export interface VoiceCall {
  /** `0/0/0` for an analogue port, `1/0/0:23` for a span's channels. */
  readonly port: string;
  readonly channel: number | undefined;
  readonly codec: string | undefined;
  /** The state of the call's signal processing; undefined when there is no call. */
  readonly state: string | undefined;
  readonly active: boolean;
}

/** Columns PORT CODEC VAD VTSP-STATE VPM-STATE; a dash is nothing, and the last may be missing. */
export function readVoiceCalls(lines: readonly string[]): Parsed<VoiceCall> {
  return readRows(lines, /^(?:PORT\s+CODEC|=+)/, (words) => {
    const [place = '', codec = '-', , vtsp = '-', vpm = '-'] = words;
    const [, port, channel] = /^(\d+(?:\/\d+)*(?::\d+)?)(?:\.(\d{1,2}))?$/.exec(place) ?? [];
    if (words.length < 4 || words.length > 5 || port === undefined) return undefined;
    const said = (word: string): string | undefined => (word === '-' ? undefined : word);
    return {
      port,
      channel: channel === undefined ? undefined : Number(channel),
      codec: said(codec),
      state: said(vtsp),
      active: said(vtsp) !== undefined && !/ONHOOK/.test(vpm),
    };
  });
}

function readRows<T>(
  lines: readonly string[],
  heading: RegExp,
  read: (words: readonly string[]) => T | undefined,
): Parsed<T> {
  const values: T[] = [];
  const unparsed: string[] = [];
  for (const raw of lines) {
    const line = raw.trim();
    if (line === '' || heading.test(line)) continue;
    const value = read(line.slice(0, 200).split(/\s+/));
    if (value === undefined) unparsed.push(raw.slice(0, 200));
    else values.push(value);
  }
  return { values, unparsed };
}

export interface TrunkGroup {
  readonly name: string;
  /** The scheme as printed: `least-used`, `sequential both up`. */
  readonly scheme: string | undefined;
  readonly members: readonly {
    /** `Se0/3/0:15` */
    readonly interface: string;
    readonly timeslots: string | undefined;
    readonly free: number | undefined;
  }[];
}

const GROUP_KNOWN =
  /^(?:Description:|trunk group label:|Translation profile|LPCOR|Preemption|Max Calls|\(Data\)|Retries:|Total calls for|Pend = |Total channels available)/;

export function readTrunkGroups(lines: readonly string[]): Parsed<TrunkGroup> {
  const groups: {
    name: string;
    scheme: string | undefined;
    members: TrunkGroup['members'][number][];
  }[] = [];
  const unparsed: string[] = [];
  for (const raw of lines) {
    const line = raw.trim();
    if (line === '') continue;
    const name = /^Trunk group: (\S{1,64})$/.exec(line)?.[1];
    if (name !== undefined) {
      groups.push({ name, scheme: undefined, members: [] });
      continue;
    }
    const group = groups.at(-1);
    const scheme = /^Hunt Scheme is (.{1,60})$/.exec(line)?.[1];
    const member = /^Trunk (\S{1,40})\s+Preference\b/.exec(line)?.[1];
    const timeslots = /^Member Timeslots : (\S{1,60})$/.exec(line)?.[1];
    const free = /^Data = \d+, .{0,60}Free = (\d{1,4})$/.exec(line)?.[1];
    const last = group?.members.length ?? 0;
    const before = group?.members[last - 1];
    if (group !== undefined && scheme !== undefined) group.scheme = scheme;
    else if (group !== undefined && member !== undefined)
      group.members.push({ interface: member, timeslots: undefined, free: undefined });
    else if (group !== undefined && before !== undefined && timeslots !== undefined)
      group.members[last - 1] = { ...before, timeslots };
    else if (group !== undefined && before !== undefined && free !== undefined)
      group.members[last - 1] = { ...before, free: Number(free) };
    else if (group === undefined || !GROUP_KNOWN.test(line)) unparsed.push(raw.slice(0, 200));
  }
  return { values: groups, unparsed };
}

/**
 * Where a hunt scheme begins (Cisco IOS Voice Command Reference, hunt-scheme). Only `sequential`
 * always begins at the same end; `round-robin` goes on after the last. The other schemes choose
 * by load, which is no direction.
 */
export function orderOfScheme(scheme: string | undefined): ChannelOrder {
  const words = (scheme ?? '').toLowerCase().split(/\s+/);
  const memory =
    words[0] === 'sequential' ? 'linear' : words[0] === 'round-robin' ? 'cyclic' : undefined;
  if (memory === undefined) return { kind: 'unknown' };
  return { kind: 'known', direction: words.includes('down') ? 'descending' : 'ascending', memory };
}

export interface InterfaceConfiguration {
  readonly switchType: string | undefined;
  readonly order: ChannelOrder;
  readonly trunkGroup: string | undefined;
  readonly networkSide: boolean;
}

/**
 * `show running-config interface Serial0/0/0:23`. Without a bchan-number-order line the default
 * stands, which is descending. undefined when the output is no interface's configuration.
 */
export function readInterfaceConfiguration(
  lines: readonly string[],
): InterfaceConfiguration | undefined {
  if (
    !lines.some((line) => /^interface \S+$/.test(line.trim())) ||
    !lines.some((line) => line.trim() === 'end')
  )
    return undefined;
  const value = (pattern: RegExp): RegExpExecArray | undefined =>
    lines.map((line) => pattern.exec(line.trim())).find((found) => found !== null) ?? undefined;
  const order = value(/^isdn bchan-number-order (ascending|descending)( round-robin)?$/);
  return {
    switchType: value(/^isdn switch-type (\S{1,40})$/)?.[1],
    order: {
      kind: 'known',
      direction: order?.[1] === 'ascending' ? 'ascending' : 'descending',
      memory: order?.[2] === undefined ? 'linear' : 'cyclic',
    },
    trunkGroup: value(/^trunk-group (\S{1,64})/)?.[1],
    networkSide: value(/^isdn protocol-emulate network$/) !== undefined,
  };
}
