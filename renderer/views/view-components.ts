// Which component shows which view. All but the first are loaded when they are first wanted.

import { type ComponentType, lazy, type LazyExoticComponent } from 'react';
import type { ViewId } from './view-list.ts';
import type { ViewProps } from './view-props.ts';

type ViewComponent = LazyExoticComponent<ComponentType<ViewProps>>;

export const VIEW_COMPONENTS: Readonly<Record<ViewId, ViewComponent>> = {
  overview: lazy(async () => ({ default: (await import('./site/overview.tsx')).Overview })),
  resources: lazy(async () => ({ default: (await import('./resources/resources.tsx')).Resources })),
  jobs: lazy(async () => ({ default: (await import('./jobs/jobs.tsx')).Jobs })),
  routes: lazy(async () => ({ default: (await import('./routes/routes.tsx')).Routes })),
  spans: lazy(async () => ({ default: (await import('./spans/shelf.tsx')).Shelf })),
  alarms: lazy(async () => ({ default: (await import('./spans/alarms.tsx')).Alarms })),
  gear: lazy(async () => ({ default: (await import('./spans/gear.tsx')).Gear })),
  audit: lazy(async () => ({ default: (await import('./site/audit.tsx')).Audit })),
};
