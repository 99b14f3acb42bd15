import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { packageRoot } from '../../../agent/config/package-root.ts';
import { mountConsole } from '../../../agent/http/console.ts';

async function serveConsole(isSecure: boolean): Promise<string> {
  const app = express();
  let left = 1;
  mountConsole(app, {
    packageRoot,
    isSecure,
    ownNames: [],
    signIn: () => Promise.resolve({ token: 'TOKEN', lifeS: 60 }),
    redeemSignInCode: (code) => {
      const isGood = code === 'good' && left > 0;
      if (isGood) left -= 1;
      return Promise.resolve(isGood ? { token: 'TOKEN', lifeS: 60 } : undefined);
    },
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

describe('the sign-in link', () => {
  it.each([true, false])('sets a cookie of this page alone; Secure: %s', async (isSecure) => {
    const url = await serveConsole(isSecure);
    const reply = await fetch(`${url}/sign-in?code=good`, { redirect: 'manual' });
    const cookie = reply.headers.get('set-cookie') ?? '';
    expect([reply.status, reply.headers.get('location')]).toEqual([303, '/']);
    expect(cookie).toMatch(/^craftport_session=TOKEN; /);
    expect(
      cookie
        .split('; ')
        .slice(1)
        .filter((part) => !/^(?:Max-Age|Expires)=/.test(part))
        .sort(),
    ).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict', ...(isSecure ? ['Secure'] : [])].sort());
  });

  it('is not used up by HEAD', async () => {
    const url = await serveConsole(true);
    const looked = await fetch(`${url}/sign-in?code=good`, { method: 'HEAD', redirect: 'manual' });
    expect([looked.status, looked.headers.get('set-cookie')]).toEqual([200, null]);
    const reply = await fetch(`${url}/sign-in?code=good`, { redirect: 'manual' });
    expect(reply.status).toBe(303);
  });

  it('sets nothing for a code that is used or wrong', async () => {
    const url = await serveConsole(true);
    await fetch(`${url}/sign-in?code=good`, { redirect: 'manual' });
    for (const code of ['good', 'bad', '']) {
      const reply = await fetch(`${url}/sign-in?code=${code}`, { redirect: 'manual' });
      expect([reply.status, reply.headers.get('set-cookie')]).toEqual([403, null]);
    }
  });
});
