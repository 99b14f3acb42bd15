// Every field of a resource's schema either changes an answer, shown here by an example, or is in
// README's table of fields that are stored without effect. That table may hold only fields that
// Kazoo itself never uses.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../agent/base/json.ts';
import { readRoutingConfig } from '../../../agent/routing/config.ts';
import { evaluateRoute } from '../../../agent/routing/evaluate.ts';
import { flatRate } from '../../../agent/routing/flat-rate.ts';
import { recogniseInbound } from '../../../agent/routing/inbound.ts';
import { shippedCatalog } from '../../schemas/shipped-catalog.ts';
import { compile, patterns, resource } from './site.ts';

/** Fields that Kazoo stores and never reads when it routes. */
const UNUSED_BY_KAZOO: readonly string[] = [
  'custom_sip_headers',
  'gateways[].caller_id_type',
  'gateways[].skype_interface',
  'gateways[].skype_rr',
  'grace_period',
  'media.encryption.enforce_security',
  'media.encryption.methods[]',
  'media.ignore_early_media',
  'media.progress_timeout',
  'rules_test[]',
];

interface Example {
  /** Two documents (or gateways) that differ in the field alone. */
  readonly values: readonly [JsonObject, JsonObject];
  readonly request?: JsonObject;
  readonly settings?: JsonObject;
  /** A second resource, where one alone has no order. */
  readonly beside?: JsonObject;
}

const E911 = { number: '911', caller_id_number: '+13125550142' };
const WITH_E911 = { ...E911, emergency_caller_id_number: '+13125550911' };
const REALM = { account_realm: 'account.example' };
const ALL_NUMBERS = { rules: ['^(.*)$'] };

const toggled = (name: string, more: JsonObject = {}, request: JsonObject = {}): Example => ({
  values: [
    { ...more, [name]: true },
    { ...more, [name]: false },
  ],
  request,
});
const either = (name: string, a: JsonValue, b: JsonValue, more: JsonObject = {}): Example => ({
  values: [
    { ...more, [name]: a },
    { ...more, [name]: b },
  ],
});
const classes = (name: string, a: JsonValue, b: JsonValue, number = '7735550111'): Example => {
  const key = number === '911' ? 'emergency' : 'did_us';
  return {
    values: [{ classifiers: { [key]: { [name]: a } } }, { classifiers: { [key]: { [name]: b } } }],
    request: number === '911' ? WITH_E911 : { number },
    beside: { classifiers: { [key]: { weight_cost: 50 } } },
  };
};
const formatted = (a: JsonObject, b: JsonObject, more: JsonObject = {}): Example => ({
  values: [
    { ...more, formatters: { outbound_caller_id_number: [a] } },
    { ...more, formatters: { outbound_caller_id_number: [b] } },
  ],
});
const audio = (...codecs: string[]) => ({ media: { audio: { codecs } } });
const video = (...codecs: string[]) => ({ media: { video: { codecs } } });

