// Use cases of an account's users: one transaction each, validated, audited. Passwords go in
// and never come out.

import type { DigestHashes, Page } from '../account/account-store.ts';
import {
  type Account,
  type Identity,
  isAtLeast,
  isMasterAccount,
  type User,
} from '../account/account.ts';
import { missing, type UserFields, userFields } from '../account/account-document.ts';
import type { PasswordHashing } from '../account/credentials.ts';
import type { Actor } from '../base/change.ts';
import { CraftportError, invalidFields } from '../base/error.ts';
import { newId, type RandomBytes } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { mergePatch } from '../document/merge.ts';
import { assertPreconditions, type Preconditions } from '../document/precondition.ts';
import type { DocumentValidator } from '../document/validate.ts';
import { publicPart } from '../resource/resource-rules.ts';
import type { Storage, StorageWriters } from './storage.ts';

export interface UserServiceOptions {
  readonly storage: Storage;
  /** Schema `users`. */
  readonly validator: DocumentValidator;
  readonly passwords: PasswordHashing;
  readonly random: RandomBytes;
}

/** Whose users, who writes, and on what condition. */
export interface UserWrite {
  readonly account: Account;
  readonly identity: Identity;
  readonly preconditions: Preconditions;
  readonly by: Actor;
}

export class UserService {
  readonly #options: UserServiceOptions;

  constructor(options: UserServiceOptions) {
    this.#options = options;
  }

  /** @throws document.not-found */
  async fetch(accountId: string, id: string): Promise<User> {
    const user = await this.#options.storage.read.users.load(accountId, id);
    if (user === undefined) throw notFound(id);
    return user;
  }

  list(accountId: string, page: Page): Promise<readonly User[]> {
    return this.#options.storage.read.users.list(accountId, page);
  }

  /** @throws request.invalid, auth.rate-limited, document.revision-mismatch */
  async create(data: JsonObject, write: UserWrite): Promise<User> {
    const { storage, validator, passwords, random } = this.#options;
    const { account } = write;
    const { password, ...fields } = userFields(validator.validate(publicPart(data)));
    if (password === undefined) throw missing('password');
    assertPreconditions(write.preconditions, undefined);
    const hashes = await passwords.hashBoth(account.id, fields.username, password);
    const id = newId(random);
    return storage.write(async (writers) => {
      await assertAccountIsThere(writers, account.id);
      await assertNameIsFree(writers, account.id, fields.username, id);
      const user = await writers.users.insert({ id, accountId: account.id, ...fields, hashes });
      record(writers, 'user.created', write, undefined, user);
      return user;
    });
  }

  /**
   * Replaces the public document; a password that is not mentioned stays.
   * @throws request.invalid, document.not-found, auth.forbidden, auth.rate-limited,
   * document.revision-mismatch
   */
  async replace(id: string, data: JsonObject, write: UserWrite): Promise<User> {
    this.#options.validator.validate(publicPart(data));
    return this.#change(id, data, write, () => publicPart(data));
  }

  /**
   * Merges into the stored document.
   * @throws request.invalid, document.not-found, auth.forbidden, auth.rate-limited,
   * document.revision-mismatch
   */
  patch(id: string, data: JsonObject, write: UserWrite): Promise<User> {
    return this.#change(id, data, write, (current) => mergePatch(current.doc, publicPart(data)));
  }

