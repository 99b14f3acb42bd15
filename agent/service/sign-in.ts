// Signing in with an API key or with a user's password (Crossbar reference §2.1 and §2.2).

import type { Account, User } from '../account/account.ts';
import { nameKeyOf, realmKeyOf } from '../account/account.ts';
import type { DigestMethod } from '../account/account-store.ts';
import type { PasswordHashing } from '../account/credentials.ts';
import { sessionDocument } from '../account/session-document.ts';
import type { IssuedToken, Tokens, TokenSubject } from '../account/tokens.ts';
import type { Actor } from '../base/change.ts';
import type { Clock } from '../base/clock.ts';
import { CraftportError, invalidFields, isCode } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import type { Logger } from '../base/logger.ts';
import type { Storage } from './storage.ts';

/** Where an attempt comes from and what it is aimed at. */
export interface SignInAttempt {
  /** Remote address. */
  readonly remote: string;
  /** Realm, name key or id of the account, as sent; undefined for API keys. */
  readonly target: string | undefined;
}

/** Slows guessing down. agent/http has it over express-rate-limit's store. */
export interface SignInLimit {
  /** Counts an attempt. @throws auth.rate-limited */
  admit(attempt: SignInAttempt): Promise<void>;
  /** Looks again, after a wait. @throws auth.rate-limited */
  assertAllowed(attempt: SignInAttempt): Promise<void>;
  /** Counts a refusal. @returns whether it is worth an event, of which there is a limit too */
  countRefusal(attempt: SignInAttempt): Promise<boolean>;
}

export interface SignInContext {
  readonly storage: Storage;
  readonly tokens: Tokens;
  readonly passwords: PasswordHashing;
  /** The stored form of an API key. */
  readonly hashApiKey: (apiKey: string) => string;
  readonly limit: SignInLimit;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Seconds that a token lives. */
  readonly tokenLifeS: number;
}

export interface SignedIn extends IssuedToken {
  /** `data` of the reply. */
  readonly document: JsonObject;
}

/** Accounts of one name that are tried; further ones sign in with their realm. */
const MAX_NAMESAKES = 20;

/**
 * @param apiKey 64 characters
 * @throws auth.unknown-key, account.disabled, auth.rate-limited
 */
export async function signInWithApiKey(
  context: SignInContext,
  apiKey: string,
  actor: Actor,
): Promise<SignedIn> {
  const attempt: SignInAttempt = { remote: actor.remote ?? '', target: undefined };
  await context.limit.admit(attempt);
  const keyHash = context.hashApiKey(apiKey);
  const accountId = await context.storage.read.apiKeys.findAccountId(keyHash);
  const account =
    accountId === undefined ? undefined : await context.storage.read.accounts.load(accountId);
  if (account === undefined) {
    await refuseSignIn(context, attempt, 'cb_api_auth', actor);
    // The reply repeats the key, as Crossbar's does.
    throw new CraftportError('auth.unknown-key', 'No account has this API key', {
      detail: { key: apiKey },
    });
  }
  if (!account.enabled) throw accountDisabled(account);
  return finish(context, account, undefined, actor, {
    accountId: account.id,
    method: 'cb_api_auth',
    role: 'admin',
    secret: keyHash,
  });
}

/** `data` of user_auth, validated. */
export interface PasswordSignIn {
  /** Hex digest of `username:password`. */
  readonly credentials: string;
  readonly method: DigestMethod;
  /** Only in `Authorization: Basic`; nothing else is looked at then. */
  readonly accountId?: string;
  readonly realm?: string;
  readonly accountName?: string;
  readonly phoneNumber?: string;
}

/**
 * A wrong password, a disabled user and an unknown account cost and answer the same.
 * @throws request.invalid when no account is named, auth.wrong, account.disabled,
 * auth.rate-limited
 */
