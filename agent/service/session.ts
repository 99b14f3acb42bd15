// What a signed-in caller does with its own session: end it, or make it last.

import type { Identity } from '../account/account.ts';
import { sessionDocument } from '../account/session-document.ts';
import { badToken } from '../account/tokens.ts';
import type { Actor } from '../base/change.ts';
import type { SignedIn, SignInContext } from './sign-in.ts';
import type { Storage } from './storage.ts';

/** Revokes the token: it is refused from the moment this resolves, also after a restart. */
export async function signOut(storage: Storage, identity: Identity, actor: Actor): Promise<void> {
  await storage.write(async ({ revokedTokens, record }) => {
    await revokedTokens.add(identity.tokenId, identity.expiresS);
    record({
      actor,
      event: 'session.signedOut',
      noun: 'session',
      id: identity.tokenId,
      accountId: identity.account.id,
    });
  });
}

/**
 * A new token for the same identity; the one in use keeps its own end.
 * @throws auth.bad-token when the password or key behind it has gone meanwhile
 */
export async function refreshSession(
  context: Pick<SignInContext, 'storage' | 'tokens' | 'clock' | 'tokenLifeS'>,
  identity: Identity,
): Promise<SignedIn> {
  const { account, userId, method, role } = identity;
  const secret = await loadSecret(context.storage, identity);
  const issued = await context.tokens.issue(
    {
      accountId: account.id,
      method,
      role,
      ...(userId === undefined ? {} : { userId }),
      ...(secret === undefined ? {} : { secret }),
    },
    context.clock.nowMs(),
    context.tokenLifeS,
  );
  return { ...issued, document: sessionDocument(account, userId) };
}

async function loadSecret(storage: Storage, identity: Identity): Promise<string | undefined> {
  if (identity.userId === undefined && identity.method !== 'cb_api_auth') return undefined;
  const secret =
    identity.userId === undefined
      ? await storage.read.apiKeys.loadHash(identity.account.id)
      : (await storage.read.users.load(identity.account.id, identity.userId))?.signature;
  if (secret === undefined) throw badToken('what it came from is gone');
  return secret;
}
