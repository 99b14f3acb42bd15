import { useEffect, useMemo, useRef } from 'react';
import {
  CHANNEL_STATES,
  createShelfReader,
  groupsOf,
  loadCables,
  loadGearNames,
  type ShelfChange,
  shelfChangeOf,
  withChanges,
} from '../../state/shelf.ts';
import { words } from '../../text/words.ts';
import { Empty, Loading } from '../../ui/panel.tsx';
import { Failed } from '../failed.tsx';
import { useQuery, useScene } from '../scene.ts';
import { AlarmStrip } from './alarm-strip.tsx';
import { GLYPHS, SpanCard } from './span-card.tsx';

/** The map of before while another one says the same: cards that stay are not drawn again. */
function useSame<T>(map: ReadonlyMap<string, T> | undefined): ReadonlyMap<string, T> | undefined {
  const kept = useRef(map);
  const text = (each: typeof map): string => JSON.stringify([...(each ?? [])]);
  if (kept.current !== map && text(kept.current) !== text(map)) kept.current = map;
  return kept.current;
}

/** Every span with its channels, live; alarms on top. */
export function Shelf() {
  const { session, timers } = useScene();
  const reader = useMemo(() => createShelfReader(session.client), [session]);
  const { data, error, query } = useQuery(reader.read, 'shelf', [], 3000);
  const { data: gearRead } = useQuery(() => loadGearNames(session.client), 'gear-names', ['gear']);
  const { data: cablesRead } = useQuery(
    () => loadCables(session.client),
    'cables',
    ['cable', 'gear', 'span', 'resource'],
    10_000,
  );
  const [gearNames, cables] = [useSame(gearRead), useSame(cablesRead)];
  useEffect(() => {
    let pending: ShelfChange[] = [];
    let frame = 0;
    const apply = (): void => {
      frame = 0;
      const changes = pending;
      pending = [];
      query.patch((shelf) => withChanges(shelf, changes));
    };
    let cancelReload: (() => void) | undefined;
    const reloadSoon = (): void => {
      cancelReload ??= timers.wait(1000, () => {
        cancelReload = undefined;
        void query.reload();
      });
    };
    const isKnown = (spanId: string): boolean =>
      query.state.get().data?.some(({ id }) => id === spanId) ?? true;
    const ends = [
      ...['channel', 'span'].map((topic) =>
        session.onEvent(topic, (event) => {
          const change = shelfChangeOf(event.name, event.data);
          if (change === undefined) return;
          reader.note(change);
          pending.push(change);
          if (change.doc !== undefined && !isKnown(change.spanId)) reloadSoon();
          frame ||= requestAnimationFrame(apply);
        }),
      ),
      // A state comes with every reading, and what was read is told span by span.
      session.onEvent('gear', (event) => {
        if (event.name !== 'gear.state') reloadSoon();
      }),
    ];
    return () => {
      cancelAnimationFrame(frame);
      cancelReload?.();
      for (const end of ends) end();
    };
  }, [session, timers, reader, query]);
  const isMissing = error?.kind === 'missing';
  return (
    <section className="view">
      <header className="toolbar">
        <h1>{words.spans.title}</h1>
        <span className="grow" />
        <ul className="legend" aria-label={words.spans.legend}>
          {CHANNEL_STATES.map((state) => (
            <li key={state}>
              <span className={`slot small ${state}`} aria-hidden="true">
                {GLYPHS[state]}
              </span>
              {words.spans.states[state]}
            </li>
          ))}
          <li>
            <span className="slot small d-channel" aria-hidden="true">
              D
            </span>
            {words.spans.dChannel}
          </li>
          <li>
            <span className="slot small alarm" aria-hidden="true">
              ▲
            </span>
            {words.spans.inAlarm}
          </li>
        </ul>
      </header>
      <Failed error={isMissing ? undefined : error} onRetry={() => void query.reload()} />
      <div
        className="pad scroll stack shelf"
        tabIndex={0}
        role="region"
        aria-label={words.spans.title}
      >
        <AlarmStrip />
        {isMissing ? (
          <Empty title={words.spans.notKnown} />
        ) : data === undefined ? (
          error === undefined && <Loading text={words.loading} />
        ) : data.length === 0 ? (
          <Empty title={words.spans.none}>
            <p>{words.spans.noneHelp}</p>
            <a className="button main" href="#/gear">
              {words.spans.toGear}
            </a>
          </Empty>
        ) : (
          groupsOf(data).map(({ gearId, spans }) => (
            <section key={gearId} className="stack">
              <h2 className="group-title">{gearNames?.get(gearId) ?? gearId}</h2>
              <div
                className={
                  spans.some(({ channels }) => channels.length > 0) ? 'span-grid' : 'tiles'
                }
              >
                {spans.map((span) => (
                  <SpanCard
                    key={span.id}
                    span={span}
                    cables={cables?.get(span.id)}
                    gearNames={gearNames}
                  />
                ))}
              </div>
            </section>
          ))
        )}
      </div>
    </section>
  );
}
