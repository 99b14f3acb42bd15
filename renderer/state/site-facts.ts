// What the agent says of its site (`GET /v2/site`). An older agent says less, or nothing: what
// it does not say is undefined here, never zero.

import { isObject, type Json, type JsonObject } from '../../agent/client/index.ts';

export const ALARM_SEVERITIES = ['critical', 'major', 'minor', 'warning'] as const;
export const GEAR_LINKS = ['connected', 'connecting', 'down', 'off'] as const;
export const SIGNALLING_STATES = ['up', 'suspended', 'down', 'unknown'] as const;

export interface SiteFacts {
  readonly version: string | undefined;
  /** Unix milliseconds, all by the agent's own clock. */
  readonly atMs: number | undefined;
  readonly startedMs: number | undefined;
  readonly fingerprint: string | undefined;
  readonly alarms: Counts<(typeof ALARM_SEVERITIES)[number] | 'unacknowledged'> | undefined;
  readonly jobs: Counts<'running' | 'paused'> | undefined;
  readonly gear: Counts<(typeof GEAR_LINKS)[number]> | undefined;
  readonly spans: number | undefined;
  readonly signalling: Counts<(typeof SIGNALLING_STATES)[number]> | undefined;
  /** Bytes. */
  readonly disk: Counts<'database_bytes' | 'wal_bytes' | 'free_bytes'> | undefined;
}

export type Counts<Name extends string> = Readonly<Record<Name, number | undefined>>;

export function siteFactsOf(data: Json | undefined): SiteFacts {
  const said: JsonObject = isObject(data) ? data : {};
  return {
    version: textOr(said['version']),
    atMs: timeOr(said['at']),
    startedMs: timeOr(said['started_at']),
    fingerprint: textOr(said['fingerprint']),
    alarms: countsOf(said['alarms'], [...ALARM_SEVERITIES, 'unacknowledged']),
    jobs: countsOf(said['jobs'], ['running', 'paused']),
    gear: countsOf(said['gear'], GEAR_LINKS),
    spans: numberOr(said['spans']),
    signalling: countsOf(said['signalling'], SIGNALLING_STATES),
    disk: countsOf(said['disk'], ['database_bytes', 'wal_bytes', 'free_bytes']),
  };
}

/**
 * How far the agent's clock is from this computer's.
 * @param askedMs and `answeredMs` by this computer's clock
 * @returns seconds, above 0 where the agent is ahead; undefined where the way to it is too slow
 *   to tell, or the agent does not say
 */
export function clockSkewS(
  { atMs }: SiteFacts,
  askedMs: number,
  answeredMs: number,
): number | undefined {
  if (atMs === undefined || answeredMs - askedMs > MOST_UNSURE_MS) return undefined;
  return Math.round((atMs - (askedMs + answeredMs) / 2) / 1000);
}

const MOST_UNSURE_MS = 4_000;

function countsOf<Name extends string>(
  value: Json | undefined,
  names: readonly Name[],
): Counts<Name> | undefined {
  if (!isObject(value)) return undefined;
  return Object.fromEntries(names.map((name) => [name, numberOr(value[name])])) as Counts<Name>;
}

function numberOr(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function textOr(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function timeOr(value: Json | undefined): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
