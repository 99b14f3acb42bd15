import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../../agent/account/credentials.ts';
import { createTokens, type Tokens } from '../../../agent/account/tokens.ts';
import { createAuthenticator } from '../../../agent/service/authenticate.ts';
import { createBasicSignIn } from '../../../agent/service/basic-sign-in.ts';
import { mintLocalToken } from '../../../agent/service/local-token.ts';
import { refreshSession, signOut } from '../../../agent/service/session.ts';
import type { SignInContext } from '../../../agent/service/sign-in.ts';
import type { StorageWriters } from '../../../agent/service/storage.ts';
import { random, Site, visitor } from './site.ts';

let site: Site;
beforeEach(async () => {
  site = await Site.open();
});
afterEach(() => site.close());

const refused = { code: 'auth.bad-token' };
const identify = (token: string): Promise<unknown> => site.authenticator.identify(token);

/** Changes something and tells of it, as every use case does. */
const change = (
  event: string,
  work: (writers: StorageWriters) => Promise<unknown>,
): Promise<unknown> =>
  site.context.storage.write(async (writers) => {
    await work(writers);
    writers.record({ actor: visitor, event, noun: event.split('.')[0] ?? '', id: 'x' });
  });

describe('identify', () => {
  it('verifies a repeated token once', async () => {
    let verified = 0;
    const tokens: Tokens = {
      ...site.context.tokens,
      verify: (token, nowMs) => {
        verified += 1;
        return site.context.tokens.verify(token, nowMs);
      },
    };
    const { storage, clock } = site.context;
    const authenticator = createAuthenticator({ storage, tokens, clock });
    const { token } = await site.signInAsAdmin();
    const first = await authenticator.identify(token);
    expect(first).toMatchObject({ token, method: 'cb_user_auth', role: 'admin' });
    expect(await authenticator.identify(token)).toBe(first);
    expect(verified).toBe(1);
    authenticator.stop();
  });

  it('refuses a token at its last second, whether it was kept or not', async () => {
    const { token, expiresS } = await site.signInAsAdmin();
    const { clock } = site.temporary;
    clock.ms = expiresS * 1000 - 1;
    await identify(token);
    clock.ms = expiresS * 1000;
    await expect(identify(token)).rejects.toMatchObject(refused);
    await expect(identify(token)).rejects.toMatchObject(refused);
  });

  it('refuses a token at once after sign-out, also after a restart, and no other', async () => {
    const { token } = await site.signInAsAdmin();
    const other = await site.signInAsAdmin();
    await identify(other.token);
    await signOut(site.context.storage, await site.authenticator.identify(token), visitor);
    await expect(identify(token)).rejects.toMatchObject(refused);
    await identify(other.token);

    const storage = await site.temporary.reopen();
    const { tokens, clock } = site.context;
    const restarted = createAuthenticator({ storage, tokens, clock });
    await expect(restarted.identify(token)).rejects.toMatchObject(refused);
    await restarted.identify(other.token);
    restarted.stop();
  });

  it('refuses the tokens of an account that was disabled or deleted', async () => {
    const acme = 'c'.repeat(32);
    await site.addAccount(acme, 'Acme', { username: 'bob', password: 'x' });
    const { token } = await site.signInAs('bob', 'x', { accountName: 'acme' });
    await identify(token);
    const setEnabled = (enabled: boolean): Promise<unknown> =>
      change('account.changed', async ({ accounts }) => {
        const account = await accounts.load(acme);
        if (account !== undefined) await accounts.replace(account, { ...account, enabled });
      });
    await setEnabled(false);
    await expect(identify(token)).rejects.toMatchObject(refused);
    await setEnabled(true);
    await identify(token);
    await change('account.deleted', async ({ accounts }) => {
      const account = await accounts.load(acme);
      if (account !== undefined) await accounts.remove(account);
    });
    await expect(identify(token)).rejects.toMatchObject(refused);
  });

  it('follows the user: its role now, and nothing once it is disabled or its password changed', async () => {
    const { token } = await site.signInAsAdmin();
    await identify(token);
    const { account_id: accountId, username } = site.credentials;
    const replace = (changes: object): Promise<unknown> =>
      change('user.changed', async ({ users }) => {
        const user = await users.findByUsername(accountId, username);
        if (user !== undefined) await users.replace(user, { ...user, ...changes });
      });
    await replace({ role: 'read_only' });
    expect(await identify(token)).toMatchObject({ role: 'read_only' });
    await replace({ enabled: false });
    await expect(identify(token)).rejects.toMatchObject(refused);
    await replace({ enabled: true });
    await identify(token);
    await replace({ hashes: { md5: 'other', sha: 'other' } });
    await expect(identify(token)).rejects.toMatchObject(refused);
  });

  it('refuses the tokens of an API key that was replaced, and no other', async () => {
    const { token } = await site.signInWithKey();
    const user = await site.signInAsAdmin();
    await identify(token);
    await change('account.apiKeyReplaced', ({ apiKeys }) =>
      apiKeys.put(site.credentials.account_id, 'another hash'),
    );
    await expect(identify(token)).rejects.toMatchObject(refused);
    await identify(user.token);
  });

  it('refuses a token of another site', async () => {
    const { tokens: own, clock } = site.context;
    const other = createTokens(random(32), random);
    const subject = {
      accountId: site.credentials.account_id,
      method: 'local',
      role: 'admin',
    } as const;
    await identify((await own.issue(subject, clock.nowMs(), 60)).token);
    const forged = await other.issue(subject, clock.nowMs(), 60);
    await expect(identify(forged.token)).rejects.toMatchObject(refused);
  });

  it('does not keep an answer that was overtaken by a change', async () => {
    const { token } = await site.signInAsAdmin();
    const { storage, tokens, clock } = site.context;
    let overtake: (() => Promise<unknown>) | undefined;
    const authenticator = createAuthenticator({
      tokens,
      clock,
      storage: {
        read: {
          ...storage.read,
          users: {
            ...storage.read.users,
            load: async (accountId, id) => {
              const user = await storage.read.users.load(accountId, id);
              await overtake?.();
              return user;
            },
          },
        },
        write: (work) => storage.write(work),
        writeBulk: (work) => storage.writeBulk(work),
        insertDocument: (...entry) => storage.insertDocument(...entry),
        onEvents: (listener) => storage.onEvents(listener),
      },
    });
    overtake = () =>
      change('user.changed', async ({ users }) => {
        const user = await users.findByUsername(site.credentials.account_id, 'admin');
        if (user !== undefined) await users.replace(user, { ...user, enabled: false });
      });
    await authenticator.identify(token);
    overtake = undefined;
    await expect(authenticator.identify(token)).rejects.toMatchObject(refused);
    authenticator.stop();
  });
});

