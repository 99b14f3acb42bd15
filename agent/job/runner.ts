// Works on jobs, a batch at a time, until they are complete. One batch at a time is enough:
// there is one writer, and a batch of each job in turn (rotation.ts) is what makes it fair.
//
//   start() ─ own unfinished jobs ┐
//   wake()  ─ a new or resumed job┼─▶ rotation ─▶ turn: claim, then batch after batch ─▶ complete
//   sweep   ─ stalled jobs        ┘       ▲                │ no room, an error: again later
//                                         └────────────────┘
//
// Nothing here is trusted after a crash: claim, cursor and results are in the store, and a
// batch whose claim is lost writes nothing.

import PQueue from 'p-queue';
import { CraftportError, isCode } from '../base/error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Timers } from '../base/timers.ts';
import { FIRST_BATCH_ROWS, nextBatchRows } from './batch-size.ts';
import type { Job, JobStateDetail, RecoveryReason } from './job.ts';
import { leftOf } from './job.ts';
import { type JobStore, LEASE_MS, type Pace, type UnfinishedJob } from './job-store.ts';
import {
  type JobSettings,
  ownerOf,
  type RunnerIdentity,
  verdictAtStart,
  verdictAtSweep,
  type Verdict,
} from './recovery.ts';
import { Rotation } from './rotation.ts';

