import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSecretKey, MASK, maskAtPath, maskSecrets } from '../../../agent/base/mask.ts';

const secretName = fc.constantFrom(
  'password',
  'Password',
  'api_key',
  'apiKey',
  'auth_token',
  'X-Auth-Token',
  'authorization',
  'cookie',
  'credentials',
  'secret',
  'private_key',
);
/** Long enough that it cannot be part of anything else in the document. */
const plantedValue = fc.stringMatching(/^[a-z]{20}$/).map((text) => `planted:${text}`);

/** A document with a secret somewhere, and the secret. */
const withSecret = fc
  .tuple(
    secretName,
    plantedValue,
    fc.array(fc.oneof(fc.string(), fc.constant(0)), { maxLength: 6 }),
  )
  .chain(([name, value, path]) =>
    fc.jsonValue({ maxDepth: 2 }).map((sibling) => {
      let document: unknown = { [name]: value, sibling };
      for (const step of path)
        document = typeof step === 'number' ? [sibling, document] : { [step]: document, sibling };
      return { document, value };
    }),
  );

describe('maskSecrets', () => {
  it('leaves no secret, at whatever place it stands', () => {
    fc.assert(
      fc.property(withSecret, ({ document, value }) => {
        expect(JSON.stringify(document)).toContain(value);
        expect(JSON.stringify(maskSecrets(document))).not.toContain(value);
      }),
    );
  });

  it('changes nothing else, and never its argument', () => {
    const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    fc.assert(
      fc.property(json, (value) => {
        const before = JSON.stringify(value);
        expect(JSON.stringify(maskSecrets(value))).toBe(before);
        expect(JSON.stringify(value)).toBe(before);
      }),
    );
  });

  it('does it twice as well as once', () => {
    fc.assert(
      fc.property(withSecret, ({ document }) => {
        const once = maskSecrets(document);
        expect(maskSecrets(once)).toEqual(once);
      }),
    );
  });

  it('hides what is no text as well, and leaves empty what is empty', () => {
    expect(
      maskSecrets({ password: 1234, secret: { a: 1 }, api_key: '', token: null, name: 'x' }),
    ).toEqual({ password: MASK, secret: MASK, api_key: '', token: null, name: 'x' });
  });

  it('ends on a cycle and on hostile depth', () => {
    const cycle: Record<string, unknown> = { password: 'x' };
    cycle['self'] = cycle;
    expect(JSON.stringify(maskSecrets(cycle))).not.toContain('"x"');
    let deep: unknown = 'bottom';
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(JSON.stringify(maskSecrets(deep))).toContain(MASK);
  });

  it('keeps a key named __proto__ a key', () => {
    const value = JSON.parse('{"__proto__": {"password": "x"}}') as unknown;
    const masked = maskSecrets(value);
    expect(JSON.stringify(masked)).toBe(`{"__proto__":{"password":"${MASK}"}}`);
    expect(Object.getPrototypeOf(masked)).toBe(Object.prototype);
  });
});

describe('isSecretKey', () => {
  it('knows a secret by its whole name', () => {
    expect(['password_hint', 'tokens', 'key', 'name', 'username'].filter(isSecretKey)).toEqual([]);
  });
});

describe('maskAtPath', () => {
  it('hides the value of a field below a secret name, and secrets inside any other', () => {
    expect(maskAtPath('gateways.0.password', 'x')).toBe(MASK);
    expect(maskAtPath('gateways.0', { password: 'x', port: 1 })).toEqual({
      password: MASK,
      port: 1,
    });
    expect(maskAtPath('name', 'x')).toBe('x');
  });
});
