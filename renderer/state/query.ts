// Something read from the agent that is shown: loading, here, or failed; what was there stays
// on the screen while it is read again or cannot be.

import { ClientError } from '../../agent/client/index.ts';
import { createStore, type Readable } from './store.ts';

export interface QueryState<T> {
  readonly data: T | undefined;
  readonly error: ClientError | undefined;
  readonly isLoading: boolean;
  /** When `data` came; 0: never. */
  readonly loadedMs: number;
}

export interface Query<T> {
  readonly state: Readable<QueryState<T>>;
  readonly reload: () => Promise<void>;
  /** Changes what is shown, by what an event says. */
  patch(change: (data: T) => T): void;
}

export function createQuery<T>(load: () => Promise<T>, nowMs: () => number): Query<T> {
  const state = createStore<QueryState<T>>({
    data: undefined,
    error: undefined,
    isLoading: true,
    loadedMs: 0,
  });
  let turn = 0;
  return {
    state,
    reload: async () => {
      const mine = ++turn;
      state.update((now) => ({ ...now, isLoading: true }));
      try {
        const data = await load();
        if (mine === turn)
          state.set({ data, error: undefined, isLoading: false, loadedMs: nowMs() });
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        if (mine === turn) state.update((now) => ({ ...now, error, isLoading: false }));
      }
    },
    patch: (change) =>
      state.update((now) =>
        now.data === undefined ? now : { ...now, data: change(now.data), loadedMs: nowMs() },
      ),
  };
}
