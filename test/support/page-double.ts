// The desktop with Chromium in Electron's place: the page under its own policy, the real preload
// bundle, the real main/core behind an exposed function, real agents. What is doubled is
// Electron's IPC (preload-double.ts) and its protocol: the page comes over HTTP on loopback,
// from the same function that serves craftport://app/.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { packageRoot } from '../../agent/config/package-root.ts';
import { serveApp } from '../../main/core/app-protocol.ts';
import { APP_ORIGIN } from '../../main/core/link-policy.ts';
import type { IpcPush } from '../../schemas/ipc.ts';
import type { DesktopOptions } from '../../main/core/desktop.ts';
import { launchChromium, newPage } from './browser.ts';
import { type DesktopHarness, openDesktop, ownPage } from './desktop-harness.ts';
import { preloadScript } from './preload-double.ts';

export interface DesktopPage extends DesktopHarness {
  readonly page: Page;
  /** Where the page is served in place of craftport://app. */
  readonly url: string;
  /** What was fetched for the page; what its policy stops is not in here. */
  readonly requested: string[];
  readonly console: string[];
  /** Requests to agents: `PATCH /v2/…`. */
  readonly sent: string[];
}

export interface DesktopPageOptions {
  /** Of the page; default: as it is built. */
  readonly folder?: string;
  /** The desktop's data and keyring, where a test begins with some. */
  readonly desktop?: Partial<Pick<DesktopOptions, 'folder' | 'safeStorage' | 'version'>>;
  /** Default: one of its own. */
  readonly browser?: Browser;
}

export async function openDesktopPage(options: DesktopPageOptions = {}): Promise<DesktopPage> {
  const { folder = join(packageRoot, '.build/renderer/page'), desktop = {} } = options;
  const server = createServer((request, response) => {
    const { method = '', url = '/' } = request;
    void serveApp(folder, { method, url: `${APP_ORIGIN}${url}` }).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = options.browser ?? (await launchChromium());
  onTestFinished(async () => {
    if (options.browser === undefined) await browser.close();
    server.closeAllConnections();
    server.close();
  });
  const page = await newPage(browser);
  const harness = await openDesktop({
    ...desktop,
    push: (push: IpcPush) => {
      const plain = push.kind === 'stream.chunk' ? { ...push, bytes: [...push.bytes] } : push;
      // The page may be closing; a push that comes too late is nobody's.
      void page
        .evaluate((each) => (globalThis as unknown as Pushed).__push(each), plain)
        .catch(() => undefined);
    },
  });
  // As Electron's window tells it: a new page begins, nobody waits for the old one's replies.
  page.on('request', (request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame())
      harness.desktop.forgetPage();
  });
  const requested: string[] = [];
  const console: string[] = [];
  const sent: string[] = [];
  page.on('requestfinished', (request) => requested.push(request.url()));
  page.on('console', (message) => console.push(message.text()));
  page.on('pageerror', (error) => console.push(String(error)));
  await page.exposeFunction('__invoke', async (channel: string, argument: unknown) => {
    if (channel.endsWith('agent.send')) {
      const { method, path } = argument as { method: string; path: string };
      sent.push(`${method} ${path}`);
    }
    const outcome = await harness.desktop.gate(
      ownPage,
      channel.replace(/^craftport:/, ''),
      argument,
    );
    harness.given.push(JSON.stringify(outcome));
    return outcome;
  });
  await page.addInitScript(preloadScript());
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  await page.goto(url);
  return { ...harness, page, url, requested, console, sent };
}

interface Pushed {
  __push(push: unknown): void;
}
