import { lazy, useMemo, useState } from 'react';
import { type JsonObject, textOf } from '../../../agent/client/index.ts';
import { timeText, words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Badge, Empty, Loading, type Tone } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';
import { useStore } from '../../ui/use-store.ts';
import { listOf } from '../resources/dial-preview.tsx';
import { Failed } from '../failed.tsx';
import { go, useCanWrite, useQuery, useScene } from '../scene.ts';
import { useSeconds } from '../shell/status-line.tsx';
import type { ViewProps } from '../view-props.ts';
import { AddGear } from './add-gear.tsx';
import { GearDialog } from './gear-dialog.tsx';
import { useDrivers } from './gear-drivers.ts';
import { hasConsole, stateOf } from './gear-state.ts';

const LINKS: Readonly<Record<string, Tone>> = {
  connected: 'good',
  connecting: 'info',
  down: 'bad',
  off: 'mute',
};

/** Its terminal is as large as all else together, so it comes when it is wanted. */
const Console = lazy(async () => ({ default: (await import('./console.tsx')).Console }));

/** The devices with spans, or the console of one of them: `gear/{id}/console`. */
export function Gear({ place: [gearId, part] }: ViewProps) {
  return gearId !== undefined && part === 'console' ? (
    <Console key={gearId} gearId={gearId} />
  ) : (
    <GearList />
  );
}

/** The devices with spans: how they are reached, and whether they answer. */
function GearList() {
  const { session, preferences, timers } = useScene();
  const nowMs = useSeconds(timers.nowMs);
  const canWrite = useCanWrite();
  const { times, density } = useStore(preferences);
  const [open, setOpen] = useState<JsonObject>();
  const [isAdding, setAdding] = useState(false);
  const { data, error, query } = useQuery(
    async () =>
      listOf((await session.client.request('/v2/gear', { query: { paginate: false } })).data),
    'gear',
    ['gear'],
    1000,
  );
  const drivers = useDrivers();
  const driverTitles = useMemo(() => new Map(drivers), [drivers]);
  const isMissing = error?.kind === 'missing';
  return (
    <section className="view">
      <header className="toolbar">
        <h1>{words.gear.title}</h1>
        <span className="grow" />
        {canWrite && !isMissing && (
          <Button look="main" onClick={() => setAdding(true)}>
            {words.gear.add}
          </Button>
        )}
      </header>
      <Failed error={isMissing ? undefined : error} onRetry={() => void query.reload()} />
      {isMissing ? (
        <Empty title={words.spans.notKnown} />
      ) : data === undefined ? (
        error === undefined && <Loading text={words.loading} />
      ) : data.length === 0 ? (
        <Empty title={words.gear.none}>
          <p>{words.gear.noneHelp}</p>
          {canWrite && (
            <Button look="main" onClick={() => setAdding(true)}>
              {words.gear.add}
            </Button>
          )}
        </Empty>
      ) : (
        <Table
          label={words.gear.title}
          rows={data}
          rowHeight={density === 'compact' ? 30 : 40}
          keyOf={(gear) => textOf(gear['id'])}
          onOpen={setOpen}
          rowKeys={{
            c: (gear) => {
              if (hasConsole(gear)) go('gear', textOf(gear['id']), 'console');
            },
          }}
          columns={[
            {
              key: 'name',
              title: words.jobs.name,
              width: 'minmax(10rem, 20rem)',
              render: (gear) => <span className="strong">{textOf(gear['name'])}</span>,
            },
            {
              key: 'state',
              title: words.gear.state,
              width: '8rem',
              render: (gear) => {
                const link = textOf(stateOf(gear)['link'], 'off');
                return <Badge tone={LINKS[link] ?? 'mute'}>{link}</Badge>;
              },
            },
            {
              key: 'driver',
              title: words.gear.driver,
              width: 'minmax(9rem, 16rem)',
              render: (gear) => driverTitles.get(textOf(gear['driver'])) ?? textOf(gear['driver']),
            },
            {
              key: 'link',
              title: words.gear.link,
              width: 'minmax(12rem, 24rem)',
              render: (gear) => <span className="mono">{textOf(gear['link'])}</span>,
            },
            {
              key: 'spans',
              title: words.gear.spans,
              width: '5rem',
              align: 'end',
              render: (gear) => (
                <span className="number">
                  {stateOf(gear)['read_at'] === undefined
                    ? '—'
                    : textOf(stateOf(gear)['spans'], '—')}
                </span>
              ),
            },
            {
              key: 'read',
              title: words.gear.read,
              width: '8rem',
              render: (gear) => {
                const readMs = Date.parse(textOf(stateOf(gear)['read_at']));
                return Number.isNaN(readMs) ? (
                  <span className="quiet-text">{words.gear.notRead}</span>
                ) : (
                  <span className="number" title={timeText(readMs, times)}>
                    {words.ago(Math.max(0, nowMs - readMs) / 1000)}
                  </span>
                );
              },
            },
          ]}
        />
      )}
      {open !== undefined && (
        <GearDialog
          gear={open}
          onClose={() => {
            setOpen(undefined);
            void query.reload();
          }}
        />
      )}
      {isAdding && (
        <AddGear
          onClose={() => {
            setAdding(false);
            void query.reload();
          }}
        />
      )}
    </section>
  );
}
