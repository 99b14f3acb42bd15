// What the page may ask of an agent, and what it gets to see of the answer. The page is not
// trusted with tokens: it cannot send one, sign in past the vault, or read one in a reply.

import { CraftportError } from '../../agent/base/error.ts';
import { MASK } from '../../agent/base/mask.ts';
import type { IpcSend } from '../../schemas/ipc.ts';

/** Headers the page may set. */
const REQUEST_HEADERS: readonly string[] = [
  'accept',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'last-event-id',
  'x-request-id',
];
/** Headers it gets to see. */
const REPLY_HEADERS: readonly string[] = [
  'content-type',
  'etag',
  'location',
  'retry-after',
  'x-request-id',
  'allow',
];
/** Paths that answer with a token, or take a secret that belongs in the vault. */
const RESERVED = /^\/v2\/(?:api_auth|user_auth|auth|pairing)(?:\/|$)/;
const OPEN = /^\/(?:v2\/|healthz$|metrics$|openapi\.json$)/;

/** @throws ipc.refused */
export function assertPageRequest(request: Pick<IpcSend, 'path' | 'headers'>): void {
  const path = request.path.split('?', 1)[0] ?? '';
  // As the agent will read it: what differs in form is refused, so that nothing hides in it.
  const url = URL.canParse(request.path, 'http://agent')
    ? new URL(request.path, 'http://agent')
    : undefined;
  const isPlain =
    url?.host === 'agent' && url.pathname === path && !/%2e|%2f|%5c|%00|\\|\/\/|#/i.test(path);
  let decoded = path;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    throw refused('The path is not well formed');
  }
  if (!isPlain || !OPEN.test(path) || RESERVED.test(decoded.toLowerCase()))
    throw refused('The page may not ask for this path');
  if (url.searchParams.has('auth_token') || url.searchParams.has('authorization'))
    throw refused('Tokens are added by the desktop');
}

/** The only sockets there are: consoles of gear. @throws ipc.refused */
export function assertSocketPath(path: string): void {
  if (!/^\/v2\/gear\/[A-Za-z0-9_-]{1,64}\/console$/.test(path))
    throw refused('The page may not open a socket there');
}

/** The allowed ones of the page's headers, names in lower case. */
export function requestHeaders(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => REQUEST_HEADERS.includes(name)),
  );
}

export function replyHeaders(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => REPLY_HEADERS.includes(name)),
  );
}

/** The text of a reply without the token that Crossbar's envelope repeats. */
export function withoutToken(text: string, tokens: readonly (string | undefined)[]): string {
  let clean = text.replaceAll(/("auth_token"\s*:\s*")(?:[^"\\]|\\.)*"/g, `$1${MASK}"`);
  for (const token of tokens)
    if (token !== undefined && token !== '') clean = clean.replaceAll(token, MASK);
  return clean;
}

function refused(message: string): CraftportError {
  return new CraftportError('ipc.refused', message);
}
