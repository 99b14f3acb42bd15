// Timers as an argument, so that a test can move time instead of waiting for it.

export interface Timers {
  /** A steady count of milliseconds; only differences mean something. */
  nowMs(): number;
  /** @returns the way to cancel */
  after(ms: number, run: () => void): () => void;
}

/** The process's own timers. They never keep the process alive. */
export const systemTimers: Timers = {
  nowMs: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
