// The views, as data: navigation, the palette, and the tests that look at every view go over
// this list.

export interface ViewEntry {
  readonly id: ViewId;
  readonly title: string;
  readonly glyph: string;
  /** `g` and then this letter goes there. */
  readonly key: string;
  /** Only the master account reaches it. */
  readonly isMasterOnly?: boolean;
}

export type ViewId =
  'overview' | 'resources' | 'jobs' | 'routes' | 'spans' | 'alarms' | 'gear' | 'audit';

export const VIEWS: readonly ViewEntry[] = [
  { id: 'overview', title: 'Site', glyph: '◧', key: 'o' },
  { id: 'resources', title: 'Resources', glyph: '≡', key: 'r' },
  { id: 'jobs', title: 'Jobs', glyph: '▤', key: 'j' },
  { id: 'routes', title: 'Routes', glyph: '↳', key: 't' },
  { id: 'spans', title: 'Spans', glyph: '▦', key: 's', isMasterOnly: true },
  { id: 'alarms', title: 'Alarms', glyph: '△', key: 'a' },
  { id: 'gear', title: 'Gear', glyph: '⌁', key: 'e', isMasterOnly: true },
  { id: 'audit', title: 'Audit log', glyph: '☰', key: 'l' },
];

export const HOME: ViewId = 'overview';
