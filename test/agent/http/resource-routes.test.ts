import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../agent/config/package-root.ts';
import { resourceRoutes } from '../../../agent/http/resource-routes.ts';
import { ResourceService } from '../../../agent/service/resources.ts';
import { loadSchemaCatalog } from '../../../agent/validation/schema-catalog.ts';
import {
  type ApiHarness,
  CHILD_ID,
  MASTER_ID,
  openTestStore,
  serveRoutes,
} from '../../support/api-harness.ts';

async function serveResources(): Promise<ApiHarness> {
  const storage = await openTestStore();
  const validator = loadSchemaCatalog(join(packageRoot, 'schemas')).validator('resources');
  const service = new ResourceService({
    storage,
    validator,
    random: randomBytes,
    allowPeers: () => false,
  });
  return serveRoutes(resourceRoutes(service, () => []));
}

const RESOURCES = `/v2/accounts/${CHILD_ID}/resources`;

describe('resources', () => {
  it('creates with defaults, coercion, Location and revision, and fetches the same', async () => {
    const api = await serveResources();
    const created = await api.request('PUT', RESOURCES, {
      name: 'Carrier 3',
      gateways: [{ server: 'sip.example.net', port: '5070' }],
      peer: false,
      ui_metadata: { origin: 'x' },
      pvt_secret: 1,
    });
    expect(created.status).toBe(201);
    const data = created.body['data'] as { id: string };
    expect(data).toEqual({
      emergency: false,
      enabled: true,
      flags: [],
      grace_period: 5,
      rules: [],
      weight_cost: 50,
      name: 'Carrier 3',
      peer: false,
      ui_metadata: { origin: 'x' },
      gateways: [
        {
          channel_selection: 'ascending',
          enabled: true,
          endpoint_type: 'sip',
          force_port: false,
          invite_format: 'route',
          port: 5070,
          skype_rr: true,
          server: 'sip.example.net',
        },
      ],
      id: data.id,
    });
    expect(data.id).toMatch(/^[0-9a-f]{32}$/);
    expect(created.body['revision']).toMatch(/^1-[0-9a-f]{32}$/);
    expect(created.headers.get('location')).toBe(`${RESOURCES}/${data.id}`);
    const fetched = await api.request('GET', `${RESOURCES}/${data.id}`);
    expect([fetched.status, fetched.body['data'], fetched.body['revision']]).toEqual([
      200,
      data,
      created.body['revision'],
    ]);
    expect(fetched.headers.get('etag')).toBe(`"${String(created.body['revision'])}"`);
  });

  it('answers conditional requests', async () => {
    const api = await serveResources();
    const created = await api.request('PUT', RESOURCES, { name: 'A', gateways: [] });
    const { id } = created.body['data'] as { id: string };
    const path = `${RESOURCES}/${id}`;
    const tag = `"${String(created.body['revision'])}"`;
    const statuses = [
      (await api.request('GET', path, undefined, { 'if-none-match': tag })).status,
      (await api.request('GET', path, undefined, { 'if-match': '"1-x"' })).status,
      (await api.request('PATCH', path, {}, { 'if-match': '"1-x"' })).status,
      (await api.request('PATCH', path, {}, { 'if-none-match': tag })).status,
      (await api.request('PUT', RESOURCES, { name: 'B', gateways: [] }, { 'if-match': '*' }))
        .status,
      (await api.request('PATCH', path, {}, { 'if-match': tag })).status,
      (await api.request('DELETE', path, undefined, { 'if-match': tag })).status,
    ];
    expect(statuses).toEqual([304, 412, 412, 412, 412, 200, 412]);
  });

  it('replaces, merges and removes', async () => {
    const api = await serveResources();
    const created = await api.request('PUT', RESOURCES, {
      id: 'mine',
      name: 'A',
      gateways: [],
      media: { fax_option: true },
    });
    expect(created.status).toBe(201);
    const path = `${RESOURCES}/mine`;
    const patched = await api.request('PATCH', path, {
      custom_sip_headers: { 'X-Reseller-ID': 'a1b2c3' },
      media: { fax_option: null },
    });
    expect(patched.body['data']).toMatchObject({
      name: 'A',
      custom_sip_headers: { 'X-Reseller-ID': 'a1b2c3' },
    });
    const replaced = await api.request('POST', path, { id: 'other', name: 'B', gateways: [] });
    expect(replaced.body['data']).toEqual({
      id: 'mine',
      name: 'B',
      gateways: [],
      emergency: false,
      enabled: true,
      flags: [],
      grace_period: 5,
      rules: [],
      weight_cost: 50,
    });
    const removed = await api.request('DELETE', path, { ui_metadata: {} });
    expect(removed.body['data']).toEqual({
      ...(replaced.body['data'] as object),
      _read_only: { deleted: true },
    });
    expect(removed.body['revision']).toMatch(/^4-/);
    const gone = await api.request('GET', path);
    expect([gone.status, gone.body['message'], gone.body['error'], gone.body['data']]).toEqual([
      404,
      'bad_identifier',
      '404',
      { message: 'bad identifier', cause: 'mine' },
    ]);
    const again = await api.request('PUT', RESOURCES, { id: 'mine', name: 'A', gateways: [] });
    expect([again.status, again.body['message']]).toEqual([409, 'datastore_conflict']);
  });

  it('keeps global resources for the master account and strangers out of accounts', async () => {
    const api = await serveResources();
    const as = async (token: string, path: string): Promise<number> =>
      (await api.request('GET', path, undefined, { 'x-auth-token': token })).status;
    expect([
      await as('master', '/v2/resources'),
      await as('child', '/v2/resources'),
      await as('', '/v2/resources'),
      await as('nonsense', '/v2/resources'),
      await as('master', RESOURCES),
      await as('child', RESOURCES),
      await as('child', `/v2/accounts/${MASTER_ID}/resources`),
      await as('master', '/v2/accounts/nobody/resources'),
      await as('', '/v2/accounts/00000000000000000000000000000000/resources'),
    ]).toEqual([200, 403, 401, 401, 200, 200, 403, 404, 404]);
  });

  it('says which methods a path has', async () => {
    const api = await serveResources();
    const head = await fetch(`${api.url}${RESOURCES}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('allow')]).toEqual([405, 'GET, PUT']);
    const wrong = await api.request('POST', RESOURCES, {});
    expect([wrong.status, wrong.body['message'], wrong.headers.get('allow')]).toEqual([
      405,
      'invalid_method',
      'GET, PUT',
    ]);
    const tunnelled = await api.request('POST', `${RESOURCES}?verb=PUT`, {
      name: 'T',
      gateways: [],
    });
    expect(tunnelled.status).toBe(201);
  });
});
