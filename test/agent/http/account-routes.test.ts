import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../agent/base/change.ts';
import { encodePageKey } from '../../../agent/document/page-key.ts';
import { SiteApi, tokenOf } from './site-api.ts';

let api: SiteApi;
let master: string;
beforeEach(async () => {
  api = await SiteApi.open();
  master = await api.keyToken();
});
afterEach(() => api.close());

describe('an account', () => {
  it("is created below the token's account, with a realm of its own", async () => {
    const created = await api.request(master, 'PUT', '/accounts', {
      name: 'Acme Inc.',
      colour: 'blue',
      pvt_enabled: false,
      id: 'chosen',
    });
    expect(created.status).toBe(201);
    const id = String(created.data['id']);
    expect(created.data).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      name: 'Acme Inc.',
      colour: 'blue',
      enabled: true,
      realm: `${id.slice(0, 8)}.craftport.internal`,
      created: expect.any(Number) as number,
      is_reseller: false,
      reseller_id: api.masterId,
      superduper_admin: false,
    });
    expect(created.body['revision']).toMatch(/^1-[0-9a-f]{32}$/);
    expect(created.headers.get('location')).toBe(`/v2/accounts/${id}`);
    const fetched = await api.request(master, 'GET', `/accounts/${id}`);
    expect([fetched.status, fetched.data]).toEqual([200, created.data]);
    expect(fetched.headers.get('etag')).toBe(`"${String(created.body['revision'])}"`);
  });

  it('is refused without a name, with a bad realm, and with one in use', async () => {
    await api.request(master, 'PUT', '/accounts', { name: 'First', realm: 'First.Example.net' });
    for (const [data, field, rule] of [
      [{}, 'name', 'required'],
      [{ name: 'x', realm: 'no spaces' }, 'realm', 'pattern'],
      [{ name: 'x', realm: 'abc' }, 'realm', 'minLength'],
      [{ name: 'x', realm: 'first.example.NET' }, 'realm', 'unique'],
    ] as const) {
      const refused = await api.request(master, 'PUT', '/accounts', data);
      expect([refused.status, refused.body['message']]).toEqual([400, 'validation error']);
      expect(refused.data).toMatchObject({ [field]: { [rule]: {} } });
    }
  });

  it('is replaced and patched, keeping a realm that is not mentioned', async () => {
    const { id, realm } = await api.addAccount(master, 'Acme');
    const path = `/accounts/${id}`;
    const replaced = await api.request(master, 'POST', path, {
      name: 'Renamed',
      a: { b: 1, c: 2 },
    });
    expect(replaced.data).toMatchObject({ name: 'Renamed', realm, a: { b: 1, c: 2 } });
    const patched = await api.request(master, 'PATCH', path, { a: { b: null }, realm: 'New.NET' });
    expect(patched.data).toMatchObject({ name: 'Renamed', realm: 'new.net', a: { c: 2 } });
    // What was read can be written back: computed members do not pile up in the document.
    const whole = await api.request(master, 'POST', path, patched.data);
    expect(whole.data).toEqual(patched.data);
    const [row] = await api.site.temporary.query<{ readonly doc: string }>(
      'SELECT doc FROM accounts WHERE id = ?',
      [id],
    );
    expect(JSON.parse(row?.doc ?? '')).not.toHaveProperty('created');
  });

  it('is written only on the condition that was named', async () => {
    const { id } = await api.addAccount(master, 'Acme');
    const path = `/accounts/${id}`;
    const stale = { 'if-match': '"1-00000000000000000000000000000000"' };
    for (const method of ['POST', 'PATCH', 'DELETE'])
      expect((await api.request(master, method, path, { name: 'x' }, stale)).status).toBe(412);
    const { revision } = (await api.request(master, 'GET', path)).body;
    const current = { 'if-match': `"${String(revision)}"` };
    expect((await api.request(master, 'PATCH', path, { name: 'x' }, current)).status).toBe(200);
  });

  it('is deleted softly: it is gone, and so are its tokens and its key', async () => {
    const acme = await api.addAccount(master, 'Acme');
    expect((await api.request(acme.token, 'GET', `/accounts/${acme.id}`)).status).toBe(200);
    const deleted = await api.request(master, 'DELETE', `/accounts/${acme.id}`);
    expect(deleted.data).toMatchObject({ id: acme.id, _read_only: { deleted: true } });
    expect((await api.request(master, 'GET', `/accounts/${acme.id}`)).status).toBe(404);
    expect((await api.request(acme.token, 'GET', '/token_auth')).status).toBe(401);
    const again = await api.request(master, 'PUT', '/accounts', { name: 'x', realm: acme.realm });
    expect(again.status).toBe(201);
  });

  it('is not deleted while there are accounts below it, nor by itself', async () => {
    const acme = await api.addAccount(master, 'Acme');
    const branch = await api.addAccount(acme.token, 'Branch');
    const refused = await api.request(master, 'DELETE', `/accounts/${acme.id}`);
    expect([refused.status, refused.data]).toMatchObject([400, { account: { descendants: {} } }]);
    expect((await api.request(acme.token, 'DELETE', `/accounts/${acme.id}`)).status).toBe(403);
    expect((await api.request(master, 'DELETE', `/accounts/${api.masterId}`)).status).toBe(403);
    expect((await api.request(acme.token, 'DELETE', `/accounts/${branch.id}`)).status).toBe(200);
    expect((await api.request(master, 'DELETE', `/accounts/${acme.id}`)).status).toBe(200);
  });

  it('is disabled by an account above it, never by itself', async () => {
    const acme = await api.addAccount(master, 'Acme');
    const disabled = { enabled: false };
    const itself = await api.request(acme.token, 'PATCH', `/accounts/${acme.id}`, disabled);
    expect(itself.data).toMatchObject({ enabled: { forbidden: {} } });
    const owner = await api.request(master, 'PATCH', `/accounts/${api.masterId}`, disabled);
    expect(owner.status).toBe(400);
    expect((await api.request(master, 'PATCH', `/accounts/${acme.id}`, disabled)).status).toBe(200);
    expect((await api.request(acme.token, 'GET', '/token_auth')).status).toBe(401);
    await api.request(master, 'PATCH', `/accounts/${acme.id}`, { enabled: true });
    expect((await api.request(acme.token, 'GET', '/token_auth')).status).toBe(200);
  });

  it('leaves audit rows and events', async () => {
    const told: DomainEvent[] = [];
    const stop = api.site.context.storage.onEvents((events) => told.push(...events));
    const { id } = await api.addAccount(master, 'Acme');
    await api.request(master, 'PATCH', `/accounts/${id}`, { name: 'Renamed' });
    await api.request(master, 'DELETE', `/accounts/${id}`);
    stop();
    expect(told.filter((event) => event.name.startsWith('account.'))).toMatchObject([
      { name: 'account.created', accountId: id, data: { id, name: 'Acme' } },
      { name: 'account.apiKeyReplaced', accountId: id },
      { name: 'account.changed', data: { name: 'Renamed' } },
      { name: 'account.deleted' },
    ]);
    const rows = await api.site.temporary.query<{
      readonly before: string;
      readonly after: string;
    }>(`SELECT before, after FROM audit WHERE event = 'account.changed'`);
    expect(
      rows.map((row) => [JSON.parse(row.before), JSON.parse(row.after)] as unknown),
    ).toMatchObject([[{ name: 'Acme' }, { name: 'Renamed' }]]);
  });
});

