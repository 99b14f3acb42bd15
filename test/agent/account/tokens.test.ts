import { createHmac, randomBytes } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokens, type TokenSubject } from '../../../agent/account/tokens.ts';

const key = new Uint8Array(randomBytes(32));
const tokens = createTokens(key, (length) => new Uint8Array(randomBytes(length)));
const nowMs = Date.UTC(2024, 0, 2, 3, 4, 5, 678);
const nowS = Math.floor(nowMs / 1000);
const subject: TokenSubject = {
  accountId: 'a'.repeat(32),
  userId: 'b'.repeat(32),
  method: 'cb_user_auth',
  role: 'technician',
  secret: 'signature',
};
const refused = { code: 'auth.bad-token' };

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const goodClaims = {
  iss: 'kazoo',
  account_id: 'a'.repeat(32),
  method: 'local',
  role: 'admin',
  jti: 'x',
  exp: nowS + 60,
};

/** A token made by hand, so that it may be wrong in ways a library would not let it. */
function forge(header: object, claims: object, secret: Uint8Array | undefined): string {
  const body = `${base64(header)}.${base64(claims)}`;
  const mac =
    secret === undefined ? '' : createHmac('sha256', secret).update(body).digest('base64url');
  return `${body}.${mac}`;
}

describe('a token', () => {
  it("carries Kazoo's header and claims, readable by its client", async () => {
    const { token, tokenId, expiresS } = await tokens.issue(subject, nowMs, 3600);
    expect(decodeProtectedHeader(token)).toEqual({ typ: 'JWT', alg: 'HS256' });
    expect(decodeJwt(token)).toEqual({
      iss: 'kazoo',
      account_id: subject.accountId,
      owner_id: subject.userId,
      method: 'cb_user_auth',
      role: 'technician',
      identity_sig: tokens.identitySignature('signature'),
      iat: nowS,
      exp: nowS + 3600,
      jti: tokenId,
    });
    expect(expiresS).toBe(nowS + 3600);
    expect(token).not.toContain(Buffer.from('signature').toString('base64url'));
  });

  it('verifies to what it was made from, until its last second', async () => {
    const { token, tokenId, expiresS } = await tokens.issue(subject, nowMs, 3600);
    const claims = {
      accountId: subject.accountId,
      userId: subject.userId,
      method: 'cb_user_auth',
      role: 'technician',
      tokenId,
      expiresS,
      identitySignature: tokens.identitySignature('signature'),
    };
    expect(await tokens.verify(token, nowMs)).toEqual(claims);
    expect(await tokens.verify(token, expiresS * 1000 - 1)).toEqual(claims);
    await expect(tokens.verify(token, expiresS * 1000)).rejects.toMatchObject(refused);
  });

  it('is accepted when made by hand as it should be (the forgeries below differ in one thing)', async () => {
    const token = forge({ typ: 'JWT', alg: 'HS256' }, goodClaims, key);
    expect(await tokens.verify(token, nowMs)).toMatchObject({ method: 'local', role: 'admin' });
  });

  const hs256 = { typ: 'JWT', alg: 'HS256' };
  it.each([
    ['unsigned (alg none)', forge({ typ: 'JWT', alg: 'none' }, goodClaims, undefined)],
    ['unsigned under HS256', forge(hs256, goodClaims, undefined)],
    ['signed by another key', forge(hs256, goodClaims, new Uint8Array(32))],
    ['of another algorithm', forge({ typ: 'JWT', alg: 'HS512' }, goodClaims, key)],
    ['of another type', forge({ typ: 'dpop+jwt', alg: 'HS256' }, goodClaims, key)],
    ['of another issuer', forge(hs256, { ...goodClaims, iss: 'other' }, key)],
    ['without exp', forge(hs256, { ...goodClaims, exp: undefined }, key)],
    ['without jti', forge(hs256, { ...goodClaims, jti: undefined }, key)],
    ['with exp as text', forge(hs256, { ...goodClaims, exp: '9999999999' }, key)],
    ['without account', forge(hs256, { ...goodClaims, account_id: undefined }, key)],
    ['with an unknown method', forge(hs256, { ...goodClaims, method: 'magic' }, key)],
    ['with an unknown role', forge(hs256, { ...goodClaims, role: 'root' }, key)],
    ['with a critical extension', forge({ ...hs256, crit: ['x'], x: 1 }, goodClaims, key)],
    ['empty', ''],
    ['of endless length', 'x'.repeat(5_000_000)],
    ['of two parts', 'e30.e30'],
  ])('is refused when %s', async (_, token) => {
    await expect(tokens.verify(token, nowMs)).rejects.toMatchObject(refused);
  });

  it('is refused when any character is another one', async () => {
    const { token } = await tokens.issue(subject, nowMs, 3600);
    // The last character of the signature holds two bits that decode to nothing.
    const positions = fc.nat({ max: token.length - 2 });
    await fc.assert(
      fc.asyncProperty(positions, fc.constantFrom('A', 'z', '0', '.', '-'), async (at, other) => {
        fc.pre(token[at] !== other);
        const changed = token.slice(0, at) + other + token.slice(at + 1);
        await expect(tokens.verify(changed, nowMs)).rejects.toMatchObject(refused);
      }),
    );
  });

  it('never lets random text in, nor fail otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        await expect(tokens.verify(text, nowMs)).rejects.toMatchObject(refused);
      }),
    );
  });

  it('does not repeat the token in the error', async () => {
    const token = await new SignJWT({}).setProtectedHeader(hs256).sign(new Uint8Array(32));
    const error: unknown = await tokens.verify(token, nowMs).catch((reason: unknown) => reason);
    expect((error as Error).message).not.toContain(token.slice(0, 10));
  });
});
