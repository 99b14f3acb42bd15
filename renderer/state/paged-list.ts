// A long list that is read page by page as it is looked at. Rows stay while a newer first page
// is on its way, so that nothing jumps.

import { ClientError, type JsonObject } from '../../agent/client/index.ts';
import { createStore, type Readable } from './store.ts';

export interface PagedState<Row> {
  readonly rows: readonly Row[];
  /** Whether there are rows after the last one. */
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly error: ClientError | undefined;
  /** When the first page came; 0: not yet. */
  readonly loadedMs: number;
}

export interface ListPage {
  readonly rows: readonly JsonObject[];
  readonly next: string | undefined;
}

export interface PagedList<Row> {
  readonly state: Readable<PagedState<Row>>;
  /** Reads the list anew: as many rows as are shown. */
  readonly reload: () => Promise<void>;
  readonly loadMore: () => Promise<void>;
  /** Reads to the end. */
  readonly loadAll: () => Promise<void>;
  /** Nobody looks any more: what is being read is dropped. */
  readonly stop: () => void;
}

/** Enough for a screen at once; then pieces that are read within a frame; then all at once. */
const FIRST_PAGE = 200;
const NEXT_PAGE = 500;
const WHOLE_PAGE = 5_000;

/**
 * @param load one page @param toRow keeps of a row what is shown; its place counts from 0
 */
export function createPagedList<Row>(
  load: (startKey: string | undefined, size: number, signal: AbortSignal) => Promise<ListPage>,
  toRow: (row: JsonObject, place: number) => Row,
  nowMs: () => number,
): PagedList<Row> {
  const state = createStore<PagedState<Row>>({
    rows: [],
    hasMore: false,
    isLoading: true,
    error: undefined,
    loadedMs: 0,
  });
  let next: string | undefined;
  let turn = 0;
  let abort = new AbortController();
  let more: Promise<void> | undefined;

  const fail = (error: unknown): void => {
    if (!(error instanceof ClientError)) throw error;
    state.update((now) => ({ ...now, isLoading: false, error }));
  };

  const reload = async (): Promise<void> => {
    abort.abort();
    abort = new AbortController();
    const mine = ++turn;
    more = undefined;
    state.update((now) => ({ ...now, isLoading: true }));
    try {
      const wanted = Math.min(Math.max(FIRST_PAGE, state.get().rows.length), 2 * NEXT_PAGE);
      const page = await load(undefined, wanted, abort.signal);
      if (mine !== turn) return;
      next = page.next;
      state.set({
        rows: page.rows.map(toRow),
        hasMore: next !== undefined,
        isLoading: false,
        error: undefined,
        loadedMs: nowMs(),
      });
    } catch (error) {
      if (mine === turn) fail(error);
    }
  };

  const readMore = async (size: number): Promise<void> => {
    const mine = turn;
    try {
      const page = await load(next, size, abort.signal);
      if (mine !== turn) return;
      next = page.next;
      state.update((now) => ({
        ...now,
        rows: [...now.rows, ...page.rows.map((row, at) => toRow(row, now.rows.length + at))],
        hasMore: next !== undefined,
        error: undefined,
      }));
    } catch (error) {
      if (mine === turn) fail(error);
    }
  };

  const loadPage = (size: number): Promise<void> => {
    if (next === undefined) return Promise.resolve();
    more ??= readMore(size).finally(() => {
      more = undefined;
    });
    return more;
  };

  return {
    state,
    reload,
    loadMore: () => loadPage(NEXT_PAGE),
    stop: () => {
      turn += 1;
      abort.abort();
    },
    loadAll: async () => {
      const mine = turn;
      while (next !== undefined && mine === turn && state.get().error === undefined)
        await loadPage(WHOLE_PAGE);
    },
  };
}
