// A job's detail as JSON text, piece by piece: `numbers`, `success`, `successes` and `errors`
// of a million numbers are never in memory at once.

import type { JsonObject, JsonValue } from '../base/json.ts';
import type { Job } from '../job/job.ts';
import { jobHead } from '../job/job-document.ts';
import { numberDocument, refusalDocument } from '../number/number-document.ts';
import type { JobService } from '../service/jobs.ts';

/** Up to so many numbers the detail is made whole, with ETag and pretty printing. */
export const WHOLE_DETAIL_ROWS = 2000;

type Members = AsyncIterable<readonly (readonly [string, JsonValue])[]>;

/** The JSON text of the detail of any job. */
export async function* jobDetailPieces(jobs: JobService, job: Job): AsyncGenerator<string> {
  yield JSON.stringify(jobHead(job, jobs.detailOf(job))).slice(0, -1);
  yield ',"numbers":';
  let separator = '[';
  for await (const chunk of jobs.numbers(job)) {
    if (chunk.length > 0) yield separator + JSON.stringify(chunk).slice(1, -1);
    separator = ',';
  }
  yield separator === '[' ? '[]' : ']';
  // The page says `successes`, Kazoo's code `success` (reference §5.1): both, always equal.
  for (const key of ['success', 'successes']) yield* objectPieces(key, successesOf(jobs, job));
  yield* objectPieces('errors', errorsOf(jobs, job));
  yield '}';
}

/** The same as a value. For jobs of at most WHOLE_DETAIL_ROWS. */
export async function jobDetail(jobs: JobService, job: Job): Promise<JsonObject> {
  let text = '';
  for await (const piece of jobDetailPieces(jobs, job)) text += piece;
  return JSON.parse(text) as JsonObject;
}

async function* objectPieces(key: string, members: Members): AsyncGenerator<string> {
  yield `,"${key}":`;
  let separator = '{';
  for await (const chunk of members) {
    if (chunk.length === 0) continue;
    yield (
      separator +
      chunk.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')
    );
    separator = ',';
  }
  yield separator === '{' ? '{}' : '}';
}

async function* successesOf(jobs: JobService, job: Job): Members {
  for await (const chunk of jobs.created(job))
    yield chunk.map((facts) => [facts.number, numberDocument(facts)] as const);
}

async function* errorsOf(jobs: JobService, job: Job): Members {
  for await (const chunk of jobs.errors(job))
    yield chunk.map(({ typed, key, reason }) => [typed, refusalDocument(reason, key)] as const);
}
