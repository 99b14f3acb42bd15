import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isCode } from '../../../agent/base/error.ts';
import type { JsonObject, JsonValue } from '../../../agent/base/json.ts';
import type { DocumentValidator } from '../../../agent/document/validate.ts';
import { loadSchemaCatalog } from '../../../agent/validation/schema-catalog.ts';
import { failuresOf, shippedCatalog } from '../../schemas/shipped-catalog.ts';

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true });
});

/** A folder of files, and its catalog. */
function catalogOf(files: Readonly<Record<string, JsonValue>>) {
  const directory = mkdtempSync(join(tmpdir(), 'craftport-schemas-'));
  directories.push(directory);
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(directory, name), JSON.stringify(content));
  }
  return loadSchemaCatalog(directory);
}

/** A validator for one schema that refers to none. */
function validatorOf(schema: JsonObject): DocumentValidator {
  const $schema = 'http://json-schema.org/draft-04/schema#';
  return catalogOf({ 'thing.json': { id: 'thing', $schema, ...schema } }).validator('thing');
}

const resources = shippedCatalog.validator('resources');

describe('the catalog', () => {
  it('is the folder: sorted names of the draft-04 documents, each as it is on disk', () => {
    const $schema = 'http://json-schema.org/draft-04/schema#';
    const catalog = catalogOf({
      'b.json': { id: 'b', $schema },
      'a.json': { id: 'a', $schema, type: 'object' },
      'errors.json': [],
      'other.json': { $schema: 'https://json-schema.org/draft/2020-12/schema' },
      'notes.txt': 'no JSON file',
    });
    expect(catalog.names()).toEqual(['a', 'b']);
    expect(catalog.document('a')).toEqual({ id: 'a', $schema, type: 'object' });
    expect(catalog.document('errors')).toBeUndefined();
    expect(catalog.document('__proto__')).toBeUndefined();
  });

  it('has no validator for a name it does not have', () => {
    expect(() => shippedCatalog.validator('nothing')).toThrow(
      expect.toSatisfy((error) => isCode(error, 'document.not-found')) as Error,
    );
  });

  it('gives the same validator each time', () => {
    expect(shippedCatalog.validator('resources')).toBe(resources);
  });
});

