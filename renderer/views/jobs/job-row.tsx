import { isObject, type JsonObject, textOf } from '../../../agent/client/index.ts';
import { toGregorian, words } from '../../text/words.ts';
import { Badge, type Tone } from '../../ui/panel.tsx';

export interface JobRow {
  readonly id: string;
  readonly name: string;
  readonly resourceId: string;
  /** Gregorian seconds. */
  readonly created: number;
  readonly state: keyof typeof words.jobs.states;
  readonly isComplete: boolean;
  readonly successes: number;
  readonly failures: number;
  readonly skipped: number;
  readonly total: number;
  /** Still to be tried, by a retry too. */
  readonly left: number;
  readonly recovered: number;
}

/** A row of the list, or a detail: the counts stand in different places. */
export function toJobRow(row: JsonObject): JobRow {
  const counts = isObject(row['counts']) ? row['counts'] : row;
  const count = (key: string, absent = 0): number => {
    const value = counts[key];
    return typeof value === 'number' ? value : absent;
  };
  const [successes, failures, skipped] = [count('successes'), count('failures'), count('skipped')];
  const total = count('total');
  const detail = textOf(row['state_detail'], textOf(row['status'], 'pending'));
  const recovered = isObject(row['recovered']) ? row['recovered']['count'] : 0;
  return {
    id: textOf(row['id']),
    name: textOf(row['name']),
    resourceId: textOf(row['resource_id']),
    created: typeof row['timestamp'] === 'number' ? row['timestamp'] : 0,
    state: detail in words.jobs.states ? (detail as JobRow['state']) : 'pending',
    isComplete: row['status'] === 'complete',
    successes,
    failures,
    skipped,
    total,
    // Earlier agents tell it of a single job only.
    left: count('left', total - successes - failures - skipped),
    recovered: typeof recovered === 'number' ? recovered : 0,
  };
}

const MONTH_S = 31 * 24 * 3600;

/**
 * The query that finds the row of one job in the list, which has no numbers in it: the list goes
 * back a month, and an id begins with the month of its job (UTC).
 */
export function rowQueryOf(
  id: string,
):
  Readonly<Record<'q' | 'page_size' | 'created_from' | 'created_to', string | number>> | undefined {
  const [, year, month] = /^(\d{4})(\d{2})-/.exec(id) ?? [];
  if (year === undefined || month === undefined) return undefined;
  const from = toGregorian(Date.UTC(Number(year), Number(month) - 1, 1));
  return { q: id, page_size: 1, created_from: from, created_to: from + MONTH_S };
}

export function doneOf({ total, left }: JobRow): number {
  return Math.max(0, total - left);
}

const TONES: Readonly<Record<JobRow['state'], Tone>> = {
  pending: 'info',
  running: 'info',
  complete: 'good',
  paused: 'warn',
  cancelled: 'mute',
  incomplete: 'warn',
  out_of_space: 'bad',
};

export function JobState({ job }: { readonly job: JobRow }) {
  return (
    <>
      <Badge tone={TONES[job.state]}>{words.jobs.states[job.state]}</Badge>{' '}
      {job.recovered > 0 && (
        <span title={words.jobs.recoveredHelp}>
          <Badge tone="warn">{words.jobs.recovered(job.recovered)}</Badge>
        </span>
      )}
    </>
  );
}
