// The site at a glance, in one small reply: a desktop with a hundred sites asks each of them
// every few seconds, and must not need a request a figure.

import { isMasterAccount } from '../account/account.ts';
import type { Clock } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import type { JobReader } from '../job/job-store.ts';
import type { AlarmLog } from '../service/alarms.ts';
import { identityOf } from './call-parts.ts';
import type { Route } from './route.ts';

/** Gear by its link, and how many spans all of it has. */
export interface GearCounts {
  readonly links: Readonly<Record<'connecting' | 'connected' | 'down' | 'off', number>>;
  readonly spans: number;
}

export interface SiteParts {
  readonly version: string;
  readonly clock: Clock;
  readonly alarms: AlarmLog;
  readonly jobs: Pick<JobReader, 'unfinished'>;
  readonly gear: () => GearCounts;
}

export function siteRoutes({ version, clock, alarms, jobs, gear }: SiteParts): Route[] {
  return [
    {
      path: '/v2/site',
      methods: {
        GET: {
          access: 'token',
          summary: 'The site at a glance: alarms by severity, unfinished jobs, gear by its link',
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
            const { links, spans } = gear();
            const data: JsonObject = {
              version,
              at: new Date(clock.nowMs()).toISOString(),
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
              ...(isMaster ? { gear: { ...links }, spans } : {}),
            };
            return { data, revision: 'automatic' };
          },
        },
      },
    },
  ];
}

function countBy<T>(rows: readonly T[], keyOf: (row: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[keyOf(row)] = (counts[keyOf(row)] ?? 0) + 1;
  return counts;
}
