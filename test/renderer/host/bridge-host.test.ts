// The desktop's host over the real preload, the real main/core and a real agent; no DOM.

import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createContext, runInContext } from 'node:vm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClient, followEvents } from '../../../agent/client/index.ts';
import { BridgeError, createBridgeHost } from '../../../renderer/host/bridge-host.ts';
import type { Host, Memory } from '../../../renderer/host/host.ts';
import { BRIDGE_NAME, type DesktopBridge } from '../../../schemas/ipc.ts';
import {
  type DesktopHarness,
  openDesktop,
  ownPage,
  pairWith,
  startOwnAgent,
} from '../../support/desktop-harness.ts';
import { preloadScript } from '../../support/preload-double.ts';

const memory: Memory = { load: () => undefined, save: () => undefined, keys: () => [] };

async function openHost(): Promise<{ host: Host; harness: DesktopHarness }> {
  const page = createContext({ Uint8Array }) as {
    [BRIDGE_NAME]: DesktopBridge;
    __push?: (push: unknown) => void;
    __invoke: (channel: string, argument: unknown) => Promise<unknown>;
  };
  const harness = await openDesktop({ push: (push) => page.__push?.(push) });
  page.__invoke = (channel, argument) =>
    harness.desktop.gate(ownPage, channel.replace('craftport:', ''), structuredClone(argument));
  runInContext(preloadScript(), page);
  return { host: createBridgeHost(page[BRIDGE_NAME], memory), harness };
}

describe('the desktop’s host', () => {
  it('pairs, writes, follows events, and keeps the list of sites', async () => {
    const agent = await startOwnAgent();
    const { host } = await openHost();
    const lists: number[] = [];
    host.onSites((sites) => lists.push(sites.length));
    const { fingerprint = '' } = (await host.book?.probe(agent.url)) ?? {};
    const site = await host.book?.pair({
      address: agent.url,
      fingerprint,
      code: agent.issuePairingCode(),
      details: { name: 'Harbour' },
    });
    const id = site?.id ?? '';
    expect(await host.sites()).toEqual([site]);
    const connection = host.connect(id);
    expect(host.connect(id)).toBe(connection);
    const events: string[] = [];
    let live = (): void => undefined;
    const isLive = new Promise<void>((resolve) => (live = resolve));
    let heard = (): void => undefined;
    const isHeard = new Promise<void>((resolve) => (heard = resolve));
    const following = followEvents(connection.fetch, {
      topics: ['resource'],
      onEvent(event) {
        events.push(event.name);
        heard();
      },
      onGap: () => undefined,
      onState: (state) => state.kind === 'live' && live(),
      wait: (ms, then) => {
        const timer = setTimeout(then, ms);
        return () => clearTimeout(timer);
      },
    });
    await isLive;
    const client = createClient(connection.fetch);
    const { data } = await client.request('/v2/resources', {
      method: 'PUT',
      data: { name: 'R', gateways: [] },
    });
    expect(data).toMatchObject({ name: 'R' });
    await isHeard;
    following.stop();
    expect(events).toEqual(['resource.created']);
    await host.book?.change(id, { name: 'Mill', colour: 'blue' });
    await host.book?.remove(id);
    expect(await host.sites()).toEqual([]);
    expect(lists).toEqual([1, 1, 0]);
  });

  it('tells why nothing came back', async () => {
    const agent = await startOwnAgent();
    const { host, harness } = await openHost();
    const refused = await host.book
      ?.pair({
        address: agent.url,
        fingerprint: Array.from({ length: 32 }, () => 'AB').join(':'),
        code: agent.issuePairingCode(),
        details: { name: 'x' },
      })
      .catch((error: unknown) => error);
    expect([refused instanceof BridgeError, refused]).toEqual([
      true,
      expect.objectContaining({ code: 'agent.pin-changed' }),
    ]);
    const { fingerprint = '' } = (await host.book?.probe(agent.url)) ?? {};
    const site = await host.book?.pair({
      address: agent.url,
      fingerprint,
      code: agent.issuePairingCode(),
      details: { name: 'x' },
    });
    const connection = host.connect(site?.id ?? '');
    const signedIn = connection
      .signIn({ account: 'craftport.internal', username: 'admin', password: 'wrong' })
      .catch((error: unknown) => error);
    expect(await signedIn).toMatchObject({ name: 'ClientError', kind: 'signed-out' });
    const client = createClient(connection.fetch);
    const forbidden = client.request('/v2/user_auth', { method: 'PUT', data: {} });
    await expect(forbidden).rejects.toMatchObject({
      kind: 'unreachable',
      cause: { code: 'ipc.refused' },
    });
    const gone = new AbortController();
    gone.abort();
    await expect(
      connection.fetch('/v2/resources', { method: 'GET', headers: {}, signal: gone.signal }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    await agent.stop();
    await expect(client.request('/v2/resources')).rejects.toMatchObject({
      kind: 'unreachable',
      cause: { code: 'agent.unreachable' },
    });
    expect(harness.bugs).toEqual([]);
  });

  it('opens the console of gear over the pinned connection, and says why it would not', async () => {
    const agent = await startOwnAgent();
    const { host, harness } = await openHost();
    let line: Socket | undefined;
    let heard = '';
    const gear = createServer((socket) => {
      line = socket.on('data', (bytes) => (heard += bytes.toString())).on('error', () => undefined);
      socket.write('GW>');
    });
    await new Promise<void>((resolve) => gear.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      line?.destroy();
      gear.close();
    });
    const { id } = await pairWith(harness, agent);
    const connection = host.connect(id);
    const link = `tcp://127.0.0.1:${String((gear.address() as AddressInfo).port)}`;
    await createClient(connection.fetch).request('/v2/gear', {
      method: 'PUT',
      data: { id: 'gw', name: 'GW', driver: 'console', link },
    });
    const open = (gearId: string) => {
      const said: string[] = [];
      const socket = connection.openSocket(`/v2/gear/${gearId}/console`, {
        onOpen: () => said.push('open'),
        onText: (text) => said.push(text),
        onEnd: (reason) => said.push(`end: ${reason}`),
      });
      return { socket, said };
    };
    const missing = open('none');
    await expect.poll(() => missing.said).toEqual(['end: This gear has no console']);
    missing.socket.send('{}');
    const { socket, said } = open('gw');
    await expect.poll(() => said).toContain('open');
    socket.send(JSON.stringify({ type: 'take_over' }));
    await expect.poll(() => said.join()).toContain('"is_yours":true');
    socket.send(JSON.stringify({ type: 'input', data: 'show clock\r' }));
    await expect.poll(() => heard).toBe('show clock\r');
    line?.write('12:00');
    await expect.poll(() => said.join()).toContain('{"type":"received","data":"12:00"}');
    expect(harness.given.join()).not.toMatch(/eyJ[\w-]+\.eyJ/);
    await agent.stop();
    await expect.poll(() => said.at(-1)).toMatch(/^end: /);
    const away = open('gw');
    await expect.poll(() => away.said.join()).toMatch(/^end: .*does not answer/);
    const elsewhere = connection.openSocket('/v2/events', {
      onOpen: () => undefined,
      onText: () => undefined,
      onEnd: (reason) => away.said.push(reason),
    });
    await expect.poll(() => away.said.at(-1)).toBe('The page may not open a socket there');
    elsewhere.close();
    expect(harness.bugs).toEqual([]);
  });
});
