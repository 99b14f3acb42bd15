// Where a request carries its token (reference §1.9), in the order of the search.

import { isJsonObject } from '../base/json.ts';
import type { Envelope } from './body.ts';

/** How a request says who it is. */
export type Credential =
  | { readonly kind: 'token'; readonly token: string }
  /** `Authorization: Basic base64(account id ":" md5 credentials)` */
  | { readonly kind: 'basic'; readonly accountId: string; readonly credentials: string }
  /** The web console's cookie; such requests are checked for Host and Origin. */
  | { readonly kind: 'cookie'; readonly token: string };

export const SESSION_COOKIE = 'craftport_session';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** @returns undefined when the request carries nothing; an empty header counts as nothing. */
export function findCredential(
  headers: Headers,
  query: Readonly<Record<string, string>>,
  envelope: Envelope,
): Credential | undefined {
  const direct =
    textOf(headers['x-auth-token']) ??
    textOf(query['auth_token']) ??
    textOf(envelope.members['auth_token']) ??
    (isJsonObject(envelope.data) ? textOf(envelope.data['auth_token']) : undefined);
  if (direct !== undefined) return { kind: 'token', token: direct };
  const authorization = textOf(headers['authorization']) ?? textOf(query['authorization']);
  if (authorization !== undefined) return fromAuthorization(authorization);
  const cookie = cookieOf(textOf(headers['cookie']));
  return cookie === undefined ? undefined : { kind: 'cookie', token: cookie };
}

export function isSameCredential(one: Credential, other: Credential): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function fromAuthorization(value: string): Credential {
  const [, scheme = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(value) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return { kind: 'token', token: rest.trim() };
    case 'basic': {
      const [accountId = '', credentials = ''] = Buffer.from(rest, 'base64')
        .toString('utf8')
        .split(':');
      return { kind: 'basic', accountId, credentials };
    }
    default:
      return { kind: 'token', token: value.trim() };
  }
}

function cookieOf(header: string | undefined): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2);
    if (name === SESSION_COOKIE && value !== undefined && value !== '') return value;
  }
  return undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
