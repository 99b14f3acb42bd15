// What the console's page lets in and out: its headers, hostile names, the session.

import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { useAgentProcess } from '../support/agent-process.ts';
import { signIn, useBrowser } from '../support/browser.ts';
import { hasPeer } from '../support/peer.ts';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join(';');

/** Sends a raw PUT /sign-in with headers that fetch does not let one set. */
function putSignIn(
  url: string,
  data: object,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; cookie: string; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/sign-in`,
      { method: 'PUT', headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            cookie: String(response.headers['set-cookie'] ?? ''),
            text,
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(JSON.stringify({ data }));
  });
}

const theAgent = useAgentProcess();

describe('the page of the console', () => {
  it('is sent with exactly one policy, and no script or style inside', async () => {
    const agent = theAgent();
    for (const path of ['/', '/assets/none.js', '/favicon.svg', '/sign-in?code=x']) {
      const { headers } = await fetch(agent.url + path);
      expect(`${path} ${String(headers.get('content-security-policy'))}`).toBe(`${path} ${POLICY}`);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
    const html = await (await fetch(agent.url)).text();
    expect(html).not.toMatch(/<style|style=|<script>|\son\w+=|https?:/);
  });

  it('signs in with a cookie that no script reads, and answers no token', async () => {
    const agent = theAgent();
    const { account_name: account, username, password } = agent.credentials;
    const origin = { origin: agent.url };
    const done = await putSignIn(agent.url, { account, username, password }, origin);
    expect(done.status).toBe(201);
    expect(done.cookie).toMatch(/^craftport_session=[^;]+;.*HttpOnly; SameSite=Strict$/);
    expect(done.text).not.toContain('eyJ');
    const cookie = done.cookie.split(';')[0] ?? '';
    const { text } = await agent.request('GET', '/v2/token_auth', undefined, {
      cookie,
      'x-auth-token': '',
    });
    expect(text).toContain('account_id');
    expect(text).not.toContain('auth_token');
    const wrong = await putSignIn(agent.url, { account, username, password: 'x' }, origin);
    expect([wrong.status, wrong.cookie]).toEqual([401, '']);
  });

  it('refuses a sign-in from another page, and by another name', async () => {
    const agent = theAgent();
    const { account_name: account, username, password } = agent.credentials;
    const attempts = [
      { origin: 'http://evil.example' },
      { origin: 'http://evil.example', host: 'evil.example' },
      { host: 'evil.example' },
      {},
    ];
    for (const headers of attempts) {
      const { status, cookie } = await putSignIn(
        agent.url,
        { account, username, password },
        headers,
      );
      expect([headers, status, cookie]).toEqual([headers, 403, '']);
    }
  });
});

describe.runIf(hasPeer('chromium'))('the console in a browser', () => {
  const newPage = useBrowser();

  it('shows hostile names as text, and has no token in page, address, log or memory', async () => {
    const agent = theAgent();
    const path = `/v2/accounts/${agent.credentials.account_id}/resources`;
    const hostile = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>';
    const made = await agent.request('PUT', path, {
      name: hostile,
      rules: [hostile],
      gateways: [{ server: hostile, prefix: '"><svg onload=window.hit=1>' }],
      'ui_<b>': { [hostile]: 'javascript:window.hit=1' },
    });
    expect(made.status).toBe(201);
    const { id } = made.body['data'] as { id: string };
    const page = await newPage();
    const logs: string[] = [];
    page.on('console', (message) => logs.push(message.text()));
    const replies: string[] = [];
    page.on('response', (response) => {
      if (response.url().includes('/v2/') && !response.url().includes('/events'))
        response.text().then(
          (text) => replies.push(text),
          () => {},
        );
    });
    await signIn(page, agent);
    for (const place of ['resources', `resources/account/${id}`, 'routes/+12125550123', 'audit']) {
      await page.goto(`${agent.url}/#/${place}`);
      await page.locator('main h1').first().waitFor();
    }
    await page.goto(`${agent.url}/#/resources/account/${id}`);
    await page.getByRole('heading', { name: hostile }).waitFor();
    for (const tab of await page.getByRole('tab').all()) await tab.click();
    expect(await page.evaluate('window.hit')).toBeUndefined();
    const kept = await page.evaluate<string>(
      'document.documentElement.outerHTML + location.href + document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)',
    );
    const session = (await page.context().cookies()).find(
      ({ name }) => name === 'craftport_session',
    );
    const token = session?.value ?? '';
    expect(token.length).toBeGreaterThan(50);
    expect(replies.length).toBeGreaterThan(3);
    for (const text of [kept, ...logs, ...replies, agent.output.stdout, agent.output.stderr])
      expect(text.includes(token)).toBe(false);
    expect(kept).not.toContain(agent.credentials.password);
  });
});
