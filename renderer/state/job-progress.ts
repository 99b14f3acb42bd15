// How fast a job runs, from what was seen of it.

export interface Sample {
  readonly atMs: number;
  readonly done: number;
}

/** Older samples say nothing about now. */
const WINDOW_MS = 15_000;

export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  // A retry begins anew.
  if (last !== undefined && sample.done < last.done) return [sample];
  if (last?.done === sample.done) return samples;
  return [...samples.filter(({ atMs }) => sample.atMs - atMs < WINDOW_MS), sample];
}

/** @returns numbers a second and seconds left; undefined before two samples */
export function rateOf(
  samples: readonly Sample[],
  left: number,
): { readonly perSecond: number; readonly leftS: number } | undefined {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return undefined;
  const perSecond = ((last.done - first.done) * 1000) / (last.atMs - first.atMs);
  return perSecond <= 0 ? undefined : { perSecond, leftS: left / perSecond };
}
