// The views, as data: navigation, the palette, and the tests that look at every view go over
// this list.

import type { IconName } from '../ui/icon.tsx';

export interface ViewEntry {
  readonly id: ViewId;
  readonly title: string;
  readonly icon: IconName;
  /** `g` and then this letter goes there. */
  readonly key: string;
  /** Only the master account reaches it. */
  readonly isMasterOnly?: boolean;
}

export type ViewId =
  'overview' | 'resources' | 'jobs' | 'routes' | 'spans' | 'alarms' | 'gear' | 'audit';

export const VIEWS: readonly ViewEntry[] = [
  { id: 'overview', title: 'Site', icon: 'panel', key: 'o' },
  { id: 'resources', title: 'Resources', icon: 'bars', key: 'r' },
  { id: 'jobs', title: 'Jobs', icon: 'stack', key: 'j' },
  { id: 'routes', title: 'Routes', icon: 'branch', key: 't' },
  { id: 'spans', title: 'Spans', icon: 'cells', key: 's', isMasterOnly: true },
  { id: 'alarms', title: 'Alarms', icon: 'warning', key: 'a' },
  { id: 'gear', title: 'Gear', icon: 'plug', key: 'e', isMasterOnly: true },
  { id: 'audit', title: 'Audit log', icon: 'log', key: 'l' },
];

export const HOME: ViewId = 'overview';
