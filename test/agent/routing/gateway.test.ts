// How the fields of documents are read: Kazoo's tolerance, and whose value stands above whose.

import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../agent/base/json.ts';
import { ask, found, resource, targets } from './site.ts';

const only = (gateway: JsonObject, more: JsonObject = {}, settings: JsonObject = {}) =>
  ask(
    [resource('r', { gateways: [{ server: 's', ...gateway }], ...more })],
    {},
    { config: settings },
  ).endpoints[0];

describe('a switch', () => {
  const odd: readonly (readonly [JsonValue, boolean, boolean])[] = [
    [true, true, true],
    ['true', true, true],
    [false, false, false],
    ['false', false, false],
    // A resource that says nonsense is on, a gateway off.
    ['yes', true, false],
    [1, true, false],
    [null, true, false],
  ];
  it.each(odd)('of %j: resource %s, gateway %s', (enabled, resourceIsOn, gatewayIsOn) => {
    expect(found(ask([resource('r', { enabled })]))).toEqual(resourceIsOn ? ['r/0'] : []);
    const gateways = [{ server: 's', enabled }];
    expect(found(ask([resource('r', { gateways })]))).toEqual(gatewayIsOn ? ['r/0'] : []);
  });
});

describe('a whole number', () => {
  it.each([
    ['50', 50],
    [12.5, 13],
    ['7.6', 8],
    [0, 1],
    [-3, 1],
    ['101', 100],
    [null, 40],
    ['', 40],
    ['abc', 40],
    [true, 40],
    [[], 40],
  ] as const)('%j is the weight %i', (weight_cost, weight) => {
    const settings = { default_weight: 40 };
    expect(only({}, { weight_cost: weight_cost as JsonValue }, settings)?.weight).toBe(weight);
  });

  it.each([
    [5070, ':5070'],
    ['5071', ':5071'],
    [-1, ':-1'],
    [5060, ''],
    [0, ''],
    ['x', ''],
  ] as const)('%j is the port %j', (port, shown) => {
    expect(only({ port })?.route).toBe(`sip:7735550111@s${shown}`);
  });

  it('of seconds without progress: 0 is none, and a negative one goes out', () => {
    const seconds = (progress_timeout: JsonValue) => only({ progress_timeout })?.progress_timeout;
    expect([0, -1, '9', null].map(seconds)).toEqual([null, -1, 9, 8]);
    expect(only({}, {}, { default_progress_timeout: 0 })?.progress_timeout).toBeNull();
    const without = ask([resource('r', { gateways: [{ server: 's', progress_timeout: 0 }] })]);
    expect(without.dial?.raw).not.toContain('leg_progress_timeout');
  });
});

describe('a default of the settings', () => {
  const affixes = { default_prefix: '8', default_suffix: '#' };
  it.each([
    [{}, 'sip:87735550111#@s'],
    [{ prefix: '', suffix: '' }, 'sip:7735550111@s'],
    [{ prefix: 9, suffix: null }, 'sip:97735550111#@s'],
    [{ route: 'sip:own@route' }, 'sip:own@route'],
  ])('gives way to what a gateway says: %j', (gateway, route) => {
    expect(only(gateway, {}, affixes)?.route).toBe(route);
  });

  it('is a route that stands above the server and below a route', () => {
    const settings = { default_route: 'sip:all@one' };
    expect(only({}, {}, settings)?.route).toBe('sip:all@one');
    expect(only({ route: 'sip:x@y' }, {}, settings)?.route).toBe('sip:x@y');
    expect(only({ route: '0' }, {}, settings)?.route).toBe('sip:all@one');
  });

  it('names codecs where neither gateway nor resource does', () => {
    const settings = {
      default_codecs: ['C'],
      default_audio_codecs: ['A'],
      default_video_codecs: ['V'],
    };
    const media = { audio: { codecs: ['PCMU', ''] }, video: { codecs: ['H264'] } };
    expect(only({}, { media }, settings)?.codecs).toEqual(['PCMU', 'H264']);
    expect(only({}, {}, settings)?.codecs).toEqual(['A', 'V']);
    const none = { audio: { codecs: [] }, video: { codecs: [] } };
    expect(only({}, { media: none }, settings)?.codecs).toEqual(['C']);
    // A list of the gateway's own counts even when it is empty or null.
    expect(only({ codecs: ['G729'] }, { media }, settings)?.codecs).toEqual(['G729']);
    expect(only({ codecs: [] }, { media }, settings)?.codecs).toEqual([]);
    expect(only({ codecs: null }, { media }, settings)?.codecs).toEqual([]);
  });

  it('fills in media, the interface, the zone and the caller id type', () => {
    const settings = {
      default_bypass_media: true,
      default_rtcp_mux: 'true',
      default_caller_id_type: 'account',
      zone: 'west',
      sip_interface: 'sipinterface_9',
    };
    const invite_parameters = { dynamic: ['zone'] };
    expect(only({ invite_parameters }, {}, settings)).toMatchObject({
      bypass_media: true,
      rtcp_mux: 'true',
      caller_id_type: 'account',
      invite_parameters: ['west'],
    });
    const own = { media: { rtcp_mux: 'false' }, bypass_media: 'auto' };
    expect(only(own, {}, settings)).toMatchObject({ bypass_media: false, rtcp_mux: 'false' });
    expect(only({ caller_id_type: 'emergency' }, {}, settings)?.caller_id_type).toBe('emergency');
    expect(only({}, { media: { bypass_media: false } }, settings)?.bypass_media).toBe(false);
    expect(targets(ask([resource('r')], {}, { config: settings }))).toEqual([
      'sofia/sipinterface_9/7735550111@r.example',
    ]);
  });
});

