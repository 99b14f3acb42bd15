import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../../agent/base/json.ts';
import { packageRoot } from '../../../agent/config/package-root.ts';
import { resourceRoutes } from '../../../agent/http/resource-routes.ts';
import { routeEvaluationRoutes } from '../../../agent/http/route-evaluation-routes.ts';
import { PatternCache } from '../../../agent/pattern/pattern-cache.ts';
import { ResourceService } from '../../../agent/service/resources.ts';
import { RouteSets } from '../../../agent/service/route-sets.ts';
import { RouteService } from '../../../agent/service/routes.ts';
import { loadSchemaCatalog } from '../../../agent/validation/schema-catalog.ts';
import {
  type ApiHarness,
  child,
  CHILD_ID,
  master,
  MASTER_ID,
  openTestStore,
  serveRoutes,
} from '../../support/api-harness.ts';
import { loadPcre2 } from '../pattern/pcre2-binary.ts';

interface Example {
  readonly id: string;
  readonly kind: string;
  readonly resources: readonly JsonObject[];
  readonly request: JsonObject;
  readonly expected: JsonObject;
}

const examples = JSON.parse(
  readFileSync(new URL('../../fixtures/routing/examples.json', import.meta.url), 'utf8'),
) as readonly Example[];

async function serveSite(
  settings: { stepswitch: object } = { stepswitch: {} },
): Promise<ApiHarness> {
  const storage = await openTestStore();
  const patterns = new PatternCache(loadPcre2);
  const sets = new RouteSets({
    storage,
    patterns,
    settings: () => ({ ...settings, numberManager: {} }),
    onSettings: () => () => {},
  });
  onTestFinished(() => sets.stop());
  const resources = new ResourceService({
    storage,
    validator: loadSchemaCatalog(join(packageRoot, 'schemas')).validator('resources'),
    random: randomBytes,
    allowPeers: () => false,
  });
  const routes = new RouteService({
    sets,
    random: () => 0.999_999,
    nowMs: () => performance.now(),
    loadAccount: (id) => Promise.resolve([master, child].find((known) => known.id === id)),
    findAccountByRealm: (realm) =>
      Promise.resolve([master, child].find((known) => known.realm === realm)),
  });
  return serveRoutes([...resourceRoutes(resources, () => []), ...routeEvaluationRoutes(routes)]);
}

const CALL = { number: '7735550111', caller_id_number: '+13125550142' };
const ROUTES = `/v2/accounts/${CHILD_ID}/routes`;

interface Answer {
  readonly endpoints: readonly { readonly resource_id: string; readonly route: string }[];
  readonly dial: { readonly raw: string } | null;
  readonly excluded: readonly JsonObject[];
  readonly timing_us: number;
  readonly invites: readonly JsonObject[];
  readonly flat_rate: { readonly eligible: boolean };
}

async function ask(api: ApiHarness, path: string, data: object): Promise<Answer> {
  const reply = await api.request('PUT', path, data);
  expect(reply.status).toBe(201);
  return reply.body['data'] as unknown as Answer;
}

