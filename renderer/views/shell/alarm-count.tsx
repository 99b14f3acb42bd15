import { ClientError } from '../../../agent/client/index.ts';
import { useQuery, useScene } from '../scene.ts';

/** How many alarms stand that nobody has taken notice of. */
export function AlarmCount() {
  const { session } = useScene();
  const { data } = useQuery(
    async () => {
      try {
        const reply = await session.client.request('/v2/alarms', {
          query: { state: 'active', page_size: 500 },
        });
        return Array.isArray(reply.data) ? reply.data.length : 0;
      } catch (error) {
        if (error instanceof ClientError && error.kind === 'missing') return 0;
        throw error;
      }
    },
    'alarm-count',
    ['alarm'],
  );
  if (data === undefined || data === 0) return null;
  return <span className="count bad">▲ {data}</span>;
}
