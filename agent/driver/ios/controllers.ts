// `show controllers t1` and `show controllers e1` → one record a controller, line by line. IOS
// ends lines with a full stop, IOS XE does not; controller names are any digits with slashes.

import { LINE_STATUS_BITS, type LineCondition } from '../../span/line-status.ts';
import type { PerformanceCounter, PerformanceInterval } from '../../span/performance.ts';
import type { SpanReport } from '../../span/span.ts';
import type { Parsed } from '../parsed.ts';

export interface Controller {
  /** `T1 0/2/0` */
  readonly native: string;
  readonly kind: 'T1' | 'E1';
  /** `0/2/0` */
  readonly place: string;
  readonly admin: SpanReport['admin'];
  readonly framing: string | undefined;
  readonly lineCode: string | undefined;
  readonly clock: string | undefined;
  /** undefined when no alarm line of any kind was there. */
  readonly conditions: readonly LineCondition[] | undefined;
  readonly description: string | undefined;
  readonly cable: string | undefined;
  readonly intervals: readonly PerformanceInterval[];
}

const HEAD =
  /^(T1|E1) (\d{1,2}(?:\/\d{1,2}){0,3}(?::\d{1,2})?) is (up|down|administratively down)\b/;
const ALARMS: Readonly<Record<string, LineCondition>> = {
  'Transmitter is sending remote alarm': 'XmtFarEndLOF',
  'Transmitter is sending AIS': 'XmtAIS',
  'Receiver has loss of signal': 'LossOfSignal',
  'Receiver has loss of frame': 'LossOfFrame',
  'Receiver is getting AIS': 'RcvAIS',
  'Receiver has remote alarm': 'RcvFarEndLOF',
};
const COUNTERS: Readonly<Record<string, PerformanceCounter>> = {
  'Line Code Violations': 'LCV',
  'Path Code Violations': 'PCV',
  'Slip Secs': 'CSS',
  'Line Err Secs': 'LES',
  'Degraded Mins': 'DM',
  'Errored Secs': 'ES',
  'Bursty Err Secs': 'BES',
  'Severely Err Secs': 'SES',
  'Unavail Secs': 'UAS',
};
/** Printed by every controller and of no use to the model. */
const KNOWN =
  /^(?:Applique type is|alarm-trigger is|Soaking time:|AIS State:|BER thresholds:|International Bit:|Version info|Manufacture|CRC Threshold|Channelization|Loopback is not|Cablelength is|Description:)/;

interface Draft {
  native: string;
  kind: 'T1' | 'E1';
  place: string;
  admin: SpanReport['admin'];
  framing?: string;
  lineCode?: string;
  clock?: string;
  conditions: LineCondition[] | undefined;
  description?: string;
  cable?: string;
  intervals: PerformanceInterval[];
}

/** Reads the output of either command, or of both behind each other. */
export function readControllers(lines: readonly string[]): Parsed<Controller> {
  const drafts: Draft[] = [];
  const unparsed: string[] = [];
  for (const raw of lines) {
    const line = raw.trim();
    if (line === '') continue;
    const head = HEAD.exec(line);
    if (head?.[1] !== undefined && head[2] !== undefined) {
      drafts.push({
        native: `${head[1]} ${head[2]}`,
        kind: head[1] as 'T1' | 'E1',
        place: head[2],
        admin: head[3] === 'administratively down' ? 'down' : 'up',
        conditions: undefined,
        intervals: [],
      });
      continue;
    }
    const draft = drafts.at(-1);
    if (draft === undefined || !take(draft, line)) unparsed.push(raw.slice(0, 200));
  }
  return { values: drafts.map(finish), unparsed };
}

function take(draft: Draft, line: string): boolean {
  const text = line.replace(/[.,]$/, '');
  const alarm = ALARMS[text];
  if (alarm !== undefined) {
    draft.conditions = [...(draft.conditions ?? []), alarm];
    return true;
  }
  if (/^(?:No alarms detected|Receiver has no alarms)$/.test(text)) {
    draft.conditions ??= [];
    return true;
  }
  const framing =
    /^Framing is ([\w-]{1,20}), Line Code is ([\w-]{1,20})(?:, Clock Source is (.{1,40}))?$/i.exec(
      text,
    );
  if (framing !== null) {
    Object.assign(draft, { framing: framing[1], lineCode: framing[2] });
    if (framing[3] !== undefined) draft.clock = framing[3];
    return true;
  }
  return takeInterval(draft, text) || takeCounters(draft, text) || takeKnown(draft, text);
}

function takeInterval(draft: Draft, text: string): boolean {
  const current = /^Data in current interval \((\d{1,3}) seconds elapsed\):?$/.exec(text);
  const past = /^Data in Interval (\d{1,2}):?$/i.exec(text);
  const total = /^Total Data \(last (\d{1,2}) (15 minute intervals|hours)\):?$/.exec(text);
  if (current === null && past === null && total === null) return false;
  const sums = total?.[2] === 'hours' ? Number(total[1]) * 4 : Number(total?.[1] ?? 1);
  draft.intervals.push({
    span: draft.native,
    age: total === null ? Number(past?.[1] ?? 0) : undefined,
    start: undefined,
    elapsedS: current !== null ? Number(current[1]) : total === null ? 900 : sums * 900,
    kind: total === null ? 'interval' : 'sum',
    intervals: sums,
    complete: current === null,
    end: 'near',
    counters: {},
    other: {},
  });
  return true;
}

/** `0 Line Code Violations, 0 Path Code Violations` */
function takeCounters(draft: Draft, text: string): boolean {
  const interval = draft.intervals.at(-1);
  const pairs = text
    .split(',')
    .map((part) => /^(\d{1,10}) ([A-Za-z][A-Za-z ]{2,40})$/.exec(part.trim()));
  if (interval === undefined || pairs.some((pair) => pair === null)) return false;
  let { counters, other } = interval;
  for (const pair of pairs) {
    const [, value, name = ''] = pair ?? [];
    const counter = COUNTERS[name.trim()];
    if (counter === undefined) other = { ...other, [name.trim()]: Number(value) };
    else counters = { ...counters, [counter]: Number(value) };
  }
  draft.intervals[draft.intervals.length - 1] = { ...interval, counters, other };
  return true;
}

function takeKnown(draft: Draft, text: string): boolean {
  const cable = /^Cablelength is (.{1,60})$/.exec(text)?.[1];
  if (cable !== undefined) draft.cable = cable;
  const description = /^Description: (.{1,120})$/.exec(text)?.[1];
  if (description !== undefined) draft.description = description;
  if (/^Local Loopback|loopback (?:is set|local|remote|diagnostic)/i.test(text)) {
    draft.conditions = [...(draft.conditions ?? []), 'LoopbackState'];
    return true;
  }
  return KNOWN.test(text);
}

function finish(draft: Draft): Controller {
  const order = Object.keys(LINE_STATUS_BITS);
  return {
    native: draft.native,
    kind: draft.kind,
    place: draft.place,
    admin: draft.admin,
    framing: draft.framing,
    lineCode: draft.lineCode,
    clock: draft.clock,
    conditions: draft.conditions?.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
    description: draft.description,
    cable: draft.cable,
    intervals: draft.intervals,
  };
}
