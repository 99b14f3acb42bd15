import { describe, expect, it } from 'vitest';
import type { Site, SiteFacts, SiteHealth } from '../../../renderer/host/host.ts';
import {
  countGroups,
  countLevels,
  filterSites,
  siteRowsOf,
  sortSites,
} from '../../../renderer/state/site-rows.ts';

const site = (id: string, more: Partial<Site> = {}): Site => ({
  id,
  name: id,
  address: `https://${id}:8000`,
  trust: 'pinned',
  isSignedIn: true,
  ...more,
});
const none = { critical: 0, major: 0, minor: 0, warning: 0, unacknowledged: 0 };
const health = (
  id: string,
  state: SiteHealth['state'],
  alarms: SiteFacts['alarms'] = none,
): SiteHealth => ({
  id,
  state,
  isTrying: false,
  known: { atMs: 1, facts: { version: '1', alarms } },
});

const rows = siteRowsOf(
  [
    site('Site 10', { group: 'North' }),
    site('Site 2', { group: 'North', notes: 'Key at the tower' }),
    site('Dead', { group: 'South' }),
    site('Loud'),
    site('Swapped', { trust: 'changed' }),
    site('New'),
  ],
  new Map(
    [
      health('Site 10', 'online'),
      health('Site 2', 'online', { ...none, major: 1000 }),
      health('Dead', 'offline', { ...none, critical: 2 }),
      health('Loud', 'online', { ...none, critical: 1 }),
      health('Swapped', 'offline'),
    ].map((each) => [each.id, each]),
  ),
);
const names = (some: typeof rows): string[] => some.map((row) => row.site.name);

describe('the rows of sites', () => {
  it('stand with those first that need a person most', () => {
    expect(sortSites(rows, 'level').map(({ site: { name }, level }) => [name, level])).toEqual([
      ['Swapped', 'changed'],
      ['Loud', 'critical'],
      ['Site 2', 'attention'],
      ['Dead', 'offline'],
      ['New', 'unknown'],
      ['Site 10', 'good'],
    ]);
  });

  it('keep what an unreachable site said last, and say that it is old', () => {
    const dead = rows.find((row) => row.site.id === 'Dead');
    expect([dead?.isFresh, dead?.facts?.alarms?.critical]).toEqual([false, 2]);
    // One critical alarm outweighs a thousand major ones, also among old news.
    expect(names(sortSites(rows, 'alarms')).slice(0, 3)).toEqual(['Dead', 'Loud', 'Site 2']);
  });

  it('sort as people count, both ways, and fall back on what is known', () => {
    const inNorth = filterSites(rows, { text: '', group: 'North', level: undefined });
    expect(names(sortSites(inNorth, 'name'))).toEqual(['Site 2', 'Site 10']);
    expect(names(sortSites(inNorth, '-name'))).toEqual(['Site 10', 'Site 2']);
    expect(names(sortSites(inNorth, 'no-such-column'))).toEqual(['Site 2', 'Site 10']);
  });

  it('are found by part of name, group, address or notes', () => {
    const found = (text: string) =>
      names(filterSites(rows, { text, group: undefined, level: undefined }));
    expect(found('TOWER site')).toEqual(['Site 2']);
    expect(found('south')).toEqual(['Dead']);
    expect(found('https://new')).toEqual(['New']);
    expect(names(filterSites(rows, { text: '', group: '', level: 'critical' }))).toEqual(['Loud']);
  });

  it('are counted by level and by group', () => {
    expect(countLevels(rows)).toEqual([
      ['changed', 1],
      ['critical', 1],
      ['attention', 1],
      ['offline', 1],
      ['unknown', 1],
      ['good', 1],
    ]);
    expect(countGroups(rows)).toEqual([
      ['North', 2],
      ['South', 1],
      ['', 3],
    ]);
  });
});
