// The window. What it may do is data in main/core/window-guards.ts.

import { BrowserWindow, screen, session } from 'electron';
import { APP_ORIGIN } from '../core/link-policy.ts';
import { VersionedFile } from '../core/versioned-file.ts';
import { guardContents, guardSession, WEB_PREFERENCES } from '../core/window-guards.ts';
import {
  MINIMUM_SIZE,
  placeWindow,
  WINDOW_STATE_SCHEMA,
  type WindowState,
} from '../core/window-state.ts';

export interface WindowOptions {
  /** Of .build/main/preload.cjs. */
  readonly preload: string;
  readonly stateFile: string;
  openLink(url: string): void;
  /** The page is gone or loads anew. */
  onPageGone(): void;
}

export async function openWindow(options: WindowOptions): Promise<BrowserWindow> {
  guardSession(session.defaultSession);
  const file = new VersionedFile<WindowState | null>({
    file: options.stateFile,
    version: 1,
    schema: { anyOf: [{ type: 'null' }, WINDOW_STATE_SCHEMA] },
    empty: null,
  });
  // A place that cannot be read is no reason not to open.
  const saved = await file.load().catch(() => null);
  const primary = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id);
  const { isMaximized, ...bounds } = placeWindow(
    saved ?? undefined,
    [primary, ...others].map(({ workArea }) => workArea),
  );
  const window = new BrowserWindow({
    ...bounds,
    minWidth: MINIMUM_SIZE.width,
    minHeight: MINIMUM_SIZE.height,
    show: false,
    webPreferences: { ...WEB_PREFERENCES, preload: options.preload },
  });
  guardContents(window.webContents, (url) => options.openLink(url));
  window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) options.onPageGone();
  });
  window.webContents.on('render-process-gone', () => options.onPageGone());
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    void file.save({ ...window.getNormalBounds(), isMaximized: window.isMaximized() });
  });
  if (isMaximized) window.maximize();
  await window.loadURL(`${APP_ORIGIN}/`);
  return window;
}
