// What an evaluation may spend on patterns. One unit is about 10 ns on a 2020s server core, so
// that the default stands for 12 of the 20 ms in which any evaluation ends.

/** Milliseconds from any fixed point; only differences are used. */
export type NowMs = () => number;

export const EVALUATION_UNITS = 1_200_000;
const UNITS_A_MS = 100_000;

export class Meter {
  #left: number;
  readonly #nowMs: NowMs | undefined;

  /**
   * @param nowMs a monotonic clock, so that slow engines are charged what they really took;
   * without one they are charged a fixed price and results never depend on the machine.
   */
  constructor(units: number = EVALUATION_UNITS, nowMs?: NowMs) {
    this.#left = units;
    this.#nowMs = nowMs;
  }

  get exhausted(): boolean {
    return this.#left <= 0;
  }

  spend(units: number): void {
    this.#left -= units;
  }

  /** Runs `work` and charges what it took by the clock, and never less than `units`. */
  spendOn<T>(units: number, work: () => T): T {
    const startedMs = this.#nowMs?.();
    const result = work();
    const tookMs = startedMs === undefined ? 0 : (this.#nowMs?.() ?? startedMs) - startedMs;
    this.#left -= Math.max(units, tookMs * UNITS_A_MS);
    return result;
  }
}
