// What every view of a site has at hand.

import { createContext, useContext, useEffect, useState } from 'react';
import type { ClientError } from '../../agent/client/index.ts';
import type { SchemaCheck, Schemas } from '../form/schema.ts';
import type { Host, Memory } from '../host/host.ts';
import type { Drafts } from '../state/drafts.ts';
import type { Preferences } from '../state/preferences.ts';
import { createQuery, type Query, type QueryState } from '../state/query.ts';
import type { Identity, SiteSession } from '../state/site.ts';
import type { Store } from '../state/store.ts';
import type { Timers } from '../state/timers.ts';
import { words } from '../text/words.ts';
import { useStore } from '../ui/use-store.ts';

export interface Scene {
  readonly host: Host;
  readonly session: SiteSession;
  readonly identity: Identity;
  readonly preferences: Store<Preferences>;
  readonly drafts: Drafts;
  /** What is remembered of this site and account alone. */
  readonly memory: Memory;
  readonly schemas: Schemas;
  readonly checks: Readonly<Record<'resources' | 'gear', SchemaCheck>>;
  readonly timers: Timers;
  readonly toast: (tone: 'good' | 'bad', text: string) => void;
}

export const SceneContext = createContext<Scene | undefined>(undefined);

export function useScene(): Scene {
  const scene = useContext(SceneContext);
  if (scene === undefined) throw new Error('A view stands outside a site');
  return scene;
}

/** Whether anything may be changed here. */
export function useCanWrite(): boolean {
  const { preferences, identity } = useScene();
  return identity.canWrite && !useStore(preferences).isReadOnly;
}

/** @param parts `resources`, `account`, an id */
export function go(...parts: readonly string[]): void {
  location.hash = `/${parts.map(encodeURIComponent).join('/')}`;
}

/** What a failed request says: the kind in our words, the agent's own behind it. */
export function problemText(error: ClientError): { title: string; detail: string | undefined } {
  const title = words.errors[error.kind];
  const isOwn = error.kind === 'unreachable' || error.kind === 'signed-out';
  return { title, detail: isOwn ? undefined : error.message };
}

/**
 * Reads now, after each event of the topics (at most once in `everyMs`), and when events were
 * missed.
 */
export function useQuery<T>(
  load: () => Promise<T>,
  key: string,
  topics: readonly string[] = [],
  everyMs = 400,
): QueryState<T> & { readonly query: Query<T> } {
  const { session, timers } = useScene();
  const [made, setMade] = useState(() => ({ key, query: createQuery(load, timers.nowMs) }));
  let current = made;
  if (made.key !== key) {
    current = { key, query: createQuery(load, timers.nowMs) };
    setMade(current);
  }
  const { query } = current;
  const topicKey = topics.join(',');
  useEffect(() => {
    void query.reload();
    return onChange(
      session,
      timers,
      topicKey.split(',').filter(Boolean),
      everyMs,
      () => void query.reload(),
    );
  }, [query, session, timers, topicKey, everyMs]);
  return { ...useStore(query.state), query };
}

/** Calls `then` after events, gaps and new connections, never twice within `everyMs`. */
export function onChange(
  session: SiteSession,
  timers: Timers,
  topics: readonly string[],
  everyMs: number,
  then: () => void,
): () => void {
  let cancel: (() => void) | undefined;
  const soon = (): void => {
    cancel ??= timers.wait(everyMs, () => {
      cancel = undefined;
      then();
    });
  };
  let wasLive = session.liveness.get().state.kind === 'live';
  const ends = [
    ...topics.map((topic) => session.onEvent(topic, soon)),
    session.onGap(soon),
    session.liveness.subscribe(() => {
      const isLive = session.liveness.get().state.kind === 'live';
      if (isLive && !wasLive) soon();
      wasLive = isLive;
    }),
  ];
  return () => {
    cancel?.();
    for (const end of ends) end();
  };
}
