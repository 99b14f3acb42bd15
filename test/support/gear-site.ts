// The gear side of an agent over real HTTP and a real store, with fake drivers.

import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { DomainEvent, NewEvent } from '../../agent/base/change.ts';
import { systemClock } from '../../agent/base/clock.ts';
import { silentLogger } from '../../agent/base/logger.ts';
import { systemTimers, type Timers } from '../../agent/base/timers.ts';
import type { GearFamily } from '../../agent/gear/gear-family.ts';
import type { GearWatchLimits } from '../../agent/gear/gear-watch.ts';
import { buildGear, type GearSide } from '../../agent/gear-wiring.ts';
import { alarmRoutes } from '../../agent/http/alarm-routes.ts';
import { AlarmLog } from '../../agent/service/alarms.ts';
import type { Store } from '../../agent/store/store.ts';
import { shippedCatalog } from '../schemas/shipped-catalog.ts';
import { type ApiHarness, type HarnessReply, openTestStore, serveRoutes } from './api-harness.ts';

export interface GearSite {
  readonly api: ApiHarness;
  readonly store: Store;
  readonly side: GearSide;
  readonly alarms: AlarmLog;
  /** Durable events so far. */
  readonly events: DomainEvent[];
  /** The latest transient event of each key. */
  readonly published: Map<string, () => NewEvent | undefined>;
  /** Stops the gear side and starts another on the same store. */
  restart(): Promise<GearSite>;
}

export interface GearSiteOptions {
  readonly families: readonly GearFamily[];
  readonly store?: Store;
  readonly timers?: Timers;
  readonly limits?: Partial<GearWatchLimits>;
}

export async function openGearSite(options: GearSiteOptions): Promise<GearSite> {
  const store = options.store ?? (await openTestStore());
  const events: DomainEvent[] = [];
  const published: GearSite['published'] = new Map();
  onTestFinished(store.onEvents((batch) => events.push(...batch)));
  const alarms = await AlarmLog.load({
    storage: store,
    validator: shippedCatalog.validator('alarm_acknowledgements'),
    clock: systemClock,
    random: randomBytes,
  });
  const side = buildGear({
    storage: store,
    catalog: shippedCatalog,
    families: options.families,
    alarms,
    clock: systemClock,
    timers: options.timers ?? systemTimers,
    random: randomBytes,
    logger: silentLogger,
    publish: (key, make) => published.set(key, make),
    limits: { gapMs: 0, soonMs: 50, ...options.limits },
  });
  await side.start();
  onTestFinished(() => side.stop());
  const api = await serveRoutes([...side.routes, ...alarmRoutes(alarms)]);
  return {
    api,
    store,
    side,
    alarms,
    events,
    published,
    async restart() {
      await side.stop();
      return openGearSite({ ...options, store });
    },
  };
}

export const rowsOf = (reply: HarnessReply): readonly Readonly<Record<string, unknown>>[] =>
  reply.body['data'] as unknown as readonly Readonly<Record<string, unknown>>[];

export const dataOf = (reply: HarnessReply): Readonly<Record<string, unknown>> =>
  reply.body['data'] as unknown as Readonly<Record<string, unknown>>;

/** All of the audit trail. */
export const NEWEST_FIRST = { direction: 'descending', start: undefined, end: undefined } as const;
