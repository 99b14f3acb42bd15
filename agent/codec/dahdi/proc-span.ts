// `/proc/dahdi/<n>`: one span of DAHDI as its kernel module prints it (dahdi-linux, the
// documented format; no recording stands behind it). A head line, counters that are not zero,
// an empty line, a line a channel.

import { CraftportError } from '../../base/error.ts';

export const DAHDI_ALARMS = ['BLUE', 'YELLOW', 'RED', 'LOOP', 'RECOVERING', 'NOTOPEN'] as const;
export type DahdiAlarm = (typeof DAHDI_ALARMS)[number];

export interface DahdiChannel {
  /** Over all spans of the machine, from 1. */
  readonly number: number;
  readonly name: string;
  /** `Clear`, `HDLCFCS`, `FXOKS`, …; `Reserved` when there is none. */
  readonly signalling: string;
  readonly isMaster: boolean;
  /** A program has opened it; that is no call. */
  readonly isOpen: boolean;
  readonly alarms: readonly DahdiAlarm[];
  readonly echoCanceller: string | undefined;
}

export interface DahdiSpan {
  readonly number: number;
  /** `TE4/0/1` */
  readonly name: string;
  readonly description: string;
  /** The span that gives the timing to all. */
  readonly isMaster: boolean;
  readonly isClockSource: boolean;
  /** `HDB3`, `CCS`, `CRC4`; empty for analogue cards and spans without a configuration. */
  readonly lineConfig: readonly string[];
  readonly alarms: readonly DahdiAlarm[];
  /** Counters that are not zero, by their words (`BPV count`). */
  readonly counters: ReadonlyMap<string, number>;
  readonly channels: readonly DahdiChannel[];
}

/** Longest first: some begin with others. */
const SIGNALLINGS = [
  'Hardware-assisted HDLC',
  'SF (ToneOnly)',
  'Unconfigured',
  'DACS+RBS',
  'Reserved',
  'HDLCRAW',
  'HDLCFCS',
  'HDLCNET',
  'E&M-E1',
  'FXSLS',
  'FXSKS',
  'FXSGS',
  'FXOLS',
  'FXOKS',
  'FXOGS',
  'Clear',
  'Slave',
  'MTP2',
  'DACS',
  'CAS',
  'E&M',
] as const;

const HEAD = /^Span (\d{1,6}): (\S+) "(.*)"(.*)$/;
const COUNTER = /^\t([A-Za-z0-9 -]+): (\d+)$/;
const CHANNEL = /^\t *(\d{1,6}) (\S+)(?: (.*))?$/;
const CODE = /^(?:AMI|B8ZS|HDB3|D4|ESF|CCS|CAS|CRC4|NOTOPEN_CODE)$/;

/** @throws codec.malformed */
export function parseProcSpan(text: string): DahdiSpan {
  const [first = '', ...rest] = text.split('\n');
  const head = HEAD.exec(first);
  if (head === null) throw unreadable(first);
  const words = (head[4] ?? '').split(/\s+/).filter((word) => word !== '');
  const config = words.find((word) => word.split('/').every((part) => CODE.test(part)));
  const counters = new Map<string, number>();
  const channels: DahdiChannel[] = [];
  for (const line of rest) {
    if (line.trim() === '') continue;
    const counter = COUNTER.exec(line);
    if (counter?.[1] !== undefined) counters.set(counter[1], Number(counter[2]));
    else channels.push(channelOf(line));
  }
  return {
    number: Number(head[1]),
    name: head[2] ?? '',
    description: head[3] ?? '',
    isMaster: words.includes('(MASTER)'),
    isClockSource: words.includes('ClockSource'),
    lineConfig: config?.split('/') ?? [],
    alarms: DAHDI_ALARMS.filter((alarm) => words.includes(alarm)),
    counters,
    channels,
  };
}

function channelOf(line: string): DahdiChannel {
  const match = CHANNEL.exec(line);
  if (match === null) throw unreadable(line);
  const rest = match[3] ?? '';
  const signalling = SIGNALLINGS.find((each) => rest === each || rest.startsWith(`${each} `));
  const flags = signalling === undefined ? rest : rest.slice(signalling.length);
  const canceller = /\(EC: ([^)]*)\)/.exec(flags)?.[1];
  const words = flags.replace(/\([^)]*\)/g, ' ').split(/\s+/);
  return {
    number: Number(match[1]),
    name: match[2] ?? '',
    signalling: signalling ?? '',
    isMaster: words.includes('Master'),
    isOpen: flags.includes('(In use)'),
    alarms: DAHDI_ALARMS.filter((alarm) => words.includes(alarm)),
    echoCanceller: canceller,
  };
}

function unreadable(near: string): CraftportError {
  return new CraftportError('codec.malformed', 'A file of /proc/dahdi cannot be read', {
    detail: { near: near.slice(0, 80) },
  });
}
