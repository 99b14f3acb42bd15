import { useEffect, useMemo } from 'react';
import type { ClientRequest, JsonObject } from '../../agent/client/index.ts';
import { createPagedList, type PagedList, type PagedState } from '../state/paged-list.ts';
import { useStore } from '../ui/use-store.ts';
import { listOf } from './resources/dial-preview.tsx';
import { onChange, useScene } from './scene.ts';
import { ignoreAbort } from './settled.ts';

export interface PagedListOptions<Row> {
  readonly path: string;
  readonly query?: ClientRequest['query'];
  /** The same function each time. */
  readonly toRow: (row: JsonObject, place: number) => Row;
  /** Of events after which it is read anew, at most once in `everyMs`. */
  readonly topic: string;
  readonly everyMs: number;
  /** Rows that the agent gives at once. */
  readonly mostRows?: number;
}

/** A long list of the agent's, read as far as it is looked at. */
export function usePagedList<Row>(
  options: PagedListOptions<Row>,
): PagedState<Row> & { readonly list: PagedList<Row> } {
  const { path, toRow, topic, everyMs, mostRows } = options;
  const { session, timers } = useScene();
  const queryKey = JSON.stringify(options.query ?? {});
  const list = useMemo(
    () =>
      createPagedList(
        async (startKey, size, signal) => {
          const query = JSON.parse(queryKey) as ClientRequest['query'];
          const reply = await session.client.request(path, {
            query: { ...query, page_size: Math.min(size, mostRows ?? size), start_key: startKey },
            signal,
          });
          return { rows: listOf(reply.data), next: reply.nextStartKey };
        },
        toRow,
        timers.nowMs,
      ),
    [session, path, queryKey, mostRows, toRow, timers],
  );
  useEffect(() => {
    const reload = (): void => void list.reload().catch(ignoreAbort);
    reload();
    const end = onChange(session, timers, [topic], everyMs, reload);
    return () => {
      end();
      list.stop();
    };
  }, [list, session, timers, topic, everyMs]);
  return { ...useStore(list.state), list };
}
