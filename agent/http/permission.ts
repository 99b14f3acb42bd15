// Whether a request may do what it asks for, once its route is known.

import type { Request } from 'express';
import {
  type Account,
  type Identity,
  isMasterAccount,
  reaches,
  type Role,
} from '../account/account.ts';
import { CraftportError } from '../base/error.ts';
import type { Draft } from './request-draft.ts';
import { type Access, type Endpoint, type Method, METHODS } from './route.ts';

const ROLE_RANK: Readonly<Record<Role, number>> = { read_only: 0, technician: 1, admin: 2 };
/** What a route without a `role` asks for. */
const defaultRole = (method: Method): Role => (method === 'GET' ? 'read_only' : 'technician');

/** `verb` is honoured on POST only: a link can never delete (reference §1.7). */
export function effectiveMethod(request: Request, draft: Draft): Method | undefined {
  const verb = draft.query['verb'] ?? draft.envelope.members['verb'];
  const wanted =
    request.method === 'POST' && typeof verb === 'string' ? verb.toUpperCase() : request.method;
  return METHODS.find((method) => method === wanted);
}

/**
 * @throws auth.missing (401), auth.forbidden (403)
 */
export function assertPermitted(
  endpoint: Endpoint,
  method: Method,
  identity: Identity | undefined,
  account: Account | undefined,
): void {
  if (endpoint.access === 'open') return;
  if (identity === undefined) throw new CraftportError('auth.missing', 'A token is needed');
  const isAllowed: Readonly<Record<Exclude<Access, 'open'>, boolean>> = {
    token: true,
    account: account !== undefined && reaches(identity.account, account),
    superduper: isMasterAccount(identity.account),
  };
  const needed = endpoint.role ?? defaultRole(method);
  if (!isAllowed[endpoint.access] || ROLE_RANK[identity.role] < ROLE_RANK[needed])
    throw new CraftportError('auth.forbidden', 'This token may not do that');
}

/** @throws request.not-acceptable (406), request.unsupported-type (415) */
export function assertReadable(request: Request, draft: Draft, endpoint: Endpoint): void {
  const accepted = endpoint.produces ?? ['application/json', 'application/javascript'];
  if (draft.query['accept'] === undefined && request.accepts([...accepted]) === false)
    throw new CraftportError('request.not-acceptable', 'Replies are JSON');
}
