// Bulk-number jobs (reference §5): the same handlers for an account's jobs and, for the master
// account's tokens, the global ones, which act on the master account.

import type { Account } from '../account/account.ts';
import { type Clock, fromGregorianSeconds, toGregorianSeconds } from '../base/clock.ts';
import { CraftportError, invalidFields } from '../base/error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { decodePageKey, encodePageKey } from '../document/page-key.ts';
import {
  type Job,
  JOB_ACTIONS,
  type JobAction,
  type JobResult,
  RESULT_STATUSES,
  type ResultStatus,
} from '../job/job.ts';
import { jobHead, jobRow, publicJobFields, resultRow } from '../job/job-document.ts';
import type { JobPage, ResultPage } from '../job/job-store.ts';
import type { TypedNumber } from '../job/staged-row.ts';
import {
  chunksOf,
  type JobHead,
  type JobService,
  type JobTarget,
  type NumberChunks,
} from '../service/jobs.ts';
import { type AgentFacts, revisionOfRows, successEnvelope } from './envelope.ts';
import { jobDetail, jobDetailPieces, WHOLE_DETAIL_ROWS } from './job-detail.ts';
import { readUpload } from './job-upload.ts';
import type { Access, Call, Reply, Route } from './route.ts';
import { sendStreamed, writePieces } from './streamed-data.ts';

export interface JobRouteOptions {
  readonly jobs: JobService;
  readonly agent: AgentFacts;
  readonly clock: Clock;
}

/** 31 days and an hour (reference §5.3). */
const MAX_RANGE_S = 2_682_000;
const DEFAULT_PAGE_SIZE = 50;
const LARGEST_PAGE = 10_000;
const CSV_PAGE = 2000;

export function jobRoutes({ jobs, agent, clock }: JobRouteOptions): Route[] {
  const list = async (call: Call): Promise<Reply> => {
    const limit = pageSizeOf(call);
    const request = listRequest(call, clock, limit + 1);
    const found = await jobs.page(accountOf(call), request);
    const rows = found.slice(0, limit).map((job) => jobRow(job, jobs.detailOf(job)));
    const [next, last] = [found[limit], found[limit - 1]];
    const first = request.direction === 'ascending' ? request.createdFrom : request.createdTo;
    const revision = revisionOfRows(rows);
    return {
      data: rows,
      etag: revision,
      ...(rows.length === 0 ? {} : { revision }),
      envelope: {
        page_size: rows.length,
        start_key: encodePageKey(request.start?.created ?? first),
        // The second of a creation is Kazoo's key; jobs of one second need their ids as well.
        ...(next === undefined
          ? {}
          : {
              next_start_key: encodePageKey(
                next.created === last?.created ? { tuple: [next.created, next.id] } : next.created,
              ),
            }),
      },
    };
  };

  const create = async (call: Call): Promise<Reply> => {
    const target: JobTarget = { account: accountOf(call), by: call.actor };
    const { head, numbers, echo } = await bodyOf(call, jobs);
    if (call.query['dry_run'] === 'true')
      return { data: await jobs.preview(target, head, numbers), revision: 'automatic' };
    const job = await jobs.create(target, head, numbers);
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
    return {
      async raw(response) {
        response.setHeader('etag', `"${job.revision}"`);
        await sendStreamed(
          response,
          200,
          jobDetailPieces(jobs, job),
          () =>
            successEnvelope(
              { requestId: call.requestId, authToken: call.echoedToken },
              agent,
              undefined,
              job.revision,
            ),
          { pretty: false, jsonp: undefined },
        );
      },
    };
  };

  const act = async (call: Call): Promise<Reply> => {
    const target: JobTarget = { account: accountOf(call), by: call.actor };
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
        GET: { access, summary: 'List the jobs that add numbers', handle: list },
        PUT: {
          access,
          summary: 'Add numbers in bulk (JSON, CSV or NDJSON)',
          schema: 'resource_jobs',
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
          produces: ['application/json', 'application/javascript', 'text/csv'],
          handle: results,
        },
      },
    },
  ];
  return [...at('/v2/accounts/:account_id', 'account'), ...at('/v2', 'superduper')];
}

/** Global jobs act on the master account, whose tokens alone reach them. */
function accountOf(call: Call): Account {
  const account = call.account ?? call.identity?.account;
  if (account === undefined) throw new CraftportError('auth.missing', 'A token is needed');
  return account;
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
  const name = query['name'];
  const doc = publicJobFields(
    name === undefined || name === '' ? {} : { name: name.slice(0, 128) },
  );
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

/** @throws request.invalid in Crossbar's words for the range (reference §5.3) */
function listRequest(call: Call, clock: Clock, limit: number): JobPage {
  const { query } = call;
  const isAscending = query['ascending'] === 'true' || query['descending'] === 'false';
  const to = secondsOf(query, 'created_to') ?? toGregorianSeconds(clock.nowMs());
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
  return {
    direction: isAscending ? 'ascending' : 'descending',
    createdFrom: from,
    createdTo: to,
    start: listStart(query['start_key']),
    limit,
  };
}

function secondsOf(query: Call['query'], key: string): number | undefined {
  const text = query[key];
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text) && Number.isFinite(fromGregorianSeconds(Number(text))))
    return Number(text);
  throw typeError(key, 'integer', text);
}

function listStart(text: string | undefined): JobPage['start'] {
  if (text === undefined || text === '') return undefined;
  const key = /^\d+$/.test(text) ? Number(text) : decodePageKey(text);
  if (typeof key === 'number') return { created: key, id: undefined };
  if (typeof key === 'object' && key !== null && 'tuple' in key) {
    const [created, id] = key.tuple;
    if (typeof created === 'number' && typeof id === 'string') return { created, id };
  }
  throw new CraftportError('request.bad-parameter', 'invalid start key');
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
  if (text === undefined) return DEFAULT_PAGE_SIZE;
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
  let start: ResultPage['start'];
  for (;;) {
    const rows: readonly JobResult[] = await jobs.results(job, {
      status,
      start,
      limit: CSV_PAGE + 1,
    });
    if (rows.length > 0)
      yield rows
        .slice(0, CSV_PAGE)
        .map(
          ({ typed, key, status: outcome, reason }) =>
            `${cell(typed)},${cell(key.trim())},${outcome},${reason ?? ''}\r\n`,
        )
        .join('');
    const next = rows[CSV_PAGE];
    if (next === undefined) return;
    start = { key: next.key, position: next.position };
  }
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
