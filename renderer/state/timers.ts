// Time as the state layer sees it; tests give their own.

export interface Timers {
  readonly nowMs: () => number;
  /** @returns what cancels it */
  wait(ms: number, then: () => void): () => void;
}
