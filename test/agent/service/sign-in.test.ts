import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../agent/base/change.ts';
import { CraftportError } from '../../../agent/base/error.ts';
import {
  type SignInContext,
  signInWithApiKey,
  signInWithPassword,
} from '../../../agent/service/sign-in.ts';
import { Site, visitor } from './site.ts';

let site: Site;
beforeEach(async () => {
  site = await Site.open();
});
afterEach(() => site.close());

const acme = 'c'.repeat(32);
const namesake = 'd'.repeat(32);
const wrong = { code: 'auth.wrong' };

const setEnabled = (id: string, enabled: boolean): Promise<unknown> =>
  site.context.storage.write(async ({ accounts }) => {
    const account = await accounts.load(id);
    if (account !== undefined) await accounts.replace(account, { ...account, enabled });
  });

describe('signing in with an API key', () => {
  it("answers a token and the account in Crossbar's words", async () => {
    const { token, document } = await site.signInWithKey();
    const masterId = site.credentials.account_id;
    expect(document).toEqual({
      account_id: masterId,
      account_name: 'Master',
      language: 'en-us',
      apps: [],
      is_reseller: false,
      reseller_id: masterId,
      is_master_account: true,
      cluster_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      capabilities: {},
      ui_config: {},
    });
    expect(await site.authenticator.identify(token)).toMatchObject({
      account: { id: masterId },
      userId: undefined,
      method: 'cb_api_auth',
      role: 'admin',
    });
  });

  it('answers an unknown key with the key, as Crossbar does', async () => {
    const key = 'f'.repeat(64);
    await expect(signInWithApiKey(site.context, key, visitor)).rejects.toMatchObject({
      code: 'auth.unknown-key',
      detail: { key },
    });
  });

  it('tells that the account is disabled', async () => {
    await setEnabled(site.credentials.account_id, false);
    await expect(site.signInWithKey()).rejects.toMatchObject({ code: 'account.disabled' });
  });
});

describe('signing in with a password', () => {
  beforeEach(async () => {
    await site.addAccount(acme, 'Acme Inc.', { username: 'bob', password: 'Secret 1' });
    await site.addAccount(namesake, 'ACME, Inc', { username: 'eve', password: 'Secret 2' });
  });

  it.each(['md5', 'sha'] as const)('takes %s digests by realm and by name', async (method) => {
    const byRealm = await site.signInAs('bob', 'Secret 1', { realm: 'CCCC.example.net' }, method);
    const byName = await site.signInAs('BOB', 'Secret 1', { accountName: 'acme inc' }, method);
    expect(byRealm.document).toEqual(byName.document);
    expect(byName.document).toMatchObject({
      account_id: acme,
      owner_id: `c${'9'.repeat(31)}`,
      is_master_account: false,
      reseller_id: site.credentials.account_id,
    });
  });

  it('tries each account of the same name', async () => {
    const { document } = await site.signInAs('eve', 'Secret 2', { accountName: 'acmeinc' });
    expect(document).toMatchObject({ account_id: namesake, account_name: 'ACME, Inc' });
  });

  it('falls back to the name when the realm or the telephone number finds nothing', async () => {
    const where = { realm: 'nowhere.net', phoneNumber: '+15550100', accountName: 'acme inc' };
    expect((await site.signInAs('bob', 'Secret 1', where)).document['account_id']).toBe(acme);
  });

  it('refuses a wrong password, name, realm, account and case of the password alike', async () => {
    const realm = 'cccc.example.net';
    for (const [username, password, where] of [
      ['bob', 'Secret 2', { realm }],
      ['bob', 'secret 1', { realm }],
      ['eve', 'Secret 2', { realm }],
      ['bob', 'Secret 1', { realm: 'dddd.example.net' }],
      ['bob', 'Secret 1', { realm: 'nowhere.net' }],
      ['bob', 'Secret 1', { accountName: 'nobody' }],
      ['bob', 'Secret 1', { accountName: '***' }],
    ] as const)
      await expect(site.signInAs(username, password, where)).rejects.toMatchObject(wrong);
  });

  it('hashes once for an account that does not exist, as for one that does', async () => {
    const hashed: string[] = [];
    const context: SignInContext = {
      ...site.context,
      passwords: {
        ...site.context.passwords,
        hash: (accountId, method, digest, beforeStart) => {
          hashed.push(accountId);
          return site.context.passwords.hash(accountId, method, digest, beforeStart);
        },
      },
    };
    const attempt = (realm: string): Promise<unknown> =>
      signInWithPassword(context, { credentials: 'x', method: 'md5', realm }, visitor);
    await expect(attempt('nowhere.net')).rejects.toMatchObject(wrong);
    await expect(attempt('cccc.example.net')).rejects.toMatchObject(wrong);
    expect(hashed).toEqual(['', acme]);
  });

  it('refuses a disabled user as if the password were wrong', async () => {
    await site.context.storage.write(async ({ users }) => {
      const user = await users.findByUsername(acme, 'bob');
      if (user !== undefined) await users.replace(user, { ...user, enabled: false });
    });
    await expect(
      site.signInAs('bob', 'Secret 1', { accountName: 'acmeinc' }),
    ).rejects.toMatchObject(wrong);
  });

  it('tells of a disabled account only who knows the password', async () => {
    await setEnabled(acme, false);
    const where = { realm: 'cccc.example.net' };
    await expect(site.signInAs('bob', 'Secret 1', where)).rejects.toMatchObject({
      code: 'account.disabled',
    });
    await expect(site.signInAs('bob', 'wrong', where)).rejects.toMatchObject(wrong);
  });

  it('asks for an account when none is named', async () => {
    await expect(site.signInAs('bob', 'Secret 1', {})).rejects.toMatchObject({
      code: 'request.invalid',
      detail: { fields: { account_name: { required: {} } } },
    });
  });
});

