// The console's session: a cookie that no script can read and no other site sends.

import type { Response } from 'express';
import { SESSION_COOKIE } from './token-source.ts';

/** @param lifeS seconds; undefined: until the browser is closed */
export function setSessionCookie(
  response: Response,
  session: { readonly token: string; readonly lifeS?: number; readonly isSecure: boolean },
): void {
  response.cookie(SESSION_COOKIE, session.token, {
    httpOnly: true,
    sameSite: 'strict',
    secure: session.isSecure,
    path: '/',
    ...(session.lifeS === undefined ? {} : { maxAge: session.lifeS * 1000 }),
  });
}
