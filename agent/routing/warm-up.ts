// A set asked before anybody waits for it.

import type { NowMs } from '../pattern/meter.ts';
import type { CompiledSet } from './compiled-set.ts';
import { evaluateRoute } from './evaluate.ts';

// As long as numbers get: what runs through it is compiled soonest.
const NUMBER = `+1555${'5'.repeat(56)}`;

/** After so many V8 has what an evaluation runs through at hand, slow patterns included. */
export const WARM_UP_ROUNDS = 6;

/**
 * Asks once, as the service does, for a number that leads nowhere. Rules are written for V8 when
 * they first run, and the program itself is compiled as it runs: the first of a process' answers
 * takes four times as long as the rest.
 */
export function warmUp(set: CompiledSet, nowMs: NowMs): void {
  evaluateRoute({ number: NUMBER }, set, { random: () => 0, nowMs, explain: true });
}
