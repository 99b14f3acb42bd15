// What holds for every document, and for documents made to hurt.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCode, type CraftportError } from '../../../agent/base/error.ts';
import type { JsonObject, JsonValue } from '../../../agent/base/json.ts';
import {
  MAX_FAILURES,
  MAX_VALUE_LENGTH,
  MAX_VALUES_LENGTH,
} from '../../../agent/validation/field-errors.ts';
import { failuresOf, shippedCatalog } from '../../schemas/shipped-catalog.ts';

const resources = shippedCatalog.validator('resources');

/** Keys the schema knows, keys it does not, and keys that are parts of every object. */
const key = fc.oneof(
  fc.constantFrom(
    ...['name', 'gateways', 'enabled', 'weight_cost', 'port', 'server', 'media', 'audio', 'codecs'],
    ...['classifiers', 'formatters', 'prefix', 'custom_sip_headers', 'in', 'invite_parameters'],
    ...['dynamic', 'key', 'tag', 'password', 'bypass_media', 'encryption', 'flags', 'rules'],
  ),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'a.b', 'a/b', 'a~b', ''),
  fc.string({ maxLength: 4 }),
);
const scalar = fc.oneof(
  fc.constantFrom<JsonValue[]>('true', 'false', '5', '5.7', '-0', 'zone', 'PCMU', 'sip', '', null),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.string({ maxLength: 5 }),
);
/** Any JSON, as JSON.parse makes it. */
const json = fc
  .letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      scalar,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 6 }),
    ),
  }))
  .value.map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
const gateway = fc.record(
  {
    server: fc.string({ minLength: 1, maxLength: 9 }),
    port: fc.oneof(fc.integer(), fc.integer().map(String)),
    enabled: fc.constantFrom<JsonValue[]>(true, false, 'true', 'false'),
    progress_timeout: fc.oneof(fc.integer(), fc.constant('7.5')),
    password: fc.string({ maxLength: 32, unit: 'binary' }),
    invite_format: fc.constantFrom('route', 'e164', 'strip_plus'),
    unknown: json,
  },
  { requiredKeys: ['server'] },
);
/** Resources that pass, with every kind of default and conversion to be done. */
const validResource = fc
  .record(
    {
      name: fc.string({ minLength: 1, maxLength: 9 }),
      gateways: fc.array(gateway, { maxLength: 3 }),
      weight_cost: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom('7', '7.5', 7.5)),
      emergency: fc.constantFrom<JsonValue[]>(true, false, 'true'),
      flags: fc.array(fc.string()),
      media: fc.record(
        {
          encryption: fc.record({ enforce_security: fc.constantFrom(true, 'true') }),
          bypass_media: fc.constantFrom<JsonValue[]>(true, 'true', 'auto'),
        },
        { requiredKeys: [] },
      ),
      classifiers: fc.dictionary(key, fc.record({ enabled: fc.constantFrom(false, 'false') })),
      unknown: json,
    },
    { requiredKeys: ['name', 'gateways'] },
  )
  .map((document) => JSON.parse(JSON.stringify(document)) as JsonObject);

/** Whether all that is in `before` is in `after`; scalars may have been converted. */
function survives(before: JsonValue, after: unknown): boolean {
  if (typeof before !== 'object' || before === null) {
    return Object.is(before, after) || typeof before === 'string' || typeof before === 'number';
  }
  if (typeof after !== 'object' || after === null) return false;
  return Object.entries(before).every(
    ([name, member]) =>
      Object.hasOwn(after, name) && survives(member, (after as Record<string, unknown>)[name]),
  );
}

describe('every valid document', () => {
  it('is unchanged by a second validation, also a strict one', () => {
    fc.assert(
      fc.property(validResource, (document) => {
        const once = resources.validate(document);
        expect(resources.validate(once)).toBe(once);
        expect(resources.validate(once, { strict: true })).toBe(once);
      }),
    );
  });

  it('keeps every key it had, and the input is left alone', () => {
    fc.assert(
      fc.property(validResource, (document) => {
        const text = JSON.stringify(document);
        const stored = resources.validate(document);
        expect(survives(document, stored)).toBe(true);
        expect(JSON.stringify(document)).toBe(text);
        expect(stored.unknown).toBe(document.unknown);
      }),
    );
  });

  it('keeps what was sent where a default could stand', () => {
    const sent = {
      name: 'x',
      emergency: true,
      enabled: false,
      flags: ['a'],
      grace_period: 20,
      rules: ['b'],
      weight_cost: 0,
      media: {
        audio: { codecs: [] },
        encryption: { enforce_security: true, methods: ['srtp'] },
        video: { codecs: ['VP8'] },
      },
      classifiers: { a: { emergency: true, enabled: false, weight_cost: 0 } },
      gateways: [
        {
          server: 's',
          channel_selection: 'descending',
          enabled: false,
          endpoint_type: 'freetdm',
          force_port: true,
          invite_format: 'e164',
          port: 0,
          skype_rr: false,
        },
      ],
    };
    expect(resources.validate(sent)).toBe(sent);
  });

  it('shares no default that a caller could change', () => {
    const { flags } = resources.validate({ name: 'x', gateways: [] });
    expect(Object.isFrozen(flags)).toBe(true);
  });
});

describe('any document at all', () => {
  it.each(shippedCatalog.names())('%s: passes or is told why, and is left alone', (name) => {
    const validator = shippedCatalog.validator(name);
    fc.assert(
      fc.property(json, (input) => {
        const text = JSON.stringify(input);
        const fields = failuresOf(validator, input);
        for (const [path, rules] of Object.entries(fields)) {
          expect(path).not.toBe('undefined');
          expect(Object.keys(rules).length).toBeGreaterThan(0);
        }
        expect(JSON.stringify(input)).toBe(text);
      }),
    );
  });
});

