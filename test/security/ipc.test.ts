// The door to the main process: who may use it, with what, for which agents' paths.

import { describe, expect, it } from 'vitest';
import { createIpcGate, type IpcHandlers, type IpcSender } from '../../main/core/ipc-gate.ts';
import {
  assertPageRequest,
  assertSocketPath,
  requestHeaders,
  withoutToken,
} from '../../main/core/page-request.ts';
import { CraftportError, isCode } from '../../agent/base/error.ts';
import { IPC } from '../../schemas/ipc.ts';
import { openDesktop, ownPage, pairWith, startOwnAgent } from '../support/desktop-harness.ts';

/** Handlers that note that they ran; one that fails, one that has a bug. */
function gate() {
  const ran: string[] = [];
  const bugs: unknown[] = [];
  const handlers = Object.fromEntries(
    Object.keys(IPC).map((channel) => [
      channel,
      () => {
        ran.push(channel);
        if (channel === 'sites.trust')
          return Promise.reject(
            new CraftportError('site.not-found', 'No', { detail: { password: 'SECRET', id: 'a' } }),
          );
        if (channel === 'sites.signOut') return Promise.reject(new TypeError('SECRET at line 1'));
        return Promise.resolve(null);
      },
    ]),
  ) as unknown as IpcHandlers;
  return { ran, bugs, ask: createIpcGate(handlers, (error) => bugs.push(error)) };
}

describe('the gate', () => {
  it.each<[string, IpcSender]>([
    ['a frame that has gone', undefined],
    ['a frame inside the page', { url: 'craftport://app/', isMainFrame: false }],
    ['a foreign page', { url: 'https://evil.example/', isMainFrame: true }],
    ['an agent’s page', { url: 'https://10.0.0.7:8443/', isMainFrame: true }],
    ['a look-alike origin', { url: 'craftport://app.evil.example/', isMainFrame: true }],
    ['a file', { url: 'file:///craftport://app/', isMainFrame: true }],
    ['about:blank', { url: 'about:blank', isMainFrame: true }],
    ['nothing', { url: '', isMainFrame: true }],
  ])('refuses %s before it looks at anything else', async (_, sender) => {
    const { ran, ask } = gate();
    for (const channel of ['sites.list', 'no.such'])
      expect(await ask(sender, channel, {})).toMatchObject({ isOk: false, code: 'ipc.refused' });
    expect(ran).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['no.such', {}],
    ['constructor', {}],
    ['__proto__', {}],
    ['sites.list', undefined],
    ['sites.list', null],
    ['sites.list', []],
    ['sites.list', { more: 1 }],
    ['sites.remove', { id: '../../etc' }],
    ['sites.remove', { id: 5 }],
    ['sites.remove', { id: 'a'.repeat(65) }],
    ['sites.remove', {}],
    ['sites.change', { id: 'a', details: { name: '' } }],
    ['sites.change', { id: 'a', details: { name: 'x', colour: 'ultraviolet' } }],
    ['sites.change', { id: 'a', details: { name: 'x', password: 'y' } }],
    ['sites.pair', { address: 'x', fingerprint: 'zz', code: 'c', details: { name: 'x' } }],
    ['agent.send', { exchange: 1, siteId: 'a', method: 'TRACE', path: '/v2/', headers: {} }],
    ['agent.send', { exchange: 0, siteId: 'a', method: 'GET', path: '/v2/', headers: {} }],
    ['agent.send', { exchange: 1.5, siteId: 'a', method: 'GET', path: '/v2/', headers: {} }],
    ['agent.send', { exchange: 1, siteId: 'a', method: 'GET', path: 'v2/', headers: {} }],
    [
      'agent.send',
      {
        exchange: 1,
        siteId: 'a',
        method: 'GET',
        path: '/v2/',
        headers: { accept: 'x\r\nhost: y' },
      },
    ],
    ['sites.watch', { pace: 'always' }],
    ['sites.tryNow', { ids: ['../x'] }],
    ['sites.tryNow', { ids: 'a' }],
    ['agent.connect', { exchange: 1, siteId: 'a', path: 'ws://evil.example/' }],
    ['agent.say', { exchange: 1, text: 'a'.repeat(65_537) }],
    ['agent.say', { exchange: 1, text: { toString: 'x' } }],
    ['vault.acceptWeak', { isAccepted: 'yes' }],
    ['file.save', { name: '', type: 'text/csv', text: '' }],
    ['link.open', { url: ['https://docs.2600hz.com'] }],
  ])('refuses %s with %j', async (channel, argument) => {
    const { ran, ask } = gate();
    expect(await ask(ownPage, channel, argument)).toMatchObject({
      isOk: false,
      code: 'ipc.refused',
    });
    expect(ran).toEqual([]);
  });

  it('answers errors as values: expected ones by code and masked, bugs without a word', async () => {
    const { bugs, ask } = gate();
    const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':');
    expect(await ask(ownPage, 'sites.trust', { id: 'a', fingerprint })).toEqual({
      isOk: false,
      code: 'site.not-found',
      message: 'No',
      detail: { password: '********', id: 'a' },
    });
    const bug = await ask(ownPage, 'sites.signOut', { id: 'a' });
    expect([bug, JSON.stringify(bug)]).toEqual([
      expect.objectContaining({ isOk: false, code: 'bug' }),
      expect.not.stringContaining('SECRET'),
    ]);
    expect(bugs).toHaveLength(1);
  });

  it('lets its own page in', async () => {
    const { ran, ask } = gate();
    expect(await ask(ownPage, 'sites.list', {})).toEqual({ isOk: true, value: null });
    expect(ran).toEqual(['sites.list']);
  });
});

