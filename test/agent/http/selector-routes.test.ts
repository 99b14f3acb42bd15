import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../agent/config/package-root.ts';
import { selectorRoutes } from '../../../agent/http/selector-routes.ts';
import { SelectorService } from '../../../agent/service/resource-selectors.ts';
import { loadSchemaCatalog } from '../../../agent/validation/schema-catalog.ts';
import {
  type ApiHarness,
  CHILD_ID,
  MASTER_ID,
  openTestStore,
  serveRoutes,
} from '../../support/api-harness.ts';

const schemas = loadSchemaCatalog(join(packageRoot, 'schemas'));
const SELECTORS = `/v2/accounts/${CHILD_ID}/resource_selectors`;

async function serveSelectors(): Promise<ApiHarness> {
  const storage = await openTestStore();
  return serveRoutes(
    selectorRoutes(new SelectorService({ storage, schemas, random: randomBytes })),
  );
}

const dataOf = async (api: ApiHarness, path: string): Promise<unknown> =>
  (await api.request('GET', `${SELECTORS}${path}`)).body['data'];

describe('resource selectors', () => {
  it('answer the default chain until one is stored, and keep what is stored', async () => {
    const api = await serveSelectors();
    const path = `${SELECTORS}/rules`;
    const unset = (await dataOf(api, '/rules')) as { id: string; rules: readonly object[] };
    expect([unset.id, unset.rules.flatMap(Object.keys)]).toEqual([
      'resource_selector_rules',
      ['get_resources', 'filter_list', 'filter_regex', 'filter_regex', 'order'],
    ]);
    const rules = [{ get_resources: {} }, { order: { value: 'x', direction: 'descend' } }];
    const set = await api.request('POST', path, { rules });
    expect([set.status, set.body['data']]).toEqual([200, { id: 'resource_selector_rules', rules }]);
    const tag = { 'if-match': `"${String(set.body['revision'])}"` };
    expect([
      (await api.request('POST', path, { rules: [] }, tag)).status,
      (await api.request('POST', path, { rules: [] }, tag)).status,
      (await api.request('POST', path, {})).status,
      (await api.request('POST', path, { rules: ['x'] })).status,
      (await api.request('DELETE', path)).status,
      (await api.request('PUT', SELECTORS, { id: 'rules' })).status,
    ]).toEqual([200, 412, 400, 400, 405, 400]);
    expect(await dataOf(api, '/rules')).toEqual({ id: 'resource_selector_rules', rules: [] });
  });

  it('count by name and by resource as a filter over all of them would', async () => {
    const api = await serveSelectors();
    const word = fc.constantFrom('a', 'b c', 'd/e', '__proto__', 'ö', "x' OR 1=1 --");
    const selector = fc.record(
      { name: word, resource: word, selector: fc.string({ minLength: 1 }), value: fc.string() },
      { requiredKeys: ['name', 'resource', 'selector'] },
    );
    const made = fc.sample(selector, { numRuns: 40, seed: 7 });
    for (const one of made) {
      const created = await api.request('PUT', SELECTORS, one);
      expect(created.status).toBe(one.selector.includes('\0') ? 400 : 201);
    }
    const kept = made.filter((one) => !one.selector.includes('\0'));
    const sorted = (rows: readonly unknown[]): readonly string[] =>
      rows.map((row) => JSON.stringify(row)).sort();
    const count = (by: 'name' | 'resource', rows: typeof kept): readonly string[] => {
      const totals = new Map<string, number>();
      for (const row of rows) totals.set(row[by], (totals.get(row[by]) ?? 0) + 1);
      return sorted([...totals].map(([key, total]) => ({ [key]: total })));
    };
    const get = async (path: string): Promise<readonly string[]> =>
      sorted((await dataOf(api, path)) as readonly unknown[]);
    expect(await get('/name')).toEqual(count('name', kept));
    expect(await get('/resource')).toEqual(count('resource', kept));
    for (const { name, resource } of kept) {
      const [n, r] = [encodeURIComponent(name), encodeURIComponent(resource)];
      expect(await get(`/name/${n}`)).toEqual(
        count(
          'resource',
          kept.filter((row) => row.name === name),
        ),
      );
      expect(await get(`/resource/${r}`)).toEqual(
        count(
          'name',
          kept.filter((row) => row.resource === resource),
        ),
      );
      const values = sorted(
        kept
          .filter((row) => row.name === name && row.resource === resource)
          .map((row) => (row.value === undefined ? row.selector : { [row.selector]: row.value })),
      );
      expect(await get(`/name/${n}/resource/${r}`)).toEqual(values);
      expect(await get(`/resource/${r}/name/${n}`)).toEqual(values);
    }
  });

  it('are read, replaced and removed by id', async () => {
    const api = await serveSelectors();
    const created = await api.request('PUT', SELECTORS, {
      name: 'n',
      resource: 'r',
      selector: 's',
      start_time: '63871286400',
    });
    const { id } = created.body['data'] as { id: string };
    const path = `${SELECTORS}/${id}`;
    expect(created.headers.get('location')).toBe(path);
    expect((await api.request('GET', path)).body['data']).toMatchObject({
      start_time: 63871286400,
    });
    const invalid = await api.request('POST', path, { name: 1 });
    expect(Object.keys(invalid.body['data'] as object).sort()).toEqual([
      'name',
      'resource',
      'selector',
    ]);
    const next = { name: 'n2', resource: 'r', selector: 's' };
    expect((await api.request('POST', path, next)).body['data']).toEqual({ ...next, id });
    expect(await dataOf(api, '/name')).toEqual([{ n2: 1 }]);
    expect([
      (await api.request('PATCH', path, {})).status,
      (await api.request('DELETE', path)).status,
      (await api.request('DELETE', path)).status,
      (await api.request('POST', path, next)).status,
    ]).toEqual([405, 200, 404, 404]);
    expect(await dataOf(api, '/name')).toEqual([]);
  });

  it('of the system are the master account’s, and apart from others', async () => {
    const api = await serveSelectors();
    const data = { name: 'system', resource: 'r', selector: 's' };
    await api.request('PUT', '/v2/resource_selectors', data);
    const names = async (path: string, token = 'master'): Promise<unknown> =>
      (await api.request('GET', `${path}/name`, undefined, { 'x-auth-token': token })).body['data'];
    expect([
      await names('/v2/resource_selectors'),
      await names(`/v2/accounts/${MASTER_ID}/resource_selectors`),
      await names(SELECTORS, 'child'),
      await names('/v2/resource_selectors', 'child'),
    ]).toEqual([[{ system: 1 }], [{ system: 1 }], [], { message: 'forbidden' }]);
  });
});
