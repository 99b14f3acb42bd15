import { textOf } from '../../../agent/client/index.ts';
import { listOf } from '../resources/dial-preview.tsx';
import { useQuery, useScene } from '../scene.ts';

/** Names and titles of the kinds of gear. */
export function useDrivers(): readonly (readonly [string, string])[] {
  const { session } = useScene();
  const { data } = useQuery(
    async () =>
      listOf((await session.client.request('/v2/gear_drivers')).data).map(
        (row) => [textOf(row['name']), textOf(row['title'])] as const,
      ),
    'drivers',
  );
  return data ?? NO_DRIVERS;
}

const NO_DRIVERS: readonly (readonly [string, string])[] = [];
