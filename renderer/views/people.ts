// Who did something, for reading: audit rows and versions name people by their ids.

import { useMemo } from 'react';
import { ClientError, isObject, type Json, textOf } from '../../agent/client/index.ts';
import { basePath } from '../state/paths.ts';
import { words } from '../text/words.ts';
import { listOf } from './resources/dial-preview.tsx';
import { useQuery, useScene } from './scene.ts';

/** @returns what to call an actor; ids stay where no name is known */
export function usePeople(): (actor: Json | undefined) => string {
  const { session, identity } = useScene();
  const path = `${basePath(identity, 'account')}/users`;
  const { data } = useQuery(
    async () => {
      try {
        return listOf((await session.client.request(path, { query: { page_size: 500 } })).data);
      } catch (error) {
        // Names are a courtesy: without them the ids are shown.
        if (error instanceof ClientError) return [];
        throw error;
      }
    },
    path,
    ['user'],
    2000,
  );
  return useMemo(() => {
    const names = new Map((data ?? []).map((row) => [textOf(row['id']), textOf(row['username'])]));
    return (actor) => {
      if (!isObject(actor)) return '—';
      const id = textOf(actor['user_id']);
      const method = textOf(actor['method']);
      return id === '' ? (words.people[method] ?? method) : (names.get(id) ?? id);
    };
  }, [data]);
}

/** `session.signedIn` → `session signed in` */
export function eventText(name: string): string {
  return name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('.', ' ')
    .toLowerCase();
}