describe('a target', () => {
  const target = (gateway: JsonObject) =>
    targets(ask([resource('r', { gateways: [{ server: 's', ...gateway }] })]))[0];
  it.each([
    [{ custom_sip_interface: 'mine/' }, 'sofia/mine/7735550111@s'],
    [{ custom_sip_interface: 'sofia/mine' }, 'sofia/mine/7735550111@s'],
    [{ route: 'sips:a@b' }, 'sofia/sipinterface_1/a@b'],
    [{ route: 'sofia/gateway/x/1' }, 'sofia/gateway/x/1'],
    [{ route: 'kz/x' }, 'kz/x'],
    [{ route: 'loopback/1' }, 'loopback/1/context_2'],
    // Without a user part there is nothing to replace.
    [{ route: 'sip:host', invite_format: 'e164' }, 'sofia/sipinterface_1/host'],
  ])('of %j is %s', (gateway, expected) => {
    expect(target(gateway)).toBe(expected);
  });
});

it('a route that formatters leave empty is not dialled', () => {
  const result = ask([resource('r', { formatters: { route: { value: '' } } })]);
  expect(result.dial?.result).toBe('no_legs');
  expect(result.excluded).toMatchObject([
    { gateway_index: 0, stage: 'not_dialable', detail: { field: 'gateways.0.route' } },
  ]);
});

describe('the From URI', () => {
  const ofLeg = (gateway: JsonObject, more: JsonObject = {}, request: JsonObject = {}) => {
    const result = ask(
      [resource('r', { gateways: [{ server: 's', ...gateway }], ...more })],
      request,
    );
    const bridge = result.bridge?.result === 'bridge' ? result.bridge : undefined;
    return bridge?.endpoints[0]?.from_uri;
  };
  const on = { format_from_uri: true };
  const account = { account_realm: 'account.example' };
  it.each([
    ['the realm of the gateway', { ...on, from_uri_realm: 'g' }, { from_uri_realm: 'r' }, 'g'],
    ['else of the resource', { ...on, from_uri_realm: '' }, { from_uri_realm: 'r' }, 'r'],
    [
      'else of the account',
      { ...on, realm: 'own' },
      { from_account_realm: true },
      'account.example',
    ],
    [
      'unless the gateway says no',
      { ...on, realm: 'own', from_account_realm: false },
      { from_account_realm: true },
      'own',
    ],
    ['else its SIP realm', { realm: 'own' }, on, 'own'],
    ['else nothing', on, {}, undefined],
    ['nothing when it is off', { format_from_uri: 'no', realm: 'own' }, on, undefined],
  ] as const)('has %s', (_words, gateway, more, realm) => {
    const expected = realm === undefined ? null : `sip:+13125550142@${realm}`;
    expect(ofLeg(gateway, more, account)).toBe(expected);
  });

  it('has none of an account without a realm, and the number that formatters leave', () => {
    expect(ofLeg({ ...on, from_account_realm: true, realm: 'own' })).toBeNull();
    const formatters = { outbound_caller_id_number: { value: '0142' } };
    expect(ofLeg({ ...on, realm: 'own' }, { formatters })).toBe('sip:0142@own');
    const realm = { gateways: [{ server: 's', ...on, realm: 'own' }] };
    expect(ask([resource('r', realm)], { caller_id_number: null }).dial?.raw).not.toContain(
      'from_uri',
    );
    const stripped = { outbound_caller_id_number: { strip: true } };
    expect(ofLeg({ ...on, realm: 'own' }, { formatters: stripped })).toBe('sip:+13125550142@own');
  });

  it('is written on the channel when the request or the settings ask for it', () => {
    const raw = (request: JsonObject, config: JsonObject = {}) =>
      ask([resource('r')], request, { config }).dial?.raw ?? '';
    const wanted = "sip_from_uri='sip:+13125550142@";
    expect(raw({ format_from_uri: true, ...account })).toContain(`${wanted}account.example'`);
    const request = { from_uri_realm: 'from.example', ...account };
    expect(raw(request, on)).toContain(`${wanted}from.example'`);
    expect(raw(account)).not.toContain('sip_from_uri');
    expect(raw({}, on)).not.toContain('sip_from_uri');
    expect(raw({ ...account, caller_id_number: null }, on)).not.toContain('sip_from_uri');
  });
});