describe('who reaches whom', () => {
  it('is the own subtree: not above, not beside, and nothing that does not exist', async () => {
    const acme = await api.addAccount(master, 'Acme');
    const branch = await api.addAccount(master, 'Branch', acme.id);
    const other = await api.addAccount(master, 'Other');
    const ids = [api.masterId, acme.id, branch.id, other.id, 'f'.repeat(32), 'nonsense'];
    const reached = async (token: string | undefined): Promise<readonly number[]> => {
      const statuses: number[] = [];
      for (const id of ids)
        statuses.push((await api.request(token, 'GET', `/accounts/${id}`)).status);
      return statuses;
    };
    expect(await reached(master)).toEqual([200, 200, 200, 200, 404, 404]);
    expect(await reached(acme.token)).toEqual([403, 200, 200, 403, 404, 404]);
    expect(await reached(branch.token)).toEqual([403, 403, 200, 403, 404, 404]);
    expect(await reached(undefined)).toEqual([401, 401, 401, 401, 404, 404]);
  });

  it('holds for creating below another account', async () => {
    const acme = await api.addAccount(master, 'Acme');
    const other = await api.addAccount(master, 'Other');
    const data = { name: 'x' };
    expect((await api.request(acme.token, 'PUT', `/accounts/${other.id}`, data)).status).toBe(403);
    expect((await api.request(acme.token, 'PUT', `/accounts/${acme.id}`, data)).status).toBe(201);
  });
});

