// The web console: the built page, and the two ways that sign a browser in: a one-time link and
// a user's password. Neither ever shows the page a token: the session is an HttpOnly cookie.

import express, { type Express, type Request } from 'express';
import helmet from 'helmet';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CraftportError } from '../base/error.ts';
import { isJsonObject } from '../base/json.ts';
import { parseEnvelope } from './body.ts';
import { toProblem } from './problem.ts';
import { assertSameSite } from './same-site.ts';
import { setSessionCookie } from './session-cookie.ts';

export interface ConsoleSession {
  readonly token: string;
  readonly lifeS: number;
}

/** What a person types. */
export interface ConsolePassword {
  /** Realm or name. */
  readonly account: string;
  /** md5 of `username:password`, in hex. */
  readonly credentials: string;
  readonly remote: string;
}

export interface ConsoleOptions {
  /** Whether the agent serves HTTPS: the cookie is then sent over nothing else. */
  readonly isSecure: boolean;
  /** Host names of this machine that nobody else can re-point, lower case. */
  readonly ownNames: readonly string[];
  /** The package's folder, which holds the build. */
  readonly packageRoot: string;
  /** Trades a one-time code for a session token; undefined when it is unknown, used or old. */
  redeemSignInCode(code: string): Promise<ConsoleSession | undefined>;
  /** @throws auth.wrong, auth.rate-limited, account.disabled, request.invalid */
  signIn(password: ConsolePassword): Promise<ConsoleSession>;
}

const MAX_SIGN_IN_BYTES = 16_384;
/** Built files are named by their content. */
const ASSET_LIFE_S = 31_536_000;

/** Adds `/`, `/assets/…` and `/sign-in` to an Express app. */
export function mountConsole(app: Express, options: ConsoleOptions): void {
  const page = join(options.packageRoot, '.build/renderer/page');
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
        'require-trusted-types-for': ["'script'"],
      },
    },
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
  app.use(
    '/assets',
    headers,
    express.static(join(page, 'assets'), {
      index: false,
      fallthrough: false,
      dotfiles: 'ignore',
      immutable: true,
      maxAge: ASSET_LIFE_S * 1000,
    }),
  );
  for (const [path, file] of [
    ['/', 'index.html'],
    ['/favicon.svg', 'favicon.svg'],
  ] as const)
    app.get(path, headers, (_request, response) => {
      response.setHeader('cache-control', 'no-cache');
      response.sendFile(file, { root: page });
    });
  // Whoever only looks (a messenger's preview, say) must not use the link up.
  app.head('/sign-in', headers, (_request, response) => {
    response.setHeader('cache-control', 'no-store');
    response.status(200).end();
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
    setSessionCookie(response, { ...session, isSecure: options.isSecure });
    // The code must not stay in the address bar; `replace` keeps it out of the history too.
    response.redirect(303, '/');
  });
  app.put(
    '/sign-in',
    headers,
    express.raw({ limit: MAX_SIGN_IN_BYTES, type: 'application/json' }),
    async (request, response) => {
      response.setHeader('cache-control', 'no-store');
      try {
        // A foreign page must not sign a browser in as somebody else.
        assertSameSite(request, options.ownNames);
        setSessionCookie(response, {
          ...(await options.signIn(readPassword(request))),
          isSecure: options.isSecure,
        });
        response.status(201).json({ data: {}, status: 'success' });
      } catch (error) {
        if (!(error instanceof CraftportError)) throw error;
        const { status, body } = toProblem(error);
        response.status(status).json({ ...body, status: 'error', error: String(status) });
      }
    },
  );
}

/** @throws request.invalid for a body that is no JSON */
function readPassword(request: Request): ConsolePassword {
  const body: unknown = request.body;
  const { data } = parseEnvelope(body instanceof Uint8Array ? body : new Uint8Array());
  const text = (key: string): string => {
    const value = isJsonObject(data) ? data[key] : undefined;
    return typeof value === 'string' ? value : '';
  };
  return {
    account: text('account').trim(),
    credentials: createHash('md5')
      .update(`${text('username')}:${text('password')}`)
      .digest('hex'),
    remote: request.socket.remoteAddress ?? '',
  };
}
