// From DAHDI's words to spans and alarms of the model. Pure. Unlike FreeTDM, DAHDI itself has
// the right colours.

import type { ConfiguredSpan } from '../../codec/dahdi/system-conf.ts';
import type { DahdiAlarm, DahdiChannel, DahdiSpan } from '../../codec/dahdi/proc-span.ts';
import type { GearFinding } from '../../span/gear-driver.ts';
import { lineStatus, type LineCondition } from '../../span/line-status.ts';
import type {
  AlarmReport,
  ChannelReport,
  Severity,
  SpanKind,
  SpanReport,
} from '../../span/span.ts';

interface Meaning {
  readonly name: string;
  readonly severity: Severity;
  readonly condition: LineCondition;
  readonly explanation: string;
}

const MEANINGS: Readonly<Record<DahdiAlarm, Meaning>> = {
  RED: {
    name: 'RED',
    severity: 'critical',
    condition: 'LossOfFrame',
    explanation: 'No usable signal arrives: cable, far end or its power.',
  },
  YELLOW: {
    name: 'YELLOW',
    severity: 'major',
    condition: 'RcvFarEndLOF',
    explanation: 'The far end does not hear this one: look at the transmit pair.',
  },
  BLUE: {
    name: 'BLUE',
    severity: 'critical',
    condition: 'RcvAIS',
    explanation: 'All ones arrive: something further up the line has failed.',
  },
  LOOP: {
    name: 'LOOPBACK',
    severity: 'major',
    condition: 'LoopbackState',
    explanation: 'The line is looped: no call can pass it.',
  },
  RECOVERING: {
    name: 'RECOVERING',
    severity: 'minor',
    condition: 'OtherFailure',
    explanation: 'The line is coming back.',
  },
  NOTOPEN: {
    name: 'NOT OPEN',
    severity: 'warning',
    condition: 'NetEquipOOS',
    explanation: 'The span is there and not in service.',
  },
};

const OPEN_CAVEAT =
  'DAHDI shows whether a program has opened a channel, not whether there is a call on it.';

export function dahdiSpanReport(
  span: DahdiSpan,
  configured: ConfiguredSpan | undefined,
): SpanReport {
  const kind = kindOf(span);
  const isDigital = kind === 'E1' || kind === 'T1' || kind === 'BRI';
  const d = span.channels.findIndex((channel) => typeOf(channel) === 'D');
  const conditions = span.alarms.map((alarm) => MEANINGS[alarm].condition);
  const [code, ...framing] = span.lineConfig;
  return {
    native: String(span.number),
    name: span.name,
    kind,
    slots: kind === 'E1' ? 31 : kind === 'T1' ? 24 : span.channels.length,
    dChannel: d < 0 ? undefined : d + 1,
    framing: framing.length > 0 ? framing.join('/') : undefined,
    lineCode: code,
    clock: clockOf(span, configured),
    admin: span.alarms.includes('NOTOPEN') ? 'down' : 'unknown',
    // The signalling is spoken by a program above; DAHDI does not follow it.
    signalling: 'unknown',
    running: 'unknown',
    status: isDigital ? lineStatus(conditions) : undefined,
    order: { kind: 'not_applicable' },
    capabilities: ['alarms', 'counters'],
    detail: {
      description: span.description,
      ...Object.fromEntries([...span.counters].map(([name, count]) => [name, String(count)])),
      ...(configured === undefined
        ? {}
        : { timing: String(configured.timing), lbo: String(configured.lineBuildOut) }),
    },
    caveats: span.channels.some(({ isOpen }) => isOpen) ? [OPEN_CAVEAT] : [],
    channels: span.channels.map((channel, index) => channelReport(span, channel, index + 1)),
  };
}

