// Use cases of bulk-number jobs: upload, look, act. The runner does the work.

import type { Account } from '../account/account.ts';
import type { Actor } from '../base/change.ts';
import type { Clock } from '../base/clock.ts';
import { CraftportError, invalidFields } from '../base/error.ts';
import { type RandomBytes, toHex } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { DocumentReader } from '../document/document-store.ts';
import type { DocumentValidator } from '../document/validate.ts';
import {
  isJobId,
  type Job,
  type JobAction,
  jobIdOf,
  type JobResult,
  type JobStateDetail,
  transitionOf,
} from '../job/job.ts';
import { previewDocument, publicJobFields } from '../job/job-document.ts';
import type { JobError, JobPage, KeyedJob, ResultPage } from '../job/job-store.ts';
import {
  KIND_REPEAT,
  MAX_ROW_BYTES,
  RUN_ROWS,
  stageRows,
  type TypedNumber,
} from '../job/staged-row.ts';
import type { CarrierModule, NumberFacts, NumberRules } from '../number/number-document.ts';
import { recordJob } from './job-work.ts';
import type { Storage } from './storage.ts';

export interface JobServiceOptions {
  readonly storage: Storage;
  /** Of the schema `resource_jobs`. */
  readonly validator: DocumentValidator;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Number tables (`number_manager`) and the account's dial plan, now. */
  readonly rules: (account: Account) => NumberRules;
  /** Whether tokens of that account may add numbers. */
  readonly mayAdd: (holder: Account) => boolean;
  /** The runner of this agent (`ownerOf` its identity); it also owns running uploads. */
  readonly owner: string;
  readonly runner: {
    wake(job: Pick<Job, 'seq' | 'accountId'>): void;
    detailOf(seq: number): JobStateDetail | undefined;
  };
}

/** Whose job, and who asks. Global jobs act on the master account. */
export interface JobTarget {
  readonly account: Account;
  /** The account of the token. */
  readonly holder: Account;
  readonly by: Actor;
}

/** What an upload says beside its numbers. */
export interface JobHead {
  readonly resourceId: string;
  readonly doc: JsonObject;
}

export type NumberChunks = AsyncIterable<readonly TypedNumber[]>;

/** Names a request, so that the same one again is answered with the job of the first. */
export interface RepeatKey {
  /** The client's, 1 to 255 characters. */
  readonly key: string;
  /** Of the head and the numbers; asked for when all of them were read. */
  digest(): string;
}

interface Staged {
  readonly job: Job;
  readonly total: number;
  readonly skipped: number;
  readonly sample: readonly JsonObject[];
}

const SAMPLE_ROWS = 100;
/**
 * A part of a run, written in one transaction: this bounds how long an upload keeps others waiting
 * (about 6 ms, and the sync).
 */
const ROWS_A_COMMIT = 2048;

export class JobService {
  readonly #options: JobServiceOptions;

  constructor(options: JobServiceOptions) {
    this.#options = options;
  }

  /**
   * The head and numbers of a JSON body.
   * @throws request.invalid
   */
  parse(data: JsonObject): { readonly head: JobHead; readonly numbers: readonly string[] } {
    const doc = this.#options.validator.validate(data);
    assertShort(doc['numbers'] as readonly string[]);
    const head = { resourceId: doc['resource_id'] as string, doc: publicJobFields(doc) };
    return { head, numbers: doc['numbers'] as readonly string[] };
  }

  /**
   * Takes the numbers in and starts the job. Nothing runs, or is seen, before all of them are
   * on disk; whatever goes wrong before removes them again.
   * @returns the job as it was when it was made, also for a request that was repeated
   * @throws request.invalid, request.key-reused, store.full, and what `numbers` throws
   */
  async create(
    target: JobTarget,
    head: JobHead,
    numbers: NumberChunks,
    repeat?: RepeatKey,
  ): Promise<Job> {
    const { storage, runner } = this.#options;
    const { account, by } = target;
    if (repeat !== undefined) {
      const made = await storage.read.jobs.keyed(account.id, repeat.key);
      if (made !== undefined) {
        await readThrough(numbers);
        return sameRequest(made, repeat);
      }
    }
    const staged = await this.#stage(target, head, numbers);
    const { seq } = staged.job;
    try {
      const job = await storage.write(async (writers) => {
        // Twice at the same time: the first to be whole is the job.
        if (repeat !== undefined) {
          const made = await writers.jobs.keyed(account.id, repeat.key);
          if (made !== undefined) return sameRequest(made, repeat);
        }
        await resolveCarrier(writers.documents, account, head.resourceId);
        const created = await writers.jobs.finish(seq, staged);
        recordJob(writers, 'job.created', created, {}, by);
        if (repeat !== undefined)
          await writers.jobs.keepKey(repeat.key, { digest: repeat.digest(), job: created });
        return created;
      });
      if (job.seq === seq) runner.wake(job);
      else await this.#discard(seq);
      return job;
    } catch (error) {
      await this.#discard(seq);
      throw error;
    }
  }

