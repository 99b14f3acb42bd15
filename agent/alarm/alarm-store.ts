// Alarms as services see them stored. SQLite implements this in agent/store.

import type { Alarm } from './alarm.ts';

export interface AlarmListRequest {
  readonly direction: 'ascending' | 'descending';
  /** In order of the time it came, then id; inclusive or not. */
  readonly start: AlarmBound | undefined;
  readonly end: AlarmBound | undefined;
  readonly limit: number;
  /** Absent members do not filter. */
  readonly filter: AlarmFilter;
}

export interface AlarmBound {
  readonly raisedMs: number;
  /** undefined: every alarm of that time. */
  readonly id: string | undefined;
  readonly isInclusive: boolean;
}

export interface AlarmFilter {
  readonly state?: 'active' | 'cleared';
  readonly gearId?: string;
  readonly spanId?: string;
  /** Of this account and those below: its path. */
  readonly accountPath?: readonly string[];
}

export interface AlarmReader {
  load(id: string): Promise<Alarm | undefined>;
  /** Every alarm that stands. */
  standing(): Promise<readonly Alarm[]>;
  list(request: AlarmListRequest): Promise<readonly Alarm[]>;
}

export interface AlarmWriter extends AlarmReader {
  /** The newest occurrence of each alarm, standing or past. */
  newest(keys: readonly string[]): Promise<ReadonlyMap<string, Alarm>>;
  /** Writes each, new or not. */
  save(alarms: readonly Alarm[]): Promise<void>;
  /** Removes past alarms beyond the newest `keep`. */
  trim(keep: number): Promise<void>;
}
