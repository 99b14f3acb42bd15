// The desktop under real Electron. Fails where Electron's binary is missing or cannot start: it
// never passes for want of it, and never downloads it.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../agent/config/package-root.ts';
import { CONTENT_SECURITY_POLICY, WEB_PREFERENCES } from '../../main/core/window-guards.ts';
import { type DesktopBridge, IPC } from '../../schemas/ipc.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';

declare const craftport: DesktopBridge;

/** @throws Error that says what to do */
function electronBinary(): string {
  const folder = join(packageRoot, 'node_modules/electron');
  const pathFile = join(folder, 'path.txt');
  const binary = existsSync(pathFile)
    ? join(folder, 'dist', readFileSync(pathFile, 'utf8').trim())
    : undefined;
  if (binary === undefined || !existsSync(binary))
    throw new Error("Electron's binary is not here: `npx install-electron` downloads it");
  return binary;
}

let application: ElectronApplication;
let page: Page;
let folder: string;

beforeAll(async () => {
  const executablePath = electronBinary();
  folder = await mkdtemp(join(tmpdir(), 'craftport-electron-'));
  const args = [packageRoot, `--user-data-dir=${folder}`];
  application = await _electron.launch({ executablePath, args });
  page = await application.firstWindow();
  await page.waitForLoadState();
});
afterAll(async () => {
  // Where it did not start there is nothing to close.
  await (application as ElectronApplication | undefined)?.close();
  if ((folder as string | undefined) !== undefined)
    await rm(folder, { recursive: true, force: true });
});

describe('the desktop under Electron', () => {
  it('shows its own page from its own protocol, with the policy', async () => {
    expect(page.url()).toMatch(/^craftport:\/\/app\//);
    const reply = await page.reload();
    expect(await reply?.headerValue('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
  });

  it('runs with the options it says', async () => {
    const used = await application.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      return contents.getLastWebPreferences();
    });
    expect(used).toMatchObject(WEB_PREFERENCES);
  });

  it('gives the page the bridge and nothing of Node', async () => {
    const found = await page.evaluate(() => ({
      keys: Object.keys(craftport),
      node: [typeof globalThis.process, typeof (globalThis as { require?: unknown }).require],
    }));
    expect(found).toEqual({
      keys: [...Object.keys(IPC), 'onPush'],
      node: ['undefined', 'undefined'],
    });
  });

  it('answers over real IPC, and says where it keeps sign-ins', async () => {
    const [list, vault, refused] = await page.evaluate(async () => [
      await craftport['sites.list']({}),
      await craftport['vault.state']({}),
      await craftport['sites.remove']({ id: '../x' }),
    ]);
    expect(list).toEqual({ isOk: true, value: [] });
    expect(vault).toMatchObject({ isOk: true });
    expect(refused).toMatchObject({ isOk: false, code: 'ipc.refused' });
  });

  it('goes nowhere and opens nothing', async () => {
    await page.evaluate(() => {
      window.open('https://evil.example/');
      location.href = 'https://evil.example/';
    });
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
    expect(page.url()).toMatch(/^craftport:\/\/app\//);
    expect(application.windows()).toHaveLength(1);
  });
});
