// Which unfinished jobs a runner may take up. Pure.

import type { RecoveryReason } from './job.ts';
import { LEASE_MS, type UnfinishedJob } from './job-store.ts';

/** Kazoo's two settings, in seconds. */
export interface JobSettings {
  /** How often stalled jobs are looked for. */
  readonly jobRecoverTimeoutS: number;
  /** Age of the last change after which an unfinished job counts as stalled. */
  readonly jobRecoverThresholdS: number;
}

/** Who runs jobs: a name that survives restarts, and this start of it. */
export interface RunnerIdentity {
  readonly agent: string;
  readonly instance: string;
}

/** An upload that brought no thousand rows for so long is given up. */
const SLOWEST_UPLOAD_S = 3600;

export function ownerOf({ agent, instance }: RunnerIdentity): string {
  return `${agent}/${instance}`;
}

/** What to do about an unfinished job. */
export type Verdict =
  | { readonly kind: 'leave' }
  | { readonly kind: 'take'; readonly recovering: RecoveryReason | undefined }
  | { readonly kind: 'discard' };

/**
 * At the start of an agent: its own work of an earlier life goes on at once (the lock on the
 * data directory says that life is over), and what nobody holds is taken.
 */
export function verdictAtStart(job: UnfinishedJob, identity: RunnerIdentity): Verdict {
  const isOwn =
    job.lease !== undefined &&
    job.lease.owner.startsWith(`${identity.agent}/`) &&
    job.lease.owner !== ownerOf(identity);
  if (!job.isUploaded) return isOwn ? { kind: 'discard' } : { kind: 'leave' };
  if (job.isPaused) return { kind: 'leave' };
  if (job.lease !== undefined && !isOwn) return { kind: 'leave' };
  return { kind: 'take', recovering: job.hasStarted ? 'agent_restarted' : undefined };
}

/**
 * At a sweep: what was not modified for the threshold, and whose lease is over, is stalled. A
 * time further in the future than a lease lasts was written before the clock was set back, and
 * counts by its distance. Jobs that this runner works on are none of the caller's `job`s.
 */
export function verdictAtSweep(
  job: UnfinishedJob,
  identity: RunnerIdentity,
  thresholdS: number,
  nowMs: number,
): Verdict {
  if (job.isPaused && job.isUploaded) return { kind: 'leave' };
  // A client on a slow line may be sending still, whatever counts as stalled for jobs.
  const ageS = job.isUploaded ? thresholdS : Math.max(thresholdS, SLOWEST_UPLOAD_S);
  if (Math.abs(nowMs - job.modifiedMs) < ageS * 1000) return { kind: 'leave' };
  const { lease } = job;
  if (lease !== undefined && lease.owner !== ownerOf(identity)) {
    const leftMs = lease.untilMs - nowMs;
    if (leftMs >= 0 && leftMs <= LEASE_MS) return { kind: 'leave' };
  }
  return job.isUploaded ? { kind: 'take', recovering: 'stalled' } : { kind: 'discard' };
}
