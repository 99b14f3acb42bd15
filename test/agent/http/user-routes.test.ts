import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../agent/base/json.ts';
import { type ApiReply, SiteApi, tokenOf } from './site-api.ts';

let api: SiteApi;
let master: string;
let acme: { readonly id: string; readonly realm: string; readonly token: string };
let path: string;
beforeEach(async () => {
  api = await SiteApi.open();
  master = await api.keyToken();
  acme = await api.addAccount(master, 'Acme');
  path = `/accounts/${acme.id}/users`;
});
afterEach(() => api.close());

const put = (data: JsonObject, token = acme.token): Promise<ApiReply> =>
  api.request(token, 'PUT', path, data);

/** A user of Acme with a role, and a token of that user. */
async function addUser(
  role: string,
): Promise<{ readonly id: string; readonly path: string; readonly token: string }> {
  const data = { username: `the-${role}`, password: 'first', priv_level: role };
  const id = String((await put(data)).data['id']);
  return { id, path: `${path}/${id}`, token: await signIn(`the-${role}`, 'first') };
}

const signIn = (username: string, password: string): Promise<string> =>
  api.userToken(acme.realm, username, password);

describe('a user', () => {
  it('is created, listed and fetched without the password', async () => {
    const created = await put({
      username: 'Bob',
      password: 'planted-Passw0rd',
      first_name: 'Bob',
      extra: { keeps: true },
    });
    const id = String(created.data['id']);
    expect([created.status, created.data]).toEqual([
      201,
      {
        id,
        username: 'bob',
        first_name: 'Bob',
        enabled: true,
        priv_level: 'user',
        extra: { keeps: true },
      },
    ]);
    expect(created.headers.get('location')).toBe(`/v2${path}/${id}`);
    expect((await api.request(acme.token, 'GET', `${path}/${id}`)).data).toEqual(created.data);
    const list = await api.request(acme.token, 'GET', path);
    expect(list.rows).toEqual([
      { id, username: 'bob', enabled: true, priv_level: 'technician', first_name: 'Bob' },
    ]);
    expect((await api.site.temporary.bytes()).includes('planted-Passw0rd')).toBe(false);
    expect(await signIn('bob', 'planted-Passw0rd')).toMatch(/^eyJ/);
  });

  it('needs a name of its own and a password', async () => {
    await put({ username: 'bob', password: 'x' });
    for (const [data, field, rule] of [
      [{ password: 'x' }, 'username', 'required'],
      [{ username: 'eve' }, 'password', 'required'],
      [{ username: 'BOB', password: 'x' }, 'username', 'unique'],
      [{ username: 'a:b', password: 'x' }, 'username', 'pattern'],
      [{ username: 'a b', password: 'x' }, 'username', 'pattern'],
      [{ username: 'eve', password: 'x', priv_level: 'root' }, 'priv_level', 'enum'],
      [{ username: 'eve', password: 'x', role: 'read_only' }, 'role', 'forbidden'],
    ] as const) {
      const refused = await put(data);
      expect([refused.status, refused.data]).toMatchObject([400, { [field]: { [rule]: {} } }]);
    }
  });

  it('keeps the password unless it is sent, and needs it for another name', async () => {
    const { path: user, id } = await addUser('technician');
    const read = (await api.request(acme.token, 'GET', user)).data;
    const replaced = await api.request(acme.token, 'POST', user, { ...read, email: 'a@b.c' });
    expect(replaced.data).toEqual({ ...read, email: 'a@b.c' });
    await signIn('the-technician', 'first');
    const renamed = { username: 'carol' };
    expect((await api.request(acme.token, 'PATCH', user, renamed)).data).toMatchObject({
      password: { required: {} },
    });
    const both = { ...renamed, password: 'second' };
    expect((await api.request(acme.token, 'PATCH', user, both)).data).toMatchObject({ id });
    await signIn('carol', 'second');
    await expect(signIn('the-technician', 'first')).rejects.toThrow(/invalid_credentials/);
  });

  it('that is not there is a 404, and a bad body a 400 before that', async () => {
    const nowhere = `${path}/${'f'.repeat(32)}`;
    for (const method of ['GET', 'PATCH', 'DELETE'])
      expect((await api.request(acme.token, method, nowhere)).status).toBe(404);
    const bad = await api.request(acme.token, 'POST', nowhere, { enabled: 'perhaps' });
    expect(bad.status).toBe(400);
    const elsewhere = await api.addAccount(master, 'Other');
    const { id } = await addUser('technician');
    const wrong = await api.request(master, 'GET', `/accounts/${elsewhere.id}/users/${id}`);
    expect(wrong.status).toBe(404);
  });

  it('is out at once when disabled, deleted or given another password', async () => {
    const isIn = async (token: string): Promise<boolean> =>
      (await api.request(token, 'GET', '/token_auth')).status === 200;
    const { path: user, token } = await addUser('technician');
    expect(await isIn(token)).toBe(true);
    await api.request(acme.token, 'PATCH', user, { enabled: false });
    expect(await isIn(token)).toBe(false);
    await api.request(acme.token, 'PATCH', user, { enabled: true });
    expect(await isIn(token)).toBe(true);
    await api.request(acme.token, 'PATCH', user, { password: 'second' });
    expect(await isIn(token)).toBe(false);
    const next = await signIn('the-technician', 'second');
    const removed = await api.request(acme.token, 'DELETE', user);
    expect(removed.data).toMatchObject({ _read_only: { deleted: true } });
    expect(await isIn(next)).toBe(false);
    expect((await put({ username: 'the-technician', password: 'x' })).status).toBe(201);
  });

  it('who is the last administrator of the master account stays one', async () => {
    const users = `/accounts/${api.masterId}/users`;
    const [admin] = (await api.request(master, 'GET', users)).rows;
    const user = `${users}/${String(admin?.['id'])}`;
    for (const [method, data] of [
      ['PATCH', { enabled: false }],
      ['PATCH', { priv_level: 'technician' }],
      ['DELETE', {}],
    ] as const) {
      const refused = await api.request(master, method, user, data);
      expect([refused.status, refused.data]).toMatchObject([
        400,
        { priv_level: { forbidden: {} } },
      ]);
    }
    const second = { username: 'second', password: 'x', priv_level: 'admin' };
    await api.request(master, 'PUT', users, second);
    expect((await api.request(master, 'DELETE', user)).status).toBe(200);
  });

  it('leaves audit rows without the password', async () => {
    const { path: user } = await addUser('technician');
    await api.request(acme.token, 'PATCH', user, { password: 'planted-Passw0rd' });
    const rows = await api.site.temporary.query<{ readonly event: string }>(
      `SELECT event FROM audit WHERE noun = 'user' AND account_id = ? ORDER BY sequence`,
      [acme.id],
    );
    expect(rows.map((row) => row.event)).toEqual([
      'user.created',
      'user.changed',
      'user.passwordChanged',
    ]);
    expect((await api.site.temporary.bytes()).includes('planted-Passw0rd')).toBe(false);
  });
});

