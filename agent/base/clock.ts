// Time is an argument. Crossbar counts Gregorian seconds (since year 0); everything else here
// counts Unix milliseconds. The two meet in this file only.

export interface Clock {
  /** Unix time in milliseconds. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

declare const gregorian: unique symbol;
/** Whole seconds since 0000-01-01T00:00:00Z, Kazoo's time (Unix seconds + 62167219200). */
export type GregorianSeconds = number & { readonly [gregorian]: true };

const GREGORIAN_OFFSET_S = 62_167_219_200;

/** @param unixMs Unix milliseconds. Whole seconds are rounded down, as Kazoo's clock does. */
export function toGregorianSeconds(unixMs: number): GregorianSeconds {
  return (Math.floor(unixMs / 1000) + GREGORIAN_OFFSET_S) as GregorianSeconds;
}

/** @returns Unix milliseconds. */
export function fromGregorianSeconds(seconds: number): number {
  return (seconds - GREGORIAN_OFFSET_S) * 1000;
}