describe('a secret', () => {
  const SECRET = 'DrWoodyNeverAppears';
  /** Puts the secret under a secret key, in whatever shape, somewhere in the document. */
  const planted = fc
    .tuple(
      json,
      fc.constantFrom('password', 'api_key', 'secret', 'credentials', 'token'),
      fc.constantFrom<((secret: string) => JsonValue)[]>(
        (secret) => secret,
        (secret) => secret.repeat(9),
        (secret) => [secret],
        (secret) => ({ in: { deep: secret } }),
        (secret) => [[{ server: secret }]],
      ),
      fc.array(
        fc.constantFrom(
          ...['gateways', 'media', 'classifiers', 'formatters', 'custom_sip_headers'],
          ...['invite_parameters', 'dynamic', 'codecs', 'from', 'rules', 'name', '0', 'in'],
        ),
        { maxLength: 5 },
      ),
    )
    .map(([beside, secretKey, shape, path]) => {
      const holder: JsonValue = { beside, [secretKey]: shape(SECRET) };
      return path.reduceRight<JsonValue>(
        (value, name) => (name === '0' ? [value] : { [name]: value, server: 5 }),
        holder,
      );
    });

  it.each(shippedCatalog.names())('is in no report on %s, whatever failed', (name) => {
    const validator = shippedCatalog.validator(name);
    fc.assert(
      fc.property(planted, (input) => {
        const fields = failuresOf(validator, input);
        expect(JSON.stringify(fields)).not.toContain(SECRET);
      }),
      { numRuns: 300 },
    );
  });

  it('is neither in the message nor in the detail when it is itself what failed', () => {
    for (const password of [SECRET.repeat(2), [SECRET], { a: SECRET }]) {
      const document = { name: 'x', gateways: [{ server: 's', password }] };
      let thrown: unknown;
      try {
        resources.validate(document);
      } catch (error) {
        thrown = error;
      }
      expect(isCode(thrown, 'request.invalid')).toBe(true);
      const { message, detail } = thrown as CraftportError;
      expect(message).toBe('Invalid: gateways.0.password');
      expect(JSON.stringify(detail)).not.toContain(SECRET);
      expect(JSON.stringify(detail)).toContain('"value":"********"');
    }
  });
});

describe('a document made to hurt', () => {
  it('is told of the first thousand failures', () => {
    const gateways = Array.from({ length: 10_000 }, () => ({ port: 'x', codecs: 5 }));
    const fields = failuresOf(resources, { name: 'x', gateways });
    const failures = Object.values(fields).flatMap((rules) => Object.keys(rules));
    expect(failures).toHaveLength(MAX_FAILURES);
  });

  it('is told of failures beside ten thousand failed branches', () => {
    const dynamic = Array.from({ length: 10_000 }, () => ({ tag: 5 }));
    const gateways = [{ invite_parameters: { dynamic } }];
    const fields = failuresOf(resources, { name: 'x', gateways });
    expect(Object.keys(fields)).toHaveLength(MAX_FAILURES);
    expect(fields['gateways.0.server']).toHaveProperty('required');
  });

  it('does not get its size back a thousand times', () => {
    const validator = shippedCatalog.validator('api_auth');
    const extra = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, index) => [`key-${index}`, 'x'.repeat(1_000)]),
    );
    const report = JSON.stringify(failuresOf(validator, extra));
    expect(report.length).toBeLessThan(500 * MAX_FAILURES);
  });

  it('has its keys listed once, not once for each extra key', () => {
    // Listed a thousand times, these would outlast the time a test may take.
    const keys = Array.from({ length: 300_000 }, (_, index) => `"${index.toString(36)}-":1`);
    const extra = JSON.parse(`{${keys.join(',')}}`) as JsonObject;
    const fields = failuresOf(shippedCatalog.validator('api_auth'), extra);
    expect(Object.keys(fields)).toHaveLength(MAX_FAILURES);
  });

  it('gets long values back neither one by one nor in sum', () => {
    const long = 'x'.repeat(MAX_VALUE_LENGTH);
    const message = 'String must not be more than 128 characters';
    expect(failuresOf(resources, { name: long, gateways: [] })).toStrictEqual({
      name: { maxLength: { message, target: 128 } },
    });
    const gateways = Array.from({ length: 1_000 }, () => ({ server: 'y'.repeat(8_000) }));
    const report = JSON.stringify(failuresOf(resources, { name: 'x', gateways }));
    // Each value stands there twice, as `value` and as `cause`.
    expect(report.length).toBeLessThan(2 * MAX_VALUES_LENGTH + 300 * MAX_FAILURES);
  });

  it('has long keys cut in paths', () => {
    const fields = failuresOf(resources, {
      name: 'x',
      gateways: [],
      classifiers: { ['k'.repeat(100_000)]: { emergency: 5, enabled: 5, regex: 5 } },
    });
    const cut = `${'k'.repeat(256)}…`;
    expect(Object.keys(fields).sort()).toEqual(
      ['emergency', 'enabled', 'regex'].map((name) => `classifiers.${cut}.${name}`),
    );
  });

  it('may nest as deeply as JSON.parse reads where lists are compared', () => {
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const codecs = `[${deep(100_000)},${deep(100_000)}]`;
    const text = `{"name":"x","gateways":[{"server":"s","codecs":${codecs}}]}`;
    const fields = failuresOf(resources, JSON.parse(text) as JsonValue);
    expect(Object.keys(fields)).toEqual(['gateways.0.codecs.0', 'gateways.0.codecs.1']);
  });
});
