// One gear of the site with everything the agent holds of it in memory.

import type { GearRecord } from './gear-record.ts';
import type { GearWatch } from './gear-watch.ts';
import type { LiveGear } from './live-gear.ts';
import type { Transcript } from './transcript.ts';

export interface GearUnit {
  readonly id: string;
  record: GearRecord;
  readonly live: LiveGear;
  readonly transcript: Transcript;
  /** undefined: the gear is not enabled, or no driver of its name is in this program. */
  watch: GearWatch | undefined;
  /** Why there is no watch although the gear is enabled. */
  problem: string | undefined;
  /** Seconds between two readings. */
  pollS: number;
}

export type UnitLink = 'connecting' | 'connected' | 'down' | 'off';

export function linkOf({ watch, live, record, problem }: GearUnit): UnitLink {
  if (watch !== undefined) return live.state.link;
  return record.enabled && problem !== undefined ? 'down' : 'off';
}

/** A few intervals without a reading are a pause of the line; more are an age to look at. */
const OVERDUE_POLLS = 3;

/** Whether values read then say little about now. */
export function isStale(unit: GearUnit, readMs: number, nowMs: number): boolean {
  return linkOf(unit) !== 'connected' || nowMs - readMs > (OVERDUE_POLLS * unit.pollS + 5) * 1000;
}
