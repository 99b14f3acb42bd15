// What a pattern answers, whichever engine ran it.

/** Text of the whole match and of each group; undefined for a group that took no part. */
export interface Match {
  readonly whole: string;
  readonly groups: readonly (string | undefined)[];
}

/** `limit`: the pattern (or the evaluation) ran out of its budget, so that nobody knows. */
export type MatchOutcome = Match | 'none' | 'limit';

/** Why a pattern can never match. */
export interface Unusable {
  readonly message: string;
  /** Byte in the pattern where reading stopped, when that is known. */
  readonly offset?: number;
}
