// One error class, many codes. An *error* is expected and carries a code from
// schemas/errors.json, which says what it means and who can fix it; anything else that is
// thrown is a bug, logged with its stack and answered 500. A new code is a new entry there and
// `npm run schemas:types`.

import type { ErrorCode } from '../../schemas/types.ts';

/** One failed rule of a field, in Crossbar's words (`message`, and what was wanted or sent). */
export interface RuleFailure {
  readonly message: string;
  readonly target?: unknown;
  readonly value?: unknown;
  readonly cause?: unknown;
  readonly format?: string;
}

/** Crossbar's flat validation report: dotted path of the field → rule → failure. */
export type FieldErrors = Readonly<Record<string, Readonly<Record<string, RuleFailure>>>>;

export type { ErrorCode };

export interface ErrorOptions {
  /** What a caller may need to answer or log: field, id, limit. Never a secret. */
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

export class CraftportError extends Error {
  readonly code: ErrorCode;
  readonly detail: Readonly<Record<string, unknown>>;

  /** @param message one sentence a technician can act on; the code is added for log searches. */
  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CraftportError';
    this.code = code;
    this.detail = options.detail ?? {};
  }
}

/** Narrows `error` to a CraftportError with one of `codes` (any code when none is named). */
export function isCode<C extends ErrorCode>(
  error: unknown,
  ...codes: readonly C[]
): error is CraftportError & { readonly code: C } {
  return (
    error instanceof CraftportError &&
    (codes.length === 0 || (codes as readonly ErrorCode[]).includes(error.code))
  );
}

/** A 400 `validation error` with Crossbar's flat field map. */
export function invalidFields(fields: FieldErrors): CraftportError {
  return new CraftportError('request.invalid', `Invalid: ${Object.keys(fields).join(', ')}`, {
    detail: { fields },
  });
}

/** Fails to compile where a union gained a member that a switch does not handle. */
export function assertNever(value: never): never {
  throw new TypeError(`Unhandled case: ${JSON.stringify(value)}`);
}
