// The web console: static files, and the one-time link that signs a browser in.

import express, { type Express } from 'express';
import helmet from 'helmet';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SESSION_COOKIE } from './token-source.ts';

export interface ConsoleOptions {
  /** Whether the agent serves HTTPS: the cookie is then sent over nothing else. */
  readonly isSecure: boolean;
  /** The package's folder, which holds renderer/ and the build. */
  readonly packageRoot: string;
  /** Trades a one-time code for a session token; undefined when it is unknown, used or old. */
  redeemSignInCode(code: string): Promise<{ token: string; lifeS: number } | undefined>;
}

/** Adds `/`, `/console/…` and `/sign-in` to an Express app. */
export function mountConsole(app: Express, options: ConsoleOptions): void {
  const { packageRoot } = options;
  const page = readFileSync(join(packageRoot, 'renderer/console/index.html'));
  const headers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'"],
        'connect-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
  const assets = { index: false, fallthrough: true, dotfiles: 'ignore' } as const;
  app.use('/console', headers, express.static(join(packageRoot, 'renderer/console'), assets));
  app.use(
    '/console',
    headers,
    express.static(join(packageRoot, '.build/renderer/console'), assets),
  );
  app.get('/', headers, (_request, response) => {
    response.type('html').send(page);
  });
  app.get('/sign-in', headers, async (request, response) => {
    const code = request.query['code'];
    const session = typeof code === 'string' ? await options.redeemSignInCode(code) : undefined;
    response.setHeader('cache-control', 'no-store');
    if (session === undefined) {
      response
        .status(403)
        .type('text')
        .send(
          'This sign-in link was used already or is too old. Restart the agent for a new one.\n',
        );
      return;
    }
    response.cookie(SESSION_COOKIE, session.token, {
      httpOnly: true,
      sameSite: 'strict',
      secure: options.isSecure,
      path: '/',
      maxAge: session.lifeS * 1000,
    });
    // The code must not stay in the address bar; `replace` keeps it out of the history too.
    response.redirect(303, '/');
  });
}
