// The console's cookie is sent by the browser whoever asks, so cookie requests alone are
// checked against two attacks:
//  1. A foreign page posts to the agent (CSRF): its Origin is not ours.
//  2. A foreign name is re-pointed at the agent's address (DNS rebinding): Host is that name.
// SameSite=Strict already stops most of 1; it knows nothing of 2.

import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { CraftportError } from '../base/error.ts';

/**
 * @param ownNames names of this machine that only the local network can re-point, lower case
 * @throws auth.forbidden
 */
export function assertSameSite(request: IncomingMessage, ownNames: readonly string[] = []): void {
  const { host, origin } = request.headers;
  if (!isOwnHost(host, ownNames) || (origin !== undefined && hostOf(origin) !== host))
    throw new CraftportError('auth.forbidden', 'The console is used from its own page only');
  const isWrite = request.method !== 'GET';
  if (isWrite && origin === undefined && request.headers['sec-fetch-site'] !== 'same-origin')
    throw new CraftportError('auth.forbidden', 'A write with the console cookie names no origin');
}

/** An address, localhost or an own name: other names can be re-pointed, addresses cannot. */
function isOwnHost(host: string | undefined, ownNames: readonly string[]): boolean {
  if (host === undefined) return false;
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || isIP(name) !== 0 || ownNames.includes(name.toLowerCase());
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
