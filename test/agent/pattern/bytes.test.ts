import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromBytes, toBytes } from '../../../agent/pattern/bytes.ts';

it('is UTF-8, one character a byte, and comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const bytes = toBytes(text);
      expect(bytes).toBe(Buffer.from(text, 'utf8').toString('latin1'));
      expect(fromBytes(bytes)).toBe(Buffer.from(text, 'utf8').toString('utf8'));
    }),
  );
});

it('reads any bytes without throwing, and gives text that JSON can carry', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (raw) => {
      const text = fromBytes(Buffer.from(raw).toString('latin1'));
      expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
    }),
  );
});
