// Electron's security checklist (electronjs.org/docs/latest/tutorial/security), item by item, on
// the data and functions that the program itself uses.

import { EventEmitter } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../agent/config/package-root.ts';
import {
  CONTENT_SECURITY_POLICY,
  type GuardedContents,
  type GuardedSession,
  guardContents,
  guardSession,
  SCHEME_PRIVILEGES,
  WEB_PREFERENCES,
} from '../../main/core/window-guards.ts';
import { UPDATE_POLICY } from '../../main/core/update-policy.ts';

const read = (file: string): string => readFileSync(join(packageRoot, file), 'utf8');
const sources = [
  'main/main.ts',
  ...readdirSync(join(packageRoot, 'main/electron')).map((file) => `main/electron/${file}`),
];
const electronCode = sources.map(read).join('\n');
const builder = parse(read('electron-builder.yml')) as Readonly<Record<string, unknown>>;

/** The members of Session that are set, called as Electron would. */
function session() {
  const set: Record<string, (...values: never[]) => unknown> = {};
  const events = new EventEmitter();
  const keep = (name: string) => (handler: (...values: never[]) => unknown) => {
    set[name] = handler;
  };
  guardSession({
    setPermissionRequestHandler: keep('request'),
    setPermissionCheckHandler: keep('check'),
    setDevicePermissionHandler: keep('device'),
    setCertificateVerifyProc: keep('certificate'),
    webRequest: { onBeforeRequest: keep('load') },
    on: (event: string, listener: () => void) => events.on(event, listener),
  } as unknown as GuardedSession);
  const answer = (name: string, ...values: unknown[]): unknown => {
    let answered: unknown;
    const decide = (value: unknown): void => {
      answered = value;
    };
    const returned = (set[name] as (...values: unknown[]) => unknown)(...values, decide);
    return answered ?? returned;
  };
  return { answer, events };
}

/** The members of WebContents that are set. */
function contents() {
  const opened: string[] = [];
  const events = new EventEmitter();
  let openHandler: ((details: { url: string }) => { action: string }) | undefined;
  guardContents(
    {
      on: (event: string, listener: () => void) => events.on(event, listener),
      setWindowOpenHandler: (handler: typeof openHandler) => {
        openHandler = handler;
      },
    } as unknown as GuardedContents,
    (url) => opened.push(url),
  );
  const isStopped = (event: string, url?: string): boolean => {
    let stopped = false;
    events.emit(event, { url, preventDefault: () => (stopped = true) });
    return stopped;
  };
  return { opened, isStopped, open: (url: string) => openHandler?.({ url }).action };
}

