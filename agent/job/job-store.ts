// Jobs as services and the runner see them. agent/store has them in SQLite.

import type { Actor } from '../base/change.ts';
import type { JsonObject } from '../base/json.ts';
import type { CarrierModule, NumberFacts, NumberRefusal } from '../number/number-document.ts';
import type { Job, JobResult, JobTransition, RecoveryReason, ResultStatus } from './job.ts';
import type { StagedRow } from './staged-row.ts';

export interface NewJob {
  readonly id: string;
  readonly accountPath: readonly string[];
  readonly resourceId: string;
  readonly carrierModule: CarrierModule;
  readonly doc: JsonObject;
  readonly actor: Actor;
  readonly createdMs: number;
  /** Who receives the upload (`<agent>/<instance>`). */
  readonly owner: string;
}

/** Where a read of jobs begins or ends; without an id it is the whole second. */
export interface JobBound {
  readonly created: number;
  readonly id: string | undefined;
  readonly isInclusive: boolean;
}

/** Jobs of an account by creation, in Gregorian seconds. */
export interface JobPage {
  readonly direction: 'ascending' | 'descending';
  readonly createdFrom: number;
  readonly createdTo: number | undefined;
  readonly start: JobBound | undefined;
  readonly end: JobBound | undefined;
  /** Part of the id or name, whatever the case of ASCII letters. */
  readonly search: string | undefined;
  readonly limit: number;
}

export interface ResultPage {
  /** undefined: rows of every status. */
  readonly status: ResultStatus | undefined;
  /** First row of the page, inclusive. */
  readonly start: { readonly key: string; readonly position: number } | undefined;
  readonly limit: number;
}

export interface JobError {
  readonly typed: string;
  readonly key: string;
  readonly position: number;
  readonly reason: NumberRefusal;
}

/** A job that is not complete, as the runner looks for work. */
export interface UnfinishedJob {
  readonly seq: number;
  readonly accountId: string;
  readonly hasStarted: boolean;
  readonly isUploaded: boolean;
  readonly isPaused: boolean;
  readonly modifiedMs: number;
  readonly lease: { readonly owner: string; readonly untilMs: number } | undefined;
}

/** A job whose request had a key of the client's: the same request again is answered with it. */
export interface KeyedJob {
  /** Of what was asked for. */
  readonly digest: string;
  /** As it was when it was made. */
  readonly job: Job;
}

/** How long a client's key is remembered. */
export const KEY_LIFE_MS = 24 * 60 * 60 * 1000;

export interface JobReader {
  load(accountId: string, id: string): Promise<Job | undefined>;
  /** The job that a request with this key made less than KEY_LIFE_MS ago. */
  keyed(accountId: string, key: string): Promise<KeyedJob | undefined>;
  page(accountId: string, request: JobPage): Promise<readonly Job[]>;
  unfinished(): Promise<readonly UnfinishedJob[]>;
  /**
   * Keys that cut what is left of the pass into stretches of about equal size, ascending; the
   * last one is the last key of all.
   */
  borders(job: Job): Promise<readonly string[]>;
  /** One page of results in order of (key, position). */
  results(job: Job, request: ResultPage): Promise<readonly JobResult[]>;
  /** All of them, in the same order, in chunks. */
  allResults(job: Job, status: ResultStatus | undefined): AsyncIterable<readonly JobResult[]>;
  /** The numbers as typed, in the order of the upload, a run at a time. */
  numbers(job: Job): AsyncIterable<readonly string[]>;
  /** What was created, as it was when it was created. */
  created(job: Job): AsyncIterable<readonly NumberFacts[]>;
  errors(job: Job): AsyncIterable<readonly JobError[]>;
  /** What a job over these rows would do, now. */
  preview(job: Job, borders: readonly string[]): Promise<JobPreview>;
}

export interface JobPreview {
  /** Numbers that would be created. */
  readonly creatable: number;
  readonly skipped: number;
  readonly notReconcilable: number;
  readonly forbidden: number;
  readonly duplicates: number;
  readonly existing: number;
  readonly errors: readonly JobError[];
}

/** One batch of a job: the keys after the job's cursor up to and including `lastKey`. */
export interface Batch {
  readonly seq: number;
  readonly owner: string;
  readonly pass: number;
  readonly after: string;
  readonly lastKey: string;
  /** Nothing comes after it. */
  readonly isLast: boolean;
}

export interface Claim {
  readonly seq: number;
  readonly owner: string;
  /** Why it is taken up again; undefined: nobody had begun. */
  readonly recovering: RecoveryReason | undefined;
  /** The modification and lease seen when it was decided to claim: nothing may have moved. */
  readonly seen: Pick<UnfinishedJob, 'modifiedMs' | 'lease'> | undefined;
}

export interface JobWriter {
  /** An upload begins: invisible, and nothing that runs, until it is finished. */
  begin(job: NewJob): Promise<Job>;
  /** @throws job.not-found when the upload was cleaned away meanwhile */
  stage(seq: number, firstPosition: number, rows: readonly StagedRow[]): Promise<void>;
  /** The upload is whole: the job is pending. @throws job.not-found */
  finish(seq: number, counts: { readonly total: number; readonly skipped: number }): Promise<Job>;
  /** Removes some rows of an upload, in the end the upload itself. @returns whether it is gone. */
  discard(seq: number): Promise<boolean>;
  load(accountId: string, id: string): Promise<Job | undefined>;
  keyed(accountId: string, key: string): Promise<KeyedJob | undefined>;
  /** Remembers the key of the request that made a job, and forgets those that are too old. */
  keepKey(key: string, made: KeyedJob): Promise<void>;
  change(job: Job, transition: JobTransition): Promise<Job>;
  /** @returns undefined: complete, paused, or somebody else's. */
  claim(claim: Claim): Promise<Job | undefined>;
  /** @returns undefined: the job is no longer this owner's, or no longer at `after`. */
  apply(batch: Batch): Promise<Job | undefined>;
  /** The owner is alive. */
  renew(owner: string): Promise<void>;
  /** The owner works on nothing any more. */
  release(owner: string): Promise<void>;
  /** Says why a job does not move. */
  mark(seq: number, owner: string, detail: 'out_of_space' | 'incomplete'): Promise<void>;
}

/** How fast a job runs, for its progress event. */
export interface Pace {
  readonly numbersPerSecond: number;
  readonly secondsLeft: number | undefined;
}

/** A batch that is on disk. */
export interface Applied {
  readonly job: Job;
  /** Milliseconds that its statements held the writer, without waiting for it or for the disk. */
  readonly workedMs: number;
}

/** What the runner does with the store: each call is a transaction of its own. */
export interface JobStore {
  unfinished(): Promise<readonly UnfinishedJob[]>;
  borders(job: Job): Promise<readonly string[]>;
  claim(claim: Claim): Promise<Job | undefined>;
  /** @param paceOf asked for the pace when a progress event is due */
  apply(batch: Batch, paceOf: ((job: Job) => Pace) | undefined): Promise<Applied | undefined>;
  renew(owner: string): Promise<void>;
  release(owner: string): Promise<void>;
  mark(seq: number, owner: string, detail: 'out_of_space' | 'incomplete'): Promise<void>;
  discard(seq: number): Promise<boolean>;
}

/** How long a claim lasts unless it is renewed. */
export const LEASE_MS = 15_000;
