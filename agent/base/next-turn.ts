// Long work in pieces.

/** Lets what waits in the event loop run before the rest of long work. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
