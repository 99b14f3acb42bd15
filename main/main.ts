// The desktop's wiring. Everything worth a test is in main/core; this file starts after Electron
// and only passes things on.

import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { app, type BrowserWindow, clipboard, dialog, protocol, shell } from 'electron';
import { PUSH_CHANNEL } from '../schemas/ipc.ts';
import { serveApp } from './core/app-protocol.ts';
import { Desktop } from './core/desktop.ts';
import { browseNetwork } from './core/discovery.ts';
import { APP_SCHEME } from './core/link-policy.ts';
import { readFirstSite } from './core/first-site.ts';
import { SCHEME_PRIVILEGES } from './core/window-guards.ts';
import { handleAll } from './electron/handle.ts';
import { electronSafeStorage } from './electron/safe-storage.ts';
import { openWindow } from './electron/window.ts';

let window: BrowserWindow | undefined;

async function start(): Promise<void> {
  const folder = app.getPath('userData');
  const build = import.meta.dirname;
  protocol.handle(APP_SCHEME, async ({ method, url }) => {
    const { status, headers, body } = await serveApp(join(build, '../renderer/page'), {
      method,
      url,
    });
    return new Response(Buffer.from(body), { status, headers });
  });
  const desktop = await Desktop.open({
    folder,
    safeStorage: electronSafeStorage,
    deviceName: hostname(),
    version: app.getVersion(),
    push: (push) => {
      if (window?.isDestroyed() === false) window.webContents.send(PUSH_CHANNEL, push);
    },
    openExternal: (url) => shell.openExternal(url),
    saveFile: async (name, text) => {
      const { canceled, filePath } = await dialog.showSaveDialog({ defaultPath: name });
      if (canceled) return false;
      await writeFile(filePath, text);
      return true;
    },
    writeClipboard: (text) => void clipboard.writeText(text),
    browse: browseNetwork,
    reportBug: (error) => console.error(error),
  });
  handleAll(desktop.gate);
  // `npm start` passes the demo site it has just started; pairing it again changes nothing.
  const first = readFirstSite(process.env['CRAFTPORT_FIRST_SITE']);
  delete process.env['CRAFTPORT_FIRST_SITE'];
  if (first !== undefined)
    await desktop.pair(first).catch((error: unknown) => console.error(error));
  app.on('window-all-closed', () => {
    // What cannot be kept in time is asked anew at the next start.
    void desktop.stop().finally(() => app.quit());
  });
  app.on('second-instance', () => {
    if (window?.isMinimized() === true) window.restore();
    window?.focus();
  });
  window = await openWindow({
    preload: join(build, 'preload.cjs'),
    stateFile: join(folder, 'window.json'),
    openLink: (url) => void desktop.openLink(url),
    onPageGone: () => desktop.forgetPage(),
  });
}

protocol.registerSchemesAsPrivileged([
  { scheme: SCHEME_PRIVILEGES.scheme, privileges: { ...SCHEME_PRIVILEGES.privileges } },
]);
app.enableSandbox();
app.on('certificate-error', (event, _contents, _url, _error, _certificate, decide) => {
  event.preventDefault();
  decide(false);
});
if (!app.requestSingleInstanceLock()) app.quit();
else
  app
    .whenReady()
    .then(start)
    .catch((error: unknown) => {
      // A damaged or newer file of settings: said, not guessed around.
      dialog.showErrorBox('Craftport', error instanceof Error ? error.message : String(error));
      app.exit(1);
    });
