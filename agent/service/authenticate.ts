// From a token to who is calling. Every request comes through here, so answers are kept: a
// repeated token costs a map look-up. What is kept is dropped when the store tells that an
// account, a user or a key changed or a token was revoked. The store tells before the one who
// made the change gets an answer, so nobody can see a token work after its end.

import type { Account, Identity, Role } from '../account/account.ts';
import { badToken, type TokenClaims, type Tokens } from '../account/tokens.ts';
import { BoundedCache } from '../base/bounded-cache.ts';
import type { DomainEvent } from '../base/change.ts';
import type { Clock } from '../base/clock.ts';
import { CraftportError } from '../base/error.ts';
import type { Storage } from './storage.ts';

const MAX_CACHED_TOKENS = 2_000;
const MAX_CACHED_ACCOUNTS = 5_000;

export interface Authenticator {
  /**
   * @throws auth.bad-token when the token is expired, forged, revoked or garbage, when its account
   * or user is deleted or disabled, or when the password or key it came from is another now
   */
  identify(token: string): Promise<Identity>;
  /** The live account, as told in a path. @throws account.not-found */
  loadAccount(id: string): Promise<Account>;
  /** Stops listening to the store. */
  stop(): void;
}

export interface AuthenticatorContext {
  readonly storage: Storage;
  readonly tokens: Tokens;
  readonly clock: Clock;
}

export function createAuthenticator(context: AuthenticatorContext): Authenticator {
  const { storage, tokens, clock } = context;
  const identities = new BoundedCache<Identity>(MAX_CACHED_TOKENS);
  const accounts = new BoundedCache<Account>(MAX_CACHED_ACCOUNTS);
  // Counts what made kept answers stale, so that one read before and finished after is not kept.
  let generation = 0;

  const stopListening = storage.onEvents((events) => {
    if (!events.some(endsAnswers)) return;
    generation += 1;
    identities.clear();
    accounts.clear();
  });

  async function loadIdentity(token: string): Promise<Identity> {
    const claims = await tokens.verify(token, clock.nowMs());
    const account = await storage.read.accounts.load(claims.accountId);
    if (account === undefined) throw badToken('its account is deleted');
    if (!account.enabled) throw badToken('its account is disabled');
    if (await storage.read.revokedTokens.has(claims.tokenId)) throw badToken('it was revoked');
    const role = await loadRole(claims);
    const { tokenId, userId, method, expiresS } = claims;
    return { token, tokenId, account, userId, method, role, expiresS };
  }

  async function loadRole(claims: TokenClaims): Promise<Role> {
    if (claims.userId !== undefined) {
      const user = await storage.read.users.load(claims.accountId, claims.userId);
      if (user?.enabled !== true) throw badToken('its user is deleted or disabled');
      assertSignature(claims, user.signature);
      return user.role;
    }
    if (claims.method === 'cb_api_auth')
      assertSignature(claims, await storage.read.apiKeys.loadHash(claims.accountId));
    return claims.role;
  }

  function assertSignature(claims: TokenClaims, secret: string | undefined): void {
    if (secret === undefined || claims.identitySignature !== tokens.identitySignature(secret))
      throw badToken('the password or key it came from was changed');
  }

  return {
    async identify(token) {
      const kept = identities.get(token);
      if (kept !== undefined) {
        if (kept.expiresS * 1000 > clock.nowMs()) return kept;
        identities.delete(token);
        throw badToken('it is expired');
      }
      const before = generation;
      const identity = await loadIdentity(token);
      if (generation === before) identities.set(token, identity);
      return identity;
    },

    async loadAccount(id) {
      const kept = accounts.get(id);
      if (kept !== undefined) return kept;
      const before = generation;
      const account = await storage.read.accounts.load(id);
      if (account === undefined)
        throw new CraftportError('account.not-found', `There is no account ${id}`, {
          detail: { id },
        });
      if (generation === before) accounts.set(id, account);
      return account;
    },

    stop: stopListening,
  };
}

/** Whether an event may change what a kept answer says. Signing in changes nothing. */
function endsAnswers(event: DomainEvent): boolean {
  return (
    event.name.startsWith('account.') ||
    event.name.startsWith('user.') ||
    event.name === 'session.signedOut'
  );
}