describe('a validator', () => {
  it('answers the documented create example as documented', () => {
    const input = { name: 'Carrier 3', gateways: [{ server: 'sip.example.net', port: '5070' }] };
    expect(resources.validate(input)).toStrictEqual({
      emergency: false,
      enabled: true,
      flags: [],
      grace_period: 5,
      rules: [],
      weight_cost: 50,
      name: 'Carrier 3',
      gateways: [
        {
          channel_selection: 'ascending',
          enabled: true,
          endpoint_type: 'sip',
          force_port: false,
          invite_format: 'route',
          port: 5070,
          skype_rr: true,
          server: 'sip.example.net',
        },
      ],
    });
    expect(input.gateways[0]?.port).toBe('5070');
  });

  it('answers the documented error example as documented', () => {
    const input = {
      gateways: [{}, { server: 'sip.example.net', endpoint_type: 'h323' }],
      weight_cost: 101,
    };
    expect(failuresOf(resources, input)).toStrictEqual({
      name: { required: { message: 'Field is required but missing', value: 'name' } },
      'gateways.0.server': {
        required: { message: 'Field is required but missing', value: 'server' },
      },
      'gateways.1.endpoint_type': {
        enum: {
          message: 'Value not found in enumerated list of values',
          target: ['sip', 'freetdm', 'skype', 'amqp'],
          value: 'h323',
        },
      },
      weight_cost: {
        maximum: { message: 'Value must be at most 100', target: 100, value: 101 },
      },
    });
  });

  it('fills in media only when media was sent, and classifiers member by member', () => {
    const input = {
      name: 'x',
      gateways: [],
      media: { encryption: {} },
      classifiers: { did_us: {} },
    };
    expect(resources.validate(input)).toMatchObject({
      media: {
        audio: {},
        encryption: { enforce_security: false, methods: [] },
        video: { codecs: [] },
      },
      classifiers: { did_us: { emergency: false, enabled: true, weight_cost: 50 } },
    });
  });

  it('stores the strings of the documented replies as numbers', () => {
    const stored = resources.validate({
      name: 'Carrier 3',
      weight_cost: '50',
      enabled: 'false',
      gateways: [{ server: 'carrier1.com', progress_timeout: '6', port: 5070.5 }],
    });
    expect(stored).toMatchObject({
      weight_cost: 50,
      enabled: false,
      gateways: [{ progress_timeout: 6, port: 5071 }],
    });
  });

  it('converts nothing when strict, but still fills in defaults', () => {
    const input = { name: 'x', gateways: [], weight_cost: '50' };
    const message = 'Value did not match type(s): integer';
    expect(failuresOf(resources, input, { strict: true })).toStrictEqual({
      weight_cost: { type: { message, target: 'integer', value: '50' } },
    });
    expect(resources.validate({ name: 'x', gateways: [] }, { strict: true }).grace_period).toBe(5);
  });

  it('converts no string that one of the types takes as it is', () => {
    const validator = validatorOf({ properties: { a: { type: ['string', 'integer'] } } });
    expect(validator.validate({ a: '5' })).toEqual({ a: '5' });
  });

  it('tells null as a wrong type', () => {
    const message = 'Value did not match type(s): array';
    expect(failuresOf(resources, { name: 'x', gateways: null })).toStrictEqual({
      gateways: { type: { message, target: 'array', value: null } },
    });
  });

  it('tells a document that is no object at data', () => {
    const message = 'Value did not match type(s): object';
    expect(failuresOf(resources, ['x'])).toStrictEqual({
      data: { type: { message, target: 'object', value: ['x'] } },
    });
  });

  it('keeps keys named like parts of every object', () => {
    const text =
      '{"name":"x","gateways":[{"server":"s","__proto__":{"port":"1"}}],"__proto__":{"enabled":5},' +
      '"constructor":{"prototype":{"a":1}},"classifiers":{"__proto__":{"weight_cost":"7"}}}';
    const stored = resources.validate(JSON.parse(text) as JsonValue);
    const again = JSON.parse(JSON.stringify(stored)) as JsonObject;
    expect(Object.getOwnPropertyDescriptor(again, '__proto__')?.value).toEqual({ enabled: 5 });
    expect(again.constructor).toEqual({ prototype: { a: 1 } });
    expect(JSON.stringify(again.gateways)).toContain('"__proto__":{"port":"1"}');
    expect(JSON.stringify(again.classifiers)).toContain('"__proto__":{"weight_cost":7');
    expect({}).not.toHaveProperty('weight_cost');
  });

  it('tells of a wrong value below such a key', () => {
    const text = '{"name":"x","gateways":[],"classifiers":{"__proto__":{"regex":5},"a.b/~c":7}}';
    const fields = failuresOf(resources, JSON.parse(text) as JsonValue);
    expect(Object.keys(fields).sort()).toEqual([
      'classifiers.__proto__.regex',
      'classifiers.a%2Eb/~c',
    ]);
  });

  it('carries 64 levels of unknown keys through unchanged', () => {
    let deep: JsonValue = 'bottom';
    for (let level = 0; level < 64; level += 1) deep = level % 2 === 0 ? [deep] : { deep };
    expect(resources.validate({ name: 'x', gateways: [], deep }).deep).toBe(deep);
  });

  it('refuses a schema that contains itself', () => {
    const $schema = 'http://json-schema.org/draft-04/schema#';
    const loop = { id: 'loop', $schema, properties: { inner: { $ref: 'loop' } } };
    const validator = catalogOf({ 'loop.json': loop }).validator('loop');
    expect(() => validator.validate({})).toThrow(TypeError);
  });
});

