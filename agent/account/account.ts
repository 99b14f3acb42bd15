// Accounts, users and the identity that a token stands for. Pure.

import type { GregorianSeconds } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';

export interface Account {
  /** 32 lower-case hex digits. */
  readonly id: string;
  /** undefined: the master account. */
  readonly parentId: string | undefined;
  /** Ids from the master account down to this one, inclusive. */
  readonly path: readonly string[];
  readonly name: string;
  /** Lower case. */
  readonly realm: string;
  readonly enabled: boolean;
  readonly revision: string;
  readonly created: GregorianSeconds;
  readonly modified: GregorianSeconds;
  /** Public document, with name, realm and enabled. */
  readonly doc: JsonObject;
}

export type Role = 'admin' | 'technician' | 'read_only';

export interface User {
  /** 32 lower-case hex digits. */
  readonly id: string;
  readonly accountId: string;
  /** Lower case. */
  readonly username: string;
  readonly enabled: boolean;
  readonly role: Role;
  /** Changes with the password. Tokens carry a digest of it, so that old ones stop working. */
  readonly signature: string;
  readonly revision: string;
  readonly created: GregorianSeconds;
  readonly modified: GregorianSeconds;
  /** Public document, never with a password. */
  readonly doc: JsonObject;
}

/**
 * How somebody got a token: with a user's password, with the account's API key, with
 * `craftport token` on the machine itself, with the one-time link of the web console.
 */
export type SignInMethod = 'cb_user_auth' | 'cb_api_auth' | 'local' | 'console';

/** A verified token. */
export interface Identity {
  /** The token as sent. Secret. */
  readonly token: string;
  /** JWT id, what revocation names. */
  readonly tokenId: string;
  readonly account: Account;
  /** The signed-in user, when a user signed in. */
  readonly userId: string | undefined;
  readonly method: SignInMethod;
  /** What the user may do now, whatever the token said when it was made. */
  readonly role: Role;
  /** Unix seconds. */
  readonly expiresS: number;
}

/** Whether the account is the master account (the root of the tree). */
export function isMasterAccount(account: Account): boolean {
  return account.parentId === undefined;
}

/** Whether a token of `holder` may act on `target`: itself or a descendant. */
export function reaches(holder: Account, target: Account): boolean {
  return target.path.includes(holder.id);
}

/**
 * What sign-in compares of an account's name: lower case, everything but ASCII letters and
 * digits dropped (Crossbar reference §2.2). Names may share a key.
 */
export function nameKeyOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Realms are host names: compared and stored in lower case. */
export function realmKeyOf(realm: string): string {
  return realm.toLowerCase();
}

/** User names are compared and stored in lower case, also inside the digest. */
export function usernameKeyOf(username: string): string {
  return username.toLowerCase();
}

const RANK: Readonly<Record<Role, number>> = { read_only: 0, technician: 1, admin: 2 };

/** Whether `role` may do what `needed` may. */
export function isAtLeast(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed];
}

/**
 * The role a user document asks for in `priv_level`. Kazoo knows `admin` and `user`, and lets
 * a `user` work with resources: a technician here.
 */
export function roleOf(privLevel: unknown): Role {
  switch (privLevel) {
    case 'admin':
    case 'read_only':
      return privLevel;
    default:
      return 'technician';
  }
}
