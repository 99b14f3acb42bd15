// What an evaluation may spend on patterns. One unit is about 10 ns on a 2020s server core, so
// that the default stands for 4 of the 20 ms in which any evaluation ends: the last pattern may
// overrun it a little, and the answer has to be put together.

/** Milliseconds from any fixed point; only differences are used. */
export type NowMs = () => number;

export const EVALUATION_UNITS = 400_000;
const UNITS_A_MS = 100_000;
const MOST_TIMES_PRICE = 20;
const MOST_AT_ONCE = 300_000;
// However little was charged: past this time slow engines start no further pattern, unless the
// evaluation has hardly used any, so that a pause of the machine costs no ordinary site a route.
const DEADLINE_MS = 4;
const SLOW_RUNS_FREE = 8;
const SECOND_CHANCES_FREE = 2;

export class Meter {
  #left: number;
  #slowRuns = 0;
  #secondChances = 0;
  #isPast = false;
  readonly #nowMs: NowMs | undefined;
  readonly #startedMs: number;

  /**
   * @param nowMs a monotonic clock, so that slow engines are charged what they really took;
   * without one they are charged a fixed price and results never depend on the machine.
   */
  constructor(units: number = EVALUATION_UNITS, nowMs?: NowMs) {
    this.#left = units;
    this.#nowMs = nowMs;
    this.#startedMs = nowMs?.() ?? 0;
  }

  get exhausted(): boolean {
    return this.#left <= 0;
  }

  /** Whether slow engines must start nothing more: the units or the time are used up. */
  get late(): boolean {
    return this.exhausted || (this.#slowRuns >= SLOW_RUNS_FREE && this.#isPastDeadline());
  }

  /** Counts one more long run of a pattern that its first, short one did not finish. */
  allowsSecondChance(): boolean {
    if (this.late) return false;
    this.#secondChances++;
    return this.#secondChances <= SECOND_CHANCES_FREE || !this.#isPastDeadline();
  }

  /** Past it once is past it for good: thousands of rules ask. */
  #isPastDeadline(): boolean {
    if (this.#nowMs === undefined) return false;
    this.#isPast ||= this.#nowMs() - this.#startedMs > DEADLINE_MS;
    return this.#isPast;
  }

  spend(units: number): void {
    this.#left -= units;
  }

  /**
   * Runs `work` and charges what it took by the clock, but never less than its price, and never
   * so much more that a pause of the whole machine could cost a call its route.
   */
  spendOn<T>(price: (result: T) => number, work: () => T): T {
    this.#slowRuns++;
    const startedMs = this.#nowMs?.();
    const result = work();
    const tookMs = startedMs === undefined ? 0 : (this.#nowMs?.() ?? startedMs) - startedMs;
    const units = price(result);
    const most = Math.max(units, Math.min(units * MOST_TIMES_PRICE, MOST_AT_ONCE));
    this.#left -= Math.min(most, Math.max(units, tookMs * UNITS_A_MS));
    return result;
  }
}
