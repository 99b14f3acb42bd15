// The sites as rows of a table: how each is, in one word that sorts, and what was last known of
// it with its age. Pure; time is an argument.

import type { Site, SiteFacts, SiteHealth } from '../host/host.ts';

/** From what needs a person most to what needs nobody. */
export const SITE_LEVELS = [
  'changed',
  'critical',
  'attention',
  'offline',
  'signed-out',
  'unknown',
  'good',
] as const;
export type SiteLevel = (typeof SITE_LEVELS)[number];

export interface SiteRow {
  readonly site: Site;
  readonly level: SiteLevel;
  /** What is shown was said by the site in answer to the last question, not earlier. */
  readonly isFresh: boolean;
  readonly health: SiteHealth;
  readonly facts: SiteFacts | undefined;
}

const NOTHING = { state: 'unknown', isTrying: false } as const;

export function siteRowsOf(
  sites: readonly Site[],
  health: ReadonlyMap<string, SiteHealth>,
): readonly SiteRow[] {
  return sites.map((site) => {
    const known: SiteHealth = health.get(site.id) ?? { id: site.id, ...NOTHING };
    return {
      site,
      health: known,
      facts: known.known?.facts,
      level: levelOf(site, known),
      isFresh: known.state === 'online',
    };
  });
}

function levelOf(site: Site, { state, known }: SiteHealth): SiteLevel {
  if (site.trust === 'changed') return 'changed';
  if (state !== 'online') return state;
  const { alarms, gear } = known?.facts ?? {};
  if ((alarms?.critical ?? 0) > 0) return 'critical';
  const others = (alarms?.major ?? 0) + (alarms?.minor ?? 0) + (alarms?.warning ?? 0);
  return others > 0 || (gear?.down ?? 0) > 0 ? 'attention' : 'good';
}

export interface SiteFilter {
  /** Part of name, group, address or notes. */
  readonly text: string;
  /** undefined: all. The empty text: those without one. */
  readonly group: string | undefined;
  readonly level: SiteLevel | undefined;
}

export function filterSites(rows: readonly SiteRow[], filter: SiteFilter): readonly SiteRow[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ site, level }) => {
    if (filter.level !== undefined && level !== filter.level) return false;
    if (filter.group !== undefined && (site.group ?? '') !== filter.group) return false;
    const text = [site.name, site.group, site.address, site.notes].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

const NATURAL = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

const COMPARE: Readonly<Record<string, (a: SiteRow, b: SiteRow) => number>> = {
  name: (a, b) => NATURAL.compare(a.site.name, b.site.name),
  group: (a, b) => NATURAL.compare(a.site.group ?? '\uffff', b.site.group ?? '\uffff'),
  level: (a, b) => SITE_LEVELS.indexOf(a.level) - SITE_LEVELS.indexOf(b.level),
  alarms: (a, b) => weightOf(b) - weightOf(a),
  jobs: (a, b) => (b.facts?.jobs?.running ?? 0) - (a.facts?.jobs?.running ?? 0),
  version: (a, b) => NATURAL.compare(a.facts?.version ?? '', b.facts?.version ?? ''),
  age: (a, b) => (b.health.known?.atMs ?? 0) - (a.health.known?.atMs ?? 0),
  address: (a, b) => NATURAL.compare(a.site.address, b.site.address),
};

/** One critical alarm outweighs any number of major ones. */
function weightOf({ facts }: SiteRow): number {
  const { critical = 0, major = 0, minor = 0, warning = 0 } = facts?.alarms ?? {};
  return [critical, major, minor, warning].reduce((sum, n) => sum * 1000 + Math.min(n, 999), 0);
}

/** @param sort a column; `-column` the other way round. Equals stand by name. */
export function sortSites(rows: readonly SiteRow[], sort: string): readonly SiteRow[] {
  const compare = COMPARE[sort.replace(/^-/, '')] ?? COMPARE['level'];
  const turn = sort.startsWith('-') ? -1 : 1;
  return [...rows].sort(
    (a, b) =>
      turn * (compare?.(a, b) ?? 0) ||
      NATURAL.compare(a.site.name, b.site.name) ||
      NATURAL.compare(a.site.id, b.site.id),
  );
}

/** How many sites there are of each level; levels without any are left out. */
export function countLevels(rows: readonly SiteRow[]): readonly (readonly [SiteLevel, number])[] {
  return SITE_LEVELS.map(
    (level) => [level, rows.filter((row) => row.level === level).length] as const,
  ).filter(([, count]) => count > 0);
}

/** Groups by name with the number of their sites; the empty text last: those without one. */
export function countGroups(rows: readonly SiteRow[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { site } of rows)
    counts.set(site.group ?? '', (counts.get(site.group ?? '') ?? 0) + 1);
  return [...counts].sort(([a], [b]) => NATURAL.compare(a || '\uffff', b || '\uffff'));
}
