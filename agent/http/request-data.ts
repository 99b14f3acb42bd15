// The `data` of a request where one document is meant.

import { invalidFields } from '../base/error.ts';
import { isJsonObject, type JsonObject } from '../base/json.ts';
import { maskSecrets } from '../base/mask.ts';
import type { Call } from './route.ts';

/** @throws request.invalid when `data` is an array */
export function objectOf(data: Call['data']): JsonObject {
  if (isJsonObject(data)) return data;
  throw invalidFields({
    data: {
      type: {
        message: 'Value did not match type(s): object',
        target: 'object',
        value: maskSecrets(data),
      },
    },
  });
}
