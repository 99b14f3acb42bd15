import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Metrics, metricsRoutes } from '../../../agent/http/metrics.ts';
import type { Route } from '../../../agent/http/route.ts';
import { openTestStore, serveRoutes } from '../../support/api-harness.ts';
import { tempDir } from '../../support/temp-dir.ts';

const things: Route = {
  path: '/v2/things/:thing_id',
  methods: {
    GET: {
      access: 'token',
      summary: 'Fetch a thing',
      handle: (call) => Promise.resolve({ data: call.parameters['thing_id'] ?? '' }),
    },
    PUT: { access: 'token', summary: 'Break', handle: () => Promise.reject(new Error('a bug')) },
  },
};

describe('/metrics', () => {
  it('counts by route pattern and status, and no client can add a label', async () => {
    const store = await openTestStore();
    await store.write((writers) => {
      writers.emit({ name: 'x.y', data: {} });
      return Promise.resolve();
    });
    const metrics = new Metrics({
      store: () => store.counters,
      events: () => ({ clients: 3, dropped: 2, gaps: 1 }),
      databaseFile: join(await tempDir(), 'none.db'),
      version: '1.2.3',
    });
    const api = await serveRoutes([things, ...metricsRoutes(metrics)], {
      observe: (request) => metrics.observe(request),
    });
    for (let n = 0; n < 20; n += 1) {
      await api.request('GET', `/v2/things/secret-${String(n)}?auth_token=master`);
      await api.request('GET', `/v2/nothing/${String(n)}`);
    }
    await api.request('PUT', '/v2/things/1', {});
    await api.request('GET', '/v2/things/1', undefined, { 'x-auth-token': 'wrong' });
    await api.request('DELETE', '/v2/things/1');
    await fetch(`${api.url}/v2/things/1`, { method: 'PROPFIND' });
    const reply = await api.request('GET', '/metrics', undefined, {
      accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5',
    });
    expect([reply.status, reply.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    const lines = reply.text.split('\n');
    expect(lines.filter((line) => line.startsWith('craftport_http_requests_total')).sort()).toEqual(
      [
        '{method="GET",route="/v2/things/:thing_id",status="200"} 20',
        '{method="GET",route="none",status="401"} 1',
        '{method="GET",route="none",status="404"} 20',
        '{method="DELETE",route="/v2/things/:thing_id",status="405"} 1',
        '{method="PUT",route="/v2/things/:thing_id",status="500"} 1',
        '{method="other",route="/v2/things/:thing_id",status="405"} 1',
      ]
        .map((line) => `craftport_http_requests_total${line}`)
        .sort(),
    );
    expect(lines).toEqual(
      expect.arrayContaining([
        'craftport_store_commits_total 1',
        'craftport_store_units_total 1',
        'craftport_event_clients 3',
        'craftport_event_clients_dropped_total 2',
        'craftport_event_gaps_total 1',
        'craftport_database_bytes{file="wal"} 0',
        'craftport_info{version="1.2.3"} 1',
        'craftport_http_request_duration_seconds_count{method="GET",route="/v2/things/:thing_id"} 20',
      ]),
    );
    expect(reply.text).toContain('process_resident_memory_bytes');
    expect(reply.text).not.toMatch(/secret-|master/);
  });

  it('needs a token', async () => {
    const metrics = new Metrics({
      store: () => ({ commits: 0, units: 0 }),
      events: () => ({ clients: 0, dropped: 0, gaps: 0 }),
      databaseFile: '/nowhere',
      version: '0',
    });
    const api = await serveRoutes(metricsRoutes(metrics));
    const status = async (token: string): Promise<number> =>
      (await api.request('GET', '/metrics', undefined, { 'x-auth-token': token })).status;
    expect([await status(''), await status('wrong'), await status('child')]).toEqual([
      401, 401, 200,
    ]);
    expect((await api.request('PUT', '/metrics', {})).status).toBe(405);
  });
});