export function dahdiAlarms(span: DahdiSpan): readonly AlarmReport[] {
  const native = String(span.number);
  const whole = span.alarms.map((alarm) => alarmReport(native, MEANINGS[alarm], ''));
  // Analogue ports have alarms of their own; those of a whole span are on its channels too.
  const single = span.channels.flatMap((channel, index) =>
    channel.alarms
      .filter((alarm) => !span.alarms.includes(alarm))
      .map((alarm) => ({ alarm, number: index + 1 })),
  );
  const byAlarm = new Map<DahdiAlarm, number[]>();
  for (const { alarm, number } of single)
    byAlarm.set(alarm, [...(byAlarm.get(alarm) ?? []), number]);
  return [
    ...whole,
    ...[...byAlarm].map(([alarm, channels]) =>
      alarmReport(native, MEANINGS[alarm], ` Channels ${channels.join(', ')}.`),
    ),
  ];
}

/** Where the card does not run as system.conf says: dahdi_cfg was not run since. */
export function configurationFinding(
  span: DahdiSpan,
  configured: ConfiguredSpan | undefined,
): GearFinding | undefined {
  if (configured === undefined || span.lineConfig.length === 0) return undefined;
  const wanted = [configured.coding, configured.framing, ...(configured.hasCrc4 ? ['CRC4'] : [])];
  if (
    wanted.length === span.lineConfig.length &&
    wanted.every((word) => span.lineConfig.includes(word))
  )
    return undefined;
  return {
    code: 'dahdi.config-not-applied',
    span: String(span.number),
    message: `Span ${String(span.number)} runs with ${span.lineConfig.join('/')} while system.conf says ${wanted.join('/')}.`,
  };
}

function alarmReport(span: string, meaning: Meaning, where: string): AlarmReport {
  const severity =
    where !== '' && meaning.severity === 'critical' ? ('major' as const) : meaning.severity;
  return { span, name: meaning.name, severity, explanation: `${meaning.explanation}${where}` };
}

function channelReport(span: DahdiSpan, channel: DahdiChannel, timeslot: number): ChannelReport {
  const isAlarmed =
    channel.alarms.length > 0 || span.alarms.some((alarm) => alarm !== 'RECOVERING');
  const isUnused = ['Unconfigured', 'Reserved', ''].includes(channel.signalling);
  return {
    timeslot,
    number: timeslot,
    type: typeOf(channel),
    state: isAlarmed || isUnused ? 'out_of_service' : channel.isOpen ? 'unknown' : 'idle',
    nativeState: [channel.signalling, ...(channel.isOpen ? ['In use'] : []), ...channel.alarms]
      .filter((word) => word !== '')
      .join(' '),
    alarm: isAlarmed,
    call: undefined,
  };
}

/** DAHDI names the signalling; a port that drives a telephone is signalled as FXO. */
function typeOf({ signalling }: DahdiChannel): ChannelReport['type'] {
  if (/^HDLC|^Hardware-assisted HDLC$/.test(signalling)) return 'D';
  if (signalling.startsWith('FXO')) return 'FXS';
  if (signalling.startsWith('FXS')) return 'FXO';
  if (signalling.startsWith('E&M')) return 'EM';
  if (signalling === 'CAS') return 'CAS';
  return signalling === 'Clear' ? 'B' : 'unknown';
}

function kindOf(span: DahdiSpan): SpanKind | 'unknown' {
  const { lineConfig, channels } = span;
  if (lineConfig.some((word) => word === 'HDB3' || word === 'CCS' || word === 'CAS'))
    return channels.length === 3 ? 'BRI' : 'E1';
  if (lineConfig.some((word) => word === 'B8ZS' || word === 'ESF' || word === 'D4')) return 'T1';
  const types = new Set(channels.map(typeOf).filter((type) => type !== 'unknown'));
  const [only] = types;
  if (types.size === 1 && (only === 'FXS' || only === 'FXO' || only === 'EM')) return only;
  if (channels.length === 31) return 'E1';
  return channels.length === 24 ? 'T1' : 'unknown';
}

function clockOf(span: DahdiSpan, configured: ConfiguredSpan | undefined): string | undefined {
  if (configured !== undefined)
    return configured.timing === 0 ? 'internal' : `line (choice ${String(configured.timing)})`;
  return span.isClockSource ? 'line' : undefined;
}
