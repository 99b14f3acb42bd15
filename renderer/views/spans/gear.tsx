import { lazy, useMemo, useState } from 'react';
import { ClientError, isObject, type JsonObject, textOf } from '../../../agent/client/index.ts';
import { timeText, words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Badge, Empty, Loading, type Tone } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';
import { useStore } from '../../ui/use-store.ts';
import { listOf } from '../resources/dial-preview.tsx';
import { Failed } from '../failed.tsx';
import { go, useCanWrite, useQuery, useScene } from '../scene.ts';
import { useSeconds } from '../shell/status-line.tsx';
import type { ViewProps } from '../view-props.ts';
import { stateOf } from './gear-state.ts';

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

/** Whether its link is a line that people can share; a socket or a file is none. */
function hasConsole(gear: JsonObject): boolean {
  return !/^(?:esl|file):/.test(textOf(gear['link']));
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

function GearDialog({
  gear,
  onClose,
}: {
  readonly gear: JsonObject;
  readonly onClose: () => void;
}) {
  const { session, preferences, toast } = useScene();
  const [isRemoving, setRemoving] = useState(false);
  const canWrite = useCanWrite();
  const { times } = useStore(preferences);
  const [found, setFound] = useState<JsonObject>();
  const [problem, setProblem] = useState<ClientError>();
  const path = `/v2/gear/${encodeURIComponent(textOf(gear['id']))}`;
  const { data: frames, error } = useQuery(
    async () =>
      listOf(
        (await session.client.request(`${path}/transcript`, { query: { page_size: 200 } })).data,
      ),
    path,
    ['gear', 'channel'],
    1500,
  );
  const run = async (action: 'identify' | 'refresh'): Promise<void> => {
    try {
      const { data } = await session.client.request(`${path}/${action}`, { method: 'PUT' });
      setProblem(undefined);
      if (action === 'identify') setFound(isObject(data) ? data : {});
    } catch (cause) {
      if (!(cause instanceof ClientError)) throw cause;
      setProblem(cause);
    }
  };
  const remove = async (): Promise<void> => {
    try {
      await session.client.request(path, { method: 'DELETE' });
      toast('good', words.gear.removed);
      onClose();
    } catch (cause) {
      if (!(cause instanceof ClientError)) throw cause;
      setProblem(cause);
    }
  };
  const findings = listOf(stateOf(gear)['findings']);
  return (
    <Dialog
      title={textOf(gear['name'])}
      size="large"
      onClose={onClose}
      footer={
        !canWrite ? undefined : isRemoving ? (
          <>
            <Button onClick={() => setRemoving(false)}>{words.cancel}</Button>
            <Button look="danger" onClick={() => void remove()}>
              {words.gear.removeSure(textOf(gear['name']))}
            </Button>
          </>
        ) : (
          <>
            <Button look="quiet" onClick={() => setRemoving(true)}>
              {words.gear.remove}
            </Button>
            <span className="grow" />
            {hasConsole(gear) && (
              <Button onClick={() => go('gear', textOf(gear['id']), 'console')}>
                {words.gear.console}
              </Button>
            )}
            <Button onClick={() => void run('identify')}>{words.gear.identify}</Button>
            <Button onClick={() => void run('refresh')}>{words.gear.refresh}</Button>
          </>
        )
      }
    >
      {isRemoving && <p className="note">{words.gear.removeHelp}</p>}
      <Failed error={problem} />
      {found !== undefined && <Identification found={found} />}
      {findings.map((finding, index) => (
        <p key={index} className="note">
          {textOf(finding['message'])}
        </p>
      ))}
      <h3>{words.gear.transcript}</h3>
      <Failed error={error} />
      <div className="transcript mono" tabIndex={0} role="log" aria-label={words.gear.transcript}>
        {(frames ?? []).map((frame) => (
          <div key={textOf(frame['sequence'])}>
            <span className="quiet-text number">
              {timeText(Date.parse(textOf(frame['at'])), times).slice(11)}
            </span>{' '}
            {frame['direction'] === 'sent' ? '→' : '←'}{' '}
            <span className="wrap">{textOf(frame['text'])}</span>
          </div>
        ))}
      </div>
    </Dialog>
  );
}

/** Names and titles of the kinds of gear. */
function useDrivers(): readonly (readonly [string, string])[] {
  const { session } = useScene();
  const { data } = useQuery(
    async () =>
      listOf((await session.client.request('/v2/gear_drivers')).data).map(
        (row) => [textOf(row['name']), textOf(row['title'])] as const,
      ),
    'drivers',
  );
  return data ?? NO_DRIVERS;
}

const NO_DRIVERS: readonly (readonly [string, string])[] = [];

function Identification({ found }: { readonly found: JsonObject }) {
  const identity = isObject(found['identity']) ? found['identity'] : {};
  const error = isObject(found['error']) ? found['error'] : undefined;
  return (
    <div className="note">
      <strong>{textOf(found['driver'])}</strong> {words.gear.score(Number(found['score'] ?? 0))}{' '}
      {textOf(found['evidence'])} {error !== undefined && textOf(error['message'])}
      {Object.entries(identity).map(([key, value]) => (
        <div key={key}>
          {key}: {textOf(value)}
        </div>
      ))}
    </div>
  );
}

function AddGear({ onClose }: { readonly onClose: () => void }) {
  const { session, toast } = useScene();
  const [draft, setDraft] = useState({
    name: '',
    link: '',
    driver: '',
    username: '',
    password: '',
  });
  const [found, setFound] = useState<readonly JsonObject[]>();
  const [error, setError] = useState<ClientError>();
  const drivers = useDrivers();
  const credentials = {
    ...(draft.username === '' ? {} : { username: draft.username }),
    ...(draft.password === '' ? {} : { password: draft.password }),
  };
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      setError(undefined);
      await work();
    } catch (cause) {
      if (!(cause instanceof ClientError)) throw cause;
      setError(cause);
    }
  };
  const errorAt = (field: string): string | undefined =>
    error?.fields.find(({ path }) => path === field)?.message;
  const set = (key: keyof typeof draft) => (value: string) => setDraft({ ...draft, [key]: value });
  return (
    <Dialog
      title={words.gear.add}
      onClose={onClose}
      footer={
        <>
          <Button
            disabled={draft.link === ''}
            onClick={() =>
              void attempt(async () => {
                const { data } = await session.client.request('/v2/gear/identify', {
                  method: 'PUT',
                  data: { link: draft.link, ...credentials },
                });
                const list = listOf(data);
                setFound(list);
                const best = textOf(list[0]?.['driver']);
                if (draft.driver === '' && best !== '') setDraft({ ...draft, driver: best });
              })
            }
          >
            {words.gear.identify}
          </Button>
          <Button
            look="main"
            disabled={draft.name === '' || draft.link === '' || draft.driver === ''}
            onClick={() =>
              void attempt(async () => {
                await session.client.request('/v2/gear', {
                  method: 'PUT',
                  data: {
                    name: draft.name,
                    link: draft.link,
                    driver: draft.driver,
                    ...credentials,
                  },
                });
                toast('good', words.editor.created);
                onClose();
              })
            }
          >
            {words.editor.save}
          </Button>
        </>
      }
    >
      <Failed error={error} />
      <TextField
        label={words.jobs.name}
        value={draft.name}
        onChange={set('name')}
        error={errorAt('name')}
      />
      <TextField
        label={words.gear.link}
        value={draft.link}
        onChange={set('link')}
        isMono
        help={words.gear.linkHelp}
        error={errorAt('link')}
      />
      <SelectField
        label={words.gear.driver}
        value={draft.driver}
        error={errorAt('driver')}
        options={[['', words.editor.unset], ...drivers]}
        onChange={set('driver')}
      />
      <TextField label={words.signIn.username} value={draft.username} onChange={set('username')} />
      <TextField
        label={words.signIn.password}
        type="password"
        autoComplete="new-password"
        value={draft.password}
        onChange={set('password')}
      />
      {found?.map((item, index) => (
        <Identification key={index} found={item} />
      ))}
    </Dialog>
  );
}
