// Jobs in SQLite. Implements JobReader and JobWriter of job/job-store.ts, together with
// job-batch-rows.ts (what a batch does) and job-result-rows.ts (what came of it).

import { createHash } from 'node:crypto';
import type { Actor } from '../base/change.ts';
import { type Clock, type GregorianSeconds, toGregorianSeconds } from '../base/clock.ts';
import { CraftportError } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import type { Job, JobStateDetail, JobStatus, RecoveryReason } from '../job/job.ts';
import {
  type JobReader,
  type JobWriter,
  type KeyedJob,
  LEASE_MS,
  type UnfinishedJob,
} from '../job/job-store.ts';
import { RUN_ROWS } from '../job/staged-row.ts';
import type { CarrierModule } from '../number/number-document.ts';
import type { SqlTransaction } from './group-commit.ts';
import { applyBatch } from './job-batch-rows.ts';
import { loadBorders } from './job-borders.ts';
import { keepKey, loadKey } from './job-key-rows.ts';
import { jobResultReader } from './job-result-rows.ts';
import type { SqlConnection } from './sql.ts';

interface JobRow {
  readonly seq: number;
  readonly id: string;
  readonly account_id: string;
  readonly account_path: string;
  readonly resource_id: string;
  readonly carrier_module: string;
  readonly doc: string;
  readonly actor: string;
  readonly status: string;
  readonly state_detail: string | null;
  readonly pass: number;
  readonly cursor: string;
  readonly generation: number;
  readonly created: number;
  readonly modified_ms: number;
  readonly started_ms: number | null;
  readonly completed_ms: number | null;
  readonly total: number;
  readonly successes: number;
  readonly failures: number;
  readonly skipped: number;
  readonly retries: number;
  readonly retried: number;
  readonly recovered_count: number;
  readonly recovered_reason: string | null;
  readonly recovered_ms: number | null;
  readonly lease_owner: string | null;
  readonly lease_until_ms: number | null;
}

const COLUMNS = `seq, id, account_id, account_path, resource_id, carrier_module, doc, actor,
  status, state_detail, pass, cursor, generation, created, modified_ms, started_ms, completed_ms,
  total, successes, failures, skipped, retries, retried, recovered_count, recovered_reason,
  recovered_ms, lease_owner, lease_until_ms`;
const SELECT_VISIBLE = `SELECT ${COLUMNS} FROM jobs
  WHERE id = ? AND account_id = ? AND uploaded = 1`;
const SELECT_BY_SEQ = `SELECT ${COLUMNS} FROM jobs WHERE seq = ?`;

type Query = Pick<SqlConnection, 'get' | 'all'>;

/**
 * @param query short reads
 * @param bulk a connection of its own for reads of whole uploads, so that they hold up nobody
 */
export function jobReader(query: Query, bulk: Query, clock: Clock): JobReader {
  return {
    ...jobResultReader(bulk),
    borders: (job) => loadBorders(bulk, job),

    async load(accountId, id) {
      const row = await query.get<JobRow>(SELECT_VISIBLE, [id, accountId]);
      return row === undefined ? undefined : fromRow(row);
    },

    keyed: (accountId, key) => loadKeyed(query, accountId, key, clock),

    async page(accountId, { direction, createdFrom, createdTo, start, end, search, limit }) {
      const order = direction === 'ascending' ? 'ASC' : 'DESC';
      const [from, to] = direction === 'ascending' ? [start, end] : [end, start];
      const rows = await query.all<JobRow>(
        `SELECT ${COLUMNS} FROM jobs
         WHERE account_id = ? AND uploaded = 1 AND created BETWEEN ? AND ?
           ${from === undefined ? '' : `AND (created, id) ${from.isInclusive ? '>=' : '>'} (?, ?)`}
           ${to === undefined ? '' : `AND (created, id) ${to.isInclusive ? '<=' : '<'} (?, ?)`}
           ${search === undefined ? '' : `AND instr(lower(id || ' ' || coalesce(doc ->> 'name', '')), lower(?)) > 0`}
         ORDER BY created ${order}, id ${order} LIMIT ?`,
        [
          accountId,
          createdFrom,
          createdTo ?? Number.MAX_SAFE_INTEGER,
          ...(from === undefined ? [] : [from.created, from.id ?? '']),
          ...(to === undefined ? [] : [to.created, to.id ?? '\u{10ffff}']),
          ...(search === undefined ? [] : [search]),
          limit,
        ],
      );
      return rows.map(fromRow);
    },

    async unfinished() {
      const rows = await query.all<JobRow & { readonly uploaded: number }>(
        `SELECT ${COLUMNS}, uploaded FROM jobs WHERE status <> 'complete' ORDER BY seq`,
      );
      return rows.map((row): UnfinishedJob => ({
        seq: row.seq,
        accountId: row.account_id,
        hasStarted: row.started_ms !== null,
        isUploaded: row.uploaded === 1,
        isPaused: row.state_detail === 'paused',
        modifiedMs: row.modified_ms,
        lease: leaseOf(row),
      }));
    },
  };
}

