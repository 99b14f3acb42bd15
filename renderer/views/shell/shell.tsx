// The frame around every view: navigation, the view, the status line; keys, palette, toasts.

import { Suspense, useEffect, useRef, useState } from 'react';
import { ClientError } from '../../../agent/client/index.ts';
import { parsePlace } from '../../state/paths.ts';
import { words } from '../../text/words.ts';
import { Boundary } from '../../ui/boundary.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Palette } from '../../ui/palette.tsx';
import { Empty, Loading } from '../../ui/panel.tsx';
import { useHash } from '../place.ts';
import { useCanWrite, useScene } from '../scene.ts';
import { VIEW_COMPONENTS } from '../view-components.ts';
import { HOME, VIEWS } from '../view-list.ts';
import { AlarmCount } from './alarm-count.tsx';
import { typedCommands, useCommands } from './commands.ts';
import { DisplaySettings } from './display-settings.tsx';
import { StatusLine } from './status-line.tsx';
import { useKeys } from './use-keys.ts';

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
            ← {words.allSites}
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
