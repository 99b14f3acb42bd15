// Identity, privacy and formatters: what one call says of its caller on each leg.

import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../agent/base/json.ts';
import { ask, resource } from './site.ts';

describe('an asserted identity', () => {
  const asserted = (more: object) =>
    ask([resource('r')], { asserted_identity_number: '+13125550100', ...more }).dial?.raw ?? '';
  const ccv = { custom_channel_vars: { Realm: 'ccv.example' } };

  it("has its own realm, else the account's, else the channel's, else it is not sent", () => {
    const all = { account_realm: 'account.example', from_uri_realm: 'from.example', ...ccv };
    expect(asserted({ ...all, asserted_identity_realm: 'own.example' })).toContain(
      "sip_cid_type=none,sip_h_P-Asserted-Identity='<sip:+13125550100@own.example>'",
    );
    expect(asserted(all)).toContain('<sip:+13125550100@account.example>');
    expect(asserted(ccv)).toContain('<sip:+13125550100@ccv.example>');
    expect(asserted({})).not.toContain('sip_cid_type');
  });

  it('of an emergency call is its caller id, and nothing when half of it was asked for', () => {
    const e911 = [resource('e', { rules: ['^911$'], emergency: true })];
    const request = {
      number: '911',
      emergency_caller_id_number: '+13125550911',
      emergency_caller_id_name: 'Front desk',
      asserted_identity_number: '+13125550100',
      asserted_identity_realm: 'own.example',
    };
    const both = ask(e911, { ...request, asserted_identity_name: 'Ann' });
    expect(both.dial?.raw).toContain('"Front desk" <sip:+13125550911@own.example>');
    expect(ask(e911, request).dial?.raw).not.toContain('P-Asserted');
  });
});

describe('a formatter by invite format', () => {
  it('acts where the format is e164, npan or 1npan, and lets the regex act elsewhere', () => {
    const formatter = { match_invite_format: true, regex: '(\\d{4})$' };
    const formats = ['e164', 'npan', '1npan', 'strip_plus', 'username', 'route'];
    const result = ask(
      [
        resource('r', {
          formatters: { outbound_caller_id_number: formatter },
          gateways: formats.map((invite_format, index) => ({ server: `s${index}`, invite_format })),
        }),
      ],
      { caller_id_number: '13125550142' },
    );
    const bridge = result.bridge?.result === 'bridge' ? result.bridge : undefined;
    expect(bridge?.endpoints.map((one) => one.outbound_caller_id.number)).toEqual(
      ['+13125550142', '3125550142', null].concat('0142', '0142', '0142'),
    );
  });
});

describe('a formatter of all headers', () => {
  const headers = (formatter: JsonObject) => {
    const gateways = [{ server: 's', custom_sip_headers: { 'X-A': '1' } }];
    const result = ask([
      resource('r', { gateways, formatters: { custom_sip_headers: formatter } }),
    ]);
    const bridge = result.bridge?.result === 'bridge' ? result.bridge : undefined;
    return [bridge?.endpoints[0]?.custom_sip_headers, result.skipped.map(({ part }) => part)];
  };

  it('strips or replaces them, and has no regex', () => {
    expect(headers({ strip: true })).toEqual([{}, []]);
    expect(headers({ value: { 'X-B': 2 } })).toEqual([{ 'X-B': '2' }, []]);
    expect(headers({ regex: '.' })).toEqual([{ 'X-A': '1' }, ['formatters.custom_sip_headers']]);
  });
});

