// Reads the bytes of JSON bodies: the fewer, the less is known of who sends them. Uploads are left
// to their endpoints.

import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { IncomingMessage } from 'node:http';
import { CraftportError } from '../base/error.ts';
import { bodyKindOf, MAX_BODY_BYTES, MAX_UNSIGNED_BYTES } from './body.ts';
import { toKnownError } from './known-error.ts';

/** Signing in takes a few fields. */
const MAX_SIGN_IN_BYTES = 16_384;

export interface BodyReaderOptions {
  /** Whether a header or the query has a valid token. */
  readonly isSignedIn: (request: IncomingMessage) => boolean;
  /** The error for a body that only somebody signed in may send. */
  readonly refusalOf: (request: Request) => Error;
}

export function readBodies(
  app: Express,
  paths: readonly string[],
  { isSignedIn, refusalOf }: BodyReaderOptions,
): void {
  const isJson = ({ headers }: IncomingMessage): boolean =>
    bodyKindOf(headers['content-type']) === 'json';
  // What one has read, the next ones leave alone.
  app.use(
    ['/v2/api_auth', '/v2/user_auth', '/v2/pairing'],
    express.raw({ limit: MAX_SIGN_IN_BYTES, type: isJson }),
  );
  app.use(
    [...paths],
    express.raw({
      limit: MAX_BODY_BYTES,
      type: (request) => isJson(request) && isSignedIn(request),
    }),
    express.raw({ limit: MAX_UNSIGNED_BYTES, type: isJson }),
    (error: unknown, request: Request, _response: Response, next: NextFunction) => {
      const known = toKnownError(error);
      const isRefused =
        known?.code === 'request.too-large' && known.detail['limit'] === MAX_UNSIGNED_BYTES;
      if (!isRefused) next(error);
      else if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES)
        next(new CraftportError('request.too-large', 'The body is too large', { cause: error }));
      else next(refusalOf(request));
    },
  );
}
