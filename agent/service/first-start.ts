// The first start makes the master account, its first user and its API key.
//
//   1. credentials.json is on the disk, whole      ── power cut ──▶ next start: rows from the file
//   2. one transaction: account, user, key         ── power cut ──▶ all of it is there, or none
//
// So there is never a database with a master account whose credentials nobody has: the rows
// are always made from a file that is already safe.

import type { PasswordHashing } from '../account/credentials.ts';
import { newApiKey, newPassword } from '../account/credentials.ts';
import { realmKeyOf, usernameKeyOf } from '../account/account.ts';
import { newId, type RandomBytes } from '../base/ids.ts';
import type { Actor } from '../base/change.ts';
import type { Credentials, CredentialsFile } from '../secret/credentials-file.ts';
import type { Storage } from './storage.ts';

export interface FirstStartContext {
  readonly storage: Storage;
  readonly file: CredentialsFile;
  readonly passwords: PasswordHashing;
  /** The stored form of an API key. */
  readonly hashApiKey: (apiKey: string) => string;
  readonly random: RandomBytes;
}

/** `.internal` is reserved for private use: no carrier or certificate can own the name. */
const DEFAULTS = { account_name: 'Master', realm: 'craftport.internal', username: 'admin' };

/**
 * Makes the master account if the database has none. credentials.json is written only if it
 * does not exist; otherwise the account is made from it.
 * @returns whether there was something to make
 * @throws config.data-dir-unusable when the file cannot be read or written
 */
export async function ensureMasterAccount(context: FirstStartContext): Promise<boolean> {
  const { storage, file, passwords, hashApiKey, random } = context;
  if ((await storage.read.accounts.loadMaster()) !== undefined) return false;

  let credentials = await file.load();
  if (credentials === undefined) {
    credentials = newCredentials(random);
    await file.save(credentials);
  }
  const { account_id, account_name, realm, api_key, password } = credentials;
  const username = usernameKeyOf(credentials.username);
  const hashes = await passwords.hashBoth(account_id, username, password);
  const userId = newId(random);
  const actor: Actor = { method: 'agent', requestId: newId(random) };

  await storage.write(async ({ accounts, users, apiKeys, record }) => {
    const account = await accounts.insert({
      id: account_id,
      parent: undefined,
      name: account_name,
      realm: realmKeyOf(realm),
      enabled: true,
      doc: { name: account_name, realm: realmKeyOf(realm), enabled: true },
    });
    const user = await users.insert({
      id: userId,
      accountId: account_id,
      username,
      enabled: true,
      role: 'admin',
      hashes,
      doc: { username, priv_level: 'admin', enabled: true },
    });
    await apiKeys.put(account_id, hashApiKey(api_key));
    const about = { actor, accountId: account_id };
    record({
      ...about,
      event: 'account.created',
      noun: 'account',
      id: account.id,
      revision: account.revision,
      after: account.doc,
    });
    record({
      ...about,
      event: 'user.created',
      noun: 'user',
      id: user.id,
      revision: user.revision,
      after: user.doc,
    });
  });
  return true;
}

function newCredentials(random: RandomBytes): Credentials {
  return {
    account_id: newId(random),
    account_name: DEFAULTS.account_name,
    realm: DEFAULTS.realm,
    api_key: newApiKey(random),
    username: DEFAULTS.username,
    password: newPassword(random),
  };
}
