// craftport://app/…: the page's files. Chromium cleans URLs before they come here; nothing here
// relies on it, because a URL can also come from a page that somebody got script into.

import { readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { APP_ORIGIN } from './link-policy.ts';
import { CONTENT_SECURITY_POLICY } from './window-guards.ts';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
  json: 'application/json',
};

export interface ServedFile {
  readonly status: 200 | 400 | 403 | 404 | 405;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
  'cache-control': 'no-store',
};

/**
 * The path inside the page's folder that a URL names.
 * @returns undefined when it names nothing that is served
 */
export function assetPathOf(url: string): string | undefined {
  if (!url.startsWith(`${APP_ORIGIN}/`)) return undefined;
  const raw = url.slice(APP_ORIGIN.length + 1).split(/[?#]/, 1)[0] ?? '';
  let path: string;
  try {
    path = decodeURIComponent(raw);
  } catch {
    return undefined;
  }
  if (path === '') return 'index.html';
  // Letters, digits, dash, underscore and single dots inside names: no `..`, no hidden file, no
  // drive, no backslash, no NUL, no second decoding.
  const isPlain = path.split('/').every((part) => /^[\w-]+(?:\.[\w-]+)*$/.test(part));
  return isPlain && typeOf(path) !== undefined ? path : undefined;
}

function typeOf(path: string): string | undefined {
  const extension = path.slice(path.lastIndexOf('.') + 1);
  return Object.hasOwn(TYPES, extension) ? TYPES[extension] : undefined;
}

/** @param folder the built page */
export async function serveApp(
  folder: string,
  request: { readonly method: string; readonly url: string },
): Promise<ServedFile> {
  if (request.method !== 'GET') return refusal(405);
  const path = assetPathOf(request.url);
  if (path === undefined) return refusal(404);
  try {
    const [root, file] = [await realpath(folder), await realpath(join(folder, path))];
    // A link that leads out of the folder is not followed.
    if (!file.startsWith(root + sep)) return refusal(403);
    return {
      status: 200,
      headers: { ...SECURITY_HEADERS, 'content-type': typeOf(path) ?? '' },
      body: await readFile(file),
    };
  } catch {
    return refusal(404);
  }
}

function refusal(status: 403 | 404 | 405): ServedFile {
  return {
    status,
    headers: { ...SECURITY_HEADERS, 'content-type': 'text/plain; charset=utf-8' },
    body: new TextEncoder().encode(`${String(status)}\n`),
  };
}
