import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../agent/base/logger.ts';
import { packageRoot } from '../../../agent/config/package-root.ts';
import { settingRoutes } from '../../../agent/http/setting-routes.ts';
import { Settings } from '../../../agent/service/settings.ts';
import type { Store } from '../../../agent/store/store.ts';
import { loadSchemaCatalog } from '../../../agent/validation/schema-catalog.ts';
import { type ApiHarness, openTestStore, serveRoutes } from '../../support/api-harness.ts';

const schemas = loadSchemaCatalog(join(packageRoot, 'schemas'));
const RESOURCES = '/v2/system_configs/crossbar.resources';

const load = (storage: Store): Promise<Settings> =>
  Settings.load({ storage, schemas, logger: silentLogger });

async function serveSettings(): Promise<{ api: ApiHarness; settings: Settings; storage: Store }> {
  const storage = await openTestStore();
  const settings = await load(storage);
  return { api: await serveRoutes(settingRoutes(settings)), settings, storage };
}

describe('system settings', () => {
  it('answer their defaults until they are set, and both names of the sweep', async () => {
    const { api, settings } = await serveSettings();
    const unset = await api.request('GET', RESOURCES);
    expect([unset.status, unset.body['data'], unset.body['revision']]).toEqual([
      200,
      {
        id: 'crossbar.resources',
        allow_peers: false,
        collection_reply: 'documented',
        job_recover_threshold_s: 3600,
        job_recovery_threshold_s: 3600,
        job_recover_timeout_s: 21600,
        job_recovery_timeout_s: 21600,
      },
      '0-00000000000000000000000000000000',
    ]);
    expect(settings.get('crossbar').pagination_page_size).toBe(50);
    expect(settings.get('crossbar.auth').token_life_s).toBe(3600);
    const list = await api.request('GET', '/v2/system_configs');
    expect(list.body['data']).toEqual([
      'crossbar',
      'crossbar.auth',
      'crossbar.resources',
      'number_manager',
      'stepswitch',
    ]);
  });

  it('take effect at once, tell listeners and survive a restart', async () => {
    const { api, settings, storage } = await serveSettings();
    const told: string[] = [];
    settings.onChange(() => {
      throw new Error('a bug in a listener');
    });
    settings.onChange((category) => {
      told.push(`${category} ${String(settings.get('crossbar.resources').allow_peers)}`);
    });
    const set = await api.request('PATCH', RESOURCES, { allow_peers: 'true' });
    expect([set.status, settings.get('crossbar.resources').allow_peers]).toEqual([200, true]);
    expect(told).toEqual(['crossbar.resources true']);
    const restarted = await load(storage);
    expect(restarted.fetch('crossbar.resources')).toEqual(settings.fetch('crossbar.resources'));
    await api.request('POST', RESOURCES, {});
    expect(settings.get('crossbar.resources').allow_peers).toBe(false);
  });

  it('know the sweep by two names; the page’s wins when both are sent', async () => {
    const { api, settings } = await serveSettings();
    const after = async (method: string, data: object): Promise<unknown> => {
      await api.request(method, RESOURCES, data);
      const doc = settings.get('crossbar.resources');
      expect(doc.job_recovery_timeout_s).toBe(doc.job_recover_timeout_s);
      return doc.job_recover_timeout_s;
    };
    expect([
      await after('PATCH', { job_recovery_timeout_s: '60' }),
      await after('PATCH', { job_recover_timeout_s: 70, job_recovery_timeout_s: 80 }),
      await after('PATCH', { allow_peers: true }),
      await after('PATCH', { job_recovery_timeout_s: 90 }),
      await after('PATCH', { job_recovery_timeout_s: null }),
      await after('POST', { job_recovery_timeout_s: 5 }),
      await after('PATCH', { job_recover_timeout_s: null }),
    ]).toEqual([60, 70, 70, 90, 21600, 5, 21600]);
  });

  it('refuse what their schema refuses, and change nothing then', async () => {
    const { api, settings } = await serveSettings();
    const refused = await api.request('PATCH', RESOURCES, {
      job_recovery_timeout_s: 0,
      collection_reply: 'other',
    });
    expect([refused.status, Object.keys(refused.body['data'] as object).sort()]).toEqual([
      400,
      ['collection_reply', 'job_recovery_timeout_s'],
    ]);
    expect(settings.get('crossbar.resources').collection_reply).toBe('documented');
    const typo = await api.request('PATCH', RESOURCES, { allow_peer: true, default: {} });
    expect([typo.status, typo.body['warnings']]).toEqual([
      200,
      ['allow_peer', 'default'].map((path) => ({
        path,
        rule: 'unknown',
        message: 'This key is stored and has no effect',
      })),
    ]);
  });

  it('store any other category as it is, and 404 what was never set', async () => {
    const { api } = await serveSettings();
    const path = '/v2/system_configs/media_mgr';
    expect((await api.request('GET', path)).status).toBe(404);
    const set = await api.request('POST', path, { a: { b: '1' }, pvt_x: 1, id: 'no' });
    expect(set.body['data']).toEqual({ a: { b: '1' }, id: 'media_mgr' });
    const tag = `"${String(set.body['revision'])}"`;
    const statuses = [
      (await api.request('GET', path, undefined, { 'if-none-match': tag })).status,
      (await api.request('PATCH', path, { a: { c: 2 } }, { 'if-match': tag })).status,
      (await api.request('PATCH', path, { a: { c: 3 } }, { 'if-match': tag })).status,
      (await api.request('PUT', path, {})).status,
      (await api.request('POST', '/v2/system_configs/No%2F', {})).status,
      (await api.request('POST', `/v2/system_configs/${'a'.repeat(129)}`, {})).status,
      (await api.request('POST', '/v2/system_configs/__proto__', { a: 1 })).status,
      (await api.request('GET', '/v2/system_configs/constructor')).status,
      (await api.request('POST', path, [1])).status,
    ];
    expect(statuses).toEqual([304, 200, 412, 405, 404, 404, 200, 404, 400]);
    expect((await api.request('GET', path)).body['data']).toEqual({
      id: 'media_mgr',
      a: { b: '1', c: 2 },
    });
  });

  it('let the first of two writers of an unset category win', async () => {
    const { api } = await serveSettings();
    const unset = await api.request('GET', RESOURCES);
    const tag = { 'if-match': unset.headers.get('etag') ?? '' };
    const both = await Promise.all([
      api.request('PATCH', RESOURCES, { allow_peers: true }, tag),
      api.request('PATCH', RESOURCES, { allow_peers: false }, tag),
    ]);
    expect(both.map((reply) => reply.status).sort()).toEqual([200, 412]);
  });

  it('are for the master account; administrators write', async () => {
    const { api } = await serveSettings();
    const status = async (method: string, token: string): Promise<number> =>
      (await api.request(method, RESOURCES, {}, { 'x-auth-token': token })).status;
    expect([
      await status('PATCH', 'master:technician'),
      await status('PATCH', 'master:admin'),
      await status('PATCH', 'child'),
      await status('PATCH', ''),
    ]).toEqual([403, 200, 403, 401]);
    const read = (token: string) =>
      api.request('GET', RESOURCES, undefined, { 'x-auth-token': token });
    expect([(await read('child')).status, (await read('master:read_only')).status]).toEqual([
      403, 200,
    ]);
  });

  it('keep secrets sealed on disk, masked in the trail and from read-only eyes', async () => {
    const { api, storage, settings } = await serveSettings();
    const path = '/v2/system_configs/mail';
    const events: string[] = [];
    storage.onEvents((batch) => events.push(JSON.stringify(batch)));
    await api.request('POST', path, { relay: { password: 'hunter two' } });
    await api.request('PATCH', path, { relay: { password: 'hunter three' } });
    const admin = await api.request('GET', path);
    const reader = await api.request('GET', path, undefined, {
      'x-auth-token': 'master:read_only',
    });
    expect([admin.text.includes('hunter three'), reader.text.includes('hunter')]).toEqual([
      true,
      false,
    ]);
    expect((await load(storage)).fetch('mail')).toEqual(settings.fetch('mail'));
    const { rows } = await storage.read.audit.page(
      { noun: 'setting' },
      { direction: 'descending', start: undefined, end: undefined },
      10,
    );
    expect([rows.length, JSON.stringify([rows, events]).includes('hunter')]).toEqual([2, false]);
  });

  it('leave out, at the start, what the schema refuses now', async () => {
    const { storage } = await serveSettings();
    await storage.write(async ({ settings }) => {
      await settings.save('crossbar.resources', undefined, {
        allow_peers: true,
        collection_reply: 'from a newer program',
      });
    });
    const warnings: unknown[] = [];
    const settings = await Settings.load({
      storage,
      schemas,
      logger: { ...silentLogger, warn: (_message, fields) => warnings.push(fields) },
    });
    expect(settings.get('crossbar.resources')).toMatchObject({
      allow_peers: true,
      collection_reply: 'documented',
    });
    expect(warnings).toEqual([{ category: 'crossbar.resources', refused: ['collection_reply'] }]);
  });

  it('answer 200 or 400 to any document, and stay readable', async () => {
    const { api, settings } = await serveSettings();
    const key = fc.oneof(
      fc.constantFrom('allow_peers', 'job_recover_timeout_s', 'job_recovery_timeout_s', 'toString'),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('POST', 'PATCH'),
        fc.dictionary(key, fc.jsonValue()),
        async (method, data) => {
          const reply = await api.request(method, RESOURCES, data);
          expect([200, 400]).toContain(reply.status);
          expect((await api.request('GET', RESOURCES)).body['data']).toEqual({
            ...settings.fetch('crossbar.resources').doc,
            id: 'crossbar.resources',
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});
