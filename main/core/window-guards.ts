// How the window is locked down, as data and as functions over the few members of Electron's
// objects that they touch, so that tests read and run the very thing that the program uses.

import { APP_SCHEME, mayNavigate } from './link-policy.ts';

/** Every one of them is also Electron's default; written down, so that a test can hold them. */
export const WEB_PREFERENCES = {
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
} as const;

/** Of the custom protocol: a secure origin of its own, without service workers or CORS doors. */
export const SCHEME_PRIVILEGES = {
  scheme: APP_SCHEME,
  privileges: {
    standard: true,
    secure: true,
    supportFetchAPI: true,
    corsEnabled: false,
    allowServiceWorkers: false,
    bypassCSP: false,
    stream: false,
  },
} as const;

/** The page loads from its own origin and talks to agents through the main process only. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

/** The part of Electron's WebContents that is guarded. */
export interface GuardedContents {
  on(
    event: 'will-navigate' | 'will-frame-navigate' | 'will-redirect' | 'will-attach-webview',
    listener: (event: { preventDefault(): void; readonly url?: string }) => void,
  ): unknown;
  setWindowOpenHandler(handler: (details: { readonly url: string }) => { action: 'deny' }): void;
}

/** Its own page and nothing else, no second window, no webview. */
export function guardContents(contents: GuardedContents, openLink: (url: string) => void): void {
  const stay = (event: { preventDefault(): void; readonly url?: string }): void => {
    if (event.url === undefined || !mayNavigate(event.url)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    // `openLink` applies the link policy; most links go nowhere.
    openLink(url);
    return { action: 'deny' };
  });
}

/** The part of Electron's Session that is guarded. */
export interface GuardedSession {
  setPermissionRequestHandler(
    handler: (contents: unknown, permission: string, decide: (isGranted: boolean) => void) => void,
  ): void;
  setPermissionCheckHandler(handler: () => boolean): void;
  setDevicePermissionHandler(handler: () => boolean): void;
  setCertificateVerifyProc(
    handler: (request: unknown, decide: (code: number) => void) => void,
  ): void;
  webRequest: {
    onBeforeRequest(
      handler: (
        details: { readonly url: string },
        decide: (response: { cancel: boolean }) => void,
      ) => void,
    ): void;
  };
  on(event: 'will-download', listener: (event: { preventDefault(): void }) => void): unknown;
}

/** Chromium's code for "do not trust". */
const REFUSE_CERTIFICATE = -2;

/**
 * No permission, no device, no download; the page reaches no network at all, and where it tried,
 * no certificate would do: agents are spoken to by the main process, with pins.
 */
export function guardSession(session: GuardedSession): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setCertificateVerifyProc((_request, decide) => decide(REFUSE_CERTIFICATE));
  session.webRequest.onBeforeRequest(({ url }, decide) =>
    decide({ cancel: !mayNavigate(url) && !url.startsWith('devtools://') }),
  );
  session.on('will-download', (event) => event.preventDefault());
}
