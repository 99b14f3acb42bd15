// The socket: HTTP on loopback, HTTPS with the agent's own certificate elsewhere.

import type { Express } from 'express';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { CraftportError } from '../base/error.ts';
import { messageClasses } from './app-messages.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** For messages: `https://127.0.0.1:8000`. */
  readonly url: string;
  /** PEM; undefined: plain HTTP. */
  readonly tls: { readonly key: string; readonly certificate: string } | undefined;
}

/** How long open requests may take to finish before their connections are cut. */
const DRAIN_MS = 2_000;

/**
 * @param serve hands requests to `app`, which their classes are made for
 * @throws config.port-taken, config.invalid when the address is not this machine's
 */
export async function openListener(
  app: Express,
  serve: RequestListener,
  options: ListenOptions,
): Promise<Server> {
  const { host, port, url, tls } = options;
  const classes = messageClasses(app);
  const server =
    tls === undefined
      ? createServer(classes, serve)
      : createSecureServer(
          { ...classes, key: tls.key, cert: tls.certificate, minVersion: 'TLSv1.2' },
          serve,
        );
  // An upload of a million numbers over a slow line takes its time; headers still have 60 s.
  server.requestTimeout = 3_600_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === 'EADDRINUSE'
          ? new CraftportError('config.port-taken', `${url} is taken by another program`, { cause })
          : new CraftportError('config.invalid', `${url} cannot be listened on: ${cause.message}`, {
              cause,
            }),
      );
    });
    server.listen(port, host, resolve);
  });
  return server;
}

/** Answers what is under way, then cuts what is left. */
export async function closeListener(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(cut);
}
