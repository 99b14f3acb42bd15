// Every constraint of resources and of what they refer to, each with a value on either side.

import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../agent/base/json.ts';
import { failuresOf, shippedCatalog } from './shipped-catalog.ts';

const resources = shippedCatalog.validator('resources');
const length = (count: number) => 'x'.repeat(count);

/** Dotted path → the rules that failed there. */
function rulesBroken(document: JsonObject): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(failuresOf(resources, document)).map(([path, rules]) => [
      path,
      Object.keys(rules),
    ]),
  );
}

const resource = (more: JsonObject) => ({ name: 'Carrier', gateways: [], ...more });
const gateway = (more: JsonObject) => resource({ gateways: [{ server: 's', ...more }] });

const GATEWAY_CODECS = [
  ...['G729', 'PCMU', 'PCMA', 'G722_16', 'G722_32', 'CELT_48', 'CELT_64', 'Speex', 'GSM', 'OPUS'],
  ...['H261', 'H263', 'H264', 'VP8'],
];
const AUDIO_CODECS = [
  ...['OPUS', 'CELT@32000h', 'G7221@32000h', 'G7221@16000h', 'G722', 'speex@32000h'],
  ...['speex@16000h', 'PCMU', 'PCMA', 'G729', 'GSM', 'CELT@48000h', 'CELT@64000h', 'G722_16'],
  ...['G722_32', 'CELT_48', 'CELT_64', 'Speex', 'speex'],
];