describe('what a sign-in leaves behind', () => {
  it('is an audit row and an event, without the token', async () => {
    const events: DomainEvent[] = [];
    site.context.storage.onEvents((told) => events.push(...told));
    const { token, tokenId } = await site.signInAsAdmin();
    const [row] = await site.temporary.query(
      `SELECT event, noun, document_id, account_id, actor_account_id, actor_method, request_id,
         remote FROM audit ORDER BY sequence DESC LIMIT 1`,
    );
    expect(row).toEqual({
      event: 'session.signedIn',
      noun: 'session',
      document_id: tokenId,
      account_id: site.credentials.account_id,
      actor_account_id: site.credentials.account_id,
      actor_method: 'cb_user_auth',
      request_id: 'request',
      remote: '192.0.2.7',
    });
    expect(events.map((event) => event.name)).toEqual(['session.signedIn']);
    expect((await site.temporary.bytes()).includes(token)).toBe(false);
  });

  it('is an event without audit when it was refused', async () => {
    const events: DomainEvent[] = [];
    site.context.storage.onEvents((told) => events.push(...told));
    await site.signInAs('admin', 'guess', { realm: 'Craftport.Internal' }).catch(() => undefined);
    expect(events).toMatchObject([
      {
        name: 'session.refused',
        data: { method: 'cb_user_auth', remote: '192.0.2.7', target: 'craftport.internal' },
      },
    ]);
    expect(await site.temporary.query(`SELECT 1 FROM audit WHERE noun = 'session'`)).toEqual([]);
  });

  it('is no key, password or digest in any file but credentials.json', async () => {
    await site.signInWithKey();
    await site.signInAsAdmin();
    const { api_key: key, password } = site.credentials;
    const everywhere = (await site.temporary.bytes()).toString('latin1');
    // Once each: in credentials.json.
    expect(everywhere.split(key)).toHaveLength(2);
    expect(everywhere.split(password)).toHaveLength(2);
  });

  it('does not keep anybody out when the disk is full', async () => {
    const full = new CraftportError('store.full', 'The disk is full');
    const storage = { ...site.context.storage, read: site.context.storage.read };
    const context: SignInContext = {
      ...site.context,
      storage: { ...storage, onEvents: () => () => undefined, write: () => Promise.reject(full) },
    };
    const { token } = await signInWithApiKey(context, site.credentials.api_key, visitor);
    expect(await site.authenticator.identify(token)).toMatchObject({ role: 'admin' });
  });
});
