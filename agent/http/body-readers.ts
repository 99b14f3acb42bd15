// Reads the bytes of JSON bodies: the fewer, the less is known of who sends them. Uploads are left
// to their endpoints.

import express, {
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
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

/** Paths that sign in, as Express would match them: in any case, and whatever follows. */
const SIGN_IN = /^\/v2\/(?:api_auth|user_auth|pairing)(?:\/|$)/i;

/**
 * @returns what reads the body of a request into `request.body`, where it is JSON. It rejects
 * with what body-parser says of it, or with why it must not be that large.
 */
export function bodyReader({
  isSignedIn,
  refusalOf,
}: BodyReaderOptions): (request: Request, response: Response) => Promise<void> {
  const isJson = ({ headers }: IncomingMessage): boolean =>
    bodyKindOf(headers['content-type']) === 'json';
  const upTo = (limit: number): RequestHandler => express.raw({ limit, type: isJson });
  const [signingIn, signedIn, unknown] = [
    upTo(MAX_SIGN_IN_BYTES),
    upTo(MAX_BODY_BYTES),
    upTo(MAX_UNSIGNED_BYTES),
  ];
  const refused = (error: unknown, request: Request): Error => {
    const known = toKnownError(error);
    const isTooLarge =
      known?.code === 'request.too-large' && known.detail['limit'] === MAX_UNSIGNED_BYTES;
    if (!isTooLarge) return error instanceof Error ? error : new Error(String(error));
    return Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES
      ? new CraftportError('request.too-large', 'The body is too large', { cause: error })
      : refusalOf(request);
  };
  return (request, response) => {
    const read = SIGN_IN.test(request.path) ? signingIn : isSignedIn(request) ? signedIn : unknown;
    return new Promise((resolve, reject) => {
      const done: NextFunction = (error?: unknown) => {
        if (error === undefined) resolve();
        else reject(refused(error, request));
      };
      void read(request, response, done);
    });
  };
}