describe('routes', () => {
  const recorded = examples.filter(({ kind }) => kind === 'route');
  it.each(recorded)('answers $id from drafts, in its shape', async (example) => {
    const { id, resources, request, expected } = example;
    const api = await serveSite();
    const config = { default_weight: 3, kazoo_ties: id === 'example-003' };
    const answer = await ask(api, '/v2/routes', { ...request, resources, config });
    const { intended, ...more } = expected;
    const shown = Object.fromEntries(
      Object.entries(more).filter(([key]) => key !== 'random_resources'),
    );
    // What Kazoo's faults change is compared where the function itself is tested.
    if (intended !== undefined) {
      expect(Object.keys(answer)).toEqual(expect.arrayContaining(Object.keys(shown)));
      expect(answer).toMatchObject({ endpoints: shown['endpoints'] });
    } else expect(answer).toMatchObject(shown);
  });

  it('answers from what is stored, and from every change of it', async () => {
    const api = await serveSite();
    const list = `/v2/accounts/${CHILD_ID}/resources`;
    const doc = (server: string) => ({
      name: server,
      rules: ['^\\+1(\\d{10})$'],
      gateways: [{ server, password: 'pLanted' }],
    });
    const ids = async (): Promise<string[]> =>
      (await ask(api, ROUTES, CALL)).endpoints.map((endpoint) => endpoint.route);
    expect(await ids()).toEqual([]);
    await api.request('PUT', list, { id: 'a', weight_cost: 1, ...doc('a.example') });
    await api.request('PUT', list, { id: 'b', weight_cost: 2, ...doc('b.example') });
    expect(await ids()).toEqual(['sip:7735550111@a.example', 'sip:7735550111@b.example']);
    await api.request('PATCH', `${list}/a`, { weight_cost: 3 });
    expect(await ids()).toEqual(['sip:7735550111@b.example', 'sip:7735550111@a.example']);
    await api.request('DELETE', `${list}/b`);
    expect(await ids()).toEqual(['sip:7735550111@a.example']);
    const text = (await api.request('PUT', ROUTES, CALL)).text;
    expect(text).not.toContain('pLanted');
    expect(text).toContain('********');
  });

  it('lays drafts over what is stored, and stores nothing', async () => {
    const api = await serveSite();
    const list = `/v2/accounts/${CHILD_ID}/resources`;
    const rules = ['^\\+1(\\d{10})$'];
    await api.request('PUT', list, { id: 'a', name: 'a', rules, gateways: [{ server: 'a' }] });
    const drafts = [
      { id: 'a', name: 'a', rules, gateways: [{ server: 'changed' }] },
      { _id: 'new', name: 'new', weight_cost: 1, rules, gateways: [{ server: 'new' }] },
    ];
    const asked = await ask(api, ROUTES, { ...CALL, local_resources: drafts });
    expect(asked.endpoints.map(({ route }) => route)).toEqual([
      'sip:7735550111@new',
      'sip:7735550111@changed',
    ]);
    const again = await ask(api, ROUTES, CALL);
    expect(again.endpoints.map(({ route }) => route)).toEqual(['sip:7735550111@a']);
    expect((await api.request('GET', list)).body['page_size']).toBe(1);
  });

  it('says why each other resource was left out', async () => {
    const api = await serveSite();
    const asked = await ask(api, '/v2/routes', {
      ...CALL,
      flags: ['fax'],
      resources: [
        { id: 'off', name: 'off', enabled: false, rules: ['.'], gateways: [{ server: 'x' }] },
        { id: 'flags', name: 'flags', rules: ['.'], gateways: [{ server: 'x' }] },
        {
          id: 'rule',
          name: 'rule',
          flags: ['fax'],
          rules: ['^\\+44', '('],
          gateways: [{ server: 'x' }],
        },
        {
          id: 'gate',
          name: 'gate',
          flags: ['fax'],
          rules: ['.'],
          gateways: [
            { server: 'x', enabled: false },
            { endpoint_type: 'skype', server: 'x' },
          ],
        },
      ],
    });
    expect(
      asked.excluded.map(({ resource_id, gateway_index, stage }) => [
        resource_id,
        gateway_index,
        stage,
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['off', undefined, 'disabled'],
        ['flags', undefined, 'flag'],
        ['rule', undefined, 'rule'],
        ['rule', undefined, 'unusable_rule'],
        ['gate', 0, 'gateway_disabled'],
        ['gate', 1, 'not_dialable'],
      ]),
    );
    expect(asked.timing_us).toBeGreaterThan(0);
  });

  it('prints the INVITE of the API document literally', async () => {
    const api = await serveSite();
    const asked = await ask(api, '/v2/routes', {
      number: '+14158867900',
      caller_id_number: '+13125550142',
      requestor_custom_channel_vars: { 'Pass-Through': 'pass-through=0288', 'Account-ID': 'XXXX' },
      resources: [
        {
          id: 'r',
          name: 'r',
          rules: ['^(\\+1\\d{10})$'],
          gateways: [
            {
              server: '10.26.0.88',
              invite_parameters: {
                dynamic: [
                  'custom_channel_vars.pass-through',
                  { tag: 'id', key: 'custom_channel_vars.account_id' },
                ],
                static: ['npid'],
              },
            },
          ],
        },
      ],
    });
    expect(asked.endpoints[0]?.route).toBe('sip:+14158867900@10.26.0.88');
    expect(asked.dial?.raw).toContain("sip_invite_params='npid;id=XXXX;pass-through=0288'");
    expect(asked.invites).toEqual([
      {
        resource_id: 'r',
        gateway_index: 0,
        request_line: 'INVITE sip:+14158867900@10.26.0.88;npid;id=XXXX;pass-through=0288 SIP/2.0',
        headers: {},
      },
    ]);
  });

  it('shows the lines and headers of SIP legs, and none of others', async () => {
    const api = await serveSite();
    const asked = await ask(api, '/v2/routes', {
      ...CALL,
      asserted_identity_number: '+13125550100',
      account_realm: 'account.example',
      resources: [
        {
          id: 'r',
          name: 'r',
          rules: ['.*'],
          gateways: [
            { server: 'pri', endpoint_type: 'freetdm' },
            { server: 'x', route: 'sofia/gateway/gw/1' },
            {
              server: 'sip.example',
              custom_sip_headers: { 'X-A': 'a' },
              format_from_uri: true,
              from_uri_realm: 'from.example',
            },
          ],
        },
      ],
    });
    expect(asked.invites).toEqual([
      {
        resource_id: 'r',
        gateway_index: 2,
        request_line: 'INVITE sip:+17735550111@sip.example SIP/2.0',
        headers: {
          From: '<sip:+13125550142@from.example>',
          'P-Asserted-Identity': '<sip:+13125550100@account.example>',
          'X-A': 'a',
        },
      },
    ]);
  });

  it('asks the flat-rate lists of a stored global resource when the settings say so', async () => {
    const doc = {
      name: 'german',
      rules: ['.'],
      gateways: [{ server: 'x' }],
      flat_rate_whitelist: '^\\+49',
    };
    const eligible = async (api: ApiHarness, path: string) =>
      (await ask(api, path, { ...CALL, number: '+4930123456' })).flat_rate.eligible;
    const api = await serveSite({ stepswitch: { resource_flat_rate_lookup: true } });
    expect(await eligible(api, '/v2/routes')).toBe(false);
    await api.request('PUT', '/v2/resources', { id: 'g', ...doc });
    await api.request('PUT', `/v2/accounts/${CHILD_ID}/resources`, { id: 'l', ...doc });
    expect(await eligible(api, '/v2/routes')).toBe(true);
    expect(await eligible(api, ROUTES)).toBe(false);
    const plain = await serveSite();
    await plain.request('PUT', '/v2/resources', { id: 'g', ...doc });
    expect(await eligible(plain, '/v2/routes')).toBe(false);
  });

  it('shows nobody the resources of the system or of an account above', async () => {
    const api = await serveSite();
    const gateways = [{ server: '192.0.2.5', realm: 'upstream.example', username: 'secretive' }];
    const doc = { name: 'up', rules: ['.'], gateways };
    await api.request('PUT', '/v2/resources', { id: 'global', ...doc });
    await api.request('PUT', `/v2/accounts/${MASTER_ID}/resources`, { id: 'above', ...doc });
    const token = { 'x-auth-token': 'child' };
    for (const hunt_account_id of [null, '', MASTER_ID]) {
      const data = { ...CALL, hunt_account_id };
      expect((await api.request('PUT', ROUTES, data, token)).status).toBe(403);
      expect((await ask(api, ROUTES, data)).endpoints).toHaveLength(1);
    }
    const stranger = { ...CALL, hunt_account_id: 'f'.repeat(32) };
    const answer = await api.request('PUT', ROUTES, stranger, token);
    expect(answer.body['data']).toMatchObject({
      result: 'no_resources',
      excluded: [],
      skipped: [{ part: 'hunt_account_id' }],
    });
    const inbound = await api.request('PUT', `${ROUTES}/inbound`, { ip: '192.0.2.5' }, token);
    expect(inbound.body['data']).toMatchObject({
      result: 'recognised',
      match: { resource_id: 'global', global: true, username: null, realm: null },
      excluded: [],
    });
    const missed = await api.request('PUT', `${ROUTES}/inbound`, { ip: '192.0.2.9' }, token);
    expect(inbound.text + missed.text).not.toMatch(/upstream|secretive|192\.0\.2\.5/);
  });

  it('recognises inbound calls and refuses what is no question', async () => {
    const api = await serveSite();
    await api.request('PUT', '/v2/resources', {
      id: 'carrier',
      name: 'carrier',
      gateways: [{ server: '192.0.2.5' }, { server: '192.0.2.6', force_port: true, port: 5070 }],
    });
    const inbound = await api.request('PUT', '/v2/routes/inbound', { ip: '192.0.2.6', port: 5070 });
    expect(inbound.body['data']).toMatchObject({
      result: 'recognised',
      match: { resource_id: 'carrier', gateway_index: 1, global: true, matched_by: 'ip_and_port' },
    });
    await api.request('PUT', `/v2/accounts/${CHILD_ID}/resources`, {
      id: 'own',
      name: 'own',
      formatters: { from: { regex: '^\\+1(.*)', direction: 'inbound' } },
      gateways: [{ server: '192.0.2.7', custom_sip_headers: { in: { 'X-From': 'own' } } }],
    });
    const byRealm = { ip: '192.0.2.7', realm: child.realm, fields: { From: '+1312@x' } };
    expect((await api.request('PUT', '/v2/routes/inbound', byRealm)).body['data']).toMatchObject({
      match: { resource_id: 'own', global: false, custom_sip_headers: { 'X-From': 'own' } },
      formatted: { fields: { From: '312@x' }, skipped: [] },
    });
    const byId = { ip: '192.0.2.7', account_id: CHILD_ID };
    expect((await api.request('PUT', '/v2/routes/inbound', byId)).body['data']).toMatchObject({
      match: { resource_id: 'own' },
    });
    const nobody = await api.request('PUT', '/v2/routes/inbound', { ip: '192.0.2.7' });
    expect(nobody.body['data']).toMatchObject({ match: null });
    const unknown = await api.request('PUT', '/v2/routes/inbound', { ip: '192.0.2.6', port: 1 });
    expect(unknown.body['data']).toMatchObject({ result: 'unknown', match: null });
    for (const [path, data] of [
      ['/v2/routes/inbound', {}],
      ['/v2/routes', {}],
      ['/v2/routes', { number: 7 }],
      ['/v2/routes', { number: '1', resources: {} }],
      ['/v2/routes', { number: '1', resources: [1] }],
      ['/v2/routes', { number: '1', resources: [{ rules: Array<string>(5001).fill('1') }] }],
      ['/v2/routes', { number: '1', resources: Array<object>(1001).fill({}) }],
      ['/v2/routes', { number: '1', resources: [{ gateways: Array<object>(2001).fill({}) }] }],
      ['/v2/routes', { number: '1', config: [] }],
    ] as const)
      expect((await api.request('PUT', path, data)).status).toBe(400);
    const reader = { 'x-auth-token': 'child:read_only' };
    expect((await api.request('PUT', ROUTES, CALL, reader)).status).toBe(201);
    expect((await api.request('PUT', '/v2/routes', CALL, reader)).status).toBe(403);
  });
});
