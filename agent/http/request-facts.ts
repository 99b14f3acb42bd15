// What a request says besides its body: query, conditions, ids, how the reply is wanted.

import type { Request } from 'express';
import { parseEntityTags, type Preconditions } from '../document/precondition.ts';
import type { Rendering } from './envelope.ts';
import type { Upload } from './route.ts';

export function preconditionsOf(request: Request): Preconditions {
  const ifMatch = request.headers['if-match'];
  const ifNoneMatch = request.headers['if-none-match'];
  return {
    ...(ifMatch === undefined ? {} : { ifMatch: parseEntityTags(ifMatch) }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch: parseEntityTags(ifNoneMatch) }),
  };
}

export function uploadOf(request: Request): Upload | undefined {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  return type === 'text/csv' || type === 'application/x-ndjson'
    ? { type, stream: request }
    : undefined;
}

/** Of a repeated parameter the last counts. */
export function parseQuery(request: Request): Readonly<Record<string, string>> {
  const query: Record<string, string> = Object.create(null) as Record<string, string>;
  const start = request.originalUrl.indexOf('?');
  if (start >= 0)
    for (const [key, value] of new URLSearchParams(request.originalUrl.slice(start + 1)))
      query[key] = value;
  return query;
}

export function renderingOf(request: Request, query: Readonly<Record<string, string>>): Rendering {
  const jsonp = query['jsonp'];
  return {
    pretty: query['pretty_print'] === 'true' || request.headers['x-pretty-print'] === 'true',
    jsonp: jsonp !== undefined && /^[A-Za-z_$][\w$.]{0,127}$/.test(jsonp) ? jsonp : undefined,
  };
}

/** A client's own id is kept when it is fit to be a header and a log field. */
export function requestIdOf(request: Request): string | undefined {
  const id = request.headers['x-request-id'];
  return typeof id === 'string' && /^[\w.:-]{1,128}$/.test(id) ? id : undefined;
}

export function remoteOf(request: Request): string {
  return request.socket.remoteAddress ?? '';
}

export function trimSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}

export function isSignIn(request: Request): boolean {
  return /^\/v2\/(?:api_auth|user_auth|pairing)\/?$/i.test(
    trimSlash(request.originalUrl.split('?', 1)[0] ?? ''),
  );
}
