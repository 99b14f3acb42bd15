// What a service knows of validation: a document goes in, the document to store comes out.
// agent/validation implements it over schemas/*.json.

import type { JsonObject, JsonValue } from '../base/json.ts';

export interface ValidateOptions {
  /** Kazoo's `schema_strict_validation`: scalars are not converted. */
  readonly strict?: boolean;
}

export interface DocumentValidator {
  /**
   * @returns `input` with defaults filled in and scalars converted (`"5060"` → `5060`). Unknown
   * keys are kept. `input` is not changed; branches that need no change are shared with it.
   * @throws request.invalid with every failed rule of every field.
   */
  validate(input: JsonValue, options?: ValidateOptions): JsonObject;
}

/** The schemas by name, as services and routes see them. */
export interface SchemaSource {
  /** Sorted. */
  names(): readonly string[];
  /** The draft-04 document, with `id`. */
  document(name: string): JsonObject | undefined;
  /** @throws document.not-found */
  validator(name: string): DocumentValidator;
  /**
   * What an empty document becomes. Costs no check: the defaults come with the program.
   * @throws document.not-found
   */
  defaults(name: string): JsonObject;
}

/** A validator that converts scalars only while `isStrict` says no. */
export function strictWhile(
  validator: DocumentValidator,
  isStrict: () => boolean,
): DocumentValidator {
  return {
    validate: (input, options = {}) =>
      validator.validate(input, { strict: isStrict(), ...options }),
  };
}
