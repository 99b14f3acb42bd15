// From FreeTDM's words to a span of the model. Pure.

import { lineStatus, type LineCondition } from '../../span/line-status.ts';
import type { CallReport, ChannelReport, SpanKind, SpanReport } from '../../span/span.ts';
import { spanAlarms, signallingOf } from './alarms.ts';
import type { ChannelFacts, SpanFacts } from './facts.ts';
import {
  type Card,
  COLOUR_CAVEAT,
  DAHDI_CAVEAT,
  toChannelState,
  toChannelType,
  toSignalling,
} from './vocabulary.ts';

export interface ReportOptions {
  readonly card: Card;
  /** Which way the call of a session goes. */
  direction(session: string): CallReport['direction'];
}

export function spanReport(span: SpanFacts, options: ReportOptions): SpanReport {
  const kind = kindOf(span);
  const isDigital = kind === 'E1' || kind === 'T1' || kind === 'J1' || kind === 'BRI';
  const channels = [...span.channels.values()].sort(
    (a, b) => a.record.channelId - b.record.channelId,
  );
  const slotOf = timeslots(channels, kind);
  const dChannel = channels.find(({ record }) => toChannelType(record.type) === 'D');
  const isStopped = span.running === 'stopped';
  const conditions = new Set<LineCondition>();
  for (const { condition } of spanAlarms(span, options.card)) conditions.add(condition);
  if (isStopped) conditions.add('NetEquipOOS');
  return {
    native: span.name,
    name: span.name,
    kind,
    slots: kind === 'E1' ? 31 : kind === 'T1' ? 24 : channels.length,
    dChannel: dChannel === undefined ? undefined : slotOf(dChannel),
    framing: undefined,
    lineCode: undefined,
    clock: undefined,
    admin: isStopped ? 'down' : span.running === 'unknown' ? 'unknown' : 'up',
    // A stopped span of libpri goes on saying UP.
    signalling: isStopped ? 'down' : signallingOf(span),
    running: span.running,
    status: isDigital ? lineStatus(conditions) : undefined,
    // The order is the letter of the dial string, not a property of the span.
    order: { kind: 'not_applicable' },
    capabilities: ['calls', 'alarms', 'signalling'],
    detail: detailOf(span),
    caveats: caveatsOf(span, isDigital, options.card),
    channels: channels.map((channel) => channelReport(span, channel, slotOf(channel), options)),
  };
}

/** @param timeslot as `channelTimeslot` has it */
export function channelReport(
  span: SpanFacts,
  { record, isSuspended }: ChannelFacts,
  timeslot: number,
  options: ReportOptions,
): ChannelReport {
  return {
    timeslot,
    number: record.channelId,
    type: toChannelType(record.type),
    state: toChannelState({
      state: record.state,
      isAlarmed: record.isAlarmed,
      isSuspended,
      signalling: toSignalling(record.signallingStatus),
      isStarted: span.running !== 'stopped' || !isIsdn(span),
    }),
    nativeState: record.state === '' ? undefined : record.state,
    alarm: record.isAlarmed,
    call:
      record.session === undefined || record.isSessionDead
        ? undefined
        : {
            direction: options.direction(record.session),
            caller: record.callerNumber || record.ani || record.callerName || undefined,
            called: record.dnis || undefined,
            id: record.session,
          },
  };
}

/** The time slot of one channel of a span. */
export function channelTimeslot(span: SpanFacts, channel: ChannelFacts): number {
  return timeslots([...span.channels.values()], kindOf(span))(channel);
}

function isIsdn({ listed }: SpanFacts): boolean {
  return listed?.type === 'isdn' || listed?.type.startsWith('Sangoma (ISDN') === true;
}

/** FreeTDM tells no trunk type; the types and the number of channels do. */
function kindOf({ channels, listed }: SpanFacts): SpanKind | 'unknown' {
  const types = new Set([...channels.values()].map(({ record }) => toChannelType(record.type)));
  const count = channels.size;
  for (const kind of ['FXS', 'FXO', 'EM'] as const)
    if (types.size === 1 && types.has(kind)) return kind;
  if (listed?.type === 'R2') return 'E1';
  if (types.has('B') || types.has('D') || types.has('CAS')) {
    if (count === 3 && types.has('D')) return 'BRI';
    if (count === 23 || count === 24) return 'T1';
    if (count === 30 || count === 31) return 'E1';
  }
  return 'unknown';
}

/**
 * Channels count in the order of the configuration; the D-channel may be written last. The
 * card's own number tells the slot: within the span (Wanpipe), or over all spans (DAHDI).
 */
function timeslots(
  channels: readonly ChannelFacts[],
  kind: SpanKind | 'unknown',
): (channel: ChannelFacts) => number {
  const physical = channels.map(({ record }) => record.physicalChannelId);
  const first = Math.min(...physical);
  const isWhole =
    new Set(physical).size === channels.length &&
    Math.max(...physical) - first + 1 === channels.length &&
    ((kind === 'E1' && channels.length === 31) || (kind === 'T1' && channels.length === 24));
  return ({ record }) => (isWhole ? record.physicalChannelId - first + 1 : record.channelId);
}

const DETAIL_FIELDS = [
  'dialplan',
  'context',
  'dial_regex',
  'fail_dial_regex',
  'hold_music',
  'analog_options',
] as const;

function detailOf(span: SpanFacts): Record<string, string> {
  const detail: Record<string, string> = { span_id: String(span.id) };
  if (span.listed === undefined) return detail;
  detail['stack'] = span.listed.type;
  detail['signaling_status'] = span.listed.signallingStatus ?? '';
  for (const name of DETAIL_FIELDS) {
    const value = span.listed.fields.get(name);
    if (value !== undefined && value !== '') detail[name] = value;
  }
  return detail;
}

function caveatsOf(span: SpanFacts, isDigital: boolean, card: Card): readonly string[] {
  const caveats: string[] = [];
  if (isDigital && card === 'unknown') caveats.push(COLOUR_CAVEAT);
  if (isDigital && card === 'dahdi') caveats.push(DAHDI_CAVEAT);
  if (span.running === 'wedged')
    caveats.push(
      'The span does not answer. States and alarm flags come from the core, what else is shown is what was last read.',
    );
  if (span.running === 'stopped' && span.listed?.type === 'analog')
    caveats.push('FreeTDM counts this analogue span as stopped while its monitor goes on.');
  if (span.running === 'stopped' && isIsdn(span) && span.listed?.signallingStatus === 'UP')
    caveats.push('FreeTDM still says that signalling is up; of a stopped span that is not true.');
  return caveats;
}
