// A span and a channel as clients see them (schemas/spans.json, channels.json). Values keep
// their age when the gear is out of reach, but what only the gear can vouch for (whether
// signalling is up and the stack runs) is unknown then, with the last known value beside.

import type { ChannelDoc, DialledByDoc, SpanDoc, SpanPerformanceDoc } from '../../schemas/types.ts';
import type { GearFinding } from '../span/gear-driver.ts';
import { formatSlots } from '../span/slot-set.ts';
import { findingDocument, toIso } from './gear-state-document.ts';
import { type GearUnit, isStale, linkOf } from './gear-unit.ts';
import type { KnownChannel, KnownSpan } from './live-gear.ts';
import type { KnownInterval } from './performance-log.ts';

/** What stands around a span beside what the gear says of it. */
export interface SpanSurroundings {
  readonly id: string;
  /** What people wrote. */
  readonly local: { readonly name?: string; readonly notes?: string };
  readonly dialledBy: readonly DialledByDoc[];
  readonly findings: readonly GearFinding[];
}

export function spanDocument(
  unit: GearUnit,
  span: KnownSpan,
  around: SpanSurroundings,
  nowMs: number,
): SpanDoc {
  const { report } = span;
  const { native } = report;
  const link = linkOf(unit);
  const isOut = link !== 'connected' || span.missingSinceMs !== undefined;
  const { name, notes } = around.local;
  const own = unit.live.state.findings.filter((finding) => finding.span === native);
  const missing: readonly GearFinding[] =
    span.missingSinceMs === undefined
      ? []
      : [
          {
            code: 'span.missing',
            span: native,
            message: `The gear has not shown this span since ${toIso(span.missingSinceMs)}`,
          },
        ];
  return {
    id: around.id,
    gear_id: unit.id,
    native,
    name: name ?? report.name,
    ...(notes === undefined ? {} : { notes }),
    kind: report.kind,
    slots: report.slots,
    slot_set: formatSlots([...span.channels.values()].map((channel) => channel.report.timeslot)),
    ...(report.dChannel === undefined ? {} : { d_channel: report.dChannel }),
    ...(report.framing === undefined ? {} : { framing: report.framing }),
    ...(report.lineCode === undefined ? {} : { line_code: report.lineCode }),
    ...(report.clock === undefined ? {} : { clock: report.clock }),
    admin: report.admin,
    signalling: isOut ? 'unknown' : report.signalling,
    running: isOut ? 'unknown' : report.running,
    ...(report.status === undefined ? {} : { status: report.status }),
    order: report.order,
    capabilities: report.capabilities,
    detail: report.detail,
    caveats: report.caveats,
    link,
    stale: isOut || isStale(unit, span.readMs, nowMs),
    ...(isOut ? { last_known: { signalling: report.signalling, running: report.running } } : {}),
    channels: countChannels(span.channels.values()),
    active_alarms: unit.live.alarms.filter((alarm) => alarm.span === native).length,
    dialled_by: around.dialledBy,
    findings: [...missing, ...own, ...around.findings].map(findingDocument),
    read_at: toIso(span.readMs),
  };
}

export function channelDocument({ report, readMs }: KnownChannel): ChannelDoc {
  const { call } = report;
  return {
    timeslot: report.timeslot,
    number: report.number,
    type: report.type,
    state: report.state,
    ...(report.nativeState === undefined ? {} : { native_state: report.nativeState }),
    alarm: report.alarm,
    ...(call === undefined
      ? {}
      : {
          call: {
            direction: call.direction,
            ...(call.caller === undefined ? {} : { caller: call.caller }),
            ...(call.called === undefined ? {} : { called: call.called }),
            ...(call.id === undefined ? {} : { id: call.id }),
          },
        }),
    read_at: toIso(readMs),
  };
}

function countChannels(channels: Iterable<KnownChannel>): SpanDoc['channels'] {
  const counts = {
    idle: 0,
    busy: 0,
    blocked: 0,
    out_of_service: 0,
    unknown: 0,
    alarm: 0,
    total: 0,
  };
  for (const { report } of channels) {
    counts[report.state] += 1;
    counts.total += 1;
    if (report.alarm) counts.alarm += 1;
  }
  return counts;
}

/** @param index its place among the span's, newest first */
export function performanceDocument(
  { interval, readMs }: KnownInterval,
  index: number,
): SpanPerformanceDoc {
  const { kind, intervals, end, age, start, elapsedS, complete, counters, other } = interval;
  return {
    sequence: index + 1,
    kind,
    intervals,
    end,
    ...(age === undefined ? {} : { age }),
    ...(start === undefined ? {} : { start }),
    ...(elapsedS === undefined ? {} : { elapsed_s: elapsedS }),
    ...(complete === undefined ? {} : { complete }),
    counters: { ...counters },
    ...(Object.keys(other).length === 0 ? {} : { other: { ...other } }),
    read_at: toIso(readMs),
  };
}