const RESOURCE: Readonly<Record<string, Example>> = {
  'caller_id_options.type': {
    values: [
      { ...ALL_NUMBERS, caller_id_options: { type: 'emergency' } },
      { ...ALL_NUMBERS, caller_id_options: { type: 'external' } },
    ],
    request: WITH_E911,
  },
  'cid_rules[]': either('cid_rules', ['^\\+1312'], ['^\\+44']),
  'classifiers.*.emergency': classes('emergency', true, false, '911'),
  'classifiers.*.enabled': classes('enabled', true, false),
  'classifiers.*.prefix': classes('prefix', '9', '8'),
  'classifiers.*.regex': classes('regex', '^\\+1773(.*)$', '^\\+1(.*)$'),
  'classifiers.*.suffix': classes('suffix', '#', '*'),
  'classifiers.*.weight_cost': classes('weight_cost', 1, 99),
  emergency: { ...toggled('emergency', ALL_NUMBERS), request: WITH_E911 },
  enabled: toggled('enabled'),
  'flags[]': { ...either('flags', ['fax'], ['hd']), request: { flags: ['fax'] } },
  flat_rate_blacklist: {
    ...either('flat_rate_blacklist', '^\\+1773', '^\\+1900'),
    settings: { resource_flat_rate_lookup: true },
  },
  flat_rate_whitelist: {
    ...either('flat_rate_whitelist', '^\\+1773', '^\\+44'),
    settings: { resource_flat_rate_lookup: true },
  },
  format_from_uri: toggled('format_from_uri', { from_uri_realm: 'from.example' }),
  'formatters.*.direction': formatted(
    { direction: 'outbound', value: '1' },
    { direction: 'inbound', value: '1' },
  ),
  'formatters.*.match_invite_format': formatted(
    { match_invite_format: true },
    { match_invite_format: false },
    { gateways: [{ server: 's', invite_format: 'npan' }] },
  ),
  'formatters.*.prefix': formatted({ regex: '5.*', prefix: '9' }, { regex: '5.*', prefix: '8' }),
  'formatters.*.regex': formatted({ regex: '\\d{4}$' }, { regex: '\\d{7}$' }),
  'formatters.*.strip': {
    values: [
      { formatters: { outbound_callee_id_number: [{ strip: true }] } },
      { formatters: { outbound_callee_id_number: [{ strip: false }] } },
    ],
  },
  'formatters.*.suffix': formatted({ regex: '5.*', suffix: '9' }, { regex: '5.*', suffix: '8' }),
  'formatters.*.value': formatted({ value: '1' }, { value: '2' }),
  from_account_realm: toggled('from_account_realm', { format_from_uri: true }, REALM),
  from_uri_realm: either('from_uri_realm', 'a.example', 'b.example', { format_from_uri: true }),
  gateway_strategy: {
    ...either('gateway_strategy', 'random', 'sequential', {
      gateways: [{ server: 'a' }, { server: 'b' }],
    }),
  },
  ignore_flags: { ...toggled('ignore_flags'), request: { flags: ['fax'] } },
  'media.audio.codecs[]': { values: [audio('PCMU'), audio('PCMA')] },
  'media.bypass_media': either('media', { bypass_media: true }, { bypass_media: 'auto' }),
  'media.fax_option': {
    ...either('media', { fax_option: true }, { fax_option: false }, { flags: ['fax'] }),
    request: { flags: ['fax'] },
  },
  'media.video.codecs[]': { values: [video('H264'), video('VP8')] },
  name: either('name', 'Carrier 1', 'Carrier 2'),
  require_flags: toggled('require_flags'),
  'rules[]': either('rules', ['^\\+1773(\\d{7})$'], ['^\\+1(\\d{10})$']),
  weight_cost: { ...either('weight_cost', 1, 99), beside: { weight_cost: 50 } },
};

const FREETDM = { endpoint_type: 'freetdm', server: 's', span: '1' };
const CALL_VARS = {
  requestor_custom_channel_vars: { 'Pass-Through': 'pass-through=0288', 'Account-ID': 'XXXX' },
};
const dynamic = (entry: JsonValue): JsonObject => ({ invite_parameters: { dynamic: [entry] } });
const headers = (a: JsonObject, b: JsonObject): Example => ({
  values: [{ custom_sip_headers: a }, { custom_sip_headers: b }],
});
const source = (a: JsonObject, b: JsonObject): Example => ({
  values: [a, b],
  request: { ip: '192.0.2.5', port: 5070, realm: 'a.example' },
});

