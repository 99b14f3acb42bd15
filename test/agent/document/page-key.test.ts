import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePageKey, encodePageKey, type PageKey } from '../../../agent/document/page-key.ts';

describe('page keys', () => {
  it.each([
    ['0123456789abcdef0123456789abcdef', 'g20AAAAgMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY'],
    [5, 'g2EF'],
    [70000, 'g2IAARFw'],
    [63575950041, 'g24FANkCbM0O'],
  ] as const)('writes and reads %j as Kazoo does', (key, text) => {
    expect([encodePageKey(key), decodePageKey(text)]).toEqual([text, key]);
  });

  it('writes lists as Erlang does: small integers as bytes, others with a tail', () => {
    const hex = (key: PageKey): string =>
      Buffer.from(encodePageKey(key), 'base64url').toString('hex');
    expect([hex([]), hex([1, 2]), hex(['a', 300]), hex({ tuple: [null, true] })]).toEqual([
      '836a',
      '836b00020102',
      '836c000000026d000000016162' + '0000012c6a',
      '836802' + '77046e756c6c' + '770474727565',
    ]);
  });

  it('reads the atoms of older Erlang releases', () => {
    const key = (hex: string): unknown =>
      decodePageKey(Buffer.from(hex, 'hex').toString('base64url'));
    expect([key('83640004' + '6e756c6c'), key('837304' + '74727565')]).toEqual([null, true]);
  });

  it('reads back what it wrote', () => {
    const { key } = fc.letrec<{ key: PageKey }>((tie) => ({
      key: fc.oneof(
        { depthSize: 'small', maxDepth: 4 },
        fc.string({ unit: 'binary' }),
        fc.integer(),
        fc.maxSafeInteger(),
        fc.double({ noNaN: true }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('key'), { maxLength: 5 }),
        fc.array(fc.nat(255), { maxLength: 5 }),
        fc.record({ tuple: fc.array(tie('key'), { maxLength: 5 }) }),
      ),
    }));
    fc.assert(
      fc.property(key, (value) => {
        const text = encodePageKey(value);
        expect(text).toMatch(/^[\w-]+$/);
        expect(decodePageKey(text)).toEqual(value);
      }),
    );
  });

  it('takes anything else for plain text and never throws', () => {
    const cut = encodePageKey(['some name', 'some id']).slice(0, -3);
    const deep = `g${'2wAAAAB'.repeat(4_000)}`;
    const broken = ['', 'g', 'g2', 'g20', 'my-id', 'g2EF!', 'g2EFxx', cut, deep, 'g2wA____', '☎'];
    expect(broken.map(decodePageKey)).toEqual(broken.map(() => undefined));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        decodePageKey(Buffer.from([131, ...bytes]).toString('base64url'));
      }),
    );
  });
});
