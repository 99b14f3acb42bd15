// A job as the API shows it (reference §5.1 to §5.3). Pure.

import { toGregorianSeconds } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import { refusalDocument } from '../number/number-document.ts';
import type { Job, JobResult, JobStateDetail } from './job.ts';
import { leftOf } from './job.ts';
import type { JobPreview } from './job-store.ts';

/** Keys of a job document that the agent writes; a client's own are dropped. */
const OWN_KEYS: ReadonlySet<string> = new Set([
  'id',
  'resource_id',
  'numbers',
  'success',
  'successes',
  'errors',
  'status',
  'state_detail',
  'timestamp',
  'counts',
  'recovered',
  'started',
  'completed',
]);

/** What of a client's keys is kept with the job (`name`, `ui_metadata`, …). */
export function publicJobFields(data: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(data).filter(
      ([key]) => !OWN_KEYS.has(key) && !key.startsWith('_') && !key.startsWith('pvt_'),
    ),
  );
}

/** A row of the list. `timestamp` is the creation, as in the detail. */
export function jobRow(job: Job, live: JobStateDetail | undefined): JsonObject {
  const stateDetail = live ?? job.stateDetail;
  const { name } = job.doc;
  return {
    id: job.id,
    resource_id: job.resourceId,
    timestamp: job.created,
    status: job.status,
    ...(stateDetail === undefined ? {} : { state_detail: stateDetail }),
    successes: job.counts.successes,
    failures: job.counts.failures,
    skipped: job.counts.skipped,
    total: job.counts.total,
    left: leftOf(job),
    ...(typeof name === 'string' ? { name } : {}),
    ...recoveredOf(job),
  };
}

/** The detail but for `numbers`, `success`, `successes` and `errors`, which may be streamed. */
export function jobHead(job: Job, live: JobStateDetail | undefined): JsonObject {
  const stateDetail = live ?? job.stateDetail;
  return {
    ...job.doc,
    id: job.id,
    resource_id: job.resourceId,
    timestamp: job.created,
    status: job.status,
    ...(stateDetail === undefined ? {} : { state_detail: stateDetail }),
    counts: { ...job.counts, left: leftOf(job) },
    ...historyOf(job),
  };
}

/** When it ran, and how often it was taken up again. */
function historyOf(job: Job): JsonObject {
  const { startedMs, completedMs } = job;
  return {
    ...(startedMs === undefined ? {} : { started: toGregorianSeconds(startedMs) }),
    ...(completedMs === undefined ? {} : { completed: toGregorianSeconds(completedMs) }),
    ...recoveredOf(job),
  };
}

function recoveredOf({ recovered }: Job): JsonObject {
  if (recovered === undefined) return {};
  return {
    recovered: {
      count: recovered.count,
      last_reason: recovered.lastReason,
      last_at: toGregorianSeconds(recovered.lastMs),
    },
  };
}

/** A row of the results. */
export function resultRow({ typed, key, status, reason }: JobResult): JsonObject {
  return {
    number: typed,
    normalized: key.trim(),
    status,
    ...(reason === undefined ? {} : { error: refusalDocument(reason, key) }),
  };
}

/** What a dry run answers. */
export function previewDocument(
  total: number,
  preview: JobPreview,
  sample: readonly JsonObject[],
): JsonObject {
  return {
    dry_run: true,
    counts: {
      total,
      successes: preview.creatable,
      failures: preview.notReconcilable + preview.forbidden + preview.duplicates + preview.existing,
      skipped: preview.skipped,
      not_reconcilable: preview.notReconcilable,
      ...(preview.forbidden === 0 ? {} : { forbidden: preview.forbidden }),
      duplicate: preview.duplicates,
      number_exists: preview.existing,
    },
    normalized: sample,
    errors: Object.fromEntries(
      preview.errors.map(({ typed, key, reason }) => [typed, refusalDocument(reason, key)]),
    ),
  };
}
