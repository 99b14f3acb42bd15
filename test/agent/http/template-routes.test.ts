import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../agent/config/package-root.ts';
import { templateRoutes } from '../../../agent/http/template-routes.ts';
import { TemplateService } from '../../../agent/service/resource-templates.ts';
import { loadSchemaCatalog } from '../../../agent/validation/schema-catalog.ts';
import {
  type ApiHarness,
  CHILD_ID,
  MASTER_ID,
  openTestStore,
  serveRoutes,
} from '../../support/api-harness.ts';

const schemas = loadSchemaCatalog(join(packageRoot, 'schemas'));
const OWN = `/v2/accounts/${MASTER_ID}/resource_templates`;
const BELOW = `/v2/accounts/${CHILD_ID}/resource_templates`;

async function serveTemplates(): Promise<ApiHarness> {
  const storage = await openTestStore();
  return serveRoutes(
    templateRoutes(new TemplateService({ storage, schemas, random: randomBytes })),
  );
}

const template = {
  id: 't',
  template_name: 'Carrier',
  name: 'C',
  classifiers: { did_us: {} },
  gateways: [{ server: 'a.example', password: 'clear' }],
  pvt_x: 1,
};

describe('resource templates', () => {
  it('are written by the reseller and read by the accounts below it', async () => {
    const api = await serveTemplates();
    const created = await api.request('PUT', OWN, template);
    expect([created.status, created.headers.get('location')]).toEqual([201, `${OWN}/t`]);
    const list = await api.request('GET', BELOW, undefined, { 'x-auth-token': 'child' });
    expect(list.body['data']).toEqual([
      { id: 't', name: 'C', template_name: 'Carrier', classifiers: { did_us: {} } },
    ]);
    const read = async (path: string, token: string): Promise<unknown> =>
      (await api.request('GET', path, undefined, { 'x-auth-token': token })).body['data'];
    const stored = Object.fromEntries(Object.entries(template).filter(([key]) => key !== 'pvt_x'));
    expect(await read(`${OWN}/t`, 'master')).toEqual(stored);
    expect(await read(`${BELOW}/t`, 'master')).toEqual(stored);
    expect(await read(`${BELOW}/t`, 'child')).toEqual({
      ...stored,
      gateways: [{ server: 'a.example' }],
    });
    const local = await api.request('GET', `${BELOW}?local=true`);
    expect([local.status, local.body['data']]).toEqual([200, []]);
    expect((await api.request('GET', `${OWN}/t?local=true`)).status).toBe(200);
  });

  it('refuse the writes of other accounts in the documented words', async () => {
    const api = await serveTemplates();
    await api.request('PUT', OWN, template);
    for (const [method, path] of [
      ['PUT', BELOW],
      ['PUT', `${BELOW}?local=true`],
      ['POST', `${BELOW}/t`],
      ['PATCH', `${BELOW}/t`],
      ['DELETE', `${BELOW}/t`],
    ] as const) {
      const refused = await api.request(method, path, template);
      expect([refused.status, refused.body['data']]).toEqual([
        400,
        {
          Account: {
            forbidden: { message: 'You are not authorized to modify the resource templates' },
          },
        },
      ]);
    }
    expect((await api.request('PUT', OWN, template, { 'x-auth-token': 'child' })).status).toBe(403);
  });

  it('need a name and nothing else', async () => {
    const api = await serveTemplates();
    for (const data of [{}, { template_name: '' }, { name: 'x' }]) {
      const refused = await api.request('PUT', OWN, data);
      expect([refused.status, refused.body['data']]).toEqual([
        400,
        { template_name: { required: { message: 'Template name is required' } } },
      ]);
    }
    expect((await api.request('PUT', OWN, { template_name: ['x'] })).status).toBe(400);
    expect((await api.request('PUT', OWN, [template])).status).toBe(400);
    await api.request('PUT', OWN, { id: 't', template_name: 'A', odd: { key: null } });
    const path = `${OWN}/t`;
    const patched = await api.request('PATCH', path, { name: 'N', odd: null });
    expect(patched.body['data']).toEqual({ id: 't', template_name: 'A', name: 'N' });
    expect((await api.request('PATCH', path, { template_name: null })).status).toBe(400);
    const replaced = await api.request('POST', path, { template_name: 'B' });
    expect(replaced.body['data']).toEqual({ id: 't', template_name: 'B' });
    const stale = { 'if-match': `"${String(patched.body['revision'])}"` };
    expect((await api.request('DELETE', path, undefined, stale)).status).toBe(412);
    const removed = await api.request('DELETE', path);
    expect(removed.body['data']).toEqual({
      id: 't',
      template_name: 'B',
      _read_only: { deleted: true },
    });
    expect((await api.request('GET', path)).status).toBe(404);
  });

  it('are listed in pages', async () => {
    const api = await serveTemplates();
    for (const id of ['a', 'b', 'c', 'd', 'e'])
      await api.request('PUT', OWN, { id, template_name: id });
    const walk = async (query: string): Promise<readonly unknown[]> => {
      const seen: unknown[] = [];
      let start = '';
      for (;;) {
        const { body } = await api.request('GET', `${OWN}?page_size=2${query}${start}`);
        seen.push((body['data'] as readonly { id: string }[]).map((row) => row.id).join(''));
        const next = body['next_start_key'];
        if (typeof next !== 'string') return seen;
        start = `&start_key=${next}`;
      }
    };
    expect(await walk('')).toEqual(['ed', 'cb', 'a']);
    expect(await walk('&ascending=true')).toEqual(['ab', 'cd', 'e']);
  });
});
