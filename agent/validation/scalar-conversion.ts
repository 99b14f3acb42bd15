// Crossbar converts scalars of the wrong type before it refuses them: scripts and Monster UI
// send "port":"5060". Nothing else is converted; ajv's own coercion is far wider.

import type { JsonValue } from '../base/json.ts';

/** The scalar types that something can be converted to. */
export type ConvertibleType = 'integer' | 'number' | 'boolean';

// Erlang's number literals, which are what Kazoo reads: no blanks, no hex, no bare exponent.
const NUMBER_TEXT = /^[+-]?\d+(?:\.\d+(?:[eE][+-]?\d+)?)?$/;

/**
 * `value` as `type`, or `value` itself where the rules name no conversion. A value that has the
 * type already is returned as it is. Fractions become integers by rounding half away from zero;
 * text beyond the integers a double can hold stays text, for a changed digit would go unnoticed.
 */
export function convertScalar(value: JsonValue, type: ConvertibleType): JsonValue {
  switch (type) {
    case 'boolean':
      return value === 'true' ? true : value === 'false' ? false : value;
    case 'number':
      return numberFromText(value) ?? value;
    case 'integer': {
      const number = typeof value === 'number' ? value : numberFromText(value);
      if (number === undefined || Number.isInteger(number)) return keepExact(number, value);
      return roundHalfAwayFromZero(number);
    }
  }
}

/** 2.5 → 3 and -2.5 → -3, as Erlang's `round`; never -0. */
export function roundHalfAwayFromZero(number: number): number {
  const magnitude = Math.abs(number);
  const whole = Math.floor(magnitude);
  // Not floor(x + 0.5): the sum of 0.49999999999999994 and 0.5 is 1 in doubles.
  const rounded = magnitude - whole >= 0.5 ? whole + 1 : whole;
  return number < 0 && rounded !== 0 ? -rounded : rounded;
}

function numberFromText(value: JsonValue): number | undefined {
  if (typeof value !== 'string' || !NUMBER_TEXT.test(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number + 0 : undefined;
}

function keepExact(number: number | undefined, value: JsonValue): JsonValue {
  if (number === undefined || typeof value === 'number') return value;
  return Number.isSafeInteger(number) ? number : value;
}