/** Writes within one transaction. */
export function jobWriter(transaction: SqlTransaction, clock: Clock): JobWriter {
  const load = async (seq: number): Promise<Job> => {
    const row = await transaction.get<JobRow>(SELECT_BY_SEQ, [seq]);
    if (row === undefined)
      throw new CraftportError('job.not-found', 'The upload is gone', {
        detail: { id: String(seq) },
      });
    return fromRow(row);
  };
  return {
    async load(accountId, id) {
      const row = await transaction.get<JobRow>(SELECT_VISIBLE, [id, accountId]);
      return row === undefined ? undefined : fromRow(row);
    },

    keyed: (accountId, key) => loadKeyed(transaction, accountId, key, clock),

    keepKey: (key, made) => keepKey(transaction, key, made, clock.nowMs()),

    async begin(job) {
      const nowMs = clock.nowMs();
      await transaction.run(
        `INSERT INTO jobs (id, account_id, account_path, resource_id, carrier_module, doc, actor,
           uploaded, status, generation, created, modified_ms, lease_owner, lease_until_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, 0, 'pending', 0, ?, ?, ?, ?)`,
        [
          job.id,
          job.accountPath.at(-1) ?? '',
          JSON.stringify(job.accountPath),
          job.resourceId,
          job.carrierModule,
          JSON.stringify(job.doc),
          JSON.stringify(job.actor),
          toGregorianSeconds(job.createdMs),
          nowMs,
          job.owner,
          nowMs + LEASE_MS,
        ],
      );
      const row = await transaction.get<JobRow>(`SELECT ${COLUMNS} FROM jobs WHERE id = ?`, [
        job.id,
      ]);
      if (row === undefined) throw new TypeError('The job just written is not there');
      return fromRow(row);
    },

    async stage(seq, firstPosition, rows) {
      const nowMs = clock.nowMs();
      const waiting = await transaction.run(
        'UPDATE jobs SET modified_ms = ?, lease_until_ms = ? WHERE seq = ? AND uploaded = 0',
        [nowMs, nowMs + LEASE_MS, seq],
      );
      if (waiting === 0) await load(-1);
      await transaction.run(
        `INSERT INTO job_numbers (job, run, key, position, typed, kind, fields)
         SELECT ?1, (?2 + key) / ${String(RUN_ROWS)}, value ->> 0, ?2 + key, value ->> 1,
           value ->> 2, value ->> 3
         FROM json_each(?3) ORDER BY 2, 3, 4`,
        [seq, firstPosition, JSON.stringify(rows)],
      );
    },

    async finish(seq, { total, skipped }) {
      const nowMs = clock.nowMs();
      await transaction.run(
        `UPDATE jobs SET uploaded = 1, total = ?, runs = ?, skipped = ?, generation = 1,
           modified_ms = ?, lease_owner = NULL, lease_until_ms = NULL
         WHERE seq = ? AND uploaded = 0`,
        [total, Math.ceil(total / RUN_ROWS), skipped, nowMs, seq],
      );
      return load(seq);
    },

    async discard(seq) {
      const run = await transaction.get<{ readonly run: number }>(
        'SELECT run FROM job_numbers WHERE job = ? LIMIT 1',
        [seq],
      );
      if (run === undefined) {
        await transaction.run('DELETE FROM jobs WHERE seq = ? AND uploaded = 0', [seq]);
        return true;
      }
      await transaction.run(
        `DELETE FROM job_numbers WHERE job = ?1 AND run = ?2
           AND EXISTS (SELECT 1 FROM jobs WHERE seq = ?1 AND uploaded = 0)`,
        [seq, run.run],
      );
      return false;
    },

    async change(job, { status, stateDetail, retries }) {
      const nowMs = clock.nowMs();
      const changed = await transaction.run(
        `UPDATE jobs SET status = ?2, state_detail = ?3, generation = generation + 1,
           modified_ms = ?4, lease_owner = NULL, lease_until_ms = NULL,
           completed_ms = CASE ?2 WHEN 'complete' THEN ?4 END
         WHERE seq = ?1 AND generation = ?5`,
        [job.seq, status, stateDetail ?? null, nowMs, Number.parseInt(job.revision, 10)],
      );
      if (changed === 0)
        throw new CraftportError('document.conflict', 'The job moved on meanwhile', {
          detail: { id: job.id },
        });
      if (retries)
        await transaction.run(
          `UPDATE jobs SET pass = pass + 1, cursor = '', retried = 0, retries =
             (SELECT count(*) FROM job_exceptions
              WHERE job = ?1 AND outcome = 'failed' AND reason = 'number_exists')
           WHERE seq = ?1`,
          [job.seq],
        );
      return load(job.seq);
    },

    async claim({ seq, owner, recovering, seen }) {
      const row = await transaction.get<JobRow>(
        `${SELECT_BY_SEQ} AND uploaded = 1 AND status <> 'complete'
           AND (state_detail IS NULL OR state_detail <> 'paused')`,
        [seq],
      );
      if (row === undefined) return undefined;
      const lease = leaseOf(row);
      const isFree = lease === undefined || lease.owner === owner;
      const isAsSeen =
        seen?.lease !== undefined &&
        lease?.owner === seen.lease.owner &&
        lease.untilMs === seen.lease.untilMs &&
        row.modified_ms === seen.modifiedMs;
      if (!isFree && !isAsSeen) return undefined;
      const nowMs = clock.nowMs();
      await transaction.run(
        `UPDATE jobs SET lease_owner = ?2, lease_until_ms = ?3 + ${String(LEASE_MS)},
           status = 'running', started_ms = coalesce(started_ms, ?3), generation = generation + 1,
           modified_ms = ?3, recovered_count = recovered_count + (?4 IS NOT NULL),
           recovered_reason = coalesce(?4, recovered_reason),
           recovered_ms = CASE WHEN ?4 IS NULL THEN recovered_ms ELSE ?3 END
         WHERE seq = ?1`,
        [seq, owner, nowMs, recovering ?? null],
      );
      return load(seq);
    },

    async apply(batch) {
      return (await applyBatch(transaction, batch, clock)) ? load(batch.seq) : undefined;
    },

    async renew(owner) {
      await transaction.run(
        `UPDATE jobs SET lease_until_ms = ? WHERE lease_owner = ? AND status <> 'complete'`,
        [clock.nowMs() + LEASE_MS, owner],
      );
    },

    async release(owner) {
      await transaction.run(
        `UPDATE jobs SET lease_owner = NULL, lease_until_ms = NULL
         WHERE lease_owner = ? AND status <> 'complete' AND uploaded = 1`,
        [owner],
      );
    },

    async mark(seq, owner, detail) {
      await transaction.run(
        `UPDATE jobs SET state_detail = ?3, generation = generation + 1, modified_ms = ?4,
           lease_owner = CASE ?3 WHEN 'incomplete' THEN NULL ELSE lease_owner END
         WHERE seq = ?1 AND lease_owner = ?2 AND state_detail IS NOT ?3`,
        [seq, owner, detail, clock.nowMs()],
      );
    },
  };
}