describe('the words for a rule', () => {
  it.each<[string, JsonObject, JsonValue, object]>([
    [
      'several types',
      { type: ['integer', 'boolean'] },
      'x',
      {
        type: {
          message: 'Value did not match type(s): integer, boolean',
          target: 'integer, boolean',
          value: 'x',
        },
      },
    ],
    [
      'too short, told in characters',
      { type: 'string', minLength: 3 },
      '😀😀',
      {
        minLength: {
          message: 'String must be at least 3 characters',
          target: 3,
          value: '😀😀',
          cause: '😀😀',
        },
      },
    ],
    [
      'too long',
      { type: 'string', maxLength: 1 },
      'ab',
      {
        maxLength: {
          message: 'String must not be more than 1 characters',
          target: 1,
          value: 'ab',
          cause: 'ab',
        },
      },
    ],
    [
      'too small',
      { type: 'integer', minimum: 1 },
      '0',
      { minimum: { message: 'Value must be at least 1', target: 1, value: 0 } },
    ],
    [
      'too few items',
      { type: 'array', minItems: 1 },
      [],
      { minItems: { message: 'The list must have at least 1 items', target: 1, value: [] } },
    ],
    [
      'too many items',
      { type: 'array', maxItems: 1 },
      [1, 2],
      { maxItems: { message: 'The list is more than 1 items', target: 1, value: [1, 2] } },
    ],
    [
      'items twice',
      { type: 'array', uniqueItems: true },
      [1, 1],
      { uniqueItems: { message: 'List of items is not unique', value: [1, 1] } },
    ],
    [
      'a pattern',
      { type: 'string', pattern: '^a+$' },
      'b',
      { pattern: { message: "Failed to match pattern '^a+$'", target: '^a+$', value: 'b' } },
    ],
    [
      'two rules of one field',
      { type: 'string', enum: ['a'] },
      5,
      {
        type: { message: 'Value did not match type(s): string', target: 'string', value: 5 },
        enum: { message: 'Value not found in enumerated list of values', target: ['a'], value: 5 },
      },
    ],
    [
      'no branch of oneOf, at the parent and without what each branch missed',
      { oneOf: [{ type: 'object', properties: { b: { type: 'string' } } }, { type: 'boolean' }] },
      { b: 5 },
      { not_one_schema_valid: { message: 'failed to validate', value: { b: 5 } } },
    ],
    [
      'two branches of oneOf',
      { oneOf: [{ type: 'string' }, { enum: ['a'] }] },
      'a',
      { not_one_schema_valid: { message: 'failed to validate', value: 'a' } },
    ],
    [
      'no branch of anyOf, below another',
      { oneOf: [{ anyOf: [{ type: 'string' }, { type: 'boolean' }] }, { type: 'array' }] },
      5,
      { not_one_schema_valid: { message: 'failed to validate', value: 5 } },
    ],
    [
      'no branch of anyOf beside a failed type',
      { type: 'object', anyOf: [{ type: 'object' }, { type: 'array' }] },
      5,
      {
        type: { message: 'Value did not match type(s): object', target: 'object', value: 5 },
        any_schemas_not_valid: { message: 'failed to validate', value: 5 },
      },
    ],
  ])('%s', (_, schema, value, rules) => {
    const validator = validatorOf({ type: 'object', properties: { a: schema } });
    expect(failuresOf(validator, { a: value })).toStrictEqual({ a: rules });
  });

  it('tells an extra key at the key, with the whole object', () => {
    const validator = validatorOf({ additionalProperties: false, properties: { a: {} } });
    const message = 'Strict checking of data is enabled; only include schema-defined properties';
    expect(failuresOf(validator, { a: 1, b: 2 })).toStrictEqual({
      b: { additionalProperties: { message, value: { a: 1, b: 2 } } },
    });
  });

  it('has none for keywords that Crossbar does not know', () => {
    const validator = validatorOf({ properties: { a: { not: { type: 'string' } } } });
    expect(() => validator.validate({ a: 'x' })).toThrow(TypeError);
  });
});
