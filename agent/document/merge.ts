// PATCH semantics: the recursive merge of Crossbar 2026 (2020-01 merged one level only).

import { copyOf, isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';

/**
 * Objects merge key by key at any depth, `null` removes the key at any depth, arrays and
 * scalars replace, and an empty object replaces whatever stood there with an empty object.
 * @returns a new object; neither argument is changed. Unnamed branches are shared.
 */
export function mergePatch(stored: JsonObject, patch: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = copyOf(stored);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (isJsonObject(value) && Object.keys(value).length > 0) {
      const before = Object.hasOwn(merged, key) ? merged[key] : undefined;
      merged[key] = mergePatch(before !== undefined && isJsonObject(before) ? before : {}, value);
    } else merged[key] = value;
  }
  return merged;
}
