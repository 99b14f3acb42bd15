// One site as the page knows it: who is signed in, whether the agent answers, how old what is
// shown is, and the events that say what changed.

import {
  type AgentEvent,
  type Client,
  ClientError,
  createClient,
  followEvents,
  type Following,
  type FollowState,
  isObject,
  type JsonObject,
  textOf,
} from '../../agent/client/index.ts';
import type { PasswordSignIn, Site, SiteConnection } from '../host/host.ts';
import { createStore, type Readable } from './store.ts';
import type { Timers } from './timers.ts';

export interface Identity {
  readonly accountId: string;
  readonly accountName: string;
  /** The master account reaches global resources and gear. */
  readonly isMaster: boolean;
  readonly canWrite: boolean;
  readonly role: string;
}

export type SiteStatus =
  | { readonly kind: 'checking' }
  | { readonly kind: 'signed-out'; readonly wasSignedIn: boolean }
  | { readonly kind: 'offline'; readonly error: ClientError }
  | { readonly kind: 'ready'; readonly identity: Identity };

export interface Liveness {
  readonly state: FollowState;
  /** When bytes last came from the agent; 0: never. */
  readonly aliveMs: number;
  /** When the next attempt is due; undefined while connected. */
  readonly retryAtMs: number | undefined;
}

export interface SiteSession {
  readonly site: Site;
  readonly client: Client;
  readonly status: Readable<SiteStatus>;
  readonly liveness: Readable<Liveness>;
  /** @param topic first word of event names; `*` all. @returns what ends it */
  onEvent(topic: string, listener: (event: AgentEvent) => void): () => void;
  /** Events may be missing: whatever is shown must be read again. */
  onGap(listener: () => void): () => void;
  readonly check: () => Promise<void>;
  /** @throws ClientError */
  readonly signIn: (request: PasswordSignIn) => Promise<void>;
  readonly signOut: () => Promise<void>;
  /** Tries again at once. */
  readonly retry: () => void;
  readonly stop: () => void;
}

export function createSiteSession(
  site: Site,
  connection: SiteConnection,
  timers: Timers,
): SiteSession {
  const status = createStore<SiteStatus>({ kind: 'checking' });
  const liveness = createStore<Liveness>({
    state: { kind: 'connecting' },
    aliveMs: 0,
    retryAtMs: undefined,
  });
  const listeners = new Map<string, Set<(event: AgentEvent) => void>>();
  const gapListeners = new Set<() => void>();
  let following: Following | undefined;
  let cancelRetry: (() => void) | undefined;

  // Ages are shown in seconds: a stream of a thousand events a second is one change a second.
  const seen = (): void =>
    liveness.update((now) => {
      const nowMs = timers.nowMs();
      return nowMs - now.aliveMs < 1000 ? now : { ...now, aliveMs: nowMs };
    });

  const inner = createClient(connection.fetch);
  // Every reply says that the agent lives; every 401 that the session is over.
  const watched = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const reply = await work;
      seen();
      return reply;
    } catch (error) {
      if (error instanceof ClientError) {
        if (error.kind === 'signed-out' && status.get().kind === 'ready') endSession(true);
        if (error.kind !== 'unreachable') seen();
      }
      throw error;
    }
  };
  const client: Client = {
    request: (path, request) => watched(inner.request(path, request)),
    text: (path, request) => watched(inner.text(path, request)),
  };

  const endSession = (wasSignedIn: boolean): void => {
    following?.stop();
    following = undefined;
    status.set({ kind: 'signed-out', wasSignedIn });
  };

  const follow = (): void => {
    following?.stop();
    following = followEvents(connection.fetch, {
      wait: (ms, then) => timers.wait(ms, then),
      onAlive: seen,
      onEvent: (event) => {
        const topic = event.name.split('.', 1)[0] ?? '';
        for (const key of [topic, '*'])
          for (const listener of listeners.get(key) ?? []) listener(event);
      },
      onGap: () => {
        for (const listener of gapListeners) listener();
      },
      onState: (state) => {
        if (state.kind === 'waiting' && state.error.kind === 'signed-out') {
          endSession(true);
          return;
        }
        liveness.update((now) => ({
          ...now,
          state,
          retryAtMs: state.kind === 'waiting' ? timers.nowMs() + state.retryMs : undefined,
        }));
      },
    });
  };

  const check = async (): Promise<void> => {
    cancelRetry?.();
    try {
      const { data } = await inner.request('/v2/token_auth');
      seen();
      status.set({ kind: 'ready', identity: identityOf(data) });
      if (following === undefined) follow();
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      if (error.kind === 'signed-out' || error.kind === 'forbidden') {
        endSession(status.get().kind === 'ready');
        return;
      }
      status.set({ kind: 'offline', error });
      cancelRetry = timers.wait(2_000, () => void check());
    }
  };

  return {
    site,
    client,
    status,
    liveness,
    onEvent: (topic, listener) => {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(listener));
      return () => set.delete(listener);
    },
    onGap: (listener) => {
      gapListeners.add(listener);
      return () => gapListeners.delete(listener);
    },
    check,
    signIn: async (request) => {
      await connection.signIn(request);
      await check();
    },
    signOut: async () => {
      try {
        await connection.signOut();
      } finally {
        endSession(false);
      }
    },
    retry: () => {
      if (status.get().kind === 'ready') following?.retry();
      else void check();
    },
    stop: () => {
      cancelRetry?.();
      following?.stop();
      following = undefined;
    },
  };
}

function identityOf(data: unknown): Identity {
  const doc: JsonObject = isObject(data) ? data : {};
  const role = textOf(doc['role'] ?? 'admin');
  return {
    accountId: textOf(doc['account_id'] ?? ''),
    accountName: textOf(doc['account_name'] ?? ''),
    isMaster: doc['is_master_account'] === true,
    role,
    canWrite: role !== 'read_only',
  };
}
