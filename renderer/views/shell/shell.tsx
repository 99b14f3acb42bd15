// The frame around every view: navigation, the view, the status line; keys, palette, toasts.

import { Suspense, useEffect, useRef, useState } from 'react';
import { ClientError } from '../../../agent/client/index.ts';
import { parsePlace } from '../../state/paths.ts';
import { words } from '../../text/words.ts';
import { Boundary } from '../../ui/boundary.tsx';
import { Button, Choice } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { CheckField } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { type Command, Palette } from '../../ui/palette.tsx';
import { Empty, Loading } from '../../ui/panel.tsx';
import { useStore } from '../../ui/use-store.ts';
import { useHash } from '../place.ts';
import { go, useCanWrite, useScene } from '../scene.ts';
import { VIEW_COMPONENTS } from '../view-components.ts';
import { HOME, VIEWS } from '../view-list.ts';
import { AlarmCount } from './alarm-count.tsx';
import { StatusLine } from './status-line.tsx';

export function Shell({ onLeave }: { readonly onLeave?: () => void }) {
  const { identity, session } = useScene();
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const [isSettingsOpen, setSettingsOpen] = useState(false);
  const hash = useHash();
  const [name = HOME, ...rest] = parsePlace(hash);
  const views = VIEWS.filter((view) => identity.isMaster || view.isMasterOnly !== true);
  const view = views.find(({ id }) => id === name);
  useKeys(setPaletteOpen, useCanWrite());
  useFocusInContent(hash);
  useEffect(() => {
    document.title = `${view?.title ?? words.product} · ${session.site.name} · ${words.product}`;
  }, [view, session]);
  const View = view === undefined ? undefined : VIEW_COMPONENTS[view.id];
  const commands = useCommands(() => setSettingsOpen(true));
  return (
    <div className="shell">
      <a className="skip" href="#content" onClick={skipToContent}>
        {words.shell.skip}
      </a>
      <nav className="rail" aria-label={words.shell.navigation}>
        <div className="rail-site" title={session.site.address}>
          <strong>{words.product}</strong>
          <span className="quiet-text">{session.site.name}</span>
        </div>
        {onLeave !== undefined && (
          <Button look="quiet" onClick={onLeave}>
            ← {words.sites.all}
          </Button>
        )}
        {views.map((entry) => (
          <a
            key={entry.id}
            className="rail-item"
            href={`#/${entry.id}`}
            aria-current={entry.id === name ? 'page' : undefined}
          >
            <Icon name={entry.icon} />
            {entry.title}
            {entry.id === 'alarms' && <AlarmCount />}
          </a>
        ))}
        <span className="grow" />
        <Button look="quiet" onClick={() => setPaletteOpen(true)}>
          {words.shell.palette} <kbd>Ctrl K</kbd>
        </Button>
        <Button look="quiet" onClick={() => setSettingsOpen(true)}>
          {words.shell.settings}
        </Button>
        <SignOutButton />
      </nav>
      <main className="content" id="content" tabIndex={-1}>
        <Suspense fallback={<Loading text={words.loading} />}>
          {View === undefined ? (
            <Empty title={words.shell.unknownPlace} />
          ) : (
            <Boundary key={name} title={words.shell.bug} retryText={words.retry}>
              <View place={rest} />
            </Boundary>
          )}
        </Suspense>
      </main>
      <StatusLine />
      {isPaletteOpen && (
        <Palette
          title={words.shell.palette}
          placeholder={words.shell.palettePlaceholder}
          nothingText={words.shell.paletteNothing}
          commands={commands}
          commandsFor={typedCommands}
          onClose={() => setPaletteOpen(false)}
        />
      )}
      {isSettingsOpen && <DisplaySettings onClose={() => setSettingsOpen(false)} />}
    </div>
  );
}

/** After a move the next Tab goes to the view, whatever link, row or dialog led to it. */
function useFocusInContent(hash: string): void {
  const before = useRef(hash);
  useEffect(() => {
    if (before.current === hash) return;
    before.current = hash;
    const content = document.getElementById('content');
    if (content?.contains(document.activeElement) === false) content.focus();
  }, [hash]);
}

