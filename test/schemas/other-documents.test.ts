import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../agent/base/json.ts';
import { failuresOf, shippedCatalog } from './shipped-catalog.ts';

const length = (count: number) => 'x'.repeat(count);

describe.each<
  [string, JsonObject, Readonly<Record<string, readonly [readonly JsonValue[], Broken]>>]
>([
  [
    'resource_jobs',
    { numbers: ['+12223334444'], resource_id: 'r' },
    {
      numbers: [
        [['911', 'rubbish']],
        [
          [[], 'minItems'],
          ['911', 'type'],
          [undefined, 'required'],
        ],
      ],
      resource_id: [
        ['', 'no-such'],
        [
          [5, 'type'],
          [undefined, 'required'],
        ],
      ],
      name: [
        [length(1), length(128)],
        [
          ['', 'minLength'],
          [length(129), 'maxLength'],
        ],
      ],
      ui_metadata: [[{ a: 1 }], []],
    },
  ],
  [
    'api_auth',
    { api_key: length(64) },
    {
      api_key: [
        [length(64)],
        [
          [length(63), 'minLength'],
          [length(65), 'maxLength'],
          [undefined, 'required'],
        ],
      ],
      other: [[], [[1, 'additionalProperties']]],
    },
  ],
  [
    'pairing',
    { code: 'ABCD-EFGH' },
    {
      code: [
        [length(8), length(32)],
        [
          [length(7), 'minLength'],
          [length(33), 'maxLength'],
          [undefined, 'required'],
        ],
      ],
      name: [[length(1), length(128)], [[length(129), 'maxLength']]],
      other: [[], [[1, 'additionalProperties']]],
    },
  ],
  [
    'user_auth',
    { credentials: '2d1e4f91dae49cd08eaba2293e422273' },
    {
      credentials: [
        [length(1), length(64)],
        [
          ['', 'minLength'],
          [length(65), 'maxLength'],
          [undefined, 'required'],
        ],
      ],
      method: [['md5', 'sha'], [['sha256', 'enum']]],
      account_name: [
        [length(1), length(128)],
        [
          ['', 'minLength'],
          [length(129), 'maxLength'],
        ],
      ],
      account_realm: [
        ['a.b-', length(253)],
        [
          ['a.b', 'minLength'],
          [length(254), 'maxLength'],
          ['a b c', 'pattern'],
        ],
      ],
      realm: [
        ['a.b_c'],
        [
          ['abc', 'minLength'],
          ['a/b/c', 'pattern'],
        ],
      ],
      phone_number: [
        [length(1), length(64)],
        [
          ['', 'minLength'],
          [length(65), 'maxLength'],
        ],
      ],
      ui_metadata: [[{}], []],
    },
  ],
  [
    'accounts',
    { name: 'Acme' },
    {
      name: [
        [length(128)],
        [
          ['', 'minLength'],
          [length(129), 'maxLength'],
          [undefined, 'required'],
        ],
      ],
      realm: [
        ['acme.example.com'],
        [
          ['abc', 'minLength'],
          ['a b c', 'pattern'],
        ],
      ],
      enabled: [[true, 'false'], [['x', 'type']]],
      language: [['de-de'], [[1, 'type']]],
      timezone: [['Europe/Berlin'], [[1, 'type']]],
    },
  ],
  [
    'users',
    { username: 'blaze' },
    {
      username: [
        [length(1), length(256)],
        [
          ['', 'minLength'],
          [length(257), 'maxLength'],
        ],
      ],
      password: [
        ['x'],
        [
          ['', 'minLength'],
          [5, 'type'],
        ],
      ],
      first_name: [
        [length(128)],
        [
          ['', 'minLength'],
          [length(129), 'maxLength'],
        ],
      ],
      last_name: [
        [length(128)],
        [
          ['', 'minLength'],
          [length(129), 'maxLength'],
        ],
      ],
      email: [
        ['a@b'],
        [
          ['a', 'minLength'],
          [length(255), 'maxLength'],
        ],
      ],
      priv_level: [['admin', 'technician', 'read_only', 'user'], [['root', 'enum']]],
      enabled: [['true'], [[1, 'type']]],
    },
  ],
  [
    'phone_numbers',
    {},
    {
      create_with_state: [
        ['aging', 'available', 'in_service', 'port_in', 'reserved'],
        [['deleted', 'enum']],
      ],
      cnam: [[{ display_name: 'x' }], []],
    },
  ],
  [
    'resource_selectors',
    { name: 'a', resource: 'b', selector: 'c' },
    {
      name: [
        ['a'],
        [
          [undefined, 'required'],
          [1, 'type'],
        ],
      ],
      resource: [['a'], [[undefined, 'required']]],
      selector: [['a'], [[undefined, 'required']]],
      value: [['a'], [[1, 'type']]],
      start_time: [[63575950041, '5'], [['x', 'type']]],
      stop_time: [[63575950041], [['x', 'type']]],
    },
  ],
  ['resource_selector_rules', {}, { rules: [[[], [{ get_resources: {} }]], [[{}, 'type']]] }],
  [
    'resource_templates',
    { template_name: 'a' },
    {
      template_name: [
        ['a'],
        [
          [undefined, 'required'],
          ['', 'minLength'],
        ],
      ],
    },
  ],
  [
    'system_config.crossbar.resources',
    {},
    {
      allow_peers: [[true], [['x', 'type']]],
      collection_reply: [['documented', 'kazoo'], [['both', 'enum']]],
      job_recover_timeout_s: [
        [1, '60'],
        [
          [0, 'minimum'],
          ['1h', 'type'],
        ],
      ],
      job_recover_threshold_s: [[1], [[0, 'minimum']]],
      job_recovery_timeout_s: [[1], [[0, 'minimum']]],
      job_recovery_threshold_s: [[1], [[0, 'minimum']]],
      max_bulk: [[1], []],
    },
  ],
  [
    'system_config.number_manager',
    {},
    {
      classifiers: [
        [{ unknown: '^(.*)$', did_us: { regex: 'x', friendly_name: 'US', emergency: true } }],
        [['x', 'type']],
      ],
      e164_converters: [[{ '^(\\d{10})$': { prefix: '+1' } }], [['x', 'type']]],
      reconcile_regex: [['^\\d+$'], [[1, 'type']]],
      wnm_allow_additions: [[true], []],
    },
  ],
  [
    'system_config.stepswitch',
    {},
    {
      kazoo_ties: [[true, 'false'], [['x', 'type']]],
      default_weight: [
        [0, 100],
        [
          [101, 'maximum'],
          [-1, 'minimum'],
        ],
      ],
      default_progress_timeout: [[0, '8'], [[-1, 'minimum']]],
      default_formatters: [[{ from: { prefix: '+' } }], [['x', 'type']]],
      min_shortdial_correction: [[0], [[-1, 'minimum']]],
      fixed_length_shortdial_correction: [[1], [[0, 'minimum']]],
      default_codecs: [[['PCMU']], [['PCMU', 'type']]],
      something_else: [[{}], []],
    },
  ],
])('%s', (name, complete, fields) => {
  const validator = shippedCatalog.validator(name);

  it.each(Object.entries(fields))('%s', (key, [accepted, refused]) => {
    for (const value of accepted) {
      expect(failuresOf(validator, { ...complete, [key]: value }), JSON.stringify(value)).toEqual(
        {},
      );
    }
    for (const [value, rule] of refused) {
      const input = Object.fromEntries(
        Object.entries({ ...complete, [key]: value }).filter(([, sent]) => sent !== undefined),
      ) as JsonObject;
      expect(Object.keys(failuresOf(validator, input)[key] ?? {}), JSON.stringify(value)).toEqual([
        rule,
      ]);
    }
  });
});

type Broken = readonly (readonly [value: JsonValue | undefined, rule: string])[];

it('a classifier that is neither an expression nor settings is told once', () => {
  const validator = shippedCatalog.validator('system_config.number_manager');
  expect(failuresOf(validator, { classifiers: { did_us: 5 } })).toEqual({
    'classifiers.did_us': { any_schemas_not_valid: { message: 'failed to validate', value: 5 } },
  });
});

it('a key of the wrong length is refused without being repeated', () => {
  const validator = shippedCatalog.validator('api_auth');
  const message = 'String must be at least 64 characters';
  expect(failuresOf(validator, { api_key: 'short-secret' })).toEqual({
    api_key: { minLength: { message, target: 64, value: '********', cause: '********' } },
  });
});
