// The desktop against real agents over real TLS: pairing, pins, tokens, streams, kill -9.

import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { IpcOutcome, IpcSite } from '../../../schemas/ipc.ts';
import { startAgentProcess } from '../../support/agent-process.ts';
import { pairingOf } from '../../support/demo-site.ts';
import {
  fakeKeyring,
  openDesktop,
  type DesktopHarness,
  pairWith,
  startOwnAgent,
} from '../../support/desktop-harness.ts';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/until.ts';

const codeOf = (outcome: IpcOutcome<unknown>): string => (outcome.isOk ? 'ok' : outcome.code);
const OTHER_PIN = Array.from({ length: 32 }, () => 'AB').join(':');
const dataOf = (text: string | undefined): unknown =>
  (JSON.parse(text ?? 'null') as { data: unknown }).data;

const send = (harness: DesktopHarness, site: IpcSite, exchange: number, path: string) =>
  harness.call('agent.send', { exchange, siteId: site.id, method: 'GET', path, headers: {} });

describe('a desktop', () => {
  it('pairs, works, is restarted, and works without asking again', async () => {
    const agent = await startOwnAgent();
    const keyring = fakeKeyring();
    const first = await openDesktop({ safeStorage: keyring });
    const site = await pairWith(first, agent, 'Harbour');
    expect(site).toEqual({
      id: expect.any(String) as string,
      name: 'Harbour',
      address: agent.url,
      trust: 'pinned',
      fingerprint: agent.fingerprint,
      isSignedIn: true,
    });
    expect(await first.send(site, 'GET', '/v2/token_auth')).toMatchObject({ status: 200 });
    await first.desktop.stop();
    const second = await openDesktop({ folder: first.folder, safeStorage: keyring });
    expect(await second.done('sites.list', {})).toEqual([site]);
    const answer = await second.send(site, 'PUT', '/v2/resources', { name: 'R', gateways: [] });
    expect([answer.status, dataOf(answer.text)]).toEqual([
      201,
      expect.objectContaining({ name: 'R' }) as unknown,
    ]);
    // Nothing secret in the clear on the disk.
    for (const file of ['sites.json', 'pins.json', 'vault.json'])
      expect(await readFile(join(first.folder, file), 'utf8')).not.toMatch(/eyJ|password/);
  });

  it('stops loudly when the certificate is another one, and sends nothing', async () => {
    const port = await freePort();
    const agent = await startOwnAgent('always', { port });
    const harness = await openDesktop();
    const site = await pairWith(harness, agent);
    await harness.send(site, 'GET', '/v2/resources');
    await agent.stop();
    await rm(join(agent.dataDir, 'tls.pem'));
    const other = await startOwnAgent('always', { dataDir: agent.dataDir, port });
    expect(other.fingerprint).not.toBe(agent.fingerprint);
    const outcome = await send(harness, site, 900, '/v2/resources');
    expect(outcome).toMatchObject({
      isOk: false,
      code: 'agent.pin-changed',
      detail: { pin: agent.fingerprint, shown: other.fingerprint },
    });
    // Told to the page unasked, and it stays so.
    expect(harness.pushes.at(-1)).toMatchObject({
      kind: 'sites.changed',
      sites: [{ id: site.id, trust: 'changed', fingerprint: other.fingerprint }],
    });
    expect(codeOf(await send(harness, site, 901, '/v2/resources'))).toBe('agent.pin-changed');
    // A person compares and accepts; the sign-in in the vault is still good.
    await harness.done('sites.trust', { id: site.id, fingerprint: other.fingerprint ?? '' });
    expect(await harness.send(site, 'GET', '/v2/resources')).toMatchObject({ status: 200 });
  });

  it('sends the code to no one but who showed the fingerprint', async () => {
    const agent = await startOwnAgent();
    const harness = await openDesktop();
    const code = agent.issuePairingCode();
    const pair = (fingerprint: string, typed = code) =>
      harness.call('sites.pair', {
        address: agent.url,
        fingerprint,
        code: typed,
        details: { name: 'S' },
      });
    expect(codeOf(await pair(OTHER_PIN))).toBe('agent.pin-changed');
    expect(codeOf(await pair(''))).toBe('agent.untrusted');
    expect(codeOf(await pair(agent.fingerprint ?? '', '0000-0000'))).toBe('auth.wrong-code');
    expect(await harness.done('sites.list', {})).toEqual([]);
    // None of these used it up.
    expect(codeOf(await pair(agent.fingerprint ?? ''))).toBe('ok');
    expect(codeOf(await pair(agent.fingerprint ?? ''))).toBe('auth.wrong-code');
  });

  it('pairs a site again in its place, and takes its user away when it is removed', async () => {
    const agent = await startOwnAgent('auto');
    const harness = await openDesktop();
    const users = async (site: IpcSite): Promise<unknown[]> => {
      const path = `/v2/accounts/${agent.masterAccountId}/users`;
      return dataOf((await harness.send(site, 'GET', path)).text) as unknown[];
    };
    const site = await pairWith(harness, agent, 'One');
    expect(site.trust).toBe('plain');
    const before = await users(site);
    const again = await pairWith(harness, agent, 'Two');
    expect([again.id, again.name]).toEqual([site.id, 'Two']);
    expect(await users(again)).toHaveLength(before.length);
    const watcher = await openDesktop();
    const seen = await pairWith(watcher, agent);
    await harness.done('sites.remove', { id: again.id });
    expect(await harness.done('sites.list', {})).toEqual([]);
    const path = `/v2/accounts/${agent.masterAccountId}/users`;
    // The master's user and the watcher's own.
    expect(dataOf((await watcher.send(seen, 'GET', path)).text)).toHaveLength(2);
  });

  it('signs in with a password, signs out, and renews a token that has ended', async () => {
    const agent = await startOwnAgent();
    const harness = await openDesktop();
    const site = await pairWith(harness, agent);
    const credentials = JSON.parse(
      await readFile(join(agent.dataDir, 'credentials.json'), 'utf8'),
    ) as { realm: string; username: string; password: string };
    const { realm, username, password } = credentials;
    await harness.done('sites.signOut', { id: site.id });
    expect(await harness.send(site, 'GET', '/v2/resources')).toMatchObject({ status: 401 });
    const signIn = (typed: string) =>
      harness.call('sites.signIn', { id: site.id, account: realm, username, password: typed });
    expect(codeOf(await signIn('wrong'))).toBe('auth.wrong');
    expect(codeOf(await signIn(password))).toBe('ok');
    expect(await harness.send(site, 'GET', '/v2/resources')).toMatchObject({ status: 200 });
    // The page may end the token; the next request gets a new one without anybody noticing.
    expect(await harness.send(site, 'DELETE', '/v2/token_auth')).toMatchObject({ status: 200 });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => harness.send(site, 'GET', '/v2/resources')),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(harness.given.join()).not.toContain(password);
  });

  it('streams events until the page lets go', async () => {
    const agent = await startOwnAgent();
    const harness = await openDesktop();
    const site = await pairWith(harness, agent);
    const answer = await harness.done('agent.send', {
      exchange: 77,
      siteId: site.id,
      method: 'GET',
      path: '/v2/events?topic=resource',
      headers: { accept: 'text/event-stream' },
    });
    expect(answer.text).toBeUndefined();
    await harness.send(site, 'PUT', '/v2/resources', { name: 'Seen', gateways: [] });
    await until(() => harness.given.some((text) => text.includes('resource.created')));
    await harness.done('agent.abort', { exchange: 77 });
    await until(() => harness.pushes.some((push) => push.kind === 'stream.end'));
    // An agent that goes ends the stream too, and says so.
    await send(harness, site, 78, '/v2/events');
    await agent.stop();
    await until(() =>
      harness.pushes.some((push) => push.kind === 'stream.end' && push.exchange === 78),
    );
  });

  it('tells an agent that is away from one that is none', async () => {
    const harness = await openDesktop();
    const nobody = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhello'));
    await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void nobody.close());
    const address = `http://127.0.0.1:${String((nobody.address() as { port: number }).port)}`;
    const pair = (where: string) =>
      harness.call('sites.pair', {
        address: where,
        fingerprint: '',
        code: 'AAAA-AAAA',
        details: { name: 'S' },
      });
    expect(codeOf(await pair(address))).toBe('agent.incompatible');
    nobody.close();
    expect(await pair('http://127.0.0.1:1')).toMatchObject({
      code: 'agent.unreachable',
      detail: { sent: false },
    });
    expect(codeOf(await pair('http://192.0.2.1:8000'))).toBe('agent.untrusted');
    expect(harness.bugs).toEqual([]);
  });
});

