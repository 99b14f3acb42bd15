// The desktop, for now: one sandboxed window on the console of the agent that started it.
// Thin on purpose; nothing here is worth a test without Electron's binary.

import { app, BrowserWindow, session } from 'electron';

/** The sign-in link of a local agent, the last argument. */
function linkFrom(argv: readonly string[]): URL | undefined {
  const last = argv.at(-1) ?? '';
  if (!URL.canParse(last)) return undefined;
  const link = new URL(last);
  return link.protocol === 'http:' && link.hostname === '127.0.0.1' ? link : undefined;
}

async function open(link: URL): Promise<void> {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, decide) =>
    decide(false),
  );
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false },
  });
  // The window shows its agent and nothing else.
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  window.webContents.on('will-navigate', (event) => {
    if (new URL(event.url).origin !== link.origin) event.preventDefault();
  });
  await window.loadURL(link.href);
}

app.on('window-all-closed', () => app.quit());
await app.whenReady();
const link = linkFrom(process.argv);
if (link === undefined) app.quit();
else await open(link);
