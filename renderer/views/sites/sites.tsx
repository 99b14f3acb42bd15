// The desktop's first page: all sites at a glance, a hundred of them as well as one. What a site
// said last stays on the screen when it is out of reach, grey, with its age and the reason.

import { useEffect, useMemo, useState } from 'react';
import type { Host, Site, SiteBook, SiteHealth, SitesHealth, VaultState } from '../../host/host.ts';
import type { Preferences } from '../../state/preferences.ts';
import {
  countGroups,
  countLevels,
  filterSites,
  type SiteLevel,
  siteRowsOf,
  sortSites,
} from '../../state/site-rows.ts';
import type { Store } from '../../state/store.ts';
import type { Timers } from '../../state/timers.ts';
import { siteWords } from '../../text/sites.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Chips } from '../../ui/chips.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Empty, Loading, Problem } from '../../ui/panel.tsx';
import { useStore } from '../../ui/use-store.ts';
import { useSeconds } from '../shell/status-line.tsx';
import { AddSite } from './add-site.tsx';
import { messageOf } from './messages.ts';
import { LEVEL_TONES } from './site-cells.tsx';
import { SiteDetails } from './site-details.tsx';
import { SiteTable } from './site-table.tsx';

const TABLE = 'sites';
const WORST_FIRST = 'level';

export function Sites({
  host,
  book,
  preferences,
  timers,
  onOpen,
}: {
  readonly host: Host;
  readonly book: SiteBook;
  readonly preferences: Store<Preferences>;
  readonly timers: Timers;
  readonly onOpen: (site: Site) => void;
}) {
  const [sites, setSites] = useState<readonly Site[]>();
  const [failure, setFailure] = useState<string>();
  const { health, update } = useHealth(book);
  const nowMs = useSeconds(timers.nowMs);
  const { tables, density } = useStore(preferences);
  const sort = tables[TABLE]?.sort ?? WORST_FIRST;
  const [text, setText] = useState('');
  const [group, setGroup] = useState<string>();
  const [level, setLevel] = useState<SiteLevel>();
  const [isAdding, setAdding] = useState(false);
  const [shownId, setShownId] = useState<string>();
  useEffect(() => {
    document.title = `${siteWords.title} · ${words.product}`;
    host.sites().then(setSites, (error: unknown) => setFailure(messageOf(error)));
    return host.onSites(setSites);
  }, [host]);
  const rows = useMemo(() => siteRowsOf(sites ?? [], health), [sites, health]);
  const inGroup = useMemo(
    () => filterSites(rows, { text, group, level: undefined }),
    [rows, text, group],
  );
  const shown = useMemo(
    () => sortSites(filterSites(inGroup, { text: '', group: undefined, level }), sort),
    [inGroup, level, sort],
  );
  const tryNow = (ids: readonly string[]): void => {
    setFailure(undefined);
    book.tryNow(ids).catch((error: unknown) => setFailure(messageOf(error)));
  };
  const out = shown.filter(({ isFresh }) => !isFresh);
  const detailed = rows.find(({ site }) => site.id === shownId);
  if (sites === undefined)
    return (
      <main className="view">
        {failure === undefined ? (
          <Loading text={words.loading} />
        ) : (
          <Problem title={failure} retryText={words.retry} />
        )}
      </main>
    );
  return (
    <main className="view sites">
      <header className="toolbar">
        <h1>{siteWords.title}</h1>
        {sites.length > 0 && (
          <>
            <input
              type="search"
              className="input search"
              aria-label={siteWords.filter}
              placeholder={siteWords.filter}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
            <select
              className="input fit"
              aria-label={siteWords.group}
              value={group === undefined ? '' : `=${group}`}
              onChange={({ target }) =>
                setGroup(target.value === '' ? undefined : target.value.slice(1))
              }
            >
              <option value="">{siteWords.allGroups(rows.length)}</option>
              {countGroups(rows).map(([name, count]) => (
                <option key={name} value={`=${name}`}>
                  {name === '' ? siteWords.noGroup : name} ({count})
                </option>
              ))}
            </select>
            <Chips
              label={siteWords.levels}
              chips={countLevels(inGroup).map(
                ([key, count]) => [key, count, siteWords.level[key], LEVEL_TONES[key]] as const,
              )}
              chosen={level}
              onChoose={setLevel}
            />
            <span className="grow" />
            {out.length > 0 && (
              <Button onClick={() => tryNow(out.map(({ site }) => site.id))}>
                {siteWords.tryAll}
              </Button>
            )}
            <Button look="main" onClick={() => setAdding(true)}>
              {siteWords.add}
            </Button>
          </>
        )}
      </header>
      {failure !== undefined && <Problem title={failure} retryText={words.retry} />}
      {rows
        .filter(({ site }) => site.trust === 'changed')
        .map(({ site }) => (
          <Problem
            key={site.id}
            title={siteWords.changedAt(site.name)}
            retryText={siteWords.details}
            onRetry={() => setShownId(site.id)}
          />
        ))}
      <WeakVault book={book} />
      {update?.newest !== undefined && (
        <p className="note strip">{siteWords.update(update.newest, update.version)}</p>
      )}
      {sites.length === 0 ? (
        <div className="scroll">
          <Empty title={siteWords.none}>
            <p>{siteWords.noneHelp}</p>
            <div className="narrow">
              <AddSite book={book} onAdded={onOpen} />
            </div>
          </Empty>
        </div>
      ) : shown.length === 0 ? (
        <Empty title={siteWords.noneFound} />
      ) : (
        <SiteTable
          rows={shown}
          nowMs={nowMs}
          sort={sort}
          rowHeight={density === 'compact' ? 30 : 40}
          onSort={(next) =>
            preferences.update((now) => ({
              ...now,
              tables: { ...now.tables, [TABLE]: { columns: [], sort: next } },
            }))
          }
          onOpen={onOpen}
          onDetails={(site) => setShownId(site.id)}
          onTry={(site) => tryNow([site.id])}
        />
      )}
      {sites.length > 0 && <p className="hint">{siteWords.hint}</p>}
      {isAdding && (
        <Dialog title={siteWords.add} onClose={() => setAdding(false)}>
          <AddSite book={book} onAdded={onOpen} />
        </Dialog>
      )}
      {detailed !== undefined && (
        <SiteDetails row={detailed} book={book} onClose={() => setShownId(undefined)} />
      )}
    </main>
  );
}

/** Sign-ins that would be written without protection are written only after a person said so. */
function WeakVault({ book }: { readonly book: SiteBook }) {
  const [state, setState] = useState<VaultState>();
  useEffect(() => {
    book.vault().then(setState, () => undefined);
  }, [book]);
  if (state?.kind !== 'weak' || state.isWeakAccepted) return null;
  return (
    <p className="note strip row">
      <span className="grow">{siteWords.weakVault}</span>
      <Button
        onClick={() => {
          book.acceptWeakVault(true).then(setState, () => undefined);
        }}
      >
        {siteWords.acceptWeak}
      </Button>
    </p>
  );
}

/** How all sites are, as long as this page is shown. */
function useHealth(book: SiteBook): {
  readonly health: ReadonlyMap<string, SiteHealth>;
  readonly update: SitesHealth['update'] | undefined;
} {
  const [health, setHealth] = useState<ReadonlyMap<string, SiteHealth>>(new Map());
  const [update, setUpdate] = useState<SitesHealth['update']>();
  useEffect(
    () =>
      book.watch((news) => {
        setHealth(
          (now) => new Map([...now, ...news.health.map((each) => [each.id, each] as const)]),
        );
        setUpdate(news.update);
      }),
    [book],
  );
  return { health, update };
}