const GATEWAY: Readonly<Record<string, Example>> = {
  bypass_media: toggled('bypass_media'),
  channel_selection: either('channel_selection', 'ascending', 'descending', FREETDM),
  'codecs[]': either('codecs', ['PCMU'], ['G729']),
  'custom_sip_headers.*': headers({ 'X-A': '1' }, { 'X-A': '2' }),
  'custom_sip_headers.in.*': {
    values: [
      { server: '192.0.2.5', custom_sip_headers: { in: { 'X-A': '1' } } },
      { server: '192.0.2.5', custom_sip_headers: { in: { 'X-A': '2' } } },
    ],
    request: { ip: '192.0.2.5' },
  },
  'custom_sip_headers.out.*': headers({ out: { 'X-A': '1' } }, { out: { 'X-A': '2' } }),
  custom_sip_interface: either('custom_sip_interface', 'one', 'two'),
  enabled: toggled('enabled'),
  endpoint_type: either('endpoint_type', 'sip', 'amqp'),
  force_port: {
    ...toggled('force_port', { server: '192.0.2.5', port: 5080 }),
    request: { ip: '192.0.2.5', port: 5070 },
  },
  format_from_uri: toggled('format_from_uri', { realm: 'realm.example' }),
  from_uri_realm: either('from_uri_realm', 'a.example', 'b.example', { format_from_uri: true }),
  invite_format: either('invite_format', 'npan', '1npan'),
  'invite_parameters.dynamic[]': {
    values: [dynamic('custom_channel_vars.pass-through'), dynamic('zone')],
    request: CALL_VARS,
  },
  'invite_parameters.dynamic[].key': {
    values: [
      dynamic({ tag: 't', key: 'custom_channel_vars.account_id' }),
      dynamic({ tag: 't', key: 'zone' }),
    ],
    request: CALL_VARS,
  },
  'invite_parameters.dynamic[].separator': {
    values: [
      dynamic({ tag: 't', key: 'zone', separator: ':' }),
      dynamic({ tag: 't', key: 'zone', separator: '~' }),
    ],
  },
  'invite_parameters.dynamic[].tag': {
    values: [dynamic({ tag: 'a', key: 'zone' }), dynamic({ tag: 'b', key: 'zone' })],
  },
  'invite_parameters.static[]': either('invite_parameters', { static: ['a'] }, { static: ['b'] }),
  'media.fax_option': {
    ...either('media', { fax_option: true }, { fax_option: false }),
    request: { flags: ['fax'] },
  },
  'media.rtcp_mux': either('media', { rtcp_mux: true }, { rtcp_mux: false }),
  password: either('password', 'one', 'two'),
  port: either('port', 5060, 5080),
  prefix: either('prefix', '9', '8'),
  progress_timeout: either('progress_timeout', 6, 0),
  realm: source({ server: 'x', realm: 'a.example' }, { server: 'x', realm: 'b.example' }),
  route: either('route', 'sip:1@a.example', 'sip:2@a.example'),
  server: either('server', 'a.example', 'b.example'),
  span: either('span', '1', '2', FREETDM),
  suffix: either('suffix', '#', '*'),
  username: either('username', 'one', 'two'),
};

const EXAMPLES: Readonly<Record<string, Example>> = {
  ...RESOURCE,
  ...Object.fromEntries(
    Object.entries(GATEWAY).map(([path, { values, ...example }]) => {
      const [a, b] = values.map((value) => ({
        flags: ['fax'],
        gateways: [{ server: 'gateway.example', ...value }],
      }));
      return [`gateways[].${path}`, { ...example, values: [a ?? {}, b ?? {}] as const }];
    }),
  ),
};

/** Everything an answer says, of calls out and in, about a site with this resource. */
function answer(document: JsonObject, example: Example) {
  const { settings = {}, beside, request = {} } = example;
  const documents = [resource('m', document)];
  if (beside !== undefined) documents.push(resource('n', beside));
  const set = compile(documents, { config: settings });
  const question = { number: '7735550111', caller_id_number: '+13125550142', ...request };
  const route = evaluateRoute(question, set, { random: () => 0, explain: true });
  return JSON.parse(
    JSON.stringify({
      ...route,
      inbound: recogniseInbound(question, [set], { explain: true }),
      flat_rate: flatRate('7735550111', {
        numbers: set.numbers,
        patterns,
        config: readRoutingConfig(settings),
        resource: set.document('m') ?? {},
      }),
    }),
  ) as JsonObject;
}

