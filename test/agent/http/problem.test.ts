import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CraftportError } from '../../../agent/base/error.ts';
import { toProblem } from '../../../agent/http/problem.ts';
import type { ErrorCode } from '../../../schemas/types.ts';

const listed = JSON.parse(
  readFileSync(new URL('../../../schemas/errors.json', import.meta.url), 'utf8'),
) as readonly { readonly code: ErrorCode; readonly status: number }[];

describe('toProblem', () => {
  it('answers every code with the status of the list', () => {
    expect(
      listed.map(({ code }) => [code, toProblem(new CraftportError(code, 'x')).status]),
    ).toEqual(listed.map(({ code, status }) => [code, status]));
  });
});
