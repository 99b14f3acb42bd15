// The account tree, its users, API keys and revoked tokens as services see them. SQLite
// implements them in agent/store; test/agent/store holds the suite that any engine must pass.

import type { JsonObject } from '../base/json.ts';
import type { Account, Role, User } from './account.ts';

/** A page of a list in order of id. */
export interface Page {
  /** Default: ascending. */
  readonly direction?: 'ascending' | 'descending';
  /** Where it begins, in that direction; undefined: where the list does. */
  readonly start?: IdBound | undefined;
  readonly end?: IdBound | undefined;
  readonly limit: number;
}

export interface IdBound {
  readonly id: string;
  readonly isInclusive: boolean;
}

export interface AccountDraft {
  readonly id: string;
  /** undefined: the master account, of which there is one. */
  readonly parent: Account | undefined;
  readonly name: string;
  /** Lower case. */
  readonly realm: string;
  readonly enabled: boolean;
  readonly doc: JsonObject;
}

export interface AccountReader {
  /** The live account, or undefined when it is absent or deleted. */
  load(id: string): Promise<Account | undefined>;
  loadMaster(): Promise<Account | undefined>;
  findByRealm(realm: string): Promise<Account | undefined>;
  /** Accounts whose name has this key, oldest first. */
  findByNameKey(nameKey: string, limit: number): Promise<readonly Account[]>;
  listChildren(id: string, page: Page): Promise<readonly Account[]>;
  /** Everything below the account, not the account itself. */
  listDescendants(account: Account, page: Page): Promise<readonly Account[]>;
}

export interface AccountWriter extends AccountReader {
  /** @throws document.conflict when the id, the realm or the place of the master is taken. */
  insert(draft: AccountDraft): Promise<Account>;
  /**
   * Writes the next revision of `current`, which was loaded in this same transaction.
   * @throws document.conflict when `current` is no longer the live revision, or the realm is taken
   */
  replace(
    current: Account,
    next: Pick<AccountDraft, 'name' | 'realm' | 'enabled' | 'doc'>,
  ): Promise<Account>;
  /**
   * Soft delete, with its users; its API key goes. The caller sees to it that nothing is below.
   * @throws document.conflict when `current` is no longer the live revision
   */
  remove(current: Account): Promise<Account>;
}

/** Crossbar's `method` of user_auth: MD5 or SHA-1 of `username:password`. */
export type DigestMethod = 'md5' | 'sha';

/** Keyed hashes of both digests that sign-in may send (see credentials.ts). */
export type DigestHashes = Readonly<Record<DigestMethod, string>>;

export interface UserDraft {
  readonly id: string;
  readonly accountId: string;
  /** Lower case. */
  readonly username: string;
  readonly enabled: boolean;
  readonly role: Role;
  readonly hashes: DigestHashes;
  readonly doc: JsonObject;
}

export interface UserReader {
  load(accountId: string, id: string): Promise<User | undefined>;
  findByUsername(accountId: string, username: string): Promise<User | undefined>;
  findByDigest(accountId: string, method: DigestMethod, hash: string): Promise<User | undefined>;
  list(accountId: string, page: Page): Promise<readonly User[]>;
  /** How many enabled users of the account have the role. */
  countEnabled(accountId: string, role: Role): Promise<number>;
}

export interface UserWriter extends UserReader {
  /** @throws document.conflict when the id or, in this account, the name is taken. */
  insert(draft: UserDraft): Promise<User>;
  /**
   * Writes the next revision of `current`. With `hashes` the password is another one, and the
   * tokens of the old one stop working.
   * @throws document.conflict when `current` is no longer the live revision, or the name is taken
   */
  replace(
    current: User,
    next: Pick<UserDraft, 'username' | 'enabled' | 'role' | 'doc'> & {
      readonly hashes?: DigestHashes;
    },
  ): Promise<User>;
  /** Soft delete. @throws document.conflict when `current` is no longer the live revision */
  remove(current: User): Promise<User>;
}

export interface ApiKeyReader {
  /** The account whose key has this hash. */
  findAccountId(keyHash: string): Promise<string | undefined>;
  /** The hash of the account's present key. */
  loadHash(accountId: string): Promise<string | undefined>;
}

export interface ApiKeyWriter extends ApiKeyReader {
  /** The account's key from now on; the one before stops working. */
  put(accountId: string, keyHash: string): Promise<void>;
}

export interface RevokedTokenReader {
  has(tokenId: string): Promise<boolean>;
}

export interface RevokedTokenWriter extends RevokedTokenReader {
  /** @param expiresS Unix seconds after which the token is refused anyway. Twice is fine. */
  add(tokenId: string, expiresS: number): Promise<void>;
}
