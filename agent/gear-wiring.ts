// Puts the gear side together: drivers with their ports, the fleet that watches, and the use
// cases on top.

import { createHash } from 'node:crypto';
import type { NewEvent } from './base/change.ts';
import type { Clock } from './base/clock.ts';
import type { RandomBytes } from './base/ids.ts';
import type { Logger } from './base/logger.ts';
import type { Timers } from './base/timers.ts';
import { GearFamilies, type GearFamily } from './gear/gear-family.ts';
import { linkOf } from './gear/gear-unit.ts';
import type { GearWatchLimits } from './gear/gear-watch.ts';
import { cableRoutes } from './http/cable-routes.ts';
import { gearRoutes } from './http/gear-routes.ts';
import type { Route } from './http/route.ts';
import type { GearCounts } from './http/site-routes.ts';
import { spanRoutes } from './http/span-routes.ts';
import type { AlarmLog } from './service/alarms.ts';
import { CableService } from './service/cables.ts';
import { DialledSpans } from './service/dialled-spans.ts';
import { GearService } from './service/gear.ts';
import { GearFleet } from './service/gear-fleet.ts';
import type { GearJournalLimits } from './service/gear-journal.ts';
import { GearLiveFeed } from './service/gear-live-feed.ts';
import { SpanService } from './service/spans.ts';
import type { Storage } from './service/storage.ts';
import type { SchemaCatalog } from './validation/schema-catalog.ts';

export interface GearParts {
  readonly storage: Storage;
  readonly catalog: SchemaCatalog;
  readonly families: readonly GearFamily[];
  readonly alarms: AlarmLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomBytes;
  readonly logger: Logger;
  /** Tells clients of states that are not kept (http/event-stream.ts). */
  readonly publish: (key: string, make: () => NewEvent | undefined) => void;
  readonly limits?: Partial<GearWatchLimits & GearJournalLimits>;
}

export interface GearSide {
  readonly routes: readonly Route[];
  readonly gear: GearService;
  readonly cables: CableService;
  /** For the site at a glance. */
  counts(): GearCounts;
  /** Reads what was last known, and begins to watch. */
  start(): Promise<void>;
  /** Ends every conversation with gear, in bounded time. Twice is fine. */
  stop(): Promise<void>;
}

export function buildGear(parts: GearParts): GearSide {
  const { storage, catalog, alarms, clock, timers, random, logger, publish } = parts;
  const families = new GearFamilies(parts.families);
  const fleet = new GearFleet({
    storage,
    families,
    alarms,
    digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 32),
    clock,
    timers,
    logger: logger.child('gear'),
    pinHostKey: (gearId, fingerprint) => gear.pinHostKey(gearId, fingerprint),
    ...(parts.limits === undefined ? {} : { limits: parts.limits }),
  });
  const dialled = new DialledSpans({
    storage,
    units: () => fleet.units,
    timers,
    logger: logger.child('gear'),
    changed: () => feed.all(),
  });
  const spans = new SpanService({
    storage,
    fleet,
    dialled,
    validator: catalog.validator('spans.local'),
    clock,
  });
  const gear: GearService = new GearService({
    storage,
    schemas: catalog,
    families,
    fleet,
    dialled,
    random,
    timers,
    logger: logger.child('gear'),
  });
  const cables = new CableService({
    storage,
    validator: catalog.validator('cables'),
    fleet,
    dialled,
    random,
  });
  const feed = new GearLiveFeed({ fleet, spans, gear, dialled, timers, publish });
  return {
    routes: [...gearRoutes(gear), ...spanRoutes(spans), ...cableRoutes(cables)],
    gear,
    cables,
    counts() {
      const links = { connecting: 0, connected: 0, down: 0, off: 0 };
      const signalling = { up: 0, suspended: 0, down: 0, unknown: 0 };
      let count = 0;
      for (const unit of fleet.units) {
        const link = linkOf(unit);
        links[link] += 1;
        count += unit.live.spans.size;
        // A line of a transport element has no channels and no signalling.
        for (const { report, channels } of unit.live.spans.values())
          if (channels.size > 0)
            signalling[link === 'connected' ? report.signalling : 'unknown'] += 1;
      }
      return { links, spans: count, signalling };
    },
    async start() {
      await spans.load();
      await fleet.start(feed);
    },
    async stop() {
      dialled.stop();
      feed.stop();
      await fleet.stop();
    },
  };
}