  /** Checks and counts as the job would, and keeps nothing. @throws as create */
  async preview(target: JobTarget, head: JobHead, numbers: NumberChunks): Promise<JsonObject> {
    const { jobs } = this.#options.storage.read;
    const { job, total, skipped, sample } = await this.#stage(target, head, numbers);
    try {
      const whole: Job = { ...job, counts: { ...job.counts, total, skipped } };
      const preview = await jobs.preview(whole, await jobs.borders(whole));
      return previewDocument(total, preview, sample);
    } finally {
      await this.#discard(job.seq);
    }
  }

  /** @throws job.bad-id, job.not-found */
  async fetch(account: Account, id: string): Promise<Job> {
    assertJobId(id);
    const job = await this.#options.storage.read.jobs.load(account.id, id);
    if (job === undefined) throw notFound(id);
    return job;
  }

  page(account: Account, request: JobPage): Promise<readonly Job[]> {
    return this.#options.storage.read.jobs.page(account.id, request);
  }

  results(job: Job, request: ResultPage): Promise<readonly JobResult[]> {
    return this.#options.storage.read.jobs.results(job, request);
  }

  allResults(
    job: Job,
    status: JobResult['status'] | undefined,
  ): AsyncIterable<readonly JobResult[]> {
    return this.#options.storage.read.jobs.allResults(job, status);
  }

  numbers(job: Job): AsyncIterable<readonly string[]> {
    return this.#options.storage.read.jobs.numbers(job);
  }

  created(job: Job): AsyncIterable<readonly NumberFacts[]> {
    return this.#options.storage.read.jobs.created(job);
  }

  errors(job: Job): AsyncIterable<readonly JobError[]> {
    return this.#options.storage.read.jobs.errors(job);
  }

  /** A state that the store has no room to say. */
  detailOf(job: Job): JobStateDetail | undefined {
    return this.#options.runner.detailOf(job.seq);
  }

  /** @throws job.bad-id, job.not-found, job.wrong-state */
  async act(target: JobTarget, id: string, action: JobAction): Promise<Job> {
    assertJobId(id);
    const changed = await this.#options.storage.write(async (writers) => {
      const job = await writers.jobs.load(target.account.id, id);
      if (job === undefined) throw notFound(id);
      const transition = transitionOf(job, action);
      if (transition === undefined) return job;
      const next = await writers.jobs.change(job, transition);
      recordJob(writers, transition.event, next, {}, target.by);
      return next;
    });
    if (changed.status !== 'complete' && changed.stateDetail !== 'paused')
      this.#options.runner.wake(changed);
    return changed;
  }

  async #stage(target: JobTarget, head: JobHead, numbers: NumberChunks): Promise<Staged> {
    const { storage, rules, mayAdd, clock, random, owner } = this.#options;
    const carrierModule = await resolveCarrier(
      storage.read.documents,
      target.account,
      head.resourceId,
    );
    const tables = rules(target.account);
    const isAllowed = mayAdd(target.holder);
    let job: Job | undefined;
    let total = 0;
    let skipped = 0;
    let sample: readonly JsonObject[] = [];
    // One part of a run is written while the next is parsed.
    let writing: Promise<void> = Promise.resolve();
    try {
      for await (const run of runsOf(numbers)) {
        if (job === undefined) {
          sample = run.slice(0, SAMPLE_ROWS).map(({ typed }) => normalizedRow(typed, tables));
          const createdMs = clock.nowMs();
          job = await storage.write((writers) =>
            writers.jobs.begin({
              id: jobIdOf(createdMs, toHex(random(8))),
              accountPath: target.account.path,
              resourceId: head.resourceId,
              carrierModule,
              doc: head.doc,
              actor: target.by,
              createdMs,
              owner,
            }),
          );
        }
        const { seq } = job;
        const seen = new Set<string>();
        for (let from = 0; from < run.length; from += ROWS_A_COMMIT) {
          const numbersNow = run.slice(from, from + ROWS_A_COMMIT);
          const rows = stageRows(numbersNow, tables, isAllowed, seen);
          skipped += rows.filter((row) => row[2] === KIND_REPEAT).length;
          const firstPosition = total;
          total += rows.length;
          await writing;
          writing = storage.writeBulk((writers) => writers.jobs.stage(seq, firstPosition, rows));
          writing.catch(() => undefined);
        }
      }
      await writing;
    } catch (error) {
      await writing.catch(() => undefined);
      if (job !== undefined) await this.#discard(job.seq);
      throw error;
    }
    if (job === undefined) throw noNumbers();
    return { job, total, skipped, sample };
  }

  /** Never throws: what stays behind is removed at the next start. */
  async #discard(seq: number): Promise<void> {
    const { storage } = this.#options;
    try {
      while (!(await storage.writeBulk((writers) => writers.jobs.discard(seq))));
    } catch (error) {
      if (!(error instanceof CraftportError)) throw error;
    }
  }
}