describe('privacy', () => {
  const dial = (more: object, request = {}) =>
    ask([resource('r', more as never)], { caller_id_name: 'Ann', ...request }).dial;

  it('of a gateway hides what it says and nothing else', () => {
    const gateway = (privacy: object) => ({ gateways: [{ server: 's', privacy }] });
    expect(dial(gateway({ hide_number: true }))?.raw).toContain(
      "[^^!origination_caller_id_number='anonymous'!origination_callee",
    );
    expect(dial(gateway({ hide_name: true }))?.raw).toContain(
      "[^^!origination_caller_id_name='Anonymous'!origination_callee",
    );
    expect(dial(gateway({ hide_name: true }))?.raw).toContain('!sip_h_Privacy=id]');
  });

  it('by SIP leaves the values and names the mode', () => {
    const sip = dial({ privacy: { hide_name: true, method: 'sip' } });
    expect(sip?.privacy_mode).toBe('name');
    expect(sip?.raw).not.toContain('nonymous');
  });

  const hidden = (more: JsonObject, request: JsonObject = {}) => {
    const privacy = ask([resource('r', more)], request).endpoints[0]?.privacy;
    return [privacy?.hide_name, privacy?.hide_number];
  };
  const [both, name, number, none] = [
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ];
  it.each([
    [{ privacy_mode: 'full' }, both],
    [{ privacy_mode: 'yes' }, both],
    [{ privacy_mode: 'kazoo' }, both],
    [{ privacy_mode: 'name' }, name],
    [{ privacy_mode: 'hide_number' }, number],
    [{ privacy_mode: 'no' }, none],
    [{ privacy_mode: 7 }, none],
    [{ privacy: { hide_name: 'true' } }, name],
    [{ privacy: { hide_number: true } }, number],
    [{ privacy: { hide_name: false }, privacy_mode: 'full' }, number],
    [{ caller_id_options: { outbound_privacy: 'full' } }, both],
    [{ caller_id_options: { outbound_privacy: 'number' } }, number],
    // What is first in the order decides, be it that nothing is hidden.
    [{ caller_id_options: { outbound_privacy: 'none' }, privacy_mode: 'full' }, none],
  ] as const)('of a resource by %j hides name and number: %j', (more, expected) => {
    expect(hidden(more)).toEqual(expected);
  });

  it('of the call is added to that of the resource', () => {
    expect(hidden({}, { privacy: { hide_name: true } })).toEqual(name);
    const vars = { 'Caller-Privacy-Hide-Number': true };
    expect(hidden({}, { requestor_custom_channel_vars: vars })).toEqual(number);
    expect(hidden({ privacy_mode: 'name' }, { requestor_custom_channel_vars: vars })).toEqual(both);
    expect(hidden({}, { custom_channel_vars: { 'Privacy-Hide-Name': 'true' } })).toEqual(name);
  });

  it('stays on each leg, and is on the channel too when the caller asks for it', () => {
    const sites = [resource('a'), resource('b')];
    const raw = (more: object, request: JsonObject = {}) => {
      const all = sites.map((one) => ({ ...one, ...more }));
      return ask(all, { caller_id_name: 'Ann', ...request }).dial?.raw ?? '';
    };
    const byResource = raw({ privacy: { hide_number: true } });
    expect(byResource).toMatch(/^bridge <origination_caller_id_number='\+13125550142'/);
    expect(byResource.match(/!origination_caller_id_number='anonymous'/g)).toHaveLength(2);
    expect(byResource.match(/!caller_id_number='anonymous'/g)).toHaveLength(2);
    expect(byResource).toContain('sip_h_Privacy=id');
    const byCaller = raw({}, { privacy: { hide_name: true } });
    expect(byCaller).toMatch(
      /^bridge <origination_caller_id_number='\+13125550142',origination_caller_id_name='Anonymous'/,
    );
  });

  it('has words and a header that the settings choose', () => {
    const config = {
      default_privacy_name: 'Nobody',
      default_privacy_number: '0000',
      use_sip_privacy_header: false,
    };
    const request = { caller_id_name: 'Ann', privacy: { hide_name: true, hide_number: true } };
    const raw = ask([resource('r')], request, { config }).dial?.raw ?? '';
    expect(raw).toContain(
      "[^^!origination_caller_id_number='0000'!origination_caller_id_name='Nobody'",
    );
    expect(raw).not.toContain('sip_h_Privacy');
    const bySip = ask([resource('r')], request, { config: { privacy_method: 'sip' } }).dial;
    expect(bySip?.privacy_mode).toBe('full');
    expect(bySip?.raw).toContain("<origination_caller_id_number='+13125550142'");
    const off = ask([resource('r', { privacy: { method: 'none' } })], request).dial;
    expect(off?.raw).not.toContain('sip_h_Privacy');
  });

  it('by SIP is for number or name, and for none in an emergency', () => {
    const mode = (privacy: JsonObject, more: JsonObject = {}) =>
      ask([resource('r', { privacy: { method: 'sip', ...privacy }, ...more })]).dial?.privacy_mode;
    expect(mode({ hide_number: true })).toBe('number');
    expect(mode({ hide_name: true, hide_number: true })).toBe('full');
    expect(mode({})).toBeNull();
    expect(mode({ hide_number: true }, { emergency: true })).toBeNull();
  });
});

describe('headers of a leg', () => {
  const headers = (gateway: JsonObject, request: JsonObject) => {
    const gateways = [{ server: 's', custom_sip_headers: gateway }];
    const { bridge } = ask([resource('r', { gateways })], { custom_sip_headers: request });
    return bridge?.result === 'bridge' ? bridge.endpoints[0]?.custom_sip_headers : undefined;
  };

  it("are the gateway's `out` over those beside it, and the request's over both", () => {
    const gateway = { 'X-A': 1, 'X-B': 'b', out: { 'X-A': 2, 'x-b': true }, in: { 'X-C': '3' } };
    expect(headers(gateway, {})).toEqual({ 'X-A': '2', 'X-B': 'b', 'x-b': 'true' });
    expect(headers(gateway, { 'X-A': 'own' })).toMatchObject({ 'X-A': 'own', 'X-B': 'b' });
  });

  it('name one diversion, counted on, where the call began elsewhere', () => {
    const Diversions = ['<sip:1@a>;counter=2', '<sip:2@a>;counter=7', '<sip:3@a>'];
    expect(headers({}, { Diversions })).toEqual({});
    expect(headers({}, { Diversions, Inception: '42@b' })).toEqual({
      Inception: '42@b',
      Diversions: '<sip:42@b>;counter=8',
    });
    expect(headers({}, { Diversions: ['<sip:1@a>'], Inception: '42@b' })).toMatchObject({
      Diversions: '<sip:42@b>;counter=1',
    });
    expect(headers({}, { Diversions: [], Inception: '42@b' })).toEqual({ Inception: '42@b' });
  });
});

