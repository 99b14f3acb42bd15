// The list of an account's jobs by creation (reference §5.3). Rows outside the asked range are
// refused or left out; without `created_to` there is no upper end, so that a job made before
// the clock was set back is still seen.

import type { Account } from '../account/account.ts';
import { type Clock, fromGregorianSeconds, toGregorianSeconds } from '../base/clock.ts';
import { CraftportError, invalidFields } from '../base/error.ts';
import type { Job } from '../job/job.ts';
import { jobRow } from '../job/job-document.ts';
import type { JobBound } from '../job/job-store.ts';
import type { JobService } from '../service/jobs.ts';
import type { ListSource, SourceBound } from './list-reading.ts';
import type { Call } from './route.ts';

/** 31 days and an hour. */
const MAX_RANGE_S = 2_682_000;

/** For the OpenAPI document. */
export const JOB_LIST_QUERY = {
  created_from: 'Gregorian seconds; default: 31 days and an hour before created_to',
  created_to: 'Gregorian seconds; default: now',
  ascending: '`true`: oldest first',
  q: 'Part of the id or name',
} as const;

/**
 * Newest first unless asked. A key is `[created, id]`; Kazoo's, the bare second, is taken too.
 * @throws request.invalid in Crossbar's words for the range
 */
export function jobList(
  jobs: JobService,
  account: Account,
  query: Call['query'],
  clock: Clock,
): ListSource<Job> {
  const { createdFrom, createdTo } = rangeOf(query, clock);
  return {
    shape: {
      sorts: ['created'],
      defaultSort: 'created',
      defaultDirection: 'descending',
      isSearchable: true,
      fileName: 'jobs.csv',
    },
    firstKey: (direction) =>
      direction === 'ascending' ? createdFrom : (createdTo ?? toGregorianSeconds(clock.nowMs())),
    read: ({ direction, start, end, search, limit }) =>
      jobs.page(account, {
        direction,
        createdFrom,
        createdTo,
        start: start === undefined ? undefined : toBound(start),
        end: end === undefined ? undefined : toBound(end),
        search,
        limit,
      }),
    keyOf: (job) => [job.created, job.id],
    filterable: (job) => ({
      id: job.id,
      doc: { ...job.doc, ...jobRow(job, jobs.detailOf(job)) },
      pvt: { pvt_created: job.created, pvt_modified: toGregorianSeconds(job.modifiedMs) },
    }),
    row: (job) => jobRow(job, jobs.detailOf(job)),
  };
}

function rangeOf(
  query: Call['query'],
  clock: Clock,
): { readonly createdFrom: number; readonly createdTo: number | undefined } {
  const createdTo = secondsOf(query, 'created_to');
  const to = createdTo ?? toGregorianSeconds(clock.nowMs());
  const from = secondsOf(query, 'created_from') ?? to - MAX_RANGE_S;
  const refuse = (message: string, cause: number): CraftportError =>
    invalidFields({ created_from: { date_range: { message, cause } } });
  if (from > to)
    throw refuse(`created_to ${String(to)} is prior to created_from ${String(from)}`, from);
  if (to - from > MAX_RANGE_S)
    throw refuse(
      `created_to ${String(to)} is more than ${String(MAX_RANGE_S)} seconds from created_from ${String(from)}`,
      to,
    );
  return { createdFrom: from, createdTo };
}

function secondsOf(query: Call['query'], key: string): number | undefined {
  const text = query[key];
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text) && Number.isFinite(fromGregorianSeconds(Number(text))))
    return Number(text);
  throw invalidFields({
    [key]: {
      type: { message: 'Value did not match type(s): integer', target: 'integer', value: text },
    },
  });
}

/** @throws request.bad-parameter */
function toBound({ key, isInclusive }: SourceBound): JobBound {
  if (typeof key === 'number') return { created: key, id: undefined, isInclusive };
  if (typeof key === 'string' && /^\d{1,15}$/.test(key))
    return { created: Number(key), id: undefined, isInclusive };
  if (typeof key === 'object' && key !== null) {
    const [created, id] = 'tuple' in key ? key.tuple : key;
    if (typeof created === 'number' && typeof id === 'string') return { created, id, isInclusive };
  }
  throw new CraftportError('request.bad-parameter', 'invalid start key');
}
