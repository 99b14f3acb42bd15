// JSON Schema draft 4, which Kazoo's clients read, as draft 2020-12, which OpenAPI 3.1 is made
// of. A schema means the same afterwards.

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';

/** Keywords that hold one schema. */
const SCHEMA = ['additionalProperties', 'not'];
/** Keywords that hold schemas by name. */
const SCHEMA_MAP = ['properties', 'patternProperties'];
/** Keywords that hold a list of schemas. */
const SCHEMA_LIST = ['allOf', 'anyOf', 'oneOf'];

/**
 * @param schema a draft-04 schema; it is not changed
 * @param refTo the reference to another document, by the name that a `$ref` has
 */
export function toDraft2020(schema: JsonObject, refTo: (name: string) => string): JsonObject {
  const convert = (value: JsonValue): JsonValue =>
    isJsonObject(value) ? toDraft2020(value, refTo) : value;
  const convertMap = (value: JsonValue): JsonValue =>
    isJsonObject(value)
      ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, convert(one)]))
      : value;
  const convertList = (value: JsonValue): JsonValue =>
    Array.isArray(value) ? (value as readonly JsonValue[]).map(convert) : value;

  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    // Draft 4 ignores what stands beside a reference; 2020-12 would not.
    const $ref = reference.startsWith('#')
      ? reference.replace(/^#\/definitions\//, '#/$defs/')
      : refTo(reference);
    return { $ref };
  }
  const result: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (SCHEMA.includes(key)) result[key] = convert(value);
    else if (SCHEMA_MAP.includes(key)) result[key] = convertMap(value);
    else if (SCHEMA_LIST.includes(key)) result[key] = convertList(value);
    else if (key === 'definitions') result['$defs'] = convertMap(value);
    else if (key === 'items')
      result[Array.isArray(value) ? 'prefixItems' : 'items'] = Array.isArray(value)
        ? convertList(value)
        : convert(value);
    // Only beside a list of items does it mean anything.
    else if (key === 'additionalItems' && Array.isArray(schema['items']))
      result['items'] = convert(value);
    else if (key === 'dependencies') Object.assign(result, convertDependencies(value, convert));
    else if (!['id', '$schema', 'additionalItems', ...BOUNDS].includes(key)) result[key] = value;
  }
  return { ...result, ...boundsOf(schema) };
}

const BOUNDS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'];

/** Draft 4 makes a bound exclusive by a boolean beside it; 2020-12 by another keyword. */
function boundsOf(schema: JsonObject): JsonObject {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  return {
    ...(minimum === undefined
      ? {}
      : { [exclusiveMinimum === true ? 'exclusiveMinimum' : 'minimum']: minimum }),
    ...(maximum === undefined
      ? {}
      : { [exclusiveMaximum === true ? 'exclusiveMaximum' : 'maximum']: maximum }),
  };
}

function convertDependencies(
  value: JsonValue,
  convert: (schema: JsonValue) => JsonValue,
): JsonObject {
  if (!isJsonObject(value)) return {};
  const lists = Object.entries(value).filter(([, one]) => Array.isArray(one));
  const schemas = Object.entries(value).filter(([, one]) => !Array.isArray(one));
  return {
    ...(lists.length === 0 ? {} : { dependentRequired: Object.fromEntries(lists) }),
    ...(schemas.length === 0
      ? {}
      : {
          dependentSchemas: Object.fromEntries(schemas.map(([key, one]) => [key, convert(one)])),
        }),
  };
}