describe('two agents, one killed while it is written to', () => {
  it('doubles no request, says what may have arrived, and goes on by itself', async () => {
    const flags = ['--tls', 'always'];
    const listen = `127.0.0.1:${String(await freePort())}`;
    const doomed = await startAgentProcess({ listen, flags });
    const steady = await startOwnAgent();
    const harness = await openDesktop();
    const { code } = await pairingOf(doomed.dataDir);
    const one = await pairWith(harness, { url: doomed.url, issuePairingCode: () => code }, 'One');
    const two = await pairWith(harness, steady, 'Two');

    const write = (site: IpcSite, name: string, exchange: number) =>
      harness.call('agent.send', {
        exchange,
        siteId: site.id,
        method: 'PUT',
        path: '/v2/resources',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ data: { name, gateways: [] } }),
      });
    const names = Array.from({ length: 60 }, (_, n) => `edit-${String(n)}`);
    let answered = 0;
    const outcomes = await Promise.all(
      names.map(async (name, n) => {
        // In threes, so that some are done, some under way and some not begun when it dies.
        await until(() => answered >= n - 3 || doomed.child.killed);
        const outcome = await write(one, name, 1000 + n);
        answered += 1;
        if (answered === 20) doomed.child.kill('SIGKILL');
        return outcome;
      }),
    );
    const works = await Promise.all(names.slice(0, 5).map((name, n) => write(two, name, 2000 + n)));
    expect(works.map(codeOf)).toEqual(works.map(() => 'ok'));

    await startAgentProcess({ dataDir: doomed.dataDir, listen, flags });
    // The same token, the same pin: nobody is asked anything.
    const { text } = await harness.send(one, 'GET', '/v2/resources?paginate=false');
    const stored = (dataOf(text) as { name: string }[]).map(({ name }) => name);
    expect(stored).toEqual([...new Set(stored)]);
    const done = names.filter((_, n) => outcomes[n]?.isOk === true);
    const notSent = names.filter((_, n) => {
      const outcome = outcomes[n];
      return outcome?.isOk === false && (outcome.detail as { sent?: boolean }).sent === false;
    });
    expect(done.filter((name) => !stored.includes(name))).toEqual([]);
    expect(notSent.filter((name) => stored.includes(name))).toEqual([]);
    expect([done.length >= 20, notSent.length > 0]).toEqual([true, true]);
    expect(outcomes.filter((outcome) => !outcome.isOk).map(codeOf)).toEqual(
      outcomes.filter((outcome) => !outcome.isOk).map(() => 'agent.unreachable'),
    );
  });
});
