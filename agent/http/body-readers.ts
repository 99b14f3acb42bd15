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
import { discardRest } from './unread-body.ts';

/** Signing in takes a few fields. */
const MAX_SIGN_IN_BYTES = 16_384;
/** And this is time enough for them, and for a body with a token in it, over the slowest line. */
const MAX_UNSIGNED_MS = 120_000;

export interface BodyReaderOptions {
  /** Whether a header or the query has a valid token. */
  readonly isSignedIn: (request: IncomingMessage) => boolean;
  /** The error for a body that only somebody signed in may send. */
  readonly refusalOf: (request: Request) => Error;
  /** How long a body may take without a valid token. */
  readonly unsignedMs?: number;
}

/** Paths that sign in, as Express would match them: in any case, and whatever follows. */
const SIGN_IN = /^\/v2\/(?:api_auth|user_auth|pairing)(?:\/|$)/i;

/**
 * @returns what reads the body of a request into `request.body`, where it is JSON. It rejects
 * with what body-parser says of it, or with why it must not be that large: as soon as that is
 * known, because body-parser tells only when the last byte has come.
 */
export function bodyReader({
  isSignedIn,
  refusalOf,
  unsignedMs = MAX_UNSIGNED_MS,
}: BodyReaderOptions): (request: Request, response: Response) => Promise<void> {
  const isJson = ({ headers }: IncomingMessage): boolean =>
    bodyKindOf(headers['content-type']) === 'json';
  const upTo = (limit: number): Reader => ({ limit, read: express.raw({ limit, type: isJson }) });
  const [signingIn, signedIn, unknown] = [
    upTo(MAX_SIGN_IN_BYTES),
    upTo(MAX_BODY_BYTES),
    upTo(MAX_UNSIGNED_BYTES),
  ];
  const readerOf = (request: Request): Reader =>
    SIGN_IN.test(request.path) ? signingIn : isSignedIn(request) ? signedIn : unknown;
  const tooLarge = (request: Request, { limit }: Reader): Error =>
    limit === MAX_UNSIGNED_BYTES && announcedBytes(request) <= MAX_BODY_BYTES
      ? refusalOf(request)
      : new CraftportError('request.too-large', 'The body is too large', {
          detail: { limit: limit === MAX_UNSIGNED_BYTES ? MAX_BODY_BYTES : limit },
        });
  return (request, response) => {
    if (!isJson(request)) {
      response.once('finish', () => discardRest(request));
      return Promise.resolve();
    }
    const reader = readerOf(request);
    return new Promise((resolve, reject) => {
      const refuse = (error: Error): void => {
        discardRest(request);
        reject(error);
      };
      if (announcedBytes(request) > reader.limit) {
        refuse(tooLarge(request, reader));
        return;
      }
      if (request.headers['transfer-encoding'] !== undefined)
        whenLonger(request, reader.limit, () => refuse(tooLarge(request, reader)));
      const timer =
        reader === signedIn || request.complete
          ? undefined
          : setTimeout(() => request.destroy(), unsignedMs);
      const done: NextFunction = (error?: unknown) => {
        clearTimeout(timer);
        if (error === undefined) resolve();
        else if (toKnownError(error)?.code === 'request.too-large')
          reject(tooLarge(request, reader));
        else
          reject(
            error instanceof Error
              ? error
              : new Error('The body could not be read', { cause: error }),
          );
      };
      void reader.read(request, response, done);
    });
  };
}

interface Reader {
  /** Bytes. */
  readonly limit: number;
  readonly read: RequestHandler;
}

function announcedBytes(request: IncomingMessage): number {
  return Number(request.headers['content-length'] ?? 0);
}

/** Counts a body of unknown length. */
function whenLonger(request: IncomingMessage, limit: number, tell: () => void): void {
  let left = limit;
  const count = (piece: Uint8Array): void => {
    left -= piece.length;
    if (left >= 0) return;
    request.off('data', count);
    tell();
  };
  request.on('data', count);
}
