// Large writes in slices. While the database thread writes one slice, this thread prepares the
// next: sealing and masking cost about as much as the insert itself.

/** Rows of one statement: a few milliseconds of work, a few hundred kilobytes of JSON. */
const SLICE_ROWS = 250;

/** @yields consecutive parts of `items`, each short enough for one statement. */
export function* slicesOf<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += SLICE_ROWS)
    yield items.slice(start, start + SLICE_ROWS);
}

/**
 * Writes `items` slice by slice, in order.
 * @param prepare runs while the slice before is written
 */
export async function writeSlices<T, Prepared>(
  items: readonly T[],
  prepare: (slice: readonly T[]) => Prepared,
  write: (prepared: Prepared) => Promise<unknown>,
): Promise<void> {
  let writing: Promise<unknown> = Promise.resolve();
  for (const slice of slicesOf(items)) {
    const prepared = prepare(slice);
    await writing;
    writing = write(prepared);
    // Awaited below; should `prepare` throw first, that error is the one to tell.
    writing.catch(() => undefined);
  }
  await writing;
}
