import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CraftportError } from '../../agent/base/error.ts';
import type { ErrorCode } from '../../schemas/types.ts';

interface ListedError {
  readonly code: ErrorCode;
  readonly meaning: string;
  readonly fixer: string;
  readonly status: number;
  readonly retry: boolean;
  readonly sentence: string;
}

// types.test.ts proves that the union is the list.
const errors = JSON.parse(
  readFileSync(new URL('../../schemas/errors.json', import.meta.url), 'utf8'),
) as readonly ListedError[];

describe('the list of errors', () => {
  it('has each code once', () => {
    const codes = errors.map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)]);
    expect(new CraftportError('request.invalid', 'x').code).toBe(codes[0]);
  });

  it.each(errors.map((error) => [error.code, error] as const))('says all of %s', (_, error) => {
    expect(Object.keys(error)).toEqual(['code', 'meaning', 'fixer', 'status', 'retry', 'sentence']);
    expect(error).toEqual({
      code: expect.stringMatching(/^[a-z]+\.[a-z]+(?:-[a-z]+)*$/) as string,
      meaning: expect.stringMatching(/^[^ ].*[^ ]\.$/) as string,
      fixer: expect.stringMatching(/^(?:technician|administrator|us)$/) as string,
      status: expect.toSatisfy((status) => Number.isInteger(status) && status >= 400) as number,
      retry: expect.any(Boolean) as boolean,
      // A neutral statement: no "we", no "please", no "oops".
      sentence: expect.stringMatching(/^(?!.*\b(?:we|please|sorry|oops)\b).*\.$/i) as string,
    });
    expect(error.status).toBeLessThan(600);
  });
});
