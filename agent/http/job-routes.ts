// Bulk-number jobs (reference §5): the same handlers for an account's jobs and, for the master
// account's tokens, the global ones, which act on the master account.

import type { Account } from '../account/account.ts';
import type { Clock } from '../base/clock.ts';
import { CraftportError, invalidFields } from '../base/error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { decodePageKey, encodePageKey } from '../document/page-key.ts';
import {
  type Job,
  JOB_ACTIONS,
  type JobAction,
  RESULT_STATUSES,
  type ResultStatus,
} from '../job/job.ts';
import { jobHead, publicJobFields, resultRow } from '../job/job-document.ts';
import type { ResultPage } from '../job/job-store.ts';
import type { TypedNumber } from '../job/staged-row.ts';
import {
  chunksOf,
  type JobHead,
  type JobService,
  type JobTarget,
  type NumberChunks,
} from '../service/jobs.ts';
import { identityOf } from './call-parts.ts';
import { revisionOfRows } from './envelope.ts';
import { jobDetail, jobDetailPieces, WHOLE_DETAIL_ROWS } from './job-detail.ts';
import { IDEMPOTENCY_KEY, withRepeatKey } from './idempotency-key.ts';
import { JOB_LIST_QUERY, jobList } from './job-list.ts';
import { readUpload } from './job-upload.ts';
import { LIST_TYPES, listReply } from './listing.ts';
import type { Access, Call, Reply, Route } from './route.ts';
import { writePieces } from './streamed-data.ts';

export interface JobRouteOptions {
  readonly jobs: JobService;
  readonly clock: Clock;
}

const DEFAULT_PAGE_SIZE = 50;
const LARGEST_PAGE = 10_000;
/** As in the schema `resource_jobs`. */
const MAX_NAME = 128;

export function jobRoutes({ jobs, clock }: JobRouteOptions): Route[] {
  const list = (call: Call): Promise<Reply> =>
    listReply(call, jobList(jobs, accountOf(call), call.query, clock));

  const create = async (call: Call): Promise<Reply> => {
    const target = targetOf(call);
    const { head, numbers, echo } = await bodyOf(call, jobs);
    if (call.query['dry_run'] === 'true')
      return { data: await jobs.preview(target, head, numbers), revision: 'automatic' };
    const asked = withRepeatKey(call.headers, head, numbers);
    const job = await jobs.create(target, head, asked.numbers, asked.repeat);
    return {
      data: {
        ...job.doc,
        id: job.id,
        resource_id: job.resourceId,
        ...echo,
        counts: { ...job.counts },
        success: {},
        successes: {},
        errors: {},
      },
      revision: job.revision,
      location: `${call.path}/${job.id}`,
    };
  };

  const fetch = async (call: Call): Promise<Reply> => {
    const job = await jobs.fetch(accountOf(call), idOf(call));
    if (job.counts.total <= WHOLE_DETAIL_ROWS)
      return { data: await jobDetail(jobs, job), revision: job.revision, etag: job.revision };
    const { revision } = job;
    return {
      etag: revision,
      stream: { pieces: jobDetailPieces(jobs, job), end: () => ({ revision }) },
    };
  };

  const act = async (call: Call): Promise<Reply> => {
    const target = targetOf(call);
    const job = await jobs.act(target, idOf(call), actionOf(call.data));
    return { data: jobHead(job, jobs.detailOf(job)), revision: job.revision };
  };

  const results = async (call: Call): Promise<Reply> => {
    const job = await jobs.fetch(accountOf(call), idOf(call));
    const status = statusOf(call);
    if (wantsCsv(call))
      return {
        raw: (response) => {
          response.setHeader('content-type', 'text/csv');
          response.setHeader('content-disposition', `attachment; filename="${job.id}.csv"`);
          return writePieces(response, csvPieces(jobs, job, status), {
            before: () => '',
            each: (piece) => piece,
            after: () => '',
          });
        },
      };
    const limit = pageSizeOf(call);
    const start = resultStart(call);
    const found = await jobs.results(job, { status, start, limit: limit + 1 });
    const rows = found.slice(0, limit).map(resultRow);
    const next = found[limit];
    const revision = revisionOfRows(rows);
    return {
      data: rows,
      etag: revision,
      ...(rows.length === 0 ? {} : { revision }),
      envelope: {
        page_size: rows.length,
        ...(call.query['start_key'] === undefined ? {} : { start_key: call.query['start_key'] }),
        ...(next === undefined
          ? {}
          : { next_start_key: encodePageKey({ tuple: [next.key, next.position] }) }),
      },
    };
  };

  const at = (prefix: string, access: Access): readonly Route[] => [
    {
      path: `${prefix}/resources/jobs`,
      methods: {
        GET: {
          access,
          summary: 'List the jobs that add numbers',
          produces: LIST_TYPES,
          query: JOB_LIST_QUERY,
          handle: list,
        },
        PUT: {
          access,
          summary: 'Add numbers in bulk (JSON, CSV or NDJSON)',
          schema: 'resource_jobs',
          query: {
            dry_run: '`true`: check and count only, nothing is kept',
            resource_id: 'With an upload: the resource the numbers belong to',
            name: 'With an upload: a friendly name',
          },
          headers: IDEMPOTENCY_KEY,
          handle: create,
        },
      },
    },
    {
      path: `${prefix}/resources/jobs/:job_id`,
      methods: {
        GET: { access, summary: 'Fetch a job with its results', handle: fetch },
        PATCH: {
          access,
          summary: 'Cancel, pause, resume a job or retry its failures',
          handle: act,
        },
      },
    },
    {
      path: `${prefix}/resources/jobs/:job_id/results`,
      methods: {
        GET: {
          access,
          summary: 'List the results of a job, also as CSV',
          produces: LIST_TYPES,
          query: {
            status: RESULT_STATUSES.join(', '),
            page_size: `Rows of a page, 1 to ${String(LARGEST_PAGE)}`,
            start_key: 'next_start_key of the page before',
          },
          handle: results,
        },
      },
    },
  ];
  return [...at('/v2/accounts/:account_id', 'account'), ...at('/v2', 'superduper')];
}

