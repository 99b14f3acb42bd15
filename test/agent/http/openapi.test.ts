import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../agent/base/clock.ts';
import { silentLogger } from '../../../agent/base/logger.ts';
import { packageRoot } from '../../../agent/config/package-root.ts';
import { auditRoutes } from '../../../agent/http/audit-routes.ts';
import { eventRoutes } from '../../../agent/http/event-routes.ts';
import { EventStream } from '../../../agent/http/event-stream.ts';
import { Metrics, metricsRoutes } from '../../../agent/http/metrics.ts';
import { openApiRoutes } from '../../../agent/http/openapi-routes.ts';
import { resourceRoutes } from '../../../agent/http/resource-routes.ts';
import type { Route } from '../../../agent/http/route.ts';
import { schemaRoutes } from '../../../agent/http/schema-routes.ts';
import { selectorRoutes } from '../../../agent/http/selector-routes.ts';
import { settingRoutes } from '../../../agent/http/setting-routes.ts';
import { templateRoutes } from '../../../agent/http/template-routes.ts';
import { ResourceService } from '../../../agent/service/resources.ts';
import { SelectorService } from '../../../agent/service/resource-selectors.ts';
import { TemplateService } from '../../../agent/service/resource-templates.ts';
import { Settings } from '../../../agent/service/settings.ts';
import { loadSchemaCatalog } from '../../../agent/validation/schema-catalog.ts';
import {
  type ApiHarness,
  CHILD_ID,
  MASTER_ID,
  openTestStore,
  serveRoutes,
} from '../../support/api-harness.ts';

type Described = Readonly<Record<string, Readonly<Record<string, { operationId: string }>>>>;

async function serveAll(): Promise<{ api: ApiHarness; routes: readonly Route[] }> {
  const storage = await openTestStore();
  const schemas = loadSchemaCatalog(join(packageRoot, 'schemas'));
  const settings = await Settings.load({ storage, schemas, logger: silentLogger });
  const stream = new EventStream({
    events: storage.read.events,
    onEvents: (listener) => storage.onEvents(listener),
    pathOf: (id) => Promise.resolve([id]),
    isStillGood: () => Promise.resolve(true),
    clock: systemClock,
    logger: silentLogger,
  });
  await stream.start();
  onTestFinished(() => stream.stop());
  const metrics = new Metrics({
    store: () => storage.counters,
    events: () => stream.counters,
    databaseFile: '/nowhere',
    version: '0',
  });
  const resources = new ResourceService({
    storage,
    validator: schemas.validator('resources'),
    random: randomBytes,
    allowPeers: () => settings.get('crossbar.resources').allow_peers,
  });
  const listed = [
    ...schemaRoutes(schemas),
    ...settingRoutes(settings),
    ...auditRoutes(storage.read.audit),
    ...eventRoutes(stream),
    ...metricsRoutes(metrics),
    ...selectorRoutes(new SelectorService({ storage, schemas, random: randomBytes })),
    ...templateRoutes(new TemplateService({ storage, schemas, random: randomBytes })),
    ...resourceRoutes(resources, () => []),
  ];
  const routes = [...listed, ...openApiRoutes(listed, schemas, '1.2.3')];
  return { api: await serveRoutes(routes), routes };
}

describe('/openapi.json', () => {
  it('passes the linter', async () => {
    const { api } = await serveAll();
    const { text } = await api.request('GET', '/openapi.json');
    const config = await createConfig({
      extends: ['recommended-strict'],
      // Crossbar has words where ids may stand: /resources/jobs beside /resources/{resource_id}.
      // Settings are described for whoever writes them, though their route takes any category.
      rules: { 'no-ambiguous-paths': 'off', 'no-unused-components': 'off' },
    });
    const problems = await lintFromString({ source: text, absoluteRef: '/openapi.json', config });
    expect(
      problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer]),
    ).toEqual([]);
    const broken = text.replace('"operationId"', '"operationIdentity"');
    expect(
      await lintFromString({ source: broken, absoluteRef: '/openapi.json', config }),
    ).not.toEqual([]);
  });

  it('lists every method of every route, once, and nothing else', async () => {
    const { api, routes } = await serveAll();
    const { paths } = JSON.parse((await api.request('GET', '/openapi.json')).text) as {
      paths: Described;
    };
    const described = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((key) => key !== 'parameters')
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routed = routes.flatMap((route) =>
      Object.keys(route.methods).map(
        (method) => `${method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`,
      ),
    );
    expect(described.sort()).toEqual(routed.sort());
    const ids = Object.values(paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    );
    const named = ids.filter((id) => (id as string | undefined) !== undefined);
    expect([named.length, new Set(named).size]).toEqual([routed.length, routed.length]);
  });

  it('describes nothing that does not answer', async () => {
    const { api } = await serveAll();
    const { paths } = JSON.parse((await api.request('GET', '/openapi.json')).text) as {
      paths: Described;
    };
    for (const [template, item] of Object.entries(paths))
      for (const method of Object.keys(item).filter((key) => key !== 'parameters')) {
        const path = template.replace('{account_id}', MASTER_ID).replaceAll(/\{\w+\}/g, 'x');
        const stop = new AbortController();
        const response = await fetch(api.url + path, {
          method: method.toUpperCase(),
          headers: { 'x-auth-token': 'master', 'content-type': 'application/json' },
          signal: stop.signal,
          ...(method === 'get' ? {} : { body: '{"data":{}}' }),
        });
        const isStream = response.headers.get('content-type') === 'text/event-stream';
        const text = isStream ? '' : await response.text();
        stop.abort();
        expect([method, path, response.status, text]).toEqual([
          method,
          path,
          expect.toSatisfy((status) => [200, 201, 400, 404].includes(status as number)) as number,
          expect.not.stringContaining('"not_found"') as string,
        ]);
      }
  });

  it('needs a token', async () => {
    const { api } = await serveAll();
    const status = async (token: string): Promise<number> =>
      (await api.request('GET', '/openapi.json', undefined, { 'x-auth-token': token })).status;
    expect([await status(''), await status('child'), CHILD_ID.length]).toEqual([401, 200, 32]);
  });
});
