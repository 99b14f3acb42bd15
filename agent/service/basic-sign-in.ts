// `Authorization: Basic` carries the password's digest with every request. The first one signs
// in; the token it got serves those that follow, so that the price of a password and the audit
// row of a sign-in come once in the life of a token and not with every call.

import type { Identity } from '../account/account.ts';
import { BoundedCache } from '../base/bounded-cache.ts';
import type { Actor } from '../base/change.ts';
import { isCode } from '../base/error.ts';
import type { Authenticator } from './authenticate.ts';
import { type SignInContext, signInWithPassword } from './sign-in.ts';

const MAX_KEPT = 500;

/**
 * @returns who `accountId` and `credentials` (MD5 of `username:password`) stand for
 * @throws auth.wrong, account.disabled, auth.rate-limited
 */
export type BasicSignIn = (
  accountId: string,
  credentials: string,
  actor: Actor,
) => Promise<Identity>;

export function createBasicSignIn(
  context: SignInContext,
  authenticator: Pick<Authenticator, 'identify'>,
): BasicSignIn {
  // Promises, so that requests that arrive together compute the password once.
  const kept = new BoundedCache<Promise<string>>(MAX_KEPT);

  return async (accountId, credentials, actor) => {
    const key = `${accountId}:${credentials}`;
    const known = kept.get(key);
    if (known !== undefined)
      try {
        return await authenticator.identify(await known);
      } catch (error) {
        // Expired, revoked, or the password is another now: only signing in again can tell.
        if (!isCode(error, 'auth.bad-token')) throw error;
      }
    const token = signInWithPassword(
      context,
      { accountId, credentials, method: 'md5' },
      actor,
    ).then((signedIn) => signedIn.token);
    kept.set(key, token);
    try {
      return await authenticator.identify(await token);
    } catch (error) {
      kept.delete(key);
      throw error;
    }
  };
}
