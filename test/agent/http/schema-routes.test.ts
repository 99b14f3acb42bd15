import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../agent/config/package-root.ts';
import type { SchemaSource } from '../../../agent/document/validate.ts';
import { schemaRoutes } from '../../../agent/http/schema-routes.ts';
import { loadSchemaCatalog } from '../../../agent/validation/schema-catalog.ts';
import { serveRoutes } from '../../support/api-harness.ts';

const catalog = loadSchemaCatalog(join(packageRoot, 'schemas'));
const open = { 'x-auth-token': '' };

describe('/v2/schemas', () => {
  it('lists and shows schemas to anybody', async () => {
    const api = await serveRoutes(schemaRoutes(catalog));
    const list = await api.request('GET', '/v2/schemas', undefined, open);
    const names = list.body['data'] as readonly string[];
    expect([list.status, names]).toEqual([200, [...names].sort()]);
    for (const name of names) {
      const one = await api.request('GET', `/v2/schemas/${name}`, undefined, open);
      expect([one.status, one.body['data']]).toEqual([
        200,
        expect.objectContaining({
          id: name,
          $schema: 'http://json-schema.org/draft-04/schema#',
        }) as object,
      ]);
    }
    const etag = list.headers.get('etag') ?? '';
    const again = await api.request('GET', '/v2/schemas', undefined, { 'if-none-match': etag });
    expect(again.status).toBe(304);
  });

  it('hides internal schemas unless asked', async () => {
    const source: SchemaSource = { ...catalog, names: () => ['kapi.x', 'resources'] };
    const api = await serveRoutes(schemaRoutes(source));
    const names = async (query: string): Promise<unknown> =>
      (await api.request('GET', `/v2/schemas${query}`, undefined, open)).body['data'];
    expect([await names(''), await names('?internals=true')]).toEqual([
      ['resources'],
      ['kapi.x', 'resources'],
    ]);
  });

  it('answers 404 for names that are none', async () => {
    const api = await serveRoutes(schemaRoutes(catalog));
    for (const name of [
      'nothing',
      '__proto__',
      'errors',
      '..%2Fpackage',
      '%00',
      'a'.repeat(5000),
    ]) {
      const found = await api.request('GET', `/v2/schemas/${name}`, undefined, open);
      expect([found.status, found.body['message']]).toEqual([404, 'bad_identifier']);
      const checked = await api.request('PUT', `/v2/schemas/${name}/validation`, {});
      expect(checked.status).toBe(404);
    }
  });

  it('validates for any token, and only for tokens', async () => {
    const api = await serveRoutes(schemaRoutes(catalog));
    const path = '/v2/schemas/resources/validation';
    const valid = await api.request(
      'PUT',
      path,
      { name: 'A', gateways: [{ server: 'a', port: '5070' }] },
      { 'x-auth-token': 'child:read_only' },
    );
    expect([valid.status, valid.body['data']]).toMatchObject([
      201,
      { weight_cost: 50, gateways: [{ port: 5070, endpoint_type: 'sip' }] },
    ]);
    const invalid = await api.request('PUT', path, { weight_cost: 101 });
    expect([invalid.status, Object.keys(invalid.body['data'] as object).sort()]).toEqual([
      400,
      ['gateways', 'name', 'weight_cost'],
    ]);
    expect((await api.request('PUT', path, [])).status).toBe(400);
    expect((await api.request('PUT', path, {}, open)).status).toBe(401);
  });
});
