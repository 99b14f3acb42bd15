// A bulk-number job: its model and what may happen to it. Pure.
//
//   (uploading) → pending → running → complete          the statuses Kazoo knows
//                    └─ paused ─┘   └─ cancelled, incomplete, out_of_space: state_detail says
//
// `running` with state_detail `incomplete` stopped on an error and waits for the next sweep.

import type { Actor } from '../base/change.ts';
import type { GregorianSeconds } from '../base/clock.ts';
import { assertNever, CraftportError } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import type { CarrierModule, NumberRefusal } from '../number/number-document.ts';

export type JobStatus = 'pending' | 'running' | 'complete';
export type JobStateDetail = 'paused' | 'cancelled' | 'incomplete' | 'out_of_space';
export type JobAction = 'cancel' | 'pause' | 'resume' | 'retry_failed';

export const JOB_ACTIONS: readonly JobAction[] = ['cancel', 'pause', 'resume', 'retry_failed'];

/** Every row of the upload is in exactly one of these, or still to be done. */
export interface JobCounts {
  readonly total: number;
  readonly successes: number;
  readonly failures: number;
  /** The same text again. */
  readonly skipped: number;
}

export interface Recovered {
  readonly count: number;
  readonly lastReason: RecoveryReason;
  readonly lastMs: number;
}

/** The agent started again; or the sweep found a job that nobody works on. */
export type RecoveryReason = 'agent_restarted' | 'stalled';

export interface Job {
  /** Number of the job within this database. */
  readonly seq: number;
  /** `YYYYMM-<16 hex>` */
  readonly id: string;
  readonly accountId: string;
  /** Ids from the master account down to `accountId`. */
  readonly accountPath: readonly string[];
  readonly resourceId: string;
  readonly carrierModule: CarrierModule;
  /** Further public fields (`name`, …). */
  readonly doc: JsonObject;
  /** Who asked for it. */
  readonly actor: Actor;
  readonly status: JobStatus;
  readonly stateDetail: JobStateDetail | undefined;
  /** 0: through every number. Above: a retry of failures. */
  readonly pass: number;
  /** The last key that this pass has done; empty before the first. */
  readonly cursor: string;
  readonly revision: string;
  readonly created: GregorianSeconds;
  /** Unix milliseconds, as all times that end in Ms. */
  readonly modifiedMs: number;
  readonly startedMs: number | undefined;
  readonly completedMs: number | undefined;
  readonly counts: JobCounts;
  /** Failures that the running retry began with, and how many of them are done. */
  readonly retry: { readonly total: number; readonly done: number };
  readonly recovered: Recovered | undefined;
}

/** What is done, in what state. */
export function leftOf({ counts, pass, retry }: Pick<Job, 'counts' | 'pass' | 'retry'>): number {
  if (pass > 0) return Math.max(0, retry.total - retry.done);
  return counts.total - counts.successes - counts.failures - counts.skipped;
}

/** What an action makes of a job; undefined: it is so already. */
export interface JobTransition {
  readonly status: JobStatus;
  readonly stateDetail: JobStateDetail | undefined;
  /** A new pass over the failures begins. */
  readonly retries: boolean;
  /** Past-tense event. */
  readonly event: 'job.paused' | 'job.cancelled' | 'job.resumed' | 'job.retried';
}

/**
 * What a person's action does. Pausing a paused job and cancelling a cancelled one change
 * nothing, so that a repeated request is harmless.
 * @throws job.wrong-state
 */
export function transitionOf(job: Job, action: JobAction): JobTransition | undefined {
  const { status, stateDetail } = job;
  const wrong = (): CraftportError =>
    new CraftportError(
      'job.wrong-state',
      `The job is ${stateDetail ?? status}: it cannot ${action.replace('_failed', ' its failures')}`,
      { detail: { id: job.id, status, action } },
    );
  switch (action) {
    case 'pause':
      if (status === 'complete') throw wrong();
      if (stateDetail === 'paused') return undefined;
      return { status, stateDetail: 'paused', retries: false, event: 'job.paused' };
    case 'resume':
      if (status === 'complete') throw wrong();
      if (stateDetail === undefined) return undefined;
      return { status, stateDetail: undefined, retries: false, event: 'job.resumed' };
    case 'cancel':
      if (stateDetail === 'cancelled') return undefined;
      if (status === 'complete') throw wrong();
      return {
        status: 'complete',
        stateDetail: 'cancelled',
        retries: false,
        event: 'job.cancelled',
      };
    case 'retry_failed':
      if (status !== 'complete' || stateDetail === 'cancelled') throw wrong();
      return { status: 'pending', stateDetail: undefined, retries: true, event: 'job.retried' };
    default:
      return assertNever(action);
  }
}

/** A row of the results: one for each row of the upload. */
export interface JobResult {
  /** As typed. */
  readonly typed: string;
  /** Normalised. */
  readonly key: string;
  readonly position: number;
  readonly status: 'success' | 'error' | 'skipped' | 'pending';
  readonly reason: NumberRefusal | undefined;
}

export type ResultStatus = JobResult['status'];
export const RESULT_STATUSES: readonly ResultStatus[] = ['success', 'error', 'skipped', 'pending'];

/** Job ids as Kazoo makes and takes them: year and month, then anything. */
export function isJobId(id: string): boolean {
  return /^\d{4}(?:0?[1-9]|1[0-2])-[A-Za-z0-9_-]{1,64}$/.test(id);
}

/** @param hex 16 lower-case hex digits */
export function jobIdOf(createdMs: number, hex: string): string {
  const date = new Date(createdMs);
  const month = String(date.getUTCMonth() + 1).padStart(2, '0');
  return `${String(date.getUTCFullYear())}${month}-${hex}`;
}
