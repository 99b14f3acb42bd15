// The site at a glance, in one small reply: a desktop with a hundred sites asks each of them
// every few seconds, and must not need a request a figure.

import { isMasterAccount } from '../account/account.ts';
import type { Clock } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import type { JobReader } from '../job/job-store.ts';
import type { AlarmLog } from '../service/alarms.ts';
import type { Signalling } from '../span/span.ts';
import { identityOf } from './call-parts.ts';
import type { DatabaseSize } from './database-size.ts';
import type { Route } from './route.ts';

/** Gear by its link, how many spans all of it has, and those with signalling by its state. */
export interface GearCounts {
  readonly links: Readonly<Record<'connecting' | 'connected' | 'down' | 'off', number>>;
  readonly spans: number;
  readonly signalling: Readonly<Record<Signalling, number>>;
}

export interface SiteParts {
  readonly version: string;
  readonly clock: Clock;
  readonly alarms: AlarmLog;
  readonly jobs: Pick<JobReader, 'unfinished'>;
  readonly gear: () => GearCounts;
  /** When this agent was started. */
  readonly startedMs: number;
  /** Of its certificate, SHA-256; undefined where it serves without one. */
  readonly fingerprint: string | undefined;
  readonly disk: () => Promise<DatabaseSize>;
}

export function siteRoutes(parts: SiteParts): Route[] {
  const { version, clock, alarms, jobs, fingerprint } = parts;
  return [
    {
      path: '/v2/site',
      methods: {
        GET: {
          access: 'token',
          summary:
            'The site at a glance: the agent, alarms by severity, unfinished jobs, gear and spans',
          replies: { schema: 'sites' },
          handle: async (call) => {
            const { account } = identityOf(call);
            const isMaster = isMasterAccount(account);
            const standing = alarms.standing(
              (source) =>
                isMaster ||
                (source.kind === 'account' &&
                  account.path.every((id, index) => source.path[index] === id)),
            );
            const unfinished = (await jobs.unfinished()).filter(
              ({ accountId }) => isMaster || accountId === account.id,
            );
            const data: JsonObject = {
              version,
              at: new Date(clock.nowMs()).toISOString(),
              started_at: new Date(parts.startedMs).toISOString(),
              ...(fingerprint === undefined ? {} : { fingerprint }),
              alarms: {
                critical: 0,
                major: 0,
                minor: 0,
                warning: 0,
                ...countBy(standing, ({ severity }) => severity),
                unacknowledged: standing.filter(
                  ({ acknowledgement }) => acknowledgement === undefined,
                ).length,
              },
              jobs: {
                running: 0,
                paused: 0,
                ...countBy(unfinished, ({ isPaused }) => (isPaused ? 'paused' : 'running')),
              },
              ...(isMaster ? await ofTheMachine(parts) : {}),
            };
            return { data, revision: 'automatic' };
          },
        },
      },
    },
  ];
}

/** What only the master account sees. */
async function ofTheMachine({ gear, disk }: SiteParts): Promise<JsonObject> {
  const { links, spans, signalling } = gear();
  const { database, wal, free } = await disk();
  return {
    gear: { ...links },
    spans,
    signalling: { ...signalling },
    disk: {
      database_bytes: database,
      wal_bytes: wal,
      ...(free === undefined ? {} : { free_bytes: free }),
    },
  };
}

function countBy<T>(rows: readonly T[], keyOf: (row: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[keyOf(row)] = (counts[keyOf(row)] ?? 0) + 1;
  return counts;
}
