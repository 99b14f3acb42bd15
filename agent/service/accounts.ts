// Use cases of the account tree: one transaction each, validated, audited.

import type { Page } from '../account/account-store.ts';
import { type Account, reaches } from '../account/account.ts';
import { type AccountFields, accountFields } from '../account/account-document.ts';
import { newApiKey } from '../account/credentials.ts';
import type { Actor } from '../base/change.ts';
import { CraftportError, invalidFields } from '../base/error.ts';
import { newId, type RandomBytes } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { mergePatch } from '../document/merge.ts';
import { assertPreconditions, type Preconditions } from '../document/precondition.ts';
import type { DocumentValidator } from '../document/validate.ts';
import { publicPart } from '../resource/resource-rules.ts';
import type { Storage, StorageWriters } from './storage.ts';

export interface AccountServiceOptions {
  readonly storage: Storage;
  /** Schema `accounts`. */
  readonly validator: DocumentValidator;
  readonly random: RandomBytes;
  /** The stored form of an API key. */
  readonly hashApiKey: (apiKey: string) => string;
}

/** Who writes, and on what condition. */
export interface AccountWrite {
  /** The account of the token. */
  readonly holder: Account;
  readonly preconditions: Preconditions;
  readonly by: Actor;
}

export class AccountService {
  readonly #options: AccountServiceOptions;

  constructor(options: AccountServiceOptions) {
    this.#options = options;
  }

  /**
   * A new account below `parentId`, with a realm below the parent's when none is given.
   * @throws request.invalid, account.not-found, document.revision-mismatch
   */
  async create(parentId: string, data: JsonObject, write: AccountWrite): Promise<Account> {
    const { storage, validator, random } = this.#options;
    const checked = validator.validate(publicPart(data));
    const id = newId(random);
    assertPreconditions(write.preconditions, undefined);
    return storage.write(async (writers) => {
      const parent = await loadLive(writers, parentId);
      const fields = accountFields(checked, `${id.slice(0, 8)}.${parent.realm}`);
      await assertRealmIsFree(writers, fields.realm, id);
      const account = await writers.accounts.insert({ id, parent, ...fields });
      record(writers, 'account.created', write.by, undefined, account);
      return account;
    });
  }

  /**
   * Replaces the public document; a realm that is not mentioned stays.
   * @throws request.invalid, account.not-found, document.revision-mismatch
   */
  replace(id: string, data: JsonObject, write: AccountWrite): Promise<Account> {
    const checked = this.#options.validator.validate(publicPart(data));
    return this.#change(id, write, () => checked);
  }

  /**
   * Merges into the stored document.
   * @throws request.invalid, account.not-found, document.revision-mismatch
   */
  patch(id: string, data: JsonObject, write: AccountWrite): Promise<Account> {
    return this.#change(id, write, (current) =>
      this.#options.validator.validate(mergePatch(current.doc, publicPart(data))),
    );
  }

  /**
   * Soft delete of an account that has nothing below it. Its tokens stop working at once.
   * @throws auth.forbidden for the token's own account, request.invalid when there are accounts
   * below, account.not-found, document.revision-mismatch
   */
  async remove(id: string, write: AccountWrite): Promise<Account> {
    if (id === write.holder.id)
      throw new CraftportError('auth.forbidden', 'An account cannot delete itself');
    return this.#options.storage.write(async (writers) => {
      const current = await loadLive(writers, id);
      assertPreconditions(write.preconditions, current.revision);
      const [child] = await writers.accounts.listChildren(id, { limit: 1 });
      if (child !== undefined)
        throw invalidFields({
          account: {
            descendants: {
              message: 'The account has accounts below it: delete those first',
              value: child.id,
            },
          },
        });
      const removed = await writers.accounts.remove(current);
      record(writers, 'account.deleted', write.by, current, removed);
      return removed;
    });
  }

  listChildren(id: string, page: Page): Promise<readonly Account[]> {
    return this.#options.storage.read.accounts.listChildren(id, page);
  }

  listDescendants(account: Account, page: Page): Promise<readonly Account[]> {
    return this.#options.storage.read.accounts.listDescendants(account, page);
  }

  /** The accounts above `account`, from the token's own account down. */
  async loadTree(account: Account, holder: Account): Promise<readonly Account[]> {
    const above = account.path.slice(account.path.indexOf(holder.id), -1);
    const loaded = await Promise.all(
      above.map((id) => this.#options.storage.read.accounts.load(id)),
    );
    return loaded.filter(
      (found): found is Account => found !== undefined && reaches(holder, found),
    );
  }

  /**
   * Gives the account another API key. The one before, and the tokens it made, stop working.
   * @returns the key, which is stored hashed and cannot be shown again
   * @throws account.not-found
   */
  async replaceApiKey(id: string, by: Actor): Promise<string> {
    const { storage, random, hashApiKey } = this.#options;
    const apiKey = newApiKey(random);
    await storage.write(async (writers) => {
      const account = await loadLive(writers, id);
      await writers.apiKeys.put(id, hashApiKey(apiKey));
      writers.record({
        actor: by,
        event: 'account.apiKeyReplaced',
        noun: 'account',
        id,
        accountId: id,
        revision: account.revision,
      });
    });
    return apiKey;
  }

  #change(
    id: string,
    write: AccountWrite,
    next: (current: Account) => JsonObject,
  ): Promise<Account> {
    return this.#options.storage.write(async (writers) => {
      const current = await loadLive(writers, id);
      assertPreconditions(write.preconditions, current.revision);
      const fields = accountFields(next(current), current.realm);
      assertStaysEnabled(fields, current, write.holder);
      await assertRealmIsFree(writers, fields.realm, id);
      const changed = await writers.accounts.replace(current, fields);
      record(writers, 'account.changed', write.by, current, changed);
      return changed;
    });
  }
}

async function loadLive(writers: StorageWriters, id: string): Promise<Account> {
  const account = await writers.accounts.load(id);
  if (account === undefined)
    throw new CraftportError('account.not-found', `There is no account ${id}`, { detail: { id } });
  return account;
}

/** Nobody could sign in to undo it: so also the master account can never be disabled. */
function assertStaysEnabled(fields: AccountFields, current: Account, holder: Account): void {
  if (fields.enabled || !current.enabled || current.id !== holder.id) return;
  throw invalidFields({
    enabled: { forbidden: { message: 'An account cannot disable itself', value: false } },
  });
}

async function assertRealmIsFree(
  writers: StorageWriters,
  realm: string,
  id: string,
): Promise<void> {
  const holder = await writers.accounts.findByRealm(realm);
  if (holder === undefined || holder.id === id) return;
  throw invalidFields({
    realm: { unique: { message: 'Account realm already in use', cause: realm, value: realm } },
  });
}

function record(
  writers: StorageWriters,
  event: string,
  actor: Actor,
  before: Account | undefined,
  after: Account,
): void {
  writers.record({
    actor,
    event,
    noun: 'account',
    id: after.id,
    accountId: after.id,
    revision: after.revision,
    ...(before === undefined ? {} : { before: before.doc }),
    ...(event === 'account.deleted' ? {} : { after: after.doc }),
  });
}
