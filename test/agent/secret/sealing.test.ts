import { createCipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../agent/base/json.ts';
import { createSealer } from '../../../agent/secret/sealing.ts';

const key = new Uint8Array(randomBytes(32));
const sealer = createSealer(key);
const unreadable = expect.objectContaining({ code: 'secret.unreadable' }) as Error;

const secretKey = fc.constantFrom('password', 'secret', 'auth_token');
const documents = fc
  .dictionary(
    fc.oneof(fc.string(), secretKey),
    fc.oneof(fc.jsonValue(), fc.dictionary(secretKey, fc.string({ unit: 'grapheme' }))),
  )
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);

const sealedPassword = (text: string): string =>
  sealer.seal({ password: text }, 'address')['password'] as string;

describe('a sealer', () => {
  it('gives every document back as it was', () => {
    fc.assert(
      fc.property(documents, fc.string(), (doc, address) => {
        expect(sealer.unseal(sealer.seal(doc, address), address)).toEqual(doc);
      }),
    );
  });

  it('leaves no secret readable, and everything else as it is', () => {
    const doc = { name: 'x', gateways: [{ password: 'swordfish', port: 5060 }], secret: '' };
    const sealed = sealer.seal(doc, 'address');
    expect(JSON.stringify(sealed)).not.toContain('swordfish');
    expect(sealed).toMatchObject({ name: 'x', gateways: [{ port: 5060 }], secret: '' });
  });

  it('seals the same secret differently each time', () => {
    expect(sealedPassword('swordfish')).not.toBe(sealedPassword('swordfish'));
  });

  it('keeps a text that looks sealed already', () => {
    const doc = { password: sealedPassword('x') };
    expect(sealer.unseal(sealer.seal(doc, 'address'), 'address')).toEqual(doc);
  });

  it('opens with this key and at this address only', () => {
    const sealed = sealer.seal({ password: 'swordfish' }, 'resource//one');
    expect(() => sealer.unseal(sealed, 'resource//two')).toThrow(unreadable);
    expect(() => createSealer(new Uint8Array(32)).unseal(sealed, 'resource//one')).toThrow(
      unreadable,
    );
  });

  it('wants the whole authentication tag', () => {
    // A tag of four bytes and the text it belongs to: what a forger would have to guess.
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 4 });
    cipher.setAAD(Buffer.from('address'));
    cipher.final();
    const forged = Buffer.concat([iv, cipher.getAuthTag()]).toString('base64');
    expect(() => sealer.unseal({ password: `sealed:1:${forged}` }, 'address')).toThrow(unreadable);
  });

  it('opens nothing that was changed at any bit, cut short or never sealed', () => {
    const sealed = sealedPassword('swordfish');
    const prefix = 'sealed:1:';
    const bytes = Buffer.from(sealed.slice(prefix.length), 'base64');
    const unseal = (text: string) => () => sealer.unseal({ password: text }, 'address');
    fc.assert(
      fc.property(fc.nat({ max: bytes.length * 8 - 1 }), (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(unseal(prefix + changed.toString('base64'))).toThrow(unreadable);
      }),
    );
    for (let length = 0; length < bytes.length; length += 1)
      expect(unseal(prefix + bytes.subarray(0, length).toString('base64'))).toThrow(unreadable);
    expect(unseal('swordfish')).toThrow(unreadable);
    expect(unseal(sealed.replace('sealed:1:', 'sealed:2:'))).toThrow(unreadable);
  });
});