describe('a fax', () => {
  const variables = (carrier: boolean, t38_enabled?: JsonValue, flags = ['fax']) => {
    const more = { flags: ['fax'], media: { fax_option: carrier } };
    const request = { flags, ...(t38_enabled === undefined ? {} : { t38_enabled }) };
    const vars = ask([resource('r', more)], request).dial?.legs[0]?.vars ?? {};
    return [
      'fax_enable_t38',
      'fax_enable_t38_request',
      't38_passthru',
      'execute_on_answer',
    ].flatMap((key) => (vars[key] === undefined ? [] : [`${key}=${vars[key]}`]));
  };
  const asks = ['fax_enable_t38=true', 'fax_enable_t38_request=true'];
  const passes = ['fax_enable_t38=true', 't38_passthru=true'];
  it.each([
    [true, true, passes],
    [true, 'true', passes],
    [false, false, passes],
    [false, 'auto', passes],
    [true, false, [...asks, 'execute_on_answer=t38_gateway self']],
    [true, 'auto', [...asks, 'execute_on_answer=t38_gateway self']],
    [false, true, [...asks, 'execute_on_answer=t38_gateway peer']],
    [true, undefined, asks],
    [false, undefined, []],
  ] as const)('with T.38 at the carrier %j and the caller %j', (carrier, caller, expected) => {
    expect(variables(carrier, caller)).toEqual(expected);
  });

  it('is one by its flag', () => {
    expect(variables(true, true, [])).toEqual([]);
  });
});

describe('media go past the switch', () => {
  const passes = (bypass: readonly boolean[], request: JsonObject = {}, more: JsonObject = {}) => {
    const gateways = bypass.map((bypass_media, index) => ({
      server: `s${index}`,
      bypass_media,
      ...more,
    }));
    return ask([resource('r', { gateways })], request).dial?.bypass_media_set;
  };
  const yes = ['bypass_media=true'];

  it('when every gateway says so over the interface of the caller', () => {
    expect(passes([true, true])).toEqual(yes);
    expect(passes([true, false])).toEqual([]);
    const mine = { custom_sip_interface: 'mine' };
    expect(passes([true], {}, mine)).toEqual([]);
    expect(passes([true], { sip_profile: 'mine' }, mine)).toEqual(yes);
  });

  it('or the call does, and never against its word', () => {
    expect(passes([false], { media: 'bypass' })).toEqual(yes);
    expect(passes([true], { media: 'process' })).toEqual([]);
  });
});

describe('the channel', () => {
  const raw = (request: JsonObject) =>
    ask([resource('r', { flags: ['a', 'b'] })], request).dial?.raw;

  it('carries what Kazoo says of the call', () => {
    const text = raw({
      flags: ['a', '', 'b'],
      account_id: 'acc',
      account_realm: 'account.example',
      reseller_id: 'res',
      ignore_early_media: 'true',
      timeout: '20',
      custom_channel_vars: {
        'X-Y': 1,
        'Require-Ignore-Early-Media': true,
        'Require-Fail-On-Single-Reject': 1,
      },
    });
    for (const part of [
      "ecallmgr_Outbound-Flags='a|b'",
      "ecallmgr_Account-ID='acc'",
      "ecallmgr_Realm='account.example'",
      "ecallmgr_Reseller-ID='res'",
      "ecallmgr_X-Y='1'",
      "ignore_early_media='true'",
      "call_timeout='20'",
      "originate_timeout='20'",
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('Require-');
    expect(raw({ timeout: 0 })).not.toContain("timeout='0");
    expect(raw({ timeout: -1 })).not.toContain('call_timeout');
  });

  it('writes names without what is no letter or digit of any script, and codecs by their rates', () => {
    const codecs = ['G722_16', 'PCMU', 'G722_32', 'CELT_32', 'CELT_48', 'CELT_64', ''];
    const gateways = [{ server: 's', codecs }];
    const text = ask([resource('r', { gateways })], { caller_id_name: 'Zoë "Z" <1>_-' }).dial?.raw;
    expect(text).toContain("origination_caller_id_name='Zoë Z 1_-'");
    expect(text).toContain(
      "absolute_codec_string='^^:G722:G7221@16000h:PCMU:G7221@32000h:CELT@32000h:CELT@48000h:CELT_64'",
    );
  });
});
