import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../agent/config/package-root.ts';
import { revisionToRestore } from '../../../agent/http/document-history.ts';
import { resourceRoutes } from '../../../agent/http/resource-routes.ts';
import { ResourceService } from '../../../agent/service/resources.ts';
import { loadSchemaCatalog } from '../../../agent/validation/schema-catalog.ts';
import {
  type ApiHarness,
  CHILD_ID,
  openTestStore,
  serveRoutes,
} from '../../support/api-harness.ts';

const RESOURCES = `/v2/accounts/${CHILD_ID}/resources`;

interface Row {
  readonly revision: string;
  readonly event: string;
  readonly current: boolean;
  readonly deleted: boolean;
  readonly data: { readonly name: string };
}

async function serveResources(): Promise<ApiHarness> {
  const service = new ResourceService({
    storage: await openTestStore(),
    validator: loadSchemaCatalog(join(packageRoot, 'schemas')).validator('resources'),
    random: randomBytes,
    allowPeers: () => false,
  });
  return serveRoutes(resourceRoutes(service, () => []));
}

const restore = (revision: unknown): object => ({ action: 'restore', revision });
const rowsOf = (body: unknown): readonly Row[] => (body as { data: readonly Row[] }).data;

describe('the history of a resource', () => {
  it('shows who made which revision, newest first, without passwords', async () => {
    const api = await serveResources();
    await api.request('PUT', RESOURCES, {
      id: 'r',
      name: 'A',
      gateways: [{ server: 'a.example', password: 'first secret' }],
    });
    await api.request('PATCH', `${RESOURCES}/r`, { name: 'B' }, { 'x-auth-token': 'child' });
    for (let change = 3; change <= 11; change += 1)
      await api.request('PATCH', `${RESOURCES}/r`, { name: `N${String(change)}` });
    await api.request('DELETE', `${RESOURCES}/r`);
    const history = await api.request('GET', `${RESOURCES}/r/history`);
    expect(history.status).toBe(200);
    expect(history.text).not.toContain('first secret');
    const rows = rowsOf(history.body);
    expect(rows.map((row) => [Number.parseInt(row.revision), row.event, row.data.name])).toEqual([
      [12, 'resource.deleted', 'N11'],
      ...[11, 10, 9, 8, 7, 6, 5, 4, 3].map((n) => [n, 'resource.changed', `N${String(n)}`]),
      [2, 'resource.changed', 'B'],
      [1, 'resource.created', 'A'],
    ]);
    expect(rows[10]).toMatchObject({ by: { account_id: CHILD_ID, method: 'cb_api_auth' } });
    expect(rows.map((row) => row.current)).toEqual([true, ...Array<boolean>(11).fill(false)]);
    expect(rows.map((row) => row.deleted)).toEqual([true, ...Array<boolean>(11).fill(false)]);

    const pages: string[] = [];
    let start = '';
    for (;;) {
      const page = await api.request('GET', `${RESOURCES}/r/history?page_size=5${start}`);
      pages.push(...rowsOf(page.body).map((row) => row.revision));
      const next = page.body['next_start_key'];
      if (typeof next !== 'string') break;
      start = `&start_key=${next}`;
    }
    expect(pages).toEqual(rows.map((row) => row.revision));
  });

  it('restores an earlier revision with its passwords, and a deleted resource', async () => {
    const api = await serveResources();
    const path = `${RESOURCES}/r`;
    const first = await api.request('PUT', RESOURCES, {
      id: 'r',
      name: 'A',
      gateways: [{ server: 'a.example', password: 'first secret' }],
    });
    const second = await api.request('POST', path, { name: 'B', gateways: [] });
    const back = await api.request('PATCH', path, restore(first.body['revision']));
    expect([back.status, back.body['data']]).toEqual([200, first.body['data']]);
    expect(back.body['revision']).toMatch(/^3-/);
    const removed = await api.request('DELETE', path);
    expect((await api.request('GET', path)).status).toBe(404);
    const ofDeletion = await api.request('PATCH', path, restore(removed.body['revision']));
    expect([ofDeletion.status, ofDeletion.body['data']]).toEqual([200, first.body['data']]);
    expect((await api.request('GET', path)).body['revision']).toMatch(/^5-/);
    await api.request('DELETE', path);
    const stale = { 'if-match': '"1-x"' };
    const statuses = [
      (await api.request('PATCH', path, restore(second.body['revision']), stale)).status,
      (await api.request('PATCH', path, restore(second.body['revision']))).status,
      (await api.request('PATCH', path, { name: 'C' })).status,
    ];
    expect(statuses).toEqual([412, 200, 200]);
    expect((await api.request('GET', path)).body['data']).toMatchObject({ name: 'C' });
  });

  it('answers 404 for a revision, a resource or a life that is gone', async () => {
    const api = await serveResources();
    const path = `${RESOURCES}/r`;
    const created = await api.request('PUT', RESOURCES, { id: 'r', name: 'A', gateways: [] });
    const unknown = await api.request('PATCH', path, restore('1-unknown'));
    expect([unknown.status, unknown.body['message'], unknown.body['data']]).toEqual([
      404,
      'bad_identifier',
      { message: 'bad identifier', cause: '1-unknown' },
    ]);
    await api.request('DELETE', `${path}?should_soft_delete=false`);
    const statuses = [
      (await api.request('PATCH', path, restore(created.body['revision']))).status,
      (await api.request('GET', `${path}/history`)).status,
      (await api.request('GET', `/v2/resources/r/history`)).status,
      (await api.request('GET', `${path}/history`, undefined, { 'x-auth-token': '' })).status,
    ];
    expect(statuses).toEqual([404, 404, 404, 401]);
  });

  it('restores nothing of another account', async () => {
    const api = await serveResources();
    const foreign = await api.request('PUT', '/v2/resources', { id: 'r', name: 'G', gateways: [] });
    await api.request('PUT', RESOURCES, { id: 'r', name: 'A', gateways: [] });
    const stolen = await api.request('PATCH', `${RESOURCES}/r`, restore(foreign.body['revision']));
    expect(stolen.status).toBe(404);
    const rows = rowsOf((await api.request('GET', `${RESOURCES}/r/history`)).body);
    expect(rows.map((row) => [row.event, row.data.name])).toEqual([['resource.created', 'A']]);
  });

  it('takes a PATCH with other keys for a merge', async () => {
    expect(revisionToRestore({ action: 'restore', revision: '1-a', name: 'x' })).toBeUndefined();
    expect(revisionToRestore({ action: 'other', revision: '1-a' })).toBeUndefined();
    expect(revisionToRestore({ revision: '1-a' })).toBeUndefined();
    expect(revisionToRestore({})).toBeUndefined();
    const api = await serveResources();
    await api.request('PUT', RESOURCES, { id: 'r', name: 'A', gateways: [] });
    const refused = await Promise.all(
      [{ action: 'restore' }, restore(7), restore(null), restore({ $ne: '' })].map(
        async (data) => (await api.request('PATCH', `${RESOURCES}/r`, data)).body['data'],
      ),
    );
    expect(refused.map((data) => Object.keys(data as object))).toEqual(Array(4).fill(['revision']));
  });
});
