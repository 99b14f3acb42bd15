// In a real Chromium, under the real policy, with the real preload, main/core and agent: what a
// page can do with what it is given, and what script that got in could not.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DesktopBridge, IpcOutcome, IpcSite } from '../../schemas/ipc.ts';
import { startOwnAgent } from '../support/desktop-harness.ts';
import { CHROMIUM } from '../support/browser.ts';
import { openDesktopPage } from '../support/page-double.ts';
import { hasPeer } from '../support/peer.ts';
import { tempDir } from '../support/temp-dir.ts';

declare const craftport: DesktopBridge;

/** A page that tries what is not allowed, before and after it is loaded. */
const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>t</title>
<script>globalThis.inline = true;</script>
<script src="app.js"></script>
<script src="https://evil.example/x.js"></script>
<style>body { color: rgb(1, 2, 3); }</style></head>
<body onload="globalThis.handler = true"><img src="x" onerror="globalThis.image = true">
<iframe src="about:blank"></iframe><a id="out" href="https://evil.example/">out</a></body></html>`;

/** In the page itself: what a debugger evaluates is not held to the policy. */
const APP = `globalThis.app = typeof craftport;
try { globalThis.evaluated = eval('1'); } catch {}
try { globalThis.made = new Function('return 1')(); } catch {}
try { setTimeout('globalThis.timed = 1'); } catch {}`;

async function pageFolder(): Promise<string> {
  const folder = join(await tempDir(), 'page');
  await mkdir(folder);
  await writeFile(join(folder, 'index.html'), PAGE);
  await writeFile(join(folder, 'app.js'), APP);
  return folder;
}

describe.runIf(hasPeer(CHROMIUM))('the page', () => {
  it('pairs and works through the bridge; no token in page, URL, console or storage', async () => {
    const agent = await startOwnAgent();
    const { page, console, requested, given } = await openDesktopPage({
      folder: await pageFolder(),
    });
    const site = await page.evaluate(
      async ([address, code]) => {
        const probe = await craftport['sites.probe']({ address });
        const fingerprint = probe.isOk ? (probe.value.fingerprint ?? '') : '';
        const details = { name: '<img src=x onerror=alert(1)>' };
        return craftport['sites.pair']({ address, fingerprint, code, details });
      },
      [agent.url, agent.issuePairingCode()] as const,
    );
    expect(site).toMatchObject({ isOk: true, value: { trust: 'pinned', isSignedIn: true } });
    const { id } = (site as Extract<IpcOutcome<IpcSite>, { isOk: true }>).value;
    const heard = await page.evaluate(async (siteId) => {
      const decoder = new TextDecoder();
      let events = '';
      const done = new Promise<string>((resolve) =>
        craftport.onPush((push) => {
          if (push.kind !== 'stream.chunk') return;
          events += decoder.decode(push.bytes, { stream: true });
          if (events.includes('resource.created')) resolve(events);
        }),
      );
      const ask = (exchange: number, method: 'GET' | 'PUT', path: string, body?: string) =>
        craftport['agent.send']({
          exchange,
          siteId,
          method,
          path,
          headers: { 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body }),
        });
      await ask(1, 'GET', '/v2/events');
      await ask(2, 'PUT', '/v2/resources', '{"data":{"name":"R","gateways":[]}}');
      const token = await ask(3, 'GET', '/v2/token_auth');
      return [await done, JSON.stringify(token), JSON.stringify(Object.entries(localStorage))];
    }, id);
    const everything = [heard, given, console, requested, await page.content(), page.url()].join(
      '\n',
    );
    expect(heard.join()).toContain('resource.created');
    expect(everything).not.toMatch(/eyJ[\w-]+\.eyJ/);
    expect(await page.context().cookies()).toEqual([]);
  });

  it('runs its own files and nothing that was put into it', async () => {
    const { page, console, requested } = await openDesktopPage({ folder: await pageFolder() });
    const state = await page.evaluate(() => {
      const global = globalThis as unknown as Record<string, unknown>;
      return {
        app: global['app'],
        inline: global['inline'],
        handler: global['handler'],
        image: global['image'],
        evaluated: global['evaluated'],
        made: global['made'],
        timed: global['timed'],
        colour: getComputedStyle(document.body).color,
      };
    });
    expect(state).toEqual({ app: 'object', colour: 'rgb(0, 0, 0)' });
    expect(requested.filter((url) => url.includes('evil.example'))).toEqual([]);
    expect(console.filter((text) => /Content Security Policy/.test(text)).length).toBeGreaterThan(
      3,
    );
    const refused = await page.evaluate(async () => {
      const tries = {
        fetch: () => fetch('https://evil.example/'),
        own: () => fetch('/app.js'),
        socket: () =>
          new Promise((resolve, reject) => {
            const socket = new WebSocket('wss://evil.example/');
            socket.onopen = resolve;
            socket.onerror = () => reject(new Error('refused'));
          }),
        worker: () =>
          new Promise((resolve, reject) => {
            const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])));
            worker.onmessage = resolve;
            worker.onerror = () => reject(new Error('refused'));
          }),
        change: () => {
          (craftport as unknown as Record<string, unknown>)['sites.list'] = () => 'mine';
          const isMine = (craftport['sites.list'] as () => unknown)() === 'mine';
          return isMine ? Promise.resolve() : Promise.reject(new Error('refused'));
        },
      };
      const names: string[] = [];
      for (const [name, attempt] of Object.entries(tries))
        try {
          await attempt();
        } catch {
          names.push(name);
        }
      return names;
    });
    expect(refused).toEqual(['fetch', 'own', 'socket', 'worker', 'change']);
  });
});
