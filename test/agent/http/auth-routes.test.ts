import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../../agent/account/credentials.ts';
import type { Identity } from '../../../agent/account/account.ts';
import type { JsonObject } from '../../../agent/base/json.ts';
import type { DocumentValidator } from '../../../agent/document/validate.ts';
import { authRoutes } from '../../../agent/http/auth-routes.ts';
import type { Method, Reply, Route } from '../../../agent/http/route.ts';
import { type CallDetails, callRoute } from './call-route.ts';
import { Site } from '../service/site.ts';

/** Schemas are tested elsewhere; here a document passes as it is. */
const anything: DocumentValidator = { validate: (input) => input as JsonObject };

let site: Site;
let routes: readonly Route[];
beforeEach(async () => {
  site = await Site.open();
  routes = authRoutes({
    signIn: site.context,
    validators: { apiAuth: anything, userAuth: anything },
  });
});
afterEach(() => site.close());

const call = (method: Method, path: string, details?: CallDetails): Promise<Reply> =>
  callRoute(routes, method, path, details);

const signIn = async (): Promise<{ readonly reply: Reply; readonly identity: Identity }> => {
  const { username, password, realm } = site.credentials;
  const credentials = digestOf('md5', username, password);
  const reply = await call('PUT', '/v2/user_auth', { data: { credentials, realm } });
  return { reply, identity: await site.authenticator.identify(reply.authToken ?? '') };
};

describe('the sign-in routes', () => {
  it('are open for signing in, and need a token for the rest', () => {
    const table = routes.flatMap(({ path, methods }) =>
      Object.entries(methods).map(([method, { access, role }]) => [method, path, access, role]),
    );
    expect(table).toEqual([
      ['PUT', '/v2/api_auth', 'open', undefined],
      ['PUT', '/v2/user_auth', 'open', undefined],
      ['GET', '/v2/user_auth/:token', 'token', undefined],
      ['GET', '/v2/token_auth', 'token', undefined],
      ['DELETE', '/v2/token_auth', 'token', 'read_only'],
      ['PUT', '/v2/auth', 'token', 'read_only'],
    ]);
  });

  it('sign in with a key: the token at the top, no owner', async () => {
    const data = { api_key: site.credentials.api_key };
    const reply = await call('PUT', '/v2/api_auth', { data });
    expect(reply).toMatchObject({
      data: { account_id: site.credentials.account_id, apps: [], language: 'en-us' },
      revision: 'automatic',
      envelope: { page_size: 1 },
    });
    expect(reply.data).not.toHaveProperty('owner_id');
    expect(reply.authToken).toMatch(/^eyJ/);
  });

  it.each([
    ['realm', 'md5'],
    ['account_realm', 'sha'],
    ['account_name', 'md5'],
  ] as const)('sign in with a password by %s and %s', async (key, method) => {
    const { username, password, realm, account_name: name } = site.credentials;
    const credentials = digestOf(method, username, password).toUpperCase();
    const data = { credentials, method, [key]: key === 'account_name' ? name : realm };
    const reply = await call('PUT', '/v2/user_auth', { data });
    expect(reply.data).toMatchObject({
      owner_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    });
  });

  it('tell about the own token, and of no other', async () => {
    const { reply, identity } = await signIn();
    expect((await call('GET', '/v2/token_auth', { identity })).data).toEqual({
      ...(reply.data as JsonObject),
      id: identity.tokenId,
      method: 'cb_user_auth',
      role: 'admin',
      exp: identity.expiresS,
    });
    const about = (token: string): Promise<Reply> =>
      call('GET', '/v2/user_auth/:token', { identity, parameters: { token } });
    expect((await about(identity.token)).data).toEqual(reply.data);
    const other = await signIn();
    await expect(about(other.identity.token)).rejects.toMatchObject({ code: 'auth.forbidden' });
  });

  it('sign out with neither data nor token in the reply', async () => {
    const { identity } = await signIn();
    expect(await call('DELETE', '/v2/token_auth', { identity })).toEqual({ authToken: null });
    await expect(site.authenticator.identify(identity.token)).rejects.toMatchObject({
      code: 'auth.bad-token',
    });
  });

  it('refresh a token, and do nothing else at that path', async () => {
    const { identity } = await signIn();
    const data = { action: 'refresh_token' };
    const reply = await call('PUT', '/v2/auth', { identity, data });
    expect(reply.authToken).not.toBe(identity.token);
    expect(await site.authenticator.identify(reply.authToken ?? '')).toMatchObject({
      userId: identity.userId,
    });
    for (const [wrong, rule] of [
      [{}, 'required'],
      [{ action: 'impersonate_user' }, 'enum'],
    ] as const)
      await expect(call('PUT', '/v2/auth', { identity, data: wrong })).rejects.toMatchObject({
        code: 'request.invalid',
        detail: { fields: { action: { [rule]: {} } } },
      });
  });
});