  /** @throws request.invalid, document.not-found, document.revision-mismatch */
  async remove(id: string, write: UserWrite): Promise<User> {
    return this.#options.storage.write(async (writers) => {
      const current = await load(writers, write.account.id, id);
      assertPreconditions(write.preconditions, current.revision);
      await assertAdminRemains(writers, write.account, current, undefined);
      const removed = await writers.users.remove(current);
      record(writers, 'user.deleted', write, current, removed);
      return removed;
    });
  }

  async #change(
    id: string,
    data: JsonObject,
    write: UserWrite,
    next: (current: User) => JsonObject,
  ): Promise<User> {
    const { account } = write;
    assertMayChange(write, id, data);
    // Hashed before the transaction, which must not wait; checked again inside it.
    const seen = await this.fetch(account.id, id);
    const hashes = await this.#hash(account.id, this.#fieldsOf(seen, next));
    return this.#options.storage.write(async (writers) => {
      const current = await load(writers, account.id, id);
      assertPreconditions(write.preconditions, current.revision);
      // The user name, which the hash depends on, may be another since.
      if (hashes !== undefined && current.revision !== seen.revision)
        throw new CraftportError('document.conflict', 'The user was changed meanwhile', {
          detail: { id },
        });
      const fields = this.#fieldsOf(current, next);
      await assertNameIsFree(writers, account.id, fields.username, id);
      await assertAdminRemains(writers, account, current, fields);
      const { username, enabled, role, doc } = fields;
      const changed = await writers.users.replace(current, {
        username,
        enabled,
        role,
        doc,
        ...(hashes === undefined ? {} : { hashes }),
      });
      record(writers, 'user.changed', write, current, changed);
      if (hashes !== undefined) record(writers, 'user.passwordChanged', write, undefined, changed);
      return changed;
    });
  }

  #fieldsOf(current: User, next: (current: User) => JsonObject): UserFields {
    const fields = userFields(this.#options.validator.validate(next(current)));
    // The name is part of what is stored of the password.
    if (fields.username !== current.username && fields.password === undefined)
      throw missing('password', 'The password must be provided when updating the user name');
    return fields;
  }

  async #hash(
    accountId: string,
    { username, password }: UserFields,
  ): Promise<DigestHashes | undefined> {
    if (password === undefined) return undefined;
    return this.#options.passwords.hashBoth(accountId, username, password);
  }
}

/** What everybody else may send: Monster UI's library adds the second to every body. */
const OWN_KEYS: readonly string[] = ['password', 'ui_metadata'];

/** Administrators change users; everybody else may change their own password. */
function assertMayChange({ account, identity }: UserWrite, id: string, data: JsonObject): void {
  if (isAtLeast(identity.role, 'admin')) return;
  const isOwn = identity.userId === id && identity.account.id === account.id;
  if (isOwn && Object.keys(data).every((key) => OWN_KEYS.includes(key))) return;
  throw new CraftportError('auth.forbidden', 'Only administrators change users');
}

/** The owner of the machine must not lock himself out of the master account by a slip. */
async function assertAdminRemains(
  writers: StorageWriters,
  account: Account,
  current: User,
  next: UserFields | undefined,
): Promise<void> {
  const wasAdmin = current.enabled && current.role === 'admin';
  const staysAdmin = next?.enabled === true && next.role === 'admin';
  if (!isMasterAccount(account) || !wasAdmin || staysAdmin) return;
  if ((await writers.users.countEnabled(account.id, 'admin')) > 1) return;
  throw invalidFields({
    priv_level: {
      forbidden: { message: 'The master account needs one enabled user who is an admin' },
    },
  });
}

async function assertAccountIsThere(writers: StorageWriters, id: string): Promise<void> {
  if ((await writers.accounts.load(id)) === undefined)
    throw new CraftportError('account.not-found', `There is no account ${id}`, { detail: { id } });
}

async function assertNameIsFree(
  writers: StorageWriters,
  accountId: string,
  username: string,
  id: string,
): Promise<void> {
  const holder = await writers.users.findByUsername(accountId, username);
  if (holder === undefined || holder.id === id) return;
  throw invalidFields({
    username: {
      unique: { message: 'User name already in use', cause: username, value: username },
    },
  });
}

async function load(writers: StorageWriters, accountId: string, id: string): Promise<User> {
  const user = await writers.users.load(accountId, id);
  if (user === undefined) throw notFound(id);
  return user;
}

function record(
  writers: StorageWriters,
  event: string,
  { account, by }: UserWrite,
  before: User | undefined,
  after: User,
): void {
  writers.record({
    actor: by,
    event,
    noun: 'user',
    id: after.id,
    accountId: account.id,
    revision: after.revision,
    ...(before === undefined ? {} : { before: before.doc }),
    ...(event === 'user.deleted' ? {} : { after: after.doc }),
  });
}

function notFound(id: string): CraftportError {
  return new CraftportError('document.not-found', `There is no user ${id}`, { detail: { id } });
}