describe('the tree', () => {
  it('is listed downwards in pages, and upwards to where the token reaches', async () => {
    const acme = await api.addAccount(master, 'Acme');
    const branch = await api.addAccount(acme.token, 'Branch');
    const desk = await api.addAccount(branch.token, 'Desk');
    const other = await api.addAccount(master, 'Other');
    const idsOf = async (token: string, path: string): Promise<readonly unknown[]> =>
      (await api.request(token, 'GET', path)).rows.map((row) => row['id']);
    expect(await idsOf(master, `/accounts/${api.masterId}/children`)).toEqual(
      [acme.id, other.id].sort(),
    );
    const all = [acme.id, branch.id, desk.id, other.id].sort();
    const path = `/accounts/${api.masterId}/descendants`;
    expect(await idsOf(master, path)).toEqual(all);
    expect(await idsOf(acme.token, `/accounts/${acme.id}/descendants`)).toEqual(
      [branch.id, desk.id].sort(),
    );
    const first = await api.request(master, 'GET', `${path}?page_size=3`);
    expect(first.body).toMatchObject({
      page_size: 3,
      next_start_key: encodePageKey(String(all[3])),
    });
    const second = await api.request(
      master,
      'GET',
      `${path}?page_size=3&start_key=${String(all[3])}`,
    );
    expect(second.rows).toMatchObject([{ id: all[3], enabled: true }]);
    expect(second.body).not.toHaveProperty('next_start_key');
    for (const key of [first.body['next_start_key'], all[3]]) {
      const again = await api.request(master, 'GET', `${path}?start_key=${String(key)}`);
      expect(again.rows.map((row) => row['id'])).toEqual([all[3]]);
    }
    expect(await idsOf(master, `${path}?descending=true`)).toEqual([...all].reverse());
    expect(await idsOf(master, `${path}?filter_name=Desk`)).toEqual([desk.id]);
    expect(await idsOf(master, `${path}?filter_not_name=Desk&page_size=2`)).toHaveLength(2);
    expect(await idsOf(master, `${path}?has_key=nothing`)).toEqual([]);
    expect(await idsOf(master, `${path}?created_to=1`)).toEqual([]);
    expect(await idsOf(master, `${path}?created_from=1&modified_from=1`)).toHaveLength(4);
    const whole = await api.request(master, 'GET', `${path}?paginate=false`);
    expect(whole.rows).toHaveLength(4);
    expect(whole.body).not.toHaveProperty('page_size');
    expect((await api.request(master, 'GET', `${path}?page_size=0`)).status).toBe(404);

    expect(await idsOf(master, `/accounts/${desk.id}/tree`)).toEqual([
      api.masterId,
      acme.id,
      branch.id,
    ]);
    expect(await idsOf(acme.token, `/accounts/${desk.id}/tree`)).toEqual([acme.id, branch.id]);
    expect(await idsOf(acme.token, `/accounts/${acme.id}/tree`)).toEqual([]);
  });
});

describe('an API key', () => {
  it('is shown once, replaces the one before, and is not to be read', async () => {
    const acme = await api.addAccount(master, 'Acme');
    const path = `/accounts/${acme.id}/api_key`;
    expect((await api.request(master, 'GET', path)).status).toBe(404);
    const made = await api.request(master, 'PUT', path, {});
    expect(made.status).toBe(201);
    const key = String(made.data['api_key']);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect((await api.request(acme.token, 'GET', '/token_auth')).status).toBe(401);
    const token = await api.keyToken(key);
    expect((await api.request(token, 'GET', '/token_auth')).data['account_id']).toBe(acme.id);
    expect((await api.site.temporary.bytes()).includes(key)).toBe(false);
  });

  it('leaves whoever replaces the own one with a token that works', async () => {
    const acme = await api.addAccount(master, 'Acme');
    const made = await api.request(acme.token, 'PUT', `/accounts/${acme.id}/api_key`, {});
    expect((await api.request(acme.token, 'GET', '/token_auth')).status).toBe(401);
    expect((await api.request(tokenOf(made), 'GET', '/token_auth')).status).toBe(200);
  });
});

describe('sign-in over the wire', () => {
  it('answers as Crossbar does', async () => {
    const { realm } = api.site.credentials;
    const key = 'f'.repeat(64);
    const answers = [];
    for (const [path, data] of [
      ['/api_auth', { api_key: key }],
      ['/api_auth', { api_key: 'short' }],
      ['/user_auth', { credentials: 'x', realm }],
      ['/user_auth', { credentials: 'x', account_name: 'nobody' }],
    ] as const) {
      const { status, body } = await api.request(undefined, 'PUT', path, data);
      answers.push([status, body['message'], body['data']]);
    }
    const wrong = [401, 'invalid_credentials', { message: 'invalid credentials' }];
    expect(answers).toMatchObject([
      [404, 'bad identifier', [key]],
      [400, 'validation error', { api_key: { minLength: { target: 64 } } }],
      wrong,
      wrong,
    ]);
  });

  it('signs out for good', async () => {
    const out = await api.request(master, 'DELETE', '/token_auth');
    expect(out.status).toBe(200);
    expect(out.body).not.toHaveProperty('data');
    expect(out.body).not.toHaveProperty('auth_token');
    const after = await api.request(master, 'GET', '/token_auth');
    expect([after.status, after.body['message']]).toEqual([401, 'invalid credentials']);
  });
});
