// Which component shows which view. All but the first are loaded when they are first wanted.

import { type ComponentType, lazy, type LazyExoticComponent } from 'react';
import type { ViewId } from './view-list.ts';
import type { ViewProps } from './view-props.ts';

type ViewComponent = LazyExoticComponent<ComponentType<ViewProps>>;

const LOADERS: Readonly<
  Record<ViewId, () => Promise<{ readonly default: ComponentType<ViewProps> }>>
> = {
  overview: async () => ({ default: (await import('./site/overview.tsx')).Overview }),
  resources: async () => ({ default: (await import('./resources/resources.tsx')).Resources }),
  jobs: async () => ({ default: (await import('./jobs/jobs.tsx')).Jobs }),
  routes: async () => ({ default: (await import('./routes/routes.tsx')).Routes }),
  spans: async () => ({ default: (await import('./spans/shelf.tsx')).Shelf }),
  alarms: async () => ({ default: (await import('./spans/alarms.tsx')).Alarms }),
  gear: async () => ({ default: (await import('./spans/gear.tsx')).Gear }),
  audit: async () => ({ default: (await import('./site/audit.tsx')).Audit }),
};

export const VIEW_COMPONENTS = Object.fromEntries(
  Object.entries(LOADERS).map(([id, load]) => [id, lazy(load)]),
) as Readonly<Record<ViewId, ViewComponent>>;

/** Begins to load a view before it is known whether there is somebody to show it to. */
export function loadAhead(name: string): void {
  if (Object.hasOwn(LOADERS, name)) void LOADERS[name as ViewId]().catch(() => undefined);
}