export async function signInWithPassword(
  context: SignInContext,
  request: PasswordSignIn,
  actor: Actor,
): Promise<SignedIn> {
  const target = targetOf(request);
  if (target === undefined && request.phoneNumber === undefined)
    throw invalidFields({
      account_name: {
        required: { message: 'Field is required but missing', value: 'account_name' },
      },
    });
  const attempt: SignInAttempt = { remote: actor.remote ?? '', target };
  await context.limit.admit(attempt);

  const candidates = await findAccounts(context.storage, request);
  let disabled: Account | undefined;
  // Without a candidate the hash is computed all the same, so that the time tells nothing.
  for (const account of candidates.length === 0 ? [undefined] : candidates) {
    const hash = await context.passwords.hash(
      account?.id ?? '',
      request.method,
      request.credentials.toLowerCase(),
      () => context.limit.assertAllowed(attempt),
    );
    const user = await findUser(context.storage, account, request.method, hash);
    if (account === undefined || user?.enabled !== true) continue;
    if (account.enabled)
      return finish(context, account, user, actor, {
        accountId: account.id,
        userId: user.id,
        method: 'cb_user_auth',
        role: user.role,
        secret: user.signature,
      });
    disabled ??= account;
  }
  if (disabled !== undefined) throw accountDisabled(disabled);
  await refuseSignIn(context, attempt, 'cb_user_auth', actor);
  throw new CraftportError('auth.wrong', 'The account, user name or password is wrong');
}

function targetOf({ accountId, realm, accountName }: PasswordSignIn): string | undefined {
  if (accountId !== undefined) return accountId;
  if (realm !== undefined) return realmKeyOf(realm);
  return accountName === undefined ? undefined : nameKeyOf(accountName);
}

/**
 * Crossbar's order: telephone number (no account owns one for sign-in yet), realm, name; what
 * finds nothing passes on to the next.
 */
async function findAccounts(
  storage: Storage,
  request: PasswordSignIn,
): Promise<readonly Account[]> {
  if (request.accountId !== undefined) {
    const account = await storage.read.accounts.load(request.accountId);
    return account === undefined ? [] : [account];
  }
  if (request.realm !== undefined) {
    const account = await storage.read.accounts.findByRealm(realmKeyOf(request.realm));
    if (account !== undefined) return [account];
  }
  const nameKey = nameKeyOf(request.accountName ?? '');
  return nameKey === '' ? [] : storage.read.accounts.findByNameKey(nameKey, MAX_NAMESAKES);
}

/** Asks the store also when there is no account, so that the time tells nothing. */
function findUser(
  storage: Storage,
  account: Account | undefined,
  method: DigestMethod,
  hash: string,
): Promise<User | undefined> {
  return storage.read.users.findByDigest(account?.id ?? '', method, hash);
}

async function finish(
  context: SignInContext,
  account: Account,
  user: User | undefined,
  actor: Actor,
  subject: TokenSubject,
): Promise<SignedIn> {
  const issued = await context.tokens.issue(subject, context.clock.nowMs(), context.tokenLifeS);
  try {
    await context.storage.write(({ record }) => {
      record({
        actor: {
          ...actor,
          method: subject.method,
          accountId: account.id,
          ...(user === undefined ? {} : { userId: user.id }),
        },
        event: 'session.signedIn',
        noun: 'session',
        id: issued.tokenId,
        accountId: account.id,
      });
      return Promise.resolve();
    });
  } catch (error) {
    // With a full disk somebody has to be able to come in and make room.
    if (!isCode(error, 'store.full')) throw error;
    context.logger.error(() => 'A sign-in could not be audited: the disk is full', {
      accountId: account.id,
      userId: user?.id,
      method: subject.method,
      remote: actor.remote,
    });
  }
  return { ...issued, document: sessionDocument(account, user?.id) };
}

/** Counts a refusal and tells it as an event, as far as the disk allows. */
export async function refuseSignIn(
  context: SignInContext,
  attempt: SignInAttempt,
  method: string,
  actor: Actor,
): Promise<void> {
  if (!(await context.limit.countRefusal(attempt))) return;
  const data: JsonObject = {
    method,
    request_id: actor.requestId,
    remote: attempt.remote,
    ...(attempt.target === undefined ? {} : { target: attempt.target }),
  };
  try {
    await context.storage.write(({ emit }) => {
      emit({ name: 'session.refused', data });
      return Promise.resolve();
    });
  } catch (error) {
    if (!isCode(error, 'store.full', 'store.busy')) throw error;
    context.logger.warn(() => 'A refused sign-in could not be told as an event', data);
  }
}

function accountDisabled(account: Account): CraftportError {
  return new CraftportError('account.disabled', `The account ${account.name} is disabled`, {
    detail: { id: account.id },
  });
}