/** The job as `finish` gave it, whatever it has done since. */
async function loadKeyed(
  query: Pick<Query, 'get'>,
  accountId: string,
  key: string,
  clock: Clock,
): Promise<KeyedJob | undefined> {
  const found = await loadKey(query, accountId, key, clock.nowMs());
  if (found === undefined) return undefined;
  const row = await query.get<JobRow>(SELECT_BY_SEQ, [found.job]);
  if (row === undefined) return undefined;
  const { skipped } = found;
  const first = { generation: 1, status: 'pending', successes: 0, failures: 0, skipped };
  return { digest: found.digest, job: fromRow({ ...row, ...first }) };
}

function leaseOf(row: JobRow): UnfinishedJob['lease'] {
  return row.lease_owner === null
    ? undefined
    : { owner: row.lease_owner, untilMs: row.lease_until_ms ?? 0 };
}

function fromRow(row: JobRow): Job {
  return {
    seq: row.seq,
    id: row.id,
    accountId: row.account_id,
    accountPath: JSON.parse(row.account_path) as readonly string[],
    resourceId: row.resource_id,
    carrierModule: row.carrier_module as CarrierModule,
    doc: JSON.parse(row.doc) as JsonObject,
    actor: JSON.parse(row.actor) as Actor,
    status: row.status as JobStatus,
    stateDetail: (row.state_detail ?? undefined) as JobStateDetail | undefined,
    pass: row.pass,
    cursor: row.cursor,
    revision: revisionOf(row.id, row.generation),
    created: row.created as GregorianSeconds,
    modifiedMs: row.modified_ms,
    startedMs: row.started_ms ?? undefined,
    completedMs: row.completed_ms ?? undefined,
    counts: {
      total: row.total,
      successes: row.successes,
      failures: row.failures,
      skipped: row.skipped,
    },
    retry: { total: row.retries, done: row.retried },
    recovered:
      row.recovered_count === 0
        ? undefined
        : {
            count: row.recovered_count,
            lastReason: row.recovered_reason as RecoveryReason,
            lastMs: row.recovered_ms ?? 0,
          },
  };
}

function revisionOf(id: string, generation: number): string {
  const digest = createHash('md5')
    .update(`${id}/${String(generation)}`)
    .digest('hex');
  return `${String(generation)}-${digest}`;
}