/** The numbers of a JSON body, as an upload. */
export async function* chunksOf(numbers: readonly string[]): NumberChunks {
  for (let from = 0; from < numbers.length; from += RUN_ROWS)
    yield await Promise.resolve(
      numbers.slice(from, from + RUN_ROWS).map((typed) => ({ typed, fields: undefined })),
    );
}

/** For what is computed on the way. */
async function readThrough(chunks: NumberChunks): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

/** Chunks of any size as full runs and a last one. */
async function* runsOf(chunks: NumberChunks): NumberChunks {
  let run: TypedNumber[] = [];
  for await (const chunk of chunks)
    for (const number of chunk) {
      run.push(number);
      if (run.length < RUN_ROWS) continue;
      yield run;
      run = [];
    }
  if (run.length > 0) yield run;
}

function normalizedRow(typed: string, tables: NumberRules): JsonObject {
  const { e164, reconcilable, classifier } = tables.normalize(typed);
  return {
    number: typed,
    normalized: e164,
    reconcilable,
    ...(classifier === undefined ? {} : { classifier }),
  };
}

/**
 * Own, ancestors' and global resources are accepted. `other` when it is a global one, as Kazoo
 * decides it (reference §5.4).
 * @throws request.invalid
 */
async function resolveCarrier(
  documents: DocumentReader,
  account: Account,
  resourceId: string,
): Promise<CarrierModule> {
  const isThere = async (accountId: string | undefined): Promise<boolean> =>
    (await documents.load({ kind: 'resource', accountId }, resourceId)) !== undefined;
  if (await isThere(undefined)) return 'other';
  for (const accountId of account.path.toReversed()) if (await isThere(accountId)) return 'local';
  throw invalidFields({
    resource_id: {
      not_found: { message: 'The resource could not be found', cause: resourceId.slice(0, 128) },
    },
  });
}

/** A number is a row of its own. @throws request.invalid */
function assertShort(numbers: readonly string[]): void {
  const index = numbers.findIndex((text) => text.length > MAX_ROW_BYTES);
  if (index < 0) return;
  throw invalidFields({
    [`numbers.${String(index)}`]: {
      maxLength: {
        message: `A number must be at most ${String(MAX_ROW_BYTES)} characters`,
        target: MAX_ROW_BYTES,
      },
    },
  });
}

/** @throws request.key-reused */
function sameRequest({ digest, job }: KeyedJob, repeat: RepeatKey): Job {
  if (digest === repeat.digest()) return job;
  throw new CraftportError('request.key-reused', 'The key was used for another request', {
    detail: { key: repeat.key, id: job.id },
  });
}

function noNumbers(): CraftportError {
  return invalidFields({
    numbers: { minItems: { message: 'List must have at least 1 items', target: 1 } },
  });
}

function assertJobId(id: string): void {
  if (!isJobId(id))
    throw new CraftportError('job.bad-id', 'Not the id of a job', { detail: { id } });
}

function notFound(id: string): CraftportError {
  return new CraftportError('job.not-found', `There is no job ${id}`, { detail: { id } });
}
