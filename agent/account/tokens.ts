// Tokens as Crossbar's clients know them: JWTs (RFC 7519) signed with HS256 under a key of this
// site. What a token says of itself is checked here; whether its account still exists and
// whether it was revoked is asked of the store by service/authenticate.ts.

import { createHmac } from 'node:crypto';
import { type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { CraftportError } from '../base/error.ts';
import { newId, type RandomBytes } from '../base/ids.ts';
import type { Role, SignInMethod } from './account.ts';

/** Kazoo's default life of a token. */
export const DEFAULT_TOKEN_LIFE_S = 3600;

const ISSUER = 'kazoo';
/** Ours are about 450 characters long; nothing longer is worth a look. */
const MAX_TOKEN_LENGTH = 4096;

export interface TokenSubject {
  readonly accountId: string;
  /** The signed-in user, when a user signed in. */
  readonly userId?: string;
  readonly method: SignInMethod;
  readonly role: Role;
  /**
   * What the token hangs on beside its account: the signature of the user or the hash of the
   * API key. Another password or key, and the token is refused.
   */
  readonly secret?: string;
}

export interface IssuedToken {
  /** Secret. */
  readonly token: string;
  readonly tokenId: string;
  /** Unix seconds. */
  readonly expiresS: number;
}

export interface TokenClaims {
  readonly accountId: string;
  readonly userId: string | undefined;
  readonly method: SignInMethod;
  /** The role when the token was made. */
  readonly role: Role;
  readonly tokenId: string;
  /** Unix seconds. */
  readonly expiresS: number;
  /** To compare with `identitySignature` of the present secret. */
  readonly identitySignature: string | undefined;
}

export interface Tokens {
  /** @param lifeS seconds until the token expires */
  issue(subject: TokenSubject, nowMs: number, lifeS: number): Promise<IssuedToken>;
  /** @throws auth.bad-token when it is expired, signed by another key or no token of ours */
  verify(token: string, nowMs: number): Promise<TokenClaims>;
  /** Kazoo's claim `identity_sig`: what ties a token to a password or key. */
  identitySignature(secret: string): string;
}

/** @param key 32 bytes */
export function createTokens(key: Uint8Array, random: RandomBytes): Tokens {
  const identitySignature = (secret: string): string =>
    createHmac('sha256', key).update(`identity/${secret}`).digest('base64url').slice(0, 22);
  return {
    identitySignature,

    async issue(subject, nowMs, lifeS) {
      const issuedS = Math.floor(nowMs / 1000);
      const expiresS = issuedS + lifeS;
      const tokenId = newId(random);
      const token = await new SignJWT({
        account_id: subject.accountId,
        ...(subject.userId === undefined ? {} : { owner_id: subject.userId }),
        method: subject.method,
        role: subject.role,
        ...(subject.secret === undefined
          ? {}
          : { identity_sig: identitySignature(subject.secret) }),
      })
        .setProtectedHeader({ typ: 'JWT', alg: 'HS256' })
        .setIssuer(ISSUER)
        .setIssuedAt(issuedS)
        .setExpirationTime(expiresS)
        .setJti(tokenId)
        .sign(key);
      return { token, tokenId, expiresS };
    },

    async verify(token, nowMs) {
      if (token.length > MAX_TOKEN_LENGTH) throw badToken('too long');
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['HS256'],
          issuer: ISSUER,
          typ: 'JWT',
          requiredClaims: ['exp', 'jti'],
          currentDate: new Date(nowMs),
        });
        return toClaims(payload);
      } catch (cause) {
        throw badToken(cause instanceof Error ? cause.message : String(cause), cause);
      }
    },
  };
}

const METHODS: readonly SignInMethod[] = ['cb_user_auth', 'cb_api_auth', 'local', 'console'];
const ROLES: readonly Role[] = ['admin', 'technician', 'read_only'];

function toClaims(payload: JWTPayload): TokenClaims {
  const { account_id, owner_id, method, role, jti, exp, identity_sig } = payload;
  const knownMethod = METHODS.find((known) => known === method);
  const knownRole = ROLES.find((known) => known === role);
  if (
    typeof account_id !== 'string' ||
    knownMethod === undefined ||
    knownRole === undefined ||
    jti === undefined ||
    exp === undefined
  )
    throw new TypeError('a claim is missing');
  return {
    accountId: account_id,
    userId: typeof owner_id === 'string' ? owner_id : undefined,
    method: knownMethod,
    role: knownRole,
    tokenId: jti,
    expiresS: exp,
    identitySignature: typeof identity_sig === 'string' ? identity_sig : undefined,
  };
}

/** @param reason why, for the log; it never holds the token */
export function badToken(reason: string, cause?: unknown): CraftportError {
  return new CraftportError('auth.bad-token', `The token is not accepted: ${reason}`, { cause });
}
