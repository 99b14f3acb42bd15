import { textOf } from '../../../agent/client/index.ts';
import { useMemo } from 'react';
import { basePath, type Scope } from '../../state/paths.ts';
import { useQuery, useScene } from '../scene.ts';
import { listOf } from './dial-preview.tsx';

/** Names by id, of as many resources as a person can look through. */
export function useNames(scope: Scope, ids: readonly string[]): ReadonlyMap<string, string> {
  const { session, identity } = useScene();
  const path = `${basePath(identity, scope)}/resources`;
  const { data } = useQuery(
    async () =>
      listOf(
        (await session.client.request(path, { query: { page_size: 1000, sort: 'name' } })).data,
      ),
    `${path} ${ids.length === 0 ? 'none' : 'some'}`,
    ['resource'],
    2000,
  );
  return useMemo(
    () => new Map((data ?? []).map((row) => [textOf(row['id']), textOf(row['name'] ?? row['id'])])),
    [data],
  );
}