describe('loadAccount', () => {
  it('finds an account, keeps it, and sees its changes at once', async () => {
    const { account_id: id } = site.credentials;
    const first = await site.authenticator.loadAccount(id);
    expect(await site.authenticator.loadAccount(id)).toBe(first);
    await change('account.changed', async ({ accounts }) =>
      accounts.replace(first, { ...first, name: 'Renamed' }),
    );
    expect(await site.authenticator.loadAccount(id)).toMatchObject({ name: 'Renamed' });
    await expect(site.authenticator.loadAccount('nobody')).rejects.toMatchObject({
      code: 'account.not-found',
      detail: { id: 'nobody' },
    });
  });
});

describe('refreshSession', () => {
  it.each(['key', 'user'])('gives a token of a %s a successor with a new end', async (kind) => {
    const first = await (kind === 'key' ? site.signInWithKey() : site.signInAsAdmin());
    site.temporary.clock.ms += 3_000_000;
    const identity = await site.authenticator.identify(first.token);
    const second = await refreshSession(site.context, identity);
    expect(second.document).toEqual(first.document);
    expect(second.expiresS).toBe(first.expiresS + 3000);
    site.temporary.clock.ms += 1_000_000;
    await expect(identify(first.token)).rejects.toMatchObject(refused);
    const { method, role, userId } = identity;
    expect(await identify(second.token)).toMatchObject({ method, role, userId });
  });
});

describe('signing in with every request', () => {
  const md5 = (): string => digestOf('md5', site.credentials.username, site.credentials.password);

  it('computes the password once, and again when the token behind it has ended', async () => {
    let hashed = 0;
    const { passwords } = site.context;
    const context: SignInContext = {
      ...site.context,
      passwords: {
        ...passwords,
        hash: (...parameters) => {
          hashed += 1;
          return passwords.hash(...parameters);
        },
      },
    };
    const basic = createBasicSignIn(context, site.authenticator);
    const id = site.credentials.account_id;
    const [first, second] = await Promise.all([
      basic(id, md5(), visitor),
      basic(id, md5(), visitor),
    ]);
    expect(first).toMatchObject({ account: { id }, method: 'cb_user_auth', role: 'admin' });
    expect([second.token, hashed]).toEqual([first.token, 1]);
    site.temporary.clock.ms += 3_600_000;
    expect((await basic(id, md5(), visitor)).token).not.toBe(first.token);
    expect(hashed).toBe(2);
  });

  it('refuses a wrong password and an unknown account each time', async () => {
    const basic = createBasicSignIn(site.context, site.authenticator);
    const { account_id: id } = site.credentials;
    for (let turn = 0; turn < 2; turn += 1) {
      await expect(basic(id, 'wrong', visitor)).rejects.toMatchObject({ code: 'auth.wrong' });
      await expect(basic('nobody', md5(), visitor)).rejects.toMatchObject({ code: 'auth.wrong' });
    }
    await basic(id, md5(), visitor);
  });
});

describe('mintLocalToken', () => {
  it('makes a token of the master account from the files alone', async () => {
    const { dir, clock } = site.temporary;
    const options = { secretKey: dir.secretKey, credentials: dir.credentials, clock, random };
    const { token, expiresS } = await mintLocalToken(options);
    expect(expiresS).toBe(Math.floor(clock.ms / 1000) + 3600);
    expect(await identify(token)).toMatchObject({
      account: { id: site.credentials.account_id },
      method: 'local',
      role: 'admin',
    });
    const short = await mintLocalToken({ ...options, lifeS: 5 });
    expect(short.expiresS).toBe(Math.floor(clock.ms / 1000) + 5);
  });

  it('says what to do when no agent was started there yet', async () => {
    const { dir, clock } = site.temporary;
    const nowhere = `${dir.path}/nowhere/credentials.json`;
    await expect(
      mintLocalToken({ secretKey: dir.secretKey, credentials: nowhere, clock, random }),
    ).rejects.toMatchObject({ code: 'config.data-dir-unusable' });
  });
});