describe('a resource', () => {
  it('needs a name and gateways, which may be empty', () => {
    expect(rulesBroken({})).toEqual({ name: ['required'], gateways: ['required'] });
    expect(rulesBroken({ name: 'x', gateways: [] })).toEqual({});
  });

  it('needs a server in each gateway, and gateways that are objects', () => {
    expect(rulesBroken(resource({ gateways: [{}, 'x', null] }))).toEqual({
      'gateways.0.server': ['required'],
      'gateways.1': ['type'],
      'gateways.2': ['type'],
    });
  });

  it.each<[string, readonly JsonValue[], readonly (readonly [JsonValue, string])[]]>([
    [
      'name',
      [length(1), length(128)],
      [
        ['', 'minLength'],
        [length(129), 'maxLength'],
        [5, 'type'],
      ],
    ],
    [
      'grace_period',
      [1, 20, '20'],
      [
        [0, 'minimum'],
        [21, 'maximum'],
        ['x', 'type'],
      ],
    ],
    [
      'weight_cost',
      [0, 100, '0'],
      [
        [-1, 'minimum'],
        [101, 'maximum'],
        [null, 'type'],
      ],
    ],
    [
      'flags',
      [[], [length(5000)]],
      [
        ['a', 'type'],
        [null, 'type'],
      ],
    ],
    ['rules', [[], ['(', '^\\d+$']], [['a', 'type']]],
    ['cid_rules', [[], ['a']], [['a', 'type']]],
    ['rules_test', [[], ['a']], [['a', 'type']]],
    [
      'gateway_strategy',
      ['sequential', 'random'],
      [
        ['round_robin', 'enum'],
        ['', 'enum'],
      ],
    ],
    [
      'emergency',
      [true, 'false'],
      [
        ['yes', 'type'],
        [1, 'type'],
        [null, 'type'],
      ],
    ],
    [
      'enabled',
      [false, 'true'],
      [
        ['TRUE', 'type'],
        [0, 'type'],
      ],
    ],
    ['ignore_flags', [true], [[1, 'type']]],
    ['require_flags', [true], [['1', 'type']]],
    ['format_from_uri', [true], [[[], 'type']]],
    ['from_account_realm', [true], [['', 'type']]],
    ['from_uri_realm', ['', 'a'], [[5, 'type']]],
    ['flat_rate_whitelist', ['('], [[true, 'type']]],
    ['flat_rate_blacklist', ['('], [[true, 'type']]],
    ['custom_sip_headers', [{ 'X A': 1 }], [['x', 'type']]],
    ['caller_id_options', [{}, { type: 'emergency', more: 1 }], [['external', 'type']]],
    ['caller_id_options.type', ['internal', 'external', 'emergency'], [['none', 'enum']]],
    ['classifiers', [{}, { did_us: {} }], [[[], 'type']]],
    ['classifiers.did_us', [{}, { more: 1 }], [['x', 'type']]],
    ['classifiers.did_us.prefix', [length(64)], [[length(65), 'maxLength']]],
    ['classifiers.did_us.suffix', [length(64)], [[length(65), 'maxLength']]],
    ['classifiers.did_us.regex', ['('], [[5, 'type']]],
    [
      'classifiers.did_us.weight_cost',
      [0, 100],
      [
        [-1, 'minimum'],
        [101, 'maximum'],
      ],
    ],
    ['classifiers.did_us.emergency', [true], [['x', 'type']]],
    ['classifiers.did_us.enabled', [true], [['x', 'type']]],
    ['media', [{}, { webrtc: true }], [['x', 'type']]],
    ['media.audio', [{}], [[[], 'type']]],
    [
      'media.audio.codecs',
      [[], AUDIO_CODECS],
      [
        [['PCMU', 'PCMU'], 'uniqueItems'],
        ['PCMU', 'type'],
      ],
    ],
    ['media.audio.codecs.0', AUDIO_CODECS, [['VP8', 'enum']]],
    ['media.video.codecs', [[], ['H261', 'VP8']], [[['VP8', 'VP8'], 'uniqueItems']]],
    ['media.video.codecs.0', ['H261', 'H263', 'H264', 'VP8'], [['PCMU', 'enum']]],
    [
      'media.bypass_media',
      [true, false, 'auto', 'true', 'false'],
      [
        ['x', 'not_one_schema_valid'],
        [1, 'not_one_schema_valid'],
        [null, 'not_one_schema_valid'],
      ],
    ],
    ['media.encryption.enforce_security', [true, 'true'], [['x', 'type']]],
    ['media.encryption.methods', [[], ['zrtp', 'srtp', 'srtp']], [['srtp', 'type']]],
    ['media.encryption.methods.0', ['zrtp', 'srtp'], [['dtls', 'enum']]],
    ['media.fax_option', [true], [['auto', 'type']]],
    ['media.ignore_early_media', [true], [['x', 'type']]],
    ['media.progress_timeout', [0, -5, '6'], [['x', 'type']]],
    ['formatters', [{}, { 'odd key': 5 }], [[[], 'type']]],
    [
      'formatters.from',
      [{}, [], [{ direction: 'both' }, { strip: true }], { regex: '(', more: 1 }],
      [
        [5, 'not_one_schema_valid'],
        [{ direction: 'up' }, 'not_one_schema_valid'],
        [[{ prefix: 1 }], 'not_one_schema_valid'],
        [{ strip: 'true' }, 'not_one_schema_valid'],
      ],
    ],
  ])('%s', (path, accepted, refused) => {
    const [top = '', ...rest] = path.split('.');
    const at = (value: JsonValue) => resource({ [top]: rest.reduceRight(nest, value) });
    for (const value of accepted) expect(rulesBroken(at(value)), JSON.stringify(value)).toEqual({});
    for (const [value, rule] of refused) {
      expect(rulesBroken(at(value)), JSON.stringify(value)).toHaveProperty([path], [rule]);
    }
  });

  it('takes unknown keys at every level', () => {
    const document = resource({
      peer: false,
      type: 'local',
      gateways: [{ server: 's', emergency: false, register: true, media: { more: [1] } }],
      media: { audio: { more: { a: null } } },
    });
    expect(resources.validate(document)).toMatchObject(document);
  });
});

