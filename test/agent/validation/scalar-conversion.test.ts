import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../agent/base/json.ts';
import {
  convertScalar,
  roundHalfAwayFromZero,
} from '../../../agent/validation/scalar-conversion.ts';

describe('convertScalar', () => {
  it.each<[JsonValue, JsonValue]>([
    ['50', 50],
    ['-3', -3],
    ['+7', 7],
    ['007', 7],
    ['-0', 0],
    [5.7, 6],
    ['5.7', 6],
    ['12.5', 13],
    ['-12.5', -13],
    ['1.5e1', 15],
    [-0.4, 0],
    ['9007199254740991', 9007199254740991],
  ])('makes the integer %j into %j', (value, converted) => {
    expect(convertScalar(value, 'integer')).toBe(converted);
  });

  it.each<JsonValue>([
    '',
    ' 5',
    '5 ',
    '5.',
    '.5',
    '1e3',
    '0x10',
    'NaN',
    'Infinity',
    'five',
    '1\n',
    '٣',
    '9007199254740993',
    '99999999999999999999',
    `1.0e999`,
    true,
    null,
  ])('leaves %j, which is no integer', (value) => {
    expect(convertScalar(value, 'integer')).toBe(value);
  });

  it('makes numeric text a number without rounding it', () => {
    expect(convertScalar('5.7', 'number')).toBe(5.7);
    expect(convertScalar('-0', 'number')).toBe(0);
    expect(convertScalar('1.0e999', 'number')).toBe('1.0e999');
  });

  it.each<[JsonValue, JsonValue]>([
    ['true', true],
    ['false', false],
    ['True', 'True'],
    ['1', '1'],
    [1, 1],
    [0, 0],
    ['', ''],
    [null, null],
  ])('makes the boolean %j into %j', (value, converted) => {
    expect(convertScalar(value, 'boolean')).toBe(converted);
  });

  it('leaves a value that has the type already', () => {
    const typed = fc.oneof(
      fc.tuple(fc.constant('integer' as const), fc.integer()),
      fc.tuple(fc.constant('number' as const), fc.double({ noNaN: true })),
      fc.tuple(fc.constant('boolean' as const), fc.boolean()),
    );
    fc.assert(
      fc.property(typed, ([type, value]) => {
        expect(convertScalar(value, type)).toBe(value);
      }),
    );
  });

  it('reads back every safe integer written as text', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (integer) => {
        expect(convertScalar(String(integer), 'integer')).toBe(integer);
      }),
    );
  });
});

describe('roundHalfAwayFromZero', () => {
  it('rounds what adding a half would round wrongly', () => {
    expect(roundHalfAwayFromZero(0.49999999999999994)).toBe(0);
    expect(roundHalfAwayFromZero(4503599627370495.5)).toBe(4503599627370496);
  });

  it('is symmetric, and never further than a half away', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (number) => {
        const rounded = roundHalfAwayFromZero(number);
        expect(Number.isInteger(rounded)).toBe(true);
        expect(Math.abs(rounded - number)).toBeLessThanOrEqual(0.5);
        expect(roundHalfAwayFromZero(-number)).toBe(rounded === 0 ? 0 : -rounded);
      }),
    );
  });
});
