// From a host to what is on the screen: signed out, offline, or the site.

import { useCallback, useEffect, useMemo, useState } from 'react';
import { isPublic, type SchemaCheck, type Schemas } from '../form/schema.ts';
import { type Host, scopedMemory } from '../host/host.ts';
import { createDrafts } from '../state/drafts.ts';
import type { Preferences } from '../state/preferences.ts';
import type { SiteSession } from '../state/site.ts';
import type { Store } from '../state/store.ts';
import type { Timers } from '../state/timers.ts';
import { words } from '../text/words.ts';
import { Button } from '../ui/button.tsx';
import { Loading, Problem } from '../ui/panel.tsx';
import { type Toast, Toasts } from '../ui/toast.tsx';
import { useStore } from '../ui/use-store.ts';
import { problemText, type Scene, SceneContext } from './scene.ts';
import { Shell } from './shell/shell.tsx';
import { SignIn } from './shell/sign-in.tsx';

export interface AppProps {
  readonly host: Host;
  readonly session: SiteSession;
  readonly preferences: Store<Preferences>;
  readonly schemas: Schemas;
  readonly checks: Readonly<Record<'resources' | 'gear', SchemaCheck>>;
  readonly timers: Timers;
  /** Back to the sites, where there are several. */
  readonly onLeave?: () => void;
}

export function App(props: AppProps) {
  const { session, preferences } = props;
  const status = useStore(session.status);
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  useEffect(() => void session.check(), [session]);
  const toast = useCallback(
    (tone: Toast['tone'], text: string) =>
      setToasts((now) => [...now.slice(-4), { id: (now.at(-1)?.id ?? 0) + 1, tone, text }]),
    [],
  );
  const close = useCallback(
    (id: number) => setToasts((now) => now.filter((item) => item.id !== id)),
    [],
  );
  const identity = status.kind === 'ready' ? status.identity : undefined;
  const { host, schemas, checks, timers } = props;
  const scene = useMemo<Scene | undefined>(
    () =>
      identity === undefined
        ? undefined
        : {
            host,
            session,
            identity,
            preferences,
            schemas,
            checks,
            timers,
            toast,
            drafts: createDrafts(host.memory, `${session.site.id}.${identity.accountId}`, (path) =>
              isPublic(schemas, 'resources', path),
            ),
            memory: scopedMemory(host.memory, `${session.site.id}.${identity.accountId}.`),
          },
    [host, session, identity, preferences, schemas, checks, timers, toast],
  );
  return (
    <>
      {status.kind === 'checking' && <Loading text={words.shell.connecting} />}
      {status.kind === 'signed-out' && (
        <SignIn session={session} wasSignedIn={status.wasSignedIn} />
      )}
      {status.kind === 'offline' && (
        <main className="gate">
          <div className="gate-card">
            <h1>{words.product}</h1>
            <Problem
              {...problemText(status.error)}
              retryText={words.retry}
              onRetry={() => session.retry()}
            />
            <p className="quiet-text">{session.site.address}</p>
            {props.onLeave !== undefined && (
              <Button onClick={props.onLeave}>{words.allSites}</Button>
            )}
          </div>
        </main>
      )}
      {scene !== undefined && (
        <SceneContext value={scene}>
          <Shell {...(props.onLeave === undefined ? {} : { onLeave: props.onLeave })} />
        </SceneContext>
      )}
      <Toasts toasts={toasts} closeText={words.close} onClose={close} />
    </>
  );
}
