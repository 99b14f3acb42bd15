// An agent's accounts and sign-in without HTTP: a real store, cheap scrypt, one fake clock.

import { randomBytes } from 'node:crypto';
import {
  createApiKeyHash,
  createPasswordHashing,
  digestOf,
} from '../../../agent/account/credentials.ts';
import { createTokens } from '../../../agent/account/tokens.ts';
import type { Actor } from '../../../agent/base/change.ts';
import { silentLogger } from '../../../agent/base/logger.ts';
import { type Credentials, credentialsFileAt } from '../../../agent/secret/credentials-file.ts';
import { loadSecretKey } from '../../../agent/secret/secret-key.ts';
import { type Authenticator, createAuthenticator } from '../../../agent/service/authenticate.ts';
import { ensureMasterAccount } from '../../../agent/service/first-start.ts';
import {
  type SignedIn,
  type SignInContext,
  type SignInLimit,
  signInWithApiKey,
  signInWithPassword,
} from '../../../agent/service/sign-in.ts';
import { TemporaryStore } from '../store/temporary-store.ts';

export const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
export const cheapScrypt = { logN: 4, r: 1, p: 1 };
export const visitor: Actor = { method: 'none', requestId: 'request', remote: '192.0.2.7' };

const noLimit: SignInLimit = {
  admit: () => Promise.resolve(),
  assertAllowed: () => Promise.resolve(),
  countRefusal: () => Promise.resolve(true),
};

export class Site {
  readonly temporary: TemporaryStore;
  readonly context: SignInContext;
  readonly authenticator: Authenticator;
  readonly credentials: Credentials;

  private constructor(
    temporary: TemporaryStore,
    context: SignInContext,
    authenticator: Authenticator,
    credentials: Credentials,
  ) {
    this.temporary = temporary;
    this.context = context;
    this.authenticator = authenticator;
    this.credentials = credentials;
  }

  static async open(limit: SignInLimit = noLimit): Promise<Site> {
    const temporary = await TemporaryStore.open();
    const { store: storage, clock, dir } = temporary;
    const key = await loadSecretKey(dir.secretKey, true);
    const tokens = createTokens(key.derive('tokens'), random);
    const passwords = createPasswordHashing(key.derive('passwords'), cheapScrypt);
    const hashApiKey = createApiKeyHash(key.derive('api-keys'));
    const file = credentialsFileAt(dir.credentials);
    await ensureMasterAccount({ storage, file, passwords, hashApiKey, random });
    const credentials = await file.load();
    if (credentials === undefined) throw new Error('No credentials were written');
    const logger = silentLogger;
    const context: SignInContext = {
      storage,
      tokens,
      passwords,
      hashApiKey,
      limit,
      clock,
      logger,
      tokenLifeS: 3600,
    };
    const authenticator = createAuthenticator({ storage, tokens, clock });
    return new Site(temporary, context, authenticator, credentials);
  }

  /** Signs in with the API key of credentials.json. */
  signInWithKey(): Promise<SignedIn> {
    return signInWithApiKey(this.context, this.credentials.api_key, visitor);
  }

  /** Signs in as clients do: with the digest of user name and password. */
  signInAs(
    username: string,
    password: string,
    where: { readonly realm?: string; readonly accountName?: string },
    method: 'md5' | 'sha' = 'md5',
  ): Promise<SignedIn> {
    const credentials = digestOf(method, username, password);
    return signInWithPassword(this.context, { credentials, method, ...where }, visitor);
  }

  /** Signs in with the user of credentials.json. */
  signInAsAdmin(): Promise<SignedIn> {
    const { username, password, realm } = this.credentials;
    return this.signInAs(username, password, { realm });
  }

  /** An account below the master account, with one user. */
  async addAccount(
    id: string,
    name: string,
    user: { readonly username: string; readonly password: string },
  ): Promise<void> {
    const hashes = await this.context.passwords.hashBoth(id, user.username, user.password);
    await this.context.storage.write(async ({ accounts, users }) => {
      const parent = await accounts.loadMaster();
      const realm = `${id.slice(0, 4)}.example.net`;
      await accounts.insert({ id, parent, name, realm, enabled: true, doc: { name, realm } });
      await users.insert({
        id: id.replaceAll(id.slice(0, 1), '9').replace(/^9/, id.slice(0, 1)),
        accountId: id,
        username: user.username,
        enabled: true,
        role: 'technician',
        hashes,
        doc: { username: user.username },
      });
    });
  }

  async close(): Promise<void> {
    this.authenticator.stop();
    await this.temporary.remove();
  }
}