describe('a gateway', () => {
  it.each<[string, readonly JsonValue[], readonly (readonly [JsonValue, string])[]]>([
    [
      'server',
      [length(1), length(128), ' 127.0.0.1'],
      [
        ['', 'minLength'],
        [length(129), 'maxLength'],
      ],
    ],
    [
      'username',
      ['', length(32)],
      [
        [length(33), 'maxLength'],
        [5, 'type'],
      ],
    ],
    [
      'password',
      ['', length(32)],
      [
        [length(33), 'maxLength'],
        [5, 'type'],
      ],
    ],
    ['realm', ['', length(64)], [[length(65), 'maxLength']]],
    [
      'prefix',
      ['', length(64)],
      [
        [length(65), 'maxLength'],
        [1, 'type'],
      ],
    ],
    [
      'suffix',
      ['', length(64)],
      [
        [length(65), 'maxLength'],
        [100, 'type'],
      ],
    ],
    [
      'port',
      [0, -1, 5060, 70000, '5060', '5.7'],
      [
        ['sip', 'type'],
        [null, 'type'],
        [true, 'type'],
      ],
    ],
    ['progress_timeout', [0, '6', 5.5], [['6s', 'type']]],
    [
      'codecs',
      [[], GATEWAY_CODECS],
      [
        [['PCMU', 'PCMU'], 'uniqueItems'],
        [null, 'type'],
      ],
    ],
    ['codecs.0', GATEWAY_CODECS, [['G722', 'enum']]],
    ['bypass_media', [true, 'true'], [['auto', 'type']]],
    ['caller_id_type', ['internal', 'external', 'emergency'], [['none', 'enum']]],
    ['channel_selection', ['ascending', 'descending'], [['random', 'enum']]],
    ['endpoint_type', ['sip', 'freetdm', 'skype', 'amqp'], [['h323', 'enum']]],
    [
      'invite_format',
      ['route', 'username', 'e164', 'npan', '1npan', 'strip_plus'],
      [['x', 'enum']],
    ],
    ['enabled', [true], [['x', 'type']]],
    ['force_port', [true], [['x', 'type']]],
    ['format_from_uri', [true], [['x', 'type']]],
    ['skype_rr', [true], [['x', 'type']]],
    ['custom_sip_interface', ['x'], [[1, 'type']]],
    ['from_uri_realm', ['x'], [[1, 'type']]],
    ['route', ['sip:x'], [[1, 'type']]],
    ['skype_interface', ['x'], [[1, 'type']]],
    ['span', ['1'], [[1, 'type']]],
    ['media.fax_option', [true, 'true'], [['auto', 'type']]],
    ['media.rtcp_mux', [true, 'false'], [['x', 'type']]],
    ['invite_parameters.static', [[], ['npid']], [['npid', 'type']]],
    ['invite_parameters.static.0', ['npid'], [[5, 'type']]],
    ['invite_parameters.dynamic', [[]], [['zone', 'type']]],
    [
      'invite_parameters.dynamic.0',
      [
        'custom_channel_vars.pass-through',
        'custom_sip_headers.X-A',
        'zone',
        { tag: 'id', key: 'custom_channel_vars.account_id' },
        { tag: 'id', key: 'zone', separator: ':' },
      ],
      [
        ['zones', 'not_one_schema_valid'],
        ['account_id', 'not_one_schema_valid'],
        [{ tag: 'id' }, 'not_one_schema_valid'],
        [{ key: 'zone' }, 'not_one_schema_valid'],
        [{ tag: 'id', key: 'account_id' }, 'not_one_schema_valid'],
        [{ tag: 'id', key: 'zone', seperator: ':' }, 'not_one_schema_valid'],
        [{ tag: 5, key: 'zone' }, 'not_one_schema_valid'],
      ],
    ],
    ['invite_parameters.other', [], [[1, 'additionalProperties']]],
    [
      'custom_sip_headers',
      [
        {},
        { 'X-A': 'b' },
        { in: { 'X-A': 'b' }, out: {} },
        { 'odd key': 5 },
        { in: {}, 'X-A': 'b' },
      ],
      [
        ['X-A', 'type'],
        [{ in: { 'X A': 'b' } }, 'any_schemas_not_valid'],
        [{ in: { 'X-A': 5 } }, 'any_schemas_not_valid'],
        [{ out: [] }, 'any_schemas_not_valid'],
      ],
    ],
  ])('%s', (path, accepted, refused) => {
    const [top = '', ...rest] = path.split('.');
    const at = (value: JsonValue) => gateway({ [top]: rest.reduceRight(nest, value) });
    for (const value of accepted) expect(rulesBroken(at(value)), JSON.stringify(value)).toEqual({});
    for (const [value, rule] of refused) {
      const broken = rulesBroken(at(value));
      expect(broken, JSON.stringify(value)).toEqual({ [`gateways.0.${path}`]: [rule] });
    }
  });
});

describe('custom SIP headers on their own', () => {
  it('are strings under header names, and nothing else', () => {
    const validator = shippedCatalog.validator('custom_sip_headers');
    expect(failuresOf(validator, { 'X-A': 'b', '^`': '' })).toEqual({});
    expect(Object.keys(failuresOf(validator, { 'X A': 'b', ok: 5 })).sort()).toEqual(['X A', 'ok']);
  });
});

/** `value` as the member, or the only item, that `key` names. */
function nest(value: JsonValue, key: string): JsonValue {
  return key === '0' ? [value] : { [key]: value };
}