/** The address is a place in the page, so the link must not change it. */
function skipToContent(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

function SignOutButton() {
  const { session, toast } = useScene();
  return (
    <Button
      look="quiet"
      onClick={() => {
        session.signOut().catch((error: unknown) => {
          if (!(error instanceof ClientError)) throw error;
          toast('bad', words.errors[error.kind]);
        });
      }}
    >
      {words.shell.signOut}
    </Button>
  );
}

function DisplaySettings({ onClose }: { readonly onClose: () => void }) {
  const { preferences } = useScene();
  const now = useStore(preferences);
  return (
    <Dialog title={words.shell.settings} onClose={onClose}>
      <div className="stack">
        <div className="row">
          <span className="row-label">{words.shell.theme}</span>
          <Choice
            label={words.shell.theme}
            value={now.theme}
            options={[
              ['system', words.shell.system],
              ['light', words.shell.light],
              ['dark', words.shell.dark],
            ]}
            onChange={(theme) => preferences.set({ ...now, theme })}
          />
        </div>
        <div className="row">
          <span className="row-label">{words.shell.density}</span>
          <Choice
            label={words.shell.density}
            value={now.density}
            options={[
              ['compact', words.shell.compact],
              ['comfortable', words.shell.comfortable],
            ]}
            onChange={(density) => preferences.set({ ...now, density })}
          />
        </div>
        <div className="row">
          <span className="row-label">{words.shell.times}</span>
          <Choice
            label={words.shell.times}
            value={now.times}
            options={[
              ['local', words.shell.local],
              ['utc', words.shell.utc],
            ]}
            onChange={(times) => preferences.set({ ...now, times })}
          />
        </div>
        <CheckField
          label={words.shell.readOnly}
          checked={now.isReadOnly}
          onChange={(isReadOnly) => preferences.set({ ...now, isReadOnly })}
        />
      </div>
    </Dialog>
  );
}

function useCommands(openSettings: () => void): readonly Command[] {
  const { identity, preferences, session } = useScene();
  const canWrite = useCanWrite();
  const set = (change: Partial<ReturnType<typeof preferences.get>>): void =>
    preferences.update((now) => ({ ...now, ...change }));
  return [
    ...VIEWS.filter((view) => identity.isMaster || view.isMasterOnly !== true).map((view) => ({
      id: view.id,
      title: view.title,
      keys: `G ${view.key.toUpperCase()}`,
      run: () => go(view.id),
    })),
    ...(canWrite
      ? [
          {
            id: 'new-resource',
            title: words.resources.add,
            keys: 'N',
            run: () => go('resources', 'account', 'new'),
          },
          { id: 'new-job', title: 'New job', run: () => go('jobs', 'new') },
        ]
      : []),
    {
      id: 'dark',
      title: `${words.shell.theme}: ${words.shell.dark}`,
      run: () => set({ theme: 'dark' }),
    },
    {
      id: 'light',
      title: `${words.shell.theme}: ${words.shell.light}`,
      run: () => set({ theme: 'light' }),
    },
    {
      id: 'utc',
      title: `${words.shell.times}: ${words.shell.utc}`,
      run: () => set({ times: 'utc' }),
    },
    {
      id: 'local',
      title: `${words.shell.times}: ${words.shell.local}`,
      run: () => set({ times: 'local' }),
    },
    { id: 'settings', title: words.shell.settings, run: openSettings },
    { id: 'retry', title: words.retry, run: () => session.retry() },
    {
      id: 'sign-out',
      title: words.shell.signOut,
      run: () => void session.signOut().catch(() => {}),
    },
  ];
}

function typedCommands(typed: string): readonly Command[] {
  if (typed === '') return [];
  const isNumber = /^[+*#\d][\d\s().*#-]*$/.test(typed);
  return [
    ...(isNumber
      ? [{ id: 'dial', title: words.shell.dial(typed), run: () => go('routes', typed) }]
      : []),
    {
      id: 'find',
      title: words.shell.findResource(typed),
      run: () => go('resources', 'account', '', typed),
    },
  ];
}

/** Ctrl K, `n`, `/`, and `g` then a letter. Never while somebody types. */
function useKeys(openPalette: (isOpen: boolean) => void, canWrite: boolean): void {
  const pending = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        openPalette(true);
        return;
      }
      const target = event.target;
      const isTyping =
        target instanceof HTMLElement &&
        (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('dialog') !== null);
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.timeStamp - pending.current < 1500) {
        pending.current = 0;
        const view = VIEWS.find(({ key }) => key === event.key);
        if (view !== undefined) {
          event.preventDefault();
          go(view.id);
        }
      } else if (event.key === 'g') pending.current = event.timeStamp;
      else if (event.key === 'n' && canWrite) {
        event.preventDefault();
        go('resources', 'account', 'new');
      } else if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('input[type=search]');
        if (search !== null) {
          event.preventDefault();
          search.focus();
        }
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [openPalette, canWrite]);
}