export interface JobRunnerOptions {
  readonly store: JobStore;
  readonly identity: RunnerIdentity;
  /** `crossbar.resources`, now. */
  readonly settings: () => JobSettings;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** What the runner knows of a job between two turns. */
interface Entry {
  readonly accountId: string;
  readonly seq: number;
  recovering: RecoveryReason | undefined;
  seen: UnfinishedJob | undefined;
  /** undefined: to be claimed. */
  work: Work | undefined;
  /** Asked for again while it was being worked on. */
  again: boolean;
  failures: number;
}

interface Work {
  job: Job;
  /** Keys after the cursor where batches may end. */
  readonly borders: readonly string[];
  index: number;
  rows: number;
  readonly startedMs: number;
  readonly leftAtStart: number;
  progressMs: number;
}

const PROGRESS_EVERY_MS = 100;
const RENEW_EVERY_MS = LEASE_MS / 3;
/** How often the runner looks whether a sweep is due; settings may have changed. */
const TICK_MS = 1000;
const RETRY_AFTER_MS = 1000;
const ROOM_AGAIN_AFTER_MS = 5000;
const TRIES = 3;

export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #owner: string;
  readonly #queue = new PQueue({ concurrency: 1 });
  readonly #rotation = new Rotation<Entry>();
  readonly #entries = new Map<number, Entry>();
  readonly #details = new Map<number, JobStateDetail>();
  readonly #waits = new Set<() => void>();
  readonly #idle = new Set<() => void>();
  /** Uploads that are being removed. */
  readonly #discards = new Map<number, Promise<void>>();
  #state: 'new' | 'running' | 'stopped' = 'new';
  #sweptMs = 0;
  #renewedMs = 0;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#owner = ownerOf(options.identity);
  }

  /** Own unfinished jobs go on at once; uploads of an earlier life are removed. Twice is fine. */
  async start(): Promise<void> {
    if (this.#state !== 'new') return;
    this.#state = 'running';
    this.#sweptMs = this.#renewedMs = this.#options.timers.nowMs();
    await this.#takeUp((job) => verdictAtStart(job, this.#options.identity));
    this.#tick();
  }

  /** Ends at the border of the running batch. Twice is fine, also before start. */
  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    const hadStarted = this.#state === 'running';
    this.#state = 'stopped';
    for (const cancel of this.#waits) cancel();
    this.#waits.clear();
    this.#queue.clear();
    await Promise.all([this.#queue.onIdle(), ...this.#discards.values()]);
    if (hadStarted && this.#entries.size > 0)
      await this.#options.store.release(this.#owner).catch((error: unknown) => {
        this.#options.logger.warn(() => 'jobs were not given back', { error });
      });
    this.#entries.clear();
    for (const resolve of this.#idle) resolve();
  }

  /** There may be work on this job: it is new, resumed or retried. */
  wake(job: Pick<Job, 'seq' | 'accountId'>): void {
    this.#enter(job.seq, job.accountId, undefined, undefined);
  }

  /** What the store could not be told about a job, because it has no room. */
  detailOf(seq: number): JobStateDetail | undefined {
    return this.#details.get(seq);
  }

  /** Looks for stalled jobs now. @returns how many were taken up. */
  async sweep(): Promise<number> {
    const { settings, identity, clock } = this.#options;
    const nowMs = clock.nowMs();
    const thresholdS = settings().jobRecoverThresholdS;
    return this.#takeUp((job) =>
      this.#entries.has(job.seq)
        ? { kind: 'leave' }
        : verdictAtSweep(job, identity, thresholdS, nowMs),
    );
  }

  /** Resolves when there is nothing left to do (or the runner is stopped). */
  whenIdle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#idle.add(resolve));
  }

  #isIdle(): boolean {
    return this.#entries.size === 0 && this.#discards.size === 0;
  }

  #tellIdle(): void {
    if (!this.#isIdle()) return;
    for (const resolve of this.#idle) resolve();
    this.#idle.clear();
  }

  async #takeUp(verdictOf: (job: UnfinishedJob) => Verdict): Promise<number> {
    let taken = 0;
    for (const job of await this.#options.store.unfinished()) {
      const verdict = verdictOf(job);
      if (verdict.kind === 'discard') this.#discard(job.seq);
      if (verdict.kind !== 'take') continue;
      this.#enter(job.seq, job.accountId, verdict.recovering, job);
      taken += 1;
    }
    return taken;
  }

  /** Beside the jobs: removing a million rows takes seconds, and nobody waits for it. */
  #discard(seq: number): void {
    if (this.#discards.has(seq)) return;
    const removeAll = async (): Promise<void> => {
      try {
        while (this.#state === 'running' && !(await this.#options.store.discard(seq)));
      } catch (error) {
        // What is left goes at the next start or sweep.
        if (!isCode(error, 'store.closed'))
          this.#options.logger.warn(() => 'an upload was not removed', { seq, error });
      }
      this.#discards.delete(seq);
      this.#tellIdle();
    };
    this.#discards.set(seq, removeAll());
  }

  #enter(
    seq: number,
    accountId: string,
    recovering: RecoveryReason | undefined,
    seen: UnfinishedJob | undefined,
  ): void {
    if (this.#state !== 'running') return;
    const known = this.#entries.get(seq);
    if (known !== undefined) {
      known.again = true;
      return;
    }
    const entry: Entry = {
      accountId,
      seq,
      recovering,
      seen,
      work: undefined,
      again: false,
      failures: 0,
    };
    this.#entries.set(seq, entry);
    this.#rotation.add(entry);
    this.#enqueueTurn();
  }

  /** One turn for each entry in the rotation; which entry it is, is decided when it comes. */
  #enqueueTurn(): void {
    void this.#queue.add(() => this.#turn());
  }

  async #turn(): Promise<void> {
    const entry = this.#rotation.next();
    if (entry === undefined) return;
    try {
      const goesOn = entry.work === undefined ? await this.#claim(entry) : await this.#batch(entry);
      entry.failures = 0;
      if (this.#state !== 'running') return;
      if (goesOn) this.#giveBack(entry);
      else this.#leave(entry);
    } catch (error) {
      await this.#failed(entry, error);
    }
  }

  async #claim(entry: Entry): Promise<boolean> {
    const { store, timers, logger } = this.#options;
    const { seq, recovering, seen } = entry;
    entry.again = false;
    const job = await store.claim({ seq, owner: this.#owner, recovering, seen });
    if (job === undefined) return false;
    if (recovering !== undefined) logger.info(() => 'job recovered', { jobId: job.id, recovering });
    entry.recovering = undefined;
    entry.seen = undefined;
    const nowMs = timers.nowMs();
    entry.work = {
      job,
      borders: await store.borders(job),
      index: -1,
      rows: FIRST_BATCH_ROWS,
      startedMs: nowMs,
      leftAtStart: leftOf(job),
      progressMs: nowMs,
    };
    return true;
  }

  /** @returns whether there is more to do, or to claim again. */
  async #batch(entry: Entry): Promise<boolean> {
    const { store, timers } = this.#options;
    const work = entry.work;
    if (work === undefined) return true;
    const { job, borders } = work;
    const last = borders.length - 1;
    // A retry of nothing is complete at once.
    const step = Math.max(1, Math.floor((work.rows * borders.length) / (work.leftAtStart + 1)));
    const index = Math.min(last, work.index + step);
    const startedMs = timers.nowMs();
    const isProgressDue = startedMs - work.progressMs >= PROGRESS_EVERY_MS;
    const applied = await store.apply(
      {
        seq: entry.seq,
        owner: this.#owner,
        pass: job.pass,
        after: job.cursor,
        lastKey: borders[index] ?? job.cursor,
        isLast: index >= last,
      },
      isProgressDue ? (now) => this.#paceOf(work, now) : undefined,
    );
    this.#details.delete(entry.seq);
    if (applied === undefined) {
      // Paused, cancelled or taken over. Claiming again finds out which, and finds a job that
      // was paused and resumed in between.
      entry.work = undefined;
      return true;
    }
    if (applied.job.status === 'complete') return false;
    work.rows = nextBatchRows(work.rows, applied.workedMs);
    work.job = applied.job;
    work.index = index;
    // From commit to begin, so that no second has more than ten.
    if (isProgressDue) work.progressMs = timers.nowMs();
    return true;
  }

  #paceOf(work: Work, job: Job): Pace {
    const seconds = Math.max(0.001, (this.#options.timers.nowMs() - work.startedMs) / 1000);
    const left = leftOf(job);
    const numbersPerSecond = Math.max(0, work.leftAtStart - left) / seconds;
    return {
      numbersPerSecond: Math.round(numbersPerSecond),
      secondsLeft: numbersPerSecond > 0 ? Math.ceil(left / numbersPerSecond) : undefined,
    };
  }

  #giveBack(entry: Entry): void {
    this.#rotation.giveBack(entry);
    this.#enqueueTurn();
  }

  #leave(entry: Entry): void {
    if (entry.again) {
      entry.work = undefined;
      entry.again = false;
      this.#giveBack(entry);
      return;
    }
    this.#entries.delete(entry.seq);
    this.#details.delete(entry.seq);
    this.#tellIdle();
  }

  async #failed(entry: Entry, error: unknown): Promise<void> {
    const { logger } = this.#options;
    if (this.#state !== 'running' || isCode(error, 'store.closed')) return;
    if (isCode(error, 'store.full')) {
      if (!this.#details.has(entry.seq))
        logger.warn(() => 'no room on the disk: job waits', { seq: entry.seq });
      await this.#mark(entry, 'out_of_space');
      // The cursor may not be where this entry thinks it is: claim and look again.
      this.#again(entry, ROOM_AGAIN_AFTER_MS);
      return;
    }
    entry.failures += 1;
    if (!isCode(error, 'store.busy'))
      logger.error(() => 'a batch failed', { seq: entry.seq, error });
    if (entry.failures < TRIES || isCode(error, 'store.busy')) {
      this.#again(entry, RETRY_AFTER_MS);
      return;
    }
    await this.#mark(entry, 'incomplete');
    this.#leave(entry);
  }

  async #mark(entry: Entry, detail: 'out_of_space' | 'incomplete'): Promise<void> {
    this.#details.set(entry.seq, detail);
    try {
      await this.#options.store.mark(entry.seq, this.#owner, detail);
    } catch (error) {
      if (!(error instanceof CraftportError)) throw error;
      this.#options.logger.debug(() => 'the store takes nothing', { error });
    }
  }

  #again(entry: Entry, ms: number): void {
    entry.work = undefined;
    this.#wait(ms, () => this.#giveBack(entry));
  }

  #wait(ms: number, run: () => void): void {
    const cancel = this.#options.timers.after(ms, () => {
      this.#waits.delete(cancel);
      run();
    });
    this.#waits.add(cancel);
  }

  #tick(): void {
    if (this.#state !== 'running') return;
    const nowMs = this.#options.timers.nowMs();
    const report = (error: unknown): void => {
      if (!isCode(error, 'store.closed'))
        this.#options.logger.warn(() => 'looking after jobs failed', { error });
    };
    if (nowMs - this.#renewedMs >= RENEW_EVERY_MS) {
      this.#renewedMs = nowMs;
      if ([...this.#entries.values()].some((entry) => entry.work !== undefined))
        this.#options.store.renew(this.#owner).catch(report);
    }
    if (nowMs - this.#sweptMs >= this.#options.settings().jobRecoverTimeoutS * 1000) {
      this.#sweptMs = nowMs;
      this.sweep().catch(report);
    }
    this.#wait(TICK_MS, () => this.#tick());
  }
}
