// The desktop's page with many sites for the bench: the real preload and main/core, Electron's
// IPC doubled, each site an address of its own in front of one agent.

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { packageRoot } from '../../agent/config/package-root.ts';
import { serveApp } from '../../main/core/app-protocol.ts';
import { Desktop } from '../../main/core/desktop.ts';
import { APP_ORIGIN } from '../../main/core/link-policy.ts';
import type { IpcPush } from '../../schemas/ipc.ts';
import { preloadScript } from '../support/preload-double.ts';

export interface BenchDesktop {
  readonly page: Page;
  stop(): Promise<void>;
}

/** @param code gives a pairing code of the agent, a new one each time */
export async function openBenchDesktop(
  browser: Browser,
  agentUrl: string,
  sites: number,
  code: () => Promise<string>,
): Promise<BenchDesktop> {
  const folder = await mkdtemp(join(tmpdir(), 'craftport-bench-desktop-'));
  const page = await browser.newPage();
  const desktop = await Desktop.open({
    folder,
    safeStorage: {
      isAvailable: () => Promise.resolve(true),
      backend: () => 'bench',
      encrypt: (text) => Promise.resolve(Buffer.from(text)),
      decrypt: (bytes) =>
        Promise.resolve({ text: Buffer.from(bytes).toString(), shouldReEncrypt: false }),
    },
    deviceName: 'Bench',
    version: '0.0.0',
    push: (push: IpcPush) => {
      const plain = push.kind === 'stream.chunk' ? { ...push, bytes: [...push.bytes] } : push;
      void page
        .evaluate((each) => (globalThis as unknown as Pushed).__push(each), plain)
        .catch(() => undefined);
    },
    openExternal: () => Promise.resolve(),
    saveFile: () => Promise.resolve(true),
    writeClipboard: () => undefined,
    browse: () => Promise.resolve(() => undefined),
    reportBug: (error) => {
      throw error;
    },
  });
  const ownPage = { url: `${APP_ORIGIN}/`, isMainFrame: true };
  const relays = await Promise.all(Array.from({ length: sites }, () => relayTo(agentUrl)));
  for (const [index, relay] of relays.entries()) {
    const outcome = await desktop.gate(ownPage, 'sites.pair', {
      address: `http://127.0.0.1:${String(portOf(relay))}`,
      fingerprint: '',
      code: await code(),
      details: { name: `Site ${String(index + 1)}` },
    });
    if (!outcome.isOk) throw new Error(`${outcome.code}: ${outcome.message}`);
  }
  const server = createHttpServer((request, response) => {
    const { method = '', url = '/' } = request;
    void serveApp(join(packageRoot, '.build/renderer/page'), {
      method,
      url: `${APP_ORIGIN}${url}`,
    }).then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await page.exposeFunction('__invoke', (channel: string, argument: unknown) =>
    desktop.gate(ownPage, channel.replace(/^craftport:/, ''), argument),
  );
  await page.addInitScript(preloadScript());
  await page.goto(`http://127.0.0.1:${String(portOf(server))}/`);
  return {
    page,
    stop: async () => {
      await page.close();
      await desktop.stop();
      server.closeAllConnections();
      for (const each of [server, ...relays]) each.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function relayTo(agentUrl: string): Promise<Server> {
  const port = Number(new URL(agentUrl).port);
  const server = createServer((client) => {
    const agent = connect(port, '127.0.0.1');
    client.on('error', () => agent.destroy()).pipe(agent);
    agent.on('error', () => client.destroy()).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server | HttpServer): number {
  return (server.address() as AddressInfo).port;
}

interface Pushed {
  __push(push: unknown): void;
}
