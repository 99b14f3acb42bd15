import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import AjvDraft04 from 'ajv-draft-04';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../agent/config/package-root.ts';
import type { JsonObject, JsonValue } from '../../../agent/base/json.ts';
import { toDraft2020 } from '../../../agent/http/json-schema.ts';
import { loadSchemaCatalog } from '../../../agent/validation/schema-catalog.ts';

const catalog = loadSchemaCatalog(join(packageRoot, 'schemas'));
const draft04 = new AjvDraft04.default({ strict: false, validateSchema: false });
const draft2020 = new Ajv2020.default({ strict: true, strictTypes: false, strictRequired: false });
// OpenAPI 3.1 takes keys that begin with x-; ajv must be told of each.
draft2020.addKeyword('x-secret');

const lax2020 = new Ajv2020.default({ strict: false });

const name = fc.constantFrom('a', 'b', 'c');
const bound = fc.integer({ min: -3, max: 3 });
/** Draft-04 schemas of every keyword that changes. */
const { node } = fc.letrec<{ schema: JsonObject; node: JsonObject }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'schema' },
    fc.constantFrom<JsonObject>({}, { type: 'integer' }, { minimum: 1, exclusiveMinimum: true }),
    tie('node'),
  ),
  node: fc
    .record(
      {
        type: fc.constantFrom('object', 'array', 'integer', 'string', 'number'),
        minimum: bound,
        exclusiveMinimum: fc.boolean(),
        maximum: bound,
        exclusiveMaximum: fc.boolean(),
        enum: fc.constant([1, 'a', { id: 'x', items: [] }]),
        required: fc.uniqueArray(name, { minLength: 1 }),
        properties: fc.dictionary(name, tie('schema'), { maxKeys: 2 }),
        patternProperties: fc.dictionary(fc.constantFrom('^a', 'b$'), tie('schema'), {
          maxKeys: 1,
        }),
        additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
        items: fc.oneof(tie('schema'), fc.array(tie('schema'), { minLength: 1, maxLength: 2 })),
        additionalItems: fc.oneof(fc.boolean(), tie('schema')),
        dependencies: fc.dictionary(
          name,
          fc.oneof(fc.uniqueArray(name, { minLength: 1 }), tie('schema')),
          { maxKeys: 2 },
        ),
        anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
        not: tie('schema'),
      },
      { requiredKeys: [] },
    )
    // Draft 4 has no exclusive bound without the bound.
    .map((keys) => {
      const { exclusiveMinimum, exclusiveMaximum, ...rest } = keys;
      return {
        ...rest,
        ...(rest.minimum === undefined || exclusiveMinimum === undefined
          ? {}
          : { exclusiveMinimum }),
        ...(rest.maximum === undefined || exclusiveMaximum === undefined
          ? {}
          : { exclusiveMaximum }),
      };
    }),
}));

const scalar = fc.oneof(
  fc.integer({ min: -4, max: 4 }),
  fc.constantFrom('a', 'b', true, null, 0.5),
);
const value = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'value' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value')),
  ),
})).value;

type Verdict = boolean | 'broken';

function runs(validate: (one: unknown) => unknown): (one: JsonValue) => Verdict {
  return (one) => {
    try {
      return validate(one) === true;
    } catch (error) {
      if (error instanceof ReferenceError) return 'broken';
      throw error;
    }
  };
}

describe('draft 4 as draft 2020-12', () => {
  // ajv compiles two validators for every run.
  it('accepts and refuses the same', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(node, fc.array(value, { minLength: 5, maxLength: 10 }), (old, values) => {
        const converted = toDraft2020(old, () => '#');
        const before = draft04.compile(old);
        const after = lax2020.compile(converted);
        const [now, then] = [values.map(runs(after)), values.map(runs(before))];
        // The code that ajv generates for some nested tuples names a variable it does not
        // declare (`items0`); such a schema says nothing about the conversion.
        fc.pre(!now.includes('broken') && !then.includes('broken'));
        expect(now).toEqual(then);
      }),
      { numRuns: 80 },
    );
  });

  it('means the same for every schema that ships', () => {
    for (const known of catalog.names()) {
      draft04.addSchema(catalog.document(known) ?? {}, known);
      draft2020.addSchema(
        toDraft2020(catalog.document(known) ?? {}, (other) => other),
        known,
      );
    }
    const keys = fc.constantFrom(
      ...catalog
        .names()
        .flatMap((known) => Object.keys((catalog.document(known)?.['properties'] ?? {}) as object)),
    );
    const documents = fc.dictionary(keys, fc.oneof(value, fc.array(fc.dictionary(keys, value))));
    for (const known of catalog.names())
      fc.assert(
        fc.property(documents, (document) => {
          expect(draft2020.validate(known, document)).toBe(draft04.validate(known, document));
        }),
        { numRuns: 20 },
      );
  });
});
