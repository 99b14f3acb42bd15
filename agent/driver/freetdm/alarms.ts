// The alarms of a span, out of the flags of its channels: an E1 that goes red is 31 channels
// that say so, and one alarm. Pure.

import type { AlarmReport } from '../../span/span.ts';
import type { LineCondition } from '../../span/line-status.ts';
import type { SpanFacts } from './facts.ts';
import {
  type AlarmMeaning,
  alarmMeaning,
  type Card,
  toSignalling,
  WORDLESS,
} from './vocabulary.ts';
import type { Signalling } from '../../span/span.ts';

export interface SpanAlarm {
  readonly report: AlarmReport;
  readonly condition: LineCondition;
}

/** Alarms that stand on a span, each once. */
export function spanAlarms(span: SpanFacts, card: Card): readonly SpanAlarm[] {
  const found = new Map<string, { meaning: AlarmMeaning; channels: number[] }>();
  const add = (meaning: AlarmMeaning, channel: number): void => {
    const alarm = found.get(meaning.name) ?? { meaning, channels: [] };
    alarm.channels.push(channel);
    found.set(meaning.name, alarm);
  };
  for (const { record } of span.channels.values()) {
    if (!record.isAlarmed) continue;
    for (const word of record.alarms) add(alarmMeaning(word, card), record.channelId);
    if (record.alarms.length === 0) add(WORDLESS, record.channelId);
  }
  const alarms = [...found.values()].map(({ meaning, channels }) => ({
    condition: meaning.condition,
    report: {
      span: span.name,
      name: meaning.name,
      severity:
        channels.length < span.channels.size && meaning.severity === 'critical'
          ? ('major' as const)
          : meaning.severity,
      explanation: `${meaning.explanation} ${channelsText(channels, span.channels.size)}`,
    },
  }));
  const signalling = signallingAlarm(span);
  return signalling === undefined ? alarms : [...alarms, signalling];
}

/** The span running wedged is an alarm of its own: somebody has to restart FreeSWITCH. */
export function wedgedAlarm(span: string): AlarmReport {
  return {
    span,
    name: 'WEDGED',
    severity: 'critical',
    explanation:
      'FreeTDM does not answer for this span any more. Only killing FreeSWITCH ends that; calls on other spans go on.',
  };
}

/** Status of signalling: what all channels say when they agree, else what the list says. */
export function signallingOf(span: SpanFacts): Signalling {
  const said = new Set([...span.channels.values()].map(({ record }) => record.signallingStatus));
  const [one] = said;
  return toSignalling(said.size === 1 && one !== '' ? one : span.listed?.signallingStatus);
}

function signallingAlarm(span: SpanFacts): SpanAlarm | undefined {
  if (span.running === 'stopped') return undefined;
  const type = span.listed?.type;
  // On analogue spans signalling is down when the channels are in alarm, which is told already.
  if (type === undefined || type === 'analog') return undefined;
  const status = signallingOf(span);
  if (status === 'down')
    return {
      condition: 'UnavailSigState',
      report: {
        span: span.name,
        name: type === 'isdn' || type === 'Sangoma (ISDN)' ? 'D-channel down' : 'Signalling down',
        severity: 'critical',
        explanation: 'The two ends do not understand each other: no call can be made or come in.',
      },
    };
  if (status === 'suspended')
    return {
      condition: 'UnavailSigState',
      report: {
        span: span.name,
        name: 'Signalling suspended',
        severity: 'warning',
        explanation: 'One of the two ends has blocked the span for new calls.',
      },
    };
  return undefined;
}

/** `All 31 channels.`, `Channels 1–15, 17.` */
function channelsText(channels: readonly number[], all: number): string {
  if (channels.length === all) return `All ${String(all)} channels.`;
  const sorted = [...channels].sort((a, b) => a - b);
  const runs: [from: number, to: number][] = [];
  for (const channel of sorted) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === channel - 1) last[1] = channel;
    else runs.push([channel, channel]);
  }
  const text = runs.map(([from, to]) =>
    from === to ? String(from) : `${String(from)}–${String(to)}`,
  );
  return `${sorted.length === 1 ? 'Channel' : 'Channels'} ${text.join(', ')}.`;
}
