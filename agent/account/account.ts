// Accounts, users and the identity that a token stands for.

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

/** A verified token. */
export interface Identity {
  /** The token as sent. Secret. */
  readonly token: string;
  /** JWT id, what revocation names. */
  readonly tokenId: string;
  readonly account: Account;
  /** The signed-in user, when a user signed in. */
  readonly userId: string | undefined;
  /** `cb_api_auth`, `cb_user_auth`, `local`, `console` */
  readonly method: string;
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