/** Global jobs act on the master account, whose tokens alone reach them. */
function accountOf(call: Call): Account {
  return call.account ?? identityOf(call).account;
}

function targetOf(call: Call): JobTarget {
  return { account: accountOf(call), holder: identityOf(call).account, by: call.actor };
}

function idOf(call: Call): string {
  return call.parameters['job_id'] ?? '';
}

interface Body {
  readonly head: JobHead;
  readonly numbers: NumberChunks;
  /** A JSON body's numbers are shown again; an upload's are in the detail. */
  readonly echo: JsonObject;
}

async function bodyOf(call: Call, jobs: JobService): Promise<Body> {
  if (call.upload === undefined) {
    if (!isJsonObject(call.data)) throw typeError('data', 'object', call.data);
    const { head, numbers } = jobs.parse(call.data);
    return { head, numbers: chunksOf(numbers), echo: { numbers } };
  }
  const { resource_id: resourceId, ...query } = call.query;
  if (resourceId === undefined || resourceId === '')
    throw invalidFields({
      resource_id: { required: { message: 'Field is required but missing', value: 'resource_id' } },
    });
  const name = query['name'] ?? '';
  if (name.length > MAX_NAME)
    throw invalidFields({
      name: {
        maxLength: {
          message: `String must not be more than ${String(MAX_NAME)} characters`,
          target: MAX_NAME,
        },
      },
    });
  const doc = publicJobFields(name === '' ? {} : { name });
  const numbers = readUpload(call.upload, call.headers['content-encoding']);
  return { head: { resourceId, doc }, numbers: await peeked(numbers), echo: {} };
}

/** Reads the first chunk, so that an upload that is wrong from the start touches nothing. */
async function peeked(numbers: AsyncIterable<readonly TypedNumber[]>): Promise<NumberChunks> {
  const iterator = numbers[Symbol.asyncIterator]();
  const first = await iterator.next();
  return (async function* () {
    try {
      for (let next = first; next.done !== true; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  })();
}

function resultStart(call: Call): ResultPage['start'] {
  const text = call.query['start_key'];
  if (text === undefined || text === '') return undefined;
  const decoded = decodePageKey(text);
  if (typeof decoded === 'object' && decoded !== null && 'tuple' in decoded) {
    const [key, position] = decoded.tuple;
    if (typeof key === 'string' && typeof position === 'number') return { key, position };
  }
  return { key: text, position: -1 };
}

/** @throws request.bad-parameter */
function pageSizeOf(call: Call): number {
  const { page_size: text, paginate } = call.query;
  if (paginate === 'false') return LARGEST_PAGE;
  if (text === undefined) return call.defaultPageSize ?? DEFAULT_PAGE_SIZE;
  if (!/^[+-]?\d+$/.test(text))
    throw new CraftportError('request.bad-parameter', 'invalid page size');
  if (Number(text) < 1)
    throw new CraftportError('request.bad-parameter', 'page size must be at least 1');
  return Math.min(Number(text), LARGEST_PAGE);
}

/** @throws request.invalid */
function statusOf(call: Call): ResultStatus | undefined {
  const text = call.query['status'];
  if (text === undefined || text === '') return undefined;
  const known = RESULT_STATUSES.find((status) => status === text);
  if (known !== undefined) return known;
  throw oneOf('status', RESULT_STATUSES, text);
}

/** @throws request.invalid */
function actionOf(data: Call['data']): JobAction {
  if (!isJsonObject(data)) throw typeError('data', 'object', data);
  const { action } = data;
  if (action === undefined)
    throw invalidFields({
      action: { required: { message: 'Field is required but missing', value: 'action' } },
    });
  const known = JOB_ACTIONS.find((name) => name === action);
  if (known !== undefined) return known;
  throw oneOf('action', JOB_ACTIONS, action);
}

function oneOf(field: string, target: readonly string[], value: JsonValue): CraftportError {
  return invalidFields({
    [field]: { enum: { message: 'Value not found in enumerated list of values', target, value } },
  });
}

function typeError(field: string, target: string, value: JsonValue): CraftportError {
  return invalidFields({
    [field]: { type: { message: `Value did not match type(s): ${target}`, target, value } },
  });
}

function wantsCsv(call: Call): boolean {
  const asked = call.query['accept'];
  if (asked !== undefined) return asked === 'csv' || asked === 'text/csv';
  const { accept } = call.headers;
  return typeof accept === 'string' && /^\s*text\/csv\s*(?:[;,]|$)/i.test(accept);
}

async function* csvPieces(
  jobs: JobService,
  job: Job,
  status: ResultStatus | undefined,
): AsyncGenerator<string> {
  yield 'number,normalized,status,reason\r\n';
  for await (const rows of jobs.allResults(job, status))
    yield rows
      .map(
        ({ typed, key, status: outcome, reason }) =>
          `${cell(typed)},${cell(key.trim())},${outcome},${reason ?? ''}\r\n`,
      )
      .join('');
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
