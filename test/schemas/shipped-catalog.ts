import { fileURLToPath } from 'node:url';
import { isCode, type FieldErrors } from '../../agent/base/error.ts';
import type { JsonValue } from '../../agent/base/json.ts';
import type { DocumentValidator, ValidateOptions } from '../../agent/document/validate.ts';
import { loadSchemaCatalog } from '../../agent/validation/schema-catalog.ts';

/** The documents as they ship. */
export const shippedCatalog = loadSchemaCatalog(
  fileURLToPath(new URL('../../schemas', import.meta.url)),
);

/** What `validator` finds wrong with `input`; an empty report when it takes it. */
export function failuresOf(
  validator: DocumentValidator,
  input: JsonValue,
  options?: ValidateOptions,
): FieldErrors {
  try {
    validator.validate(input, options);
    return {};
  } catch (error) {
    if (!isCode(error, 'request.invalid')) throw error;
    return error.detail.fields as FieldErrors;
  }
}