describe('a field of a resource', () => {
  it.each(Object.keys(EXAMPLES))('%s changes the answer', (path) => {
    const example = EXAMPLES[path];
    if (example === undefined) throw new Error(path);
    const [a, b] = example.values;
    expect(answer(a, example)).not.toEqual(answer(b, example));
    // And the answer depends on nothing else.
    expect(answer(a, example)).toEqual(answer(a, example));
  });

  it('is in the table of examples or in the one of fields without effect', () => {
    const stated = [...Object.keys(EXAMPLES), ...UNUSED_BY_KAZOO].sort();
    expect(stated).toEqual(leaves('resources').sort());
  });

  it('is stored without effect only where Kazoo has no use for it either', () => {
    expect(readmeTable()).toEqual(UNUSED_BY_KAZOO);
  });

  it('without effect changes nothing that is dialled', () => {
    const used = (document: JsonObject) => {
      const { bridge, dial, excluded, inbound, flat_rate } = answer(document, { values: [{}, {}] });
      return { bridge, dial, excluded, inbound, flat_rate };
    };
    const gateway = { server: 'gateway.example' };
    const all = {
      custom_sip_headers: { 'X-A': 'a' },
      grace_period: 20,
      rules_test: ['^\\+1773'],
      media: {
        encryption: { enforce_security: true, methods: ['srtp'] },
        ignore_early_media: true,
        progress_timeout: 30,
      },
      gateways: [
        { ...gateway, caller_id_type: 'internal', skype_interface: 'one', skype_rr: false },
      ],
    };
    expect(used(all)).toEqual(used({ gateways: [gateway] }));
  });
});

/** Paths of the schema below which there is nothing more: `gateways[].codecs[]`, `classifiers.*`. */
function leaves(name: string): string[] {
  const found = new Set<string>();
  const visit = (value: unknown, path: string): void => {
    if (!isJsonObject(value)) return;
    const schema =
      typeof value['$ref'] === 'string' ? shippedCatalog.document(value['$ref']) : value;
    if (schema === undefined) throw new Error(`No schema for ${path}`);
    const below: [unknown, string][] = [];
    const within = path === '' ? '' : `${path}.`;
    for (const [key, property] of Object.entries(objectOf(schema['properties'])))
      below.push([property, `${within}${key}`]);
    for (const property of Object.values(objectOf(schema['patternProperties'])))
      below.push([property, `${within}*`]);
    if (isJsonObject(schema['additionalProperties']))
      below.push([schema['additionalProperties'], `${within}*`]);
    if (schema['items'] !== undefined) below.push([schema['items'], `${path}[]`]);
    const others = [schema['oneOf'], schema['anyOf']].flatMap((list) =>
      Array.isArray(list) ? (list as readonly unknown[]) : [],
    );
    for (const [property, place] of below) visit(property, place);
    for (const other of others) visit(other, path);
    const alternatives = others.length === 0 || others.some(isScalar);
    if (below.length === 0 && alternatives) found.add(path);
  };
  visit(shippedCatalog.document(name), '');
  // A formatter may stand alone or in a list; one example does for both.
  return [...new Set([...found].map((path) => path.replace('formatters.*[]', 'formatters.*')))];
}

function isScalar(schema: unknown): boolean {
  const type = objectOf(schema)['type'];
  return typeof type === 'string' && type !== 'object' && type !== 'array';
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** The first column of README's table. */
function readmeTable(): string[] {
  const text = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const section = /### Stored, without effect\n([\s\S]*?)\n#/.exec(text)?.[1] ?? '';
  const fields = [...section.matchAll(/^\| (`[^|]*`) +\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, field = '']) => field),
  );
  return fields.sort();
}
