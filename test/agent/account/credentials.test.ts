import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  createApiKeyHash,
  createPasswordHashing,
  digestOf,
  newApiKey,
  newPassword,
} from '../../../agent/account/credentials.ts';
import { CraftportError } from '../../../agent/base/error.ts';

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const cheap = { logN: 4, r: 1, p: 1 };
const key = new Uint8Array(32).fill(7);

describe('digestOf', () => {
  it('gives the digests of the reference', () => {
    expect(digestOf('md5', 'admin', 'secret')).toBe('2d1e4f91dae49cd08eaba2293e422273');
    expect(digestOf('sha', 'admin', 'secret')).toBe('7efaf6701fdf8c6780897f20d5a1a1526dd92029');
  });

  it('lowers the case of the user name and not of the password', () => {
    expect(digestOf('md5', 'ADMIN', 'secret')).toBe(digestOf('md5', 'admin', 'secret'));
    expect(digestOf('md5', 'admin', 'Secret')).not.toBe(digestOf('md5', 'admin', 'secret'));
  });
});

describe('generated secrets', () => {
  it('have the shape that the API and people expect, and differ', () => {
    expect(newApiKey(random)).toMatch(/^[0-9a-f]{64}$/);
    expect(newPassword(random)).toMatch(/^[0-9a-hjkmnp-tv-z]{20}$/);
    expect(newPassword(random)).not.toBe(newPassword(random));
  });
});

describe('the stored form of an API key', () => {
  it('depends on the key and on the secret', () => {
    const hash = createApiKeyHash(key);
    expect(hash('a')).toMatch(/^[0-9a-f]{64}$/);
    expect(hash('a')).toBe(createApiKeyHash(key)('a'));
    expect(hash('a')).not.toBe(hash('b'));
    expect(hash('a')).not.toBe(createApiKeyHash(new Uint8Array(32))('a'));
  });
});

describe('password hashing', () => {
  const hashing = createPasswordHashing(key, cheap);

  it('is repeatable, and differs by account, method, digest and site', async () => {
    const hash = await hashing.hash('account', 'md5', 'digest');
    expect(hash).toMatch(/^scrypt:4:1:1:[0-9a-f]{64}$/);
    expect(await hashing.hash('account', 'md5', 'digest')).toBe(hash);
    const others = await Promise.all([
      hashing.hash('other', 'md5', 'digest'),
      hashing.hash('account', 'sha', 'digest'),
      hashing.hash('account', 'md5', 'other'),
      createPasswordHashing(new Uint8Array(32), cheap).hash('account', 'md5', 'digest'),
    ]);
    expect(new Set([hash, ...others]).size).toBe(5);
  });

  it('makes both forms that a client may send', async () => {
    expect(await hashing.hashBoth('account', 'Admin', 'secret')).toEqual({
      md5: await hashing.hash('account', 'md5', '2d1e4f91dae49cd08eaba2293e422273'),
      sha: await hashing.hash('account', 'sha', '7efaf6701fdf8c6780897f20d5a1a1526dd92029'),
    });
  });

  it('gives up before the cost when told to, and works on', async () => {
    const refusal = new CraftportError('auth.rate-limited', 'Enough');
    const refuse = (): never => {
      throw refusal;
    };
    await expect(hashing.hash('account', 'md5', 'digest', refuse)).rejects.toBe(refusal);
    expect(await hashing.hash('account', 'md5', 'digest')).toMatch(/^scrypt/);
  });

  it('does not let an endless number wait', async () => {
    const slow = createPasswordHashing(key, cheap);
    const attempts = Array.from({ length: 300 }, (_, index) =>
      slow.hash('account', 'md5', String(index)).then(
        () => 'done',
        (error: unknown) => (error as CraftportError).code,
      ),
    );
    const outcomes = await Promise.all(attempts);
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(102);
    expect(outcomes.filter((outcome) => outcome === 'auth.rate-limited')).toHaveLength(198);
  });
});