describe('what the page asks of an agent', () => {
  const isAllowed = (path: string): boolean => {
    try {
      assertPageRequest({ path, headers: {} });
      return true;
    } catch (error) {
      if (isCode(error, 'ipc.refused')) return false;
      throw error;
    }
  };
  it.each([
    ['/v2/resources', true],
    ['/v2/accounts/0123/resources?q=a%2fb&page_size=5', true],
    ['/v2/events?topic=resource', true],
    ['/healthz', true],
    ['/metrics', true],
    ['/openapi.json', true],
    ['/', false],
    ['/sign-in?code=x', false],
    ['/v2/user_auth', false],
    ['/v2/user_auth/', false],
    ['/v2/user_auth/token', false],
    ['/v2/USER_AUTH', false],
    ['/v2/%75ser_auth', false],
    ['/v2/api_auth', false],
    ['/v2/auth', false],
    ['/v2/pairing/codes', false],
    ['/v2/resources/../user_auth', false],
    ['/v2/resources/%2e%2e/user_auth', false],
    ['/v2//user_auth', false],
    ['//evil.example/v2/resources', false],
    ['/\\evil.example/v2/resources', false],
    ['/v2/resources?auth_token=x', false],
    ['/v2/resources?Authorization=x&authorization=y', false],
    ['/v2/resources#x', false],
    ['/v2/%', false],
    ['http://evil.example/v2/resources', false],
    ['/v2/resources\r\nhost: evil', false],
  ])('%j is allowed: %s', (path, allowed) => {
    expect(isAllowed(path)).toBe(allowed);
  });

  it.each([
    ['/v2/gear/gw-1/console', true],
    ['/v2/gear/gw-1/console/', false],
    ['/v2/gear/gw-1/console?auth_token=x', false],
    ['/v2/gear/../events/console', false],
    ['/v2/gear/%2e%2e/console', false],
    ['/v2/events', false],
    ['//evil.example/v2/gear/a/console', false],
    ['/v2/gear/a/console\r\nhost: evil', false],
    ['/v2/gear/a/console\n', false],
  ])('a socket at %j is allowed: %s', (path, allowed) => {
    const open = () => assertSocketPath(path);
    if (allowed) expect(open).not.toThrow();
    else expect(open).toThrow(expect.objectContaining({ code: 'ipc.refused' }) as Error);
  });

  it('carries no credentials of the page’s own', () => {
    expect(
      requestHeaders({
        'X-Auth-Token': 'x',
        authorization: 'x',
        cookie: 'x',
        host: 'evil',
        'transfer-encoding': 'chunked',
        'content-length': '5',
        'If-Match': '"1"',
        'x-request-id': 'r',
      }),
    ).toEqual({ 'if-match': '"1"', 'x-request-id': 'r' });
  });

  it('comes back without the token, however it is written', () => {
    const text = '{"auth_token" : "e\\"y","data":{"x":"TOKEN"},"a":"auth_token"}';
    expect(withoutToken(text, ['TOKEN', undefined, ''])).toBe(
      '{"auth_token" : "********","data":{"x":"********"},"a":"auth_token"}',
    );
  });
});

describe('with a real agent', () => {
  it('no token and no password reaches the page, by reply, push or error', async () => {
    const agent = await startOwnAgent();
    const harness = await openDesktop();
    const site = await pairWith(harness, agent);
    const account = agent.masterAccountId;
    for (const path of [
      '/v2/token_auth',
      '/v2/resources',
      `/v2/accounts/${account}`,
      `/v2/accounts/${account}/users`,
      '/v2/audit',
      '/v2/resources?paginate=false',
      '/v2/nothing-here',
      '/openapi.json',
      '/healthz',
    ])
      await harness.send(site, 'GET', path);
    await harness.send(site, 'PUT', '/v2/resources', { name: 'x', gateways: 'wrong' });
    await harness.call('sites.signIn', {
      id: site.id,
      account: 'a',
      username: 'u',
      password: 'SECRET-PASSWORD',
    });
    const given = harness.given.join('\n');
    expect(harness.given.length).toBeGreaterThan(10);
    expect(given).not.toMatch(/eyJ[\w-]+\.eyJ/);
    expect(given).not.toContain('SECRET-PASSWORD');
    expect(given).not.toMatch(/"password":"(?!\*{8})/);
  });

  it('the page opens no link but those of the policy', async () => {
    const agent = await startOwnAgent();
    const harness = await openDesktop();
    await pairWith(harness, agent);
    for (const url of ['file:///etc/passwd', 'https://evil.example/', `${agent.url}/`])
      await harness.done('link.open', { url });
    expect(harness.opened).toEqual([`${agent.url}/`]);
  });
});
