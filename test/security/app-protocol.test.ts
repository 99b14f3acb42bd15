// craftport://app/: hostile URLs and paths reach nothing but the page's own files.

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assetPathOf, serveApp } from '../../main/core/app-protocol.ts';
import { CONTENT_SECURITY_POLICY } from '../../main/core/window-guards.ts';
import { tempDir } from '../support/temp-dir.ts';

async function site(): Promise<string> {
  const outer = await tempDir();
  const folder = join(outer, 'page');
  await mkdir(join(folder, 'assets'), { recursive: true });
  await writeFile(join(outer, 'secret.json'), 'SECRET');
  await writeFile(join(folder, 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'assets/main-a1.js'), 'export {};');
  await writeFile(join(folder, '.env'), 'SECRET');
  await writeFile(join(folder, 'tool.exe'), 'SECRET');
  await symlink(join(outer, 'secret.json'), join(folder, 'link.json'));
  await symlink(outer, join(folder, 'out'));
  return folder;
}

describe('the page’s protocol', () => {
  it('serves the page and its files, with every security header', async () => {
    const folder = await site();
    const page = await serveApp(folder, { method: 'GET', url: 'craftport://app/' });
    expect(page).toEqual({
      status: 200,
      headers: {
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'content-type': 'text/html; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'permissions-policy': expect.stringContaining('serial=()') as string,
        'cache-control': 'no-store',
      },
      body: expect.any(Uint8Array) as Uint8Array,
    });
    const script = await serveApp(folder, {
      method: 'GET',
      url: 'craftport://app/assets/main-a1.js?v=1#x',
    });
    expect([script.status, script.headers['content-type']]).toEqual([
      200,
      'text/javascript; charset=utf-8',
    ]);
  });

  it.each([
    '../secret.json',
    'assets/../../secret.json',
    '%2e%2e/secret.json',
    '..%2fsecret.json',
    '%2e%2e%2fsecret.json',
    '..%5csecret.json',
    '..\\secret.json',
    '%252e%252e/secret.json',
    '/etc/passwd',
    '//etc/passwd',
    'file:///etc/passwd',
    'C:/Windows/win.ini',
    'C%3A%5CWindows%5Cwin.ini',
    'index.html%00.js',
    'index.html\0.js',
    '%00',
    '%',
    '%ff%fe',
    '%c0%ae%c0%ae/secret.json',
    '.env',
    '%2eenv',
    'tool.exe',
    'index.html/',
    'index.html.',
    'assets',
    'assets//main-a1.js',
    'assets/./main-a1.js',
    'link.json',
    'out/secret.json',
    'con.json',
    `${'a'.repeat(5000)}.js`,
    'constructor',
    'x.constructor',
    'x.__proto__',
    'ｉndex.html',
  ])('has nothing at %j', async (path) => {
    const folder = await site();
    const { status, body, headers } = await serveApp(folder, {
      method: 'GET',
      url: `craftport://app/${path}`,
    });
    expect([403, 404]).toContain(status);
    expect(Buffer.from(body).toString()).not.toContain('SECRET');
    expect(headers['content-security-policy']).toBe(CONTENT_SECURITY_POLICY);
  });

  it.each([
    'craftport://evil/index.html',
    'craftport://app.evil.example/index.html',
    'craftport://app:80/index.html',
    'craftport://user@app/index.html',
    'craftport:index.html',
    'http://app/index.html',
    'file:///index.html',
    '',
  ])('is not asked as %j', (url) => {
    expect(assetPathOf(url)).toBeUndefined();
  });

  it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'get'])(
    'does not take %s',
    async (method) => {
      const folder = await site();
      expect((await serveApp(folder, { method, url: 'craftport://app/' })).status).toBe(405);
    },
  );
});
