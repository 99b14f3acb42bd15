// What the runner asks of the store, with the events and audit rows that tell of it. Each call
// is one transaction.

import type { JsonObject } from '../base/json.ts';
import type { Job } from '../job/job.ts';
import { leftOf } from '../job/job.ts';
import type { JobStore, Pace } from '../job/job-store.ts';
import type { Storage, StorageWriters } from './storage.ts';

/** @param nowMs milliseconds of a clock that is never set: how long batches take */
export function createJobStore(
  storage: Storage,
  nowMs: () => number = () => performance.now(),
): JobStore {
  return {
    unfinished: () => storage.read.jobs.unfinished(),
    borders: (job) => storage.read.jobs.borders(job),

    claim: (claim) =>
      storage.write(async (writers) => {
        const job = await writers.jobs.claim(claim);
        if (job === undefined) return undefined;
        if (claim.recovering !== undefined)
          recordJob(writers, 'job.recovered', job, {
            reason: claim.recovering,
            recovered_count: job.recovered?.count ?? 0,
          });
        // Going on after a pause, a retry or a full disk is no start.
        else if (job.startedMs === job.modifiedMs) writers.emit(jobEvent('job.started', job, {}));
        return job;
      }),

    apply: (batch, paceOf) =>
      storage.writeBulk(async (writers) => {
        const startedMs = nowMs();
        const job = await writers.jobs.apply(batch);
        if (job === undefined) return undefined;
        const workedMs = nowMs() - startedMs;
        if (job.status === 'complete') recordJob(writers, 'job.completed', job, {});
        else if (paceOf !== undefined)
          writers.emit(jobEvent('job.progress', job, paceFields(paceOf(job))));
        return { job, workedMs };
      }),

    renew: (owner) => storage.write((writers) => writers.jobs.renew(owner)),
    release: (owner) => storage.write((writers) => writers.jobs.release(owner)),
    mark: (seq, owner, detail) => storage.write((writers) => writers.jobs.mark(seq, owner, detail)),
    discard: (seq) => storage.writeBulk((writers) => writers.jobs.discard(seq)),
  };
}

/** What events and audit rows say of a job: its state and counts, never its numbers. */
export function jobFacts(job: Job): JsonObject {
  const { total, successes, failures, skipped } = job.counts;
  return {
    resource_id: job.resourceId,
    status: job.status,
    ...(job.stateDetail === undefined ? {} : { state_detail: job.stateDetail }),
    ...(typeof job.doc['name'] === 'string' ? { name: job.doc['name'] } : {}),
    total,
    successes,
    failures,
    skipped,
    left: leftOf(job),
  };
}

/** An audit row about a whole job, and its event. `more` is in both. */
export function recordJob(
  writers: StorageWriters,
  event: string,
  job: Job,
  more: JsonObject,
  actor = job.actor,
): void {
  writers.record({
    actor,
    event,
    noun: 'job',
    id: job.id,
    accountId: job.accountId,
    revision: job.revision,
    after: { ...jobFacts(job), ...more },
    data: { ...jobFacts(job), ...more },
  });
}

function jobEvent(
  name: string,
  job: Job,
  more: JsonObject,
): { readonly name: string; readonly accountId: string; readonly data: JsonObject } {
  return {
    name,
    accountId: job.accountId,
    data: { id: job.id, account_id: job.accountId, ...jobFacts(job), ...more },
  };
}

function paceFields({ numbersPerSecond, secondsLeft }: Pace): JsonObject {
  return {
    numbers_per_s: numbersPerSecond,
    ...(secondsLeft === undefined ? {} : { left_s: secondsLeft }),
  };
}