describe('Electron’s security checklist', () => {
  it('1 and 18: loads from its own secure protocol, never http or file', () => {
    expect(electronCode.match(/loadURL\(.*\)|loadFile\(/g)).toEqual(['loadURL(`${APP_ORIGIN}/`)']);
    expect(SCHEME_PRIVILEGES).toEqual({
      scheme: 'craftport',
      privileges: {
        standard: true,
        secure: true,
        supportFetchAPI: true,
        corsEnabled: false,
        allowServiceWorkers: false,
        bypassCSP: false,
        stream: false,
      },
    });
    const { answer } = session();
    for (const url of [
      'http://evil.example/',
      'https://10.0.0.7/',
      'file:///etc/passwd',
      'ws://x/',
    ])
      expect(answer('load', { url })).toEqual({ cancel: true });
    expect(answer('load', { url: 'craftport://app/assets/a.js' })).toEqual({ cancel: false });
  });

  it('2, 3, 4, 6, 8, 9, 10, 11: the window’s options, all of them', () => {
    expect(WEB_PREFERENCES).toEqual({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
    });
    // Nothing beside them but the preload, and no second window.
    expect(electronCode.match(/webPreferences:.*/g)).toEqual([
      'webPreferences: { ...WEB_PREFERENCES, preload: options.preload },',
    ]);
    expect(electronCode.match(/new (?:BrowserWindow|BrowserView|WebContentsView)\b/g)).toHaveLength(
      1,
    );
    expect(electronCode).toContain('app.enableSandbox()');
    expect(electronCode).not.toMatch(/enableBlinkFeatures|appendSwitch|allowpopups|no-sandbox/);
  });

  it('5: no permission and no device, asked or checked', () => {
    const { answer, events } = session();
    for (const permission of ['media', 'geolocation', 'notifications', 'serial', 'openExternal'])
      expect(answer('request', {}, permission)).toBe(false);
    expect([answer('check'), answer('device')]).toEqual([false, false]);
    let isStopped = false;
    events.emit('will-download', { preventDefault: () => (isStopped = true) });
    expect(isStopped).toBe(true);
  });

  it('7: this policy and no other, without unsafe-*', () => {
    expect(CONTENT_SECURITY_POLICY).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
    );
  });

  it('12: no webview can be attached', () => {
    expect(contents().isStopped('will-attach-webview')).toBe(true);
  });

  it('13: the window goes nowhere but its own page', () => {
    const { isStopped } = contents();
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      expect(isStopped(event, 'craftport://app/#/sites')).toBe(false);
      for (const url of [
        'https://evil.example/',
        'craftport://app.evil/',
        'data:text/html,x',
        undefined,
      ])
        expect([event, url, isStopped(event, url)]).toEqual([event, url, true]);
    }
  });

  it('14 and 15: no second window, and links pass the policy before they leave', () => {
    const { open, opened } = contents();
    expect(open('https://evil.example/')).toBe('deny');
    expect(opened).toEqual(['https://evil.example/']);
    // The only openExternal is the one behind the policy (main/core/desktop.ts).
    expect(electronCode.match(/shell\.\w+/g)).toEqual(['shell.openExternal']);
    expect(electronCode).toContain('openExternal: (url) => shell.openExternal(url)');
    expect(read('main/core/desktop.ts').match(/.*options\.openExternal/g)).toEqual([
      '    if (mayOpenExternally(url, origins)) await this.#options.openExternal',
    ]);
  });

  it('16: a supported line of Electron, pinned', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as {
      devDependencies: Record<string, string>;
    };
    expect(devDependencies['electron']).toMatch(/^[\^~]?45\./);
  });

  it('17: the sender of every message is checked: one handle, through the gate', () => {
    expect(electronCode.match(/ipcMain\.\w+/g)).toEqual(['ipcMain.handle']);
    expect(read('main/electron/handle.ts')).toContain('gate(senderOf(event.senderFrame)');
  });

  it('19: the fuses', () => {
    expect(builder['electronFuses']).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
    expect(builder['asar']).toBe(true);
  });

  it('and updates: told, never fetched or installed; installers for three systems', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
      'dependencies' | 'devDependencies',
      Record<string, string>
    >;
    const packages = Object.keys({ ...dependencies, ...devDependencies });
    expect(packages.filter((name) => /updater/.test(name))).toEqual([]);
    expect(electronCode).not.toMatch(/autoUpdater|electron-updater/);
    expect(UPDATE_POLICY.installs).toBe('never');
    expect(builder['publish']).toBeNull();
    const targetsOf = (system: string): unknown =>
      (builder[system] as { readonly target: unknown }).target;
    expect(['linux', 'mac', 'win'].map(targetsOf)).toEqual([
      ['AppImage', 'deb'],
      ['dmg'],
      ['nsis'],
    ]);
  });

  it('20: the page gets functions, never Electron’s objects', () => {
    const preload = read('main/preload.ts');
    expect(preload.match(/exposeInMainWorld\(.*/g)).toEqual([
      'exposeInMainWorld(BRIDGE_NAME, Object.freeze({ ...calls, onPush }));',
    ]);
    expect(preload.match(/ipcRenderer\.\w+/g)).toEqual([
      'ipcRenderer.invoke',
      'ipcRenderer.on',
      'ipcRenderer.off',
    ]);
  });

  it('and certificates: the page trusts none, the main process trusts pins', () => {
    const { answer } = session();
    expect(answer('certificate', { hostname: '10.0.0.7' })).toBe(-2);
    expect(electronCode).toMatch(/'certificate-error'[\s\S]*decide\(false\)/);
    const requests = readdirSync(join(packageRoot, 'main/core')).filter((file) =>
      /rejectUnauthorized/.test(read(`main/core/${file}`)),
    );
    expect(requests).toEqual(['agent-request.ts']);
  });
});