describe('roles', () => {
  it('let a technician read, and change nothing of accounts and users', async () => {
    const { path: own, token } = await addUser('technician');
    const other = await addUser('read_only');
    const account = `/accounts/${acme.id}`;
    for (const readable of [account, `${account}/children`, path, own, other.path])
      expect((await api.request(token, 'GET', readable)).status).toBe(200);
    for (const [method, target, data] of [
      ['PUT', '/accounts', { name: 'x' }],
      ['PUT', account, { name: 'x' }],
      ['POST', account, { name: 'x' }],
      ['PATCH', account, { name: 'x' }],
      ['DELETE', account, {}],
      ['PUT', `${account}/api_key`, {}],
      ['GET', `${account}/api_key`, undefined],
      ['PUT', path, { username: 'x', password: 'x' }],
      ['DELETE', other.path, {}],
      ['PATCH', other.path, { password: 'x' }],
      ['POST', other.path, { username: 'x', password: 'x' }],
      ['PATCH', own, { priv_level: 'admin' }],
      ['PATCH', own, { password: 'x', priv_level: 'admin' }],
      ['PATCH', own, { enabled: false }],
      ['POST', own, { username: 'the-technician', password: 'x' }],
    ] as const) {
      const refused = await api.request(token, method, target, data);
      expect([method, target, refused.status]).toEqual([method, target, 403]);
    }
  });

  it('let a technician change the own password and go on with a new token', async () => {
    const { path: own, token } = await addUser('technician');
    const data = { password: 'second', ui_metadata: { origin: 'console' } };
    const changed = await api.request(token, 'PATCH', own, data);
    expect(changed.status).toBe(200);
    expect((await api.request(token, 'GET', '/token_auth')).status).toBe(401);
    expect((await api.request(tokenOf(changed), 'GET', '/token_auth')).status).toBe(200);
    await signIn('the-technician', 'second');
  });

  it('let read_only read and sign out, and nothing else', async () => {
    const { path: own, token } = await addUser('read_only');
    expect((await api.request(token, 'GET', own)).status).toBe(200);
    expect((await api.request(token, 'PATCH', own, { password: 'x' })).status).toBe(403);
    expect((await api.request(token, 'PUT', path, {})).status).toBe(403);
    expect((await api.request(token, 'DELETE', '/token_auth')).status).toBe(200);
    expect((await api.request(token, 'GET', own)).status).toBe(401);
  });

  it('let an administrator do all that, in the own subtree', async () => {
    const { token } = await addUser('admin');
    const branch = await api.addAccount(token, 'Branch');
    const users = `/accounts/${branch.id}/users`;
    const data = { username: 'x', password: 'x' };
    expect((await api.request(token, 'PUT', users, data)).status).toBe(201);
    const above = await api.request(token, 'PUT', `/accounts/${api.masterId}/users`, data);
    expect(above.status).toBe(403);
  });
});
