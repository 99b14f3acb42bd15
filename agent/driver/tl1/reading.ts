// TL1 text lines → facilities, conditions, performance records. Tolerant: a field that is not
// there stays unknown, a line that fits nothing is given back in `unparsed`.

import type { Tl1TextLine } from '../../codec/tl1/message.ts';
import { parseRecord, type Tl1Record } from '../../codec/tl1/record.ts';
import type { LineCondition } from '../../span/line-status.ts';
import type { PerformanceInterval } from '../../span/performance.ts';
import type { Severity, SpanReport } from '../../span/span.ts';
import { counterOf, lineCondition, severityOf } from './conditions.ts';
import { t1Name, type Tl1Profile } from './profile.ts';

export interface Parsed<T> {
  readonly values: readonly T[];
  readonly unparsed: readonly string[];
}

/** A T1 as RTRV-T1 tells of it. */
export interface Facility {
  readonly native: string;
  readonly framing: string | undefined;
  readonly lineCode: string | undefined;
  readonly clock: string | undefined;
  readonly admin: SpanReport['admin'];
  /** Everything else, under the element's own names. */
  readonly detail: Readonly<Record<string, string>>;
}

/** One standing (or, with severity `cleared`, ended) condition of a facility or equipment. */
export interface Condition {
  readonly aid: string;
  /** The T1 of that name, when the AID is one in this profile. */
  readonly span: string | undefined;
  readonly condtype: string;
  readonly line: LineCondition | undefined;
  readonly severity: Severity;
  readonly description: string;
}

const FRAMING = new Set(['FMT']);
const LINE_CODE = new Set(['LINECDE']);
const CLOCK = new Set(['TMG', 'TMGMODE']);

/** RTRV-T1: `"FAC-2-1::LINECDE=B8ZS,FMT=ESF,…:IS-NR,"`. */
export function readFacilities(
  profile: Tl1Profile,
  text: readonly Tl1TextLine[],
): Parsed<Facility> {
  return readRecords(text, (record) => {
    const native = t1Name(profile, record.aid);
    if (native === undefined || record.blocks.length === 0) return undefined;
    const states = record.blocks.findLast((block) => /^(?:IS|OOS)(?:-|$)/i.test(block[0] ?? ''));
    const detail: Record<string, string> = {};
    for (const [name, value] of record.named)
      if (!FRAMING.has(name) && !LINE_CODE.has(name) && !CLOCK.has(name))
        detail[name.toLowerCase()] = value;
    if (states !== undefined) detail['state'] = states.filter((word) => word !== '').join(',');
    return {
      native,
      framing: record.named.get('FMT'),
      lineCode: record.named.get('LINECDE'),
      clock: record.named.get('TMG') ?? record.named.get('TMGMODE'),
      admin: adminOf(states),
      detail,
    };
  });
}

/**
 * GR-1093 states: AU is the element's own doing (a fault), MA the administrator's. A span that
 * is out of service only by a fault was told to be up.
 */
function adminOf(states: readonly string[] | undefined): SpanReport['admin'] {
  const primary = (states?.[0] ?? '').toUpperCase();
  const secondary = (states?.slice(1) ?? []).join(',').toUpperCase();
  if (/^IS\b/.test(primary) || primary === 'OOS-AU') return 'up';
  if (!primary.startsWith('OOS')) return 'unknown';
  return /\b(?:MT|LPBK)\b/.test(secondary) ? 'maintenance' : 'down';
}

/**
 * RTRV-COND-T1, RTRV-ALM-… and REPT ALM: `"aid:ntfcncde,condtype,srveff,…:\"text\",…"`; an
 * event without a notification code starts with its condition type.
 */
export function readConditions(
  profile: Tl1Profile,
  text: readonly Tl1TextLine[],
): Parsed<Condition> {
  return readRecords(text, (record) => {
    const [first = '', second = ''] = record.blocks[0] ?? [];
    const severity = severityOf(first);
    const condtype = severity === undefined ? first : second;
    if (!/^[A-Z][A-Z0-9_-]{1,31}$/i.test(condtype)) return undefined;
    return {
      aid: record.aid,
      span: t1Name(profile, record.aid),
      condtype: condtype.toUpperCase(),
      line: lineCondition(condtype),
      severity: severity ?? 'warning',
      description: descriptionOf(record),
    };
  });
}

function descriptionOf(record: Tl1Record): string {
  const words = record.blocks.flat().filter((value) => / /.test(value));
  return (words.at(-1) ?? '').slice(0, 200);
}

/** RTRV-PM-T1 and REPT PM: `"aid:montype,value,validity,locn,dirn,15-MIN,mondat,montm"`. */
export function readPerformance(
  profile: Tl1Profile,
  text: readonly Tl1TextLine[],
): Parsed<PerformanceInterval> {
  const bins = new Map<string, PerformanceInterval>();
  const { unparsed } = readRecords(text, (record) => {
    const span = t1Name(profile, record.aid);
    const [
      montype = '',
      value = '',
      validity = '',
      location = '',
      ,
      period = '',
      day = '',
      time = '',
    ] = record.blocks[0] ?? [];
    if (span === undefined || !/^\d{1,9}$/.test(value) || period.toUpperCase() !== '15-MIN')
      return undefined;
    const start = `${day} ${time.replace('-', ':')}`.trim();
    const end = location.toUpperCase() === 'FEND' ? 'far' : 'near';
    const key = [span, start, end].join('|');
    const bin = bins.get(key) ?? emptyBin(span, start, end);
    const counter = counterOf(montype);
    bins.set(key, {
      ...bin,
      // One counter that is still counting makes the interval an unfinished one.
      complete: completeOf(bin.complete, validity),
      counters:
        counter === undefined ? bin.counters : { ...bin.counters, [counter]: Number(value) },
      other: counter === undefined ? { ...bin.other, [montype]: Number(value) } : bin.other,
    });
    return bin;
  });
  return { values: [...bins.values()], unparsed };
}

function emptyBin(span: string, start: string, end: 'near' | 'far'): PerformanceInterval {
  return {
    span,
    age: undefined,
    start: start === '' ? undefined : start,
    elapsedS: undefined,
    kind: 'interval',
    intervals: 1,
    complete: undefined,
    end,
    counters: {},
    other: {},
  };
}

function completeOf(before: boolean | undefined, validity: string): boolean | undefined {
  const word = validity.toUpperCase();
  if (word === 'PRTL' || before === false) return false;
  return word === 'CMPL' ? true : before;
}

function readRecords<T>(
  text: readonly Tl1TextLine[],
  read: (record: Tl1Record) => T | undefined,
): Parsed<T> {
  const values: T[] = [];
  const unparsed: string[] = [];
  for (const line of text) {
    if (line.kind === 'comment') continue;
    const value = line.kind === 'quoted' ? read(parseRecord(line.text)) : undefined;
    if (value === undefined) unparsed.push(line.text.slice(0, 200));
    else values.push(value);
  }
  return { values, unparsed };
}
