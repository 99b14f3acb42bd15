// What services know of validation; agent/validation makes these from schemas/.

import type { JsonObject, JsonValue } from '../base/json.ts';

export interface DocumentValidator {
  /**
   * The document with defaults inserted and scalars coerced; the input is not changed.
   * @throws request.invalid with every failed rule
   */
  validate(input: JsonValue): JsonObject;
}
