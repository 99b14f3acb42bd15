import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../agent/base/json.ts';
import { Meter } from '../../../agent/pattern/meter.ts';
import { applyFormatters } from '../../../agent/routing/formatters.ts';
import { ask, compile, patterns, resource } from './site.ts';

const { numbers } = compile([]);
const run = (fields: JsonObject, formatters: JsonObject) =>
  applyFormatters(fields, formatters, {
    direction: 'inbound',
    numbers,
    patterns,
    meter: new Meter(),
  });

describe('a formatter', () => {
  it.each<readonly [JsonValue, JsonObject, JsonValue | undefined]>([
    // The first step that applies ends the list, whatever stands behind it.
    ['3125550142', { strip: 'true', value: 'never' }, undefined],
    ['3125550142', { value: '', regex: '.' }, ''],
    ['3125550142', { value: 7 }, 7],
    ['3125550142', { regex: '^(\\d{3})(\\d+)$', prefix: '+', suffix: 1 }, '+3121'],
    // The first group, not the longest; a first one that took no part gives nothing.
    ['3125550142', { regex: '^(9)?(\\d+)$', prefix: 'x' }, 'x'],
    ['3125550142', { regex: '\\d{4}$' }, '0142'],
    ['3125550142', { regex: '^9', prefix: 'x' }, '3125550142'],
    ['3125550142', { prefix: 'x' }, '3125550142'],
    ['3125550142', { direction: 'INBOUND', value: '1' }, '1'],
    ['3125550142', { direction: 'both', value: '1' }, '1'],
    ['3125550142', { direction: '', value: '1' }, '3125550142'],
    ['3125550142', { direction: 'outbound', value: '1' }, '3125550142'],
  ])('makes of %j by %j: %j', (value, formatter, expected) => {
    const { fields, skipped } = run({ 'X-Number': value }, { X_NUMBER: [formatter] });
    expect([fields['X-Number'], skipped]).toEqual([expected, []]);
  });

  it('passes one that cannot run over, and says so', () => {
    const list: JsonValue[] = [{ regex: '(' }, { regex: 7 }, { value: 'next' }];
    const { fields, skipped } = run({ A: '1' }, { a: list });
    expect(fields).toEqual({ A: 'next' });
    expect(skipped.map(({ key }) => key)).toEqual(['a', 'a']);
    expect(run({ A: 1 }, { a: { regex: '.' } }).skipped).toEqual([
      { key: 'a', reason: 'The field A is not text.' },
    ]);
  });

  it('changes a field and a header of the same name', () => {
    const fields = { 'X-A': '1', 'Custom-SIP-Headers': { 'X-A': '2', 'X-B': '3' } };
    expect(run(fields, { x_a: { value: '9' } }).fields).toEqual({
      'X-A': '9',
      'Custom-SIP-Headers': { 'X-A': '9', 'X-B': '3' },
    });
  });

  it('of an address works on its user', () => {
    const change = { regex: '^(\\d{3})', suffix: '!' };
    const of = (from: JsonValue, formatter: JsonObject = change) =>
      run({ From: from }, { from: formatter }).fields['From'];
    expect(of('3125@in.example@x')).toBe('312!@in.example@x');
    expect(of('3125')).toBe('312!');
    expect(of('3125@in.example', { value: 'new' })).toBe('new@in.example');
    expect(run({ From: '1@a' }, { from: { value: {} } }).skipped).toHaveLength(1);
  });

  it('of diversions works on the user of the first and leaves a list', () => {
    const of = (diversions: JsonValue, formatter: JsonObject = { regex: '(\\d{4})$' }) =>
      run({ Diversions: diversions }, { diversions: formatter });
    const two = ['<sip:3125550142@a>;counter=1', '<sip:2@b>'];
    expect(of(two).fields['Diversions']).toEqual(['<sip:0142@a>;counter=1', '<sip:2@b>']);
    expect(of(two, { strip: true }).fields).toEqual({});
    expect(of('<sips:3125550142@a>').fields['Diversions']).toEqual(['<sips:0142@a>']);
    for (const odd of [[7], [], ['tel:1'], {}])
      expect(of(odd)).toMatchObject({ fields: { Diversions: odd }, skipped: [{}] });
  });
});

describe('formatters of a resource', () => {
  const leg = (formatters: JsonObject, settings: JsonObject = {}, request: JsonObject = {}) => {
    const auth = { username: 'u', password: 'p', realm: 'q' };
    const gateways = [{ server: 's', custom_sip_interface: 'i', ...auth }];
    const result = ask([resource('r', { gateways, ...formatters })], request, { config: settings });
    const bridge = result.bridge?.result === 'bridge' ? result.bridge : undefined;
    return bridge?.endpoints[0];
  };
  it.each<readonly [string, object]>([
    ['route', { route: 'x' }],
    ['to_did', { to_did: 'x' }],
    ['auth_user', { auth: { user: 'x', password: 'p', realm: 'q' } }],
    ['auth_password', { auth: { user: 'u', password: 'x', realm: 'q' } }],
    ['auth_realm', { auth: { user: 'u', password: 'p', realm: 'x' } }],
    ['sip_interface', { sip_interface: 'x' }],
    ['outbound_caller_id_number', { outbound_caller_id: { number: 'x', name: null } }],
    ['outbound_caller_id_name', { outbound_caller_id: { number: null, name: 'x' } }],
    ['outbound_callee_id_number', { outbound_callee_id: { number: 'x', name: '7735550111' } }],
    ['outbound_callee_id_name', { outbound_callee_id: { number: '7735550111', name: 'x' } }],
  ])('reach %s and nothing beside it', (key, changed) => {
    const caller = { caller_id_name: 'Ann' };
    const before = leg({}, {}, caller);
    expect(leg({ formatters: { [key]: { value: 'x' } } }, {}, caller)).toEqual({
      ...before,
      ...changed,
    });
  });

  it('stand in for those of the settings, all at once', () => {
    const settings = { default_formatters: { to_did: { value: '1' }, route: { value: '2' } } };
    expect(leg({}, settings)).toMatchObject({ to_did: '1', route: '2' });
    expect(leg({ formatters: [] }, settings)).toMatchObject({ to_did: '1', route: '2' });
    expect(leg({ formatters: { to_did: { value: '3' } } }, settings)).toMatchObject({
      to_did: '3',
      route: 'sip:7735550111@s',
    });
  });

  it('keep a diversion one text', () => {
    const request = {
      custom_sip_headers: { Diversions: ['<sip:1@a>'], Inception: '3125550142@b' },
    };
    const formatters = { diversions: { regex: '(\\d{4})$' } };
    expect(leg({ formatters }, {}, request)?.custom_sip_headers).toEqual({
      Inception: '3125550142@b',
      Diversions: '<sip:0142@b>;counter=1',
    });
  });
});
