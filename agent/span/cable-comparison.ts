// The two ends of one cable against each other: what FreeTDM has on its span and what the
// gateway or mux has on the port it is wired to. Pure. What is unknown at either end is not
// compared and is never a difference.

import type { GearFinding } from './gear-driver.ts';
import type { SpanReport } from './span.ts';

/** The FreeTDM end, with the order of the calls that resources dial into it. */
export interface NearEnd {
  readonly report: SpanReport;
  /** undefined: no enabled resource dials into it, or they disagree (a finding of its own). */
  readonly dialled: 'ascending' | 'descending' | undefined;
}

/** What differs, each in words for the person who has to set one of the ends. */
export function compareEnds(near: NearEnd, far: SpanReport): readonly GearFinding[] {
  const span = near.report.native;
  const finding = (code: string, message: string | undefined): readonly GearFinding[] =>
    message === undefined ? [] : [{ code, span, message }];
  return [
    ...finding('cable.same-order', orderDifference(near.dialled, far.order)),
    ...finding('cable.kind', kindDifference(near.report, far)),
    ...finding('cable.clock', clockDifference(near.report, far)),
    ...finding('cable.framing', wordDifference('framing', near.report.framing, far.framing)),
    ...finding('cable.line-code', wordDifference('line code', near.report.lineCode, far.lineCode)),
    ...finding(
      'cable.switch-type',
      wordDifference(
        'ISDN switch type',
        near.report.detail['switch_type'],
        far.detail['switch_type'],
      ),
    ),
    ...finding('cable.channels', channelDifference(near.report, far)),
  ];
}

/** Each end hunts for the calls it places; from the same end, both seize one channel. */
function orderDifference(
  dialled: NearEnd['dialled'],
  order: SpanReport['order'],
): string | undefined {
  if (order.kind !== 'known' || order.direction !== dialled) return undefined;
  return `Both ends take channels in ${dialled} order and meet on the same channel (glare); one of them should run the other way`;
}

function kindDifference(near: SpanReport, far: SpanReport): string | undefined {
  if (near.kind === 'unknown' || far.kind === 'unknown' || near.kind === far.kind) return undefined;
  return `FreeTDM runs ${near.kind} and the other end ${far.kind}`;
}

/** One end gives the clock and the other takes it (`line`): two of a kind slip. */
function clockDifference(near: SpanReport, far: SpanReport): string | undefined {
  const [ours, theirs] = [clockRole(near.clock), clockRole(far.clock)];
  if (ours === undefined || theirs === undefined || ours !== theirs) return undefined;
  return ours === 'gives'
    ? 'Both ends give the clock; frames slip at a steady pace until one takes it from the line'
    : 'Both ends take the clock from the line and nobody gives it; frames slip';
}

function clockRole(clock: string | undefined): 'gives' | 'takes' | undefined {
  if (clock === undefined) return undefined;
  const word = clock.toLowerCase();
  if (/^(line|loop|recovered|slave)/.test(word)) return 'takes';
  // `through` hands on another span's clock: toward this cable it gives.
  if (/^(internal|local|through|free|master)/.test(word)) return 'gives';
  return undefined;
}

/** One name for what vendors spell in their ways. Other words stand for themselves. */
const SAME_WORD: Readonly<Record<string, string>> = {
  sf: 'd4',
  'super frame': 'd4',
  'extended superframe': 'esf',
  ccs: 'e1',
  'no-crc4': 'e1',
  crc4: 'e1-crc4',
  'ccs/crc4': 'e1-crc4',
  'primary-ni': 'ni2',
  national: 'ni2',
  'primary-net5': 'euroisdn',
  net5: 'euroisdn',
  etsi: 'euroisdn',
  q931: 'euroisdn',
  'primary-5ess': '5ess',
  lucent5e: '5ess',
  'primary-4ess': '4ess',
  att4ess: '4ess',
  'primary-dms100': 'dms100',
  'primary-qsig': 'qsig',
};

function wordDifference(
  what: string,
  near: string | undefined,
  far: string | undefined,
): string | undefined {
  const same = (word: string): string => SAME_WORD[word.toLowerCase()] ?? word.toLowerCase();
  if (near === undefined || far === undefined || same(near) === same(far)) return undefined;
  return `The ${what} is ${near} at FreeTDM and ${far} at the other end`;
}

/** Time slots that carry calls at one end only: calls on them fail. */
function channelDifference(near: SpanReport, far: SpanReport): string | undefined {
  if (near.channels.length === 0 || far.channels.length === 0) return undefined;
  const [ours, theirs] = [bearerSlots(near), bearerSlots(far)];
  const nearOnly = [...ours].filter((slot) => !theirs.has(slot));
  const farOnly = [...theirs].filter((slot) => !ours.has(slot));
  if (nearOnly.length + farOnly.length === 0) return undefined;
  const said = [
    ...(nearOnly.length === 0 ? [] : [`${nearOnly.join(', ')} only at FreeTDM`]),
    ...(farOnly.length === 0 ? [] : [`${farOnly.join(', ')} only at the other end`]),
  ];
  return `Time slots carry calls at one end alone: ${said.join('; ')}`;
}

const bearerSlots = (report: SpanReport): ReadonlySet<number> =>
  new Set(
    report.channels
      .filter(({ type }) => type !== 'D' && type !== 'unknown')
      .map(({ timeslot }) => timeslot),
  );
