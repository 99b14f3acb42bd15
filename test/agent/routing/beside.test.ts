// What stands beside the outbound path: inbound recognition, flat rate, warnings at write time.

import { describe, expect, it } from 'vitest';
import { readRoutingConfig } from '../../../agent/routing/config.ts';
import { flatRate } from '../../../agent/routing/flat-rate.ts';
import { recogniseInbound } from '../../../agent/routing/inbound.ts';
import { ruleWarnings } from '../../../agent/routing/warnings.ts';
import { compile, patterns, resource } from './site.ts';

describe('an inbound call', () => {
  const set = compile([
    resource('a', { gateways: [{ server: '10.0.0.1' }, { server: '10.0.0.1', username: 'last' }] }),
    resource('b', { gateways: [{ server: '10.0.0.2', force_port: true, port: 5062 }] }),
    resource('c', { gateways: [{ server: 'sip.example', realm: 'realm.example' }] }),
    resource('d', { enabled: false, gateways: [{ server: '10.0.0.9' }] }),
    resource('e', { gateways: [{ server: '10.0.0.9', enabled: false }] }),
    resource('f', { gateways: [{ server: '2001:DB8::F' }] }),
  ]);
  const from = (request: object) => {
    const { match } = recogniseInbound(request, [set]);
    return match && [match.resource_id, match.gateway_index, match.matched_by];
  };

  it.each([
    [{ ip: '10.0.0.1' }, ['a', 1, 'server_ip']],
    [{ ip: '10.0.0.2', port: 5062 }, ['b', 0, 'ip_and_port']],
    [{ ip: '10.0.0.2', port: 5060 }, null],
    [{ ip: '1.1.1.1', realm: 'REALM.example' }, ['c', 0, 'realm']],
    [{ ip: '1.1.1.1', realm: 'sip.example' }, ['c', 0, 'server_realm']],
    [{ ip: '1.1.1.1', realm: 'realm.example', from_realm: 'other' }, ['c', 0, 'realm']],
    [{ ip: '1.1.1.1', realm: 'other', from_realm: 'realm.example' }, null],
    [{ ip: '1.1.1.1', from_realm: 'realm.example' }, ['c', 0, 'realm']],
    [{ ip: '10.0.0.3', port: 5062 }, null],
    [{ port: 5062 }, null],
    [{ ip: '1.1.1.1', realm: '1.1.1.1', from_realm: 'realm.example' }, ['c', 0, 'realm']],
    [{ ip: '10.0.0.9' }, null],
    [{ ip: '2001:DB8::F' }, ['f', 0, 'server_ip']],
    [{ ip: '2001:db8::f' }, ['f', 0, 'server_ip']],
    [{}, null],
  ])('%j is from %j', (request, expected) => {
    expect(from(request)).toEqual(expected);
  });

  it('comes from the last of equal resources, and global ones go first', () => {
    const twins = compile(
      [resource('x'), resource('y')].map((one) => ({ ...one, gateways: [{ server: '1.2.3.4' }] })),
    );
    const local = compile([resource('z', { gateways: [{ server: '1.2.3.4' }] })], {
      global: false,
    });
    expect(recogniseInbound({ ip: '1.2.3.4' }, [twins, local]).match).toMatchObject({
      resource_id: 'y',
      global: true,
    });
  });

  it('goes on with its fields as the formatters of the resource leave them', () => {
    const formatters = {
      from: [
        { direction: 'outbound', value: 'never' },
        { direction: 'inbound', regex: '^\\+?1?(\\d{10})$', prefix: '+1' },
      ],
      'caller-id-number': { value: 'dashes never match' },
    };
    const one = compile([resource('a', { gateways: [{ server: '10.0.0.1' }], formatters })]);
    const fields = { From: '3125550142@in.example', 'Caller-ID-Number': '1' };
    const request = { ip: '10.0.0.1', fields };
    expect(recogniseInbound(request, [one]).formatted).toEqual({
      fields: { From: '+13125550142@in.example', 'Caller-ID-Number': '1' },
      skipped: [],
    });
    expect(recogniseInbound({ ip: '10.0.0.1' }, [one])).not.toHaveProperty('formatted');
    expect(recogniseInbound({ ...request, ip: '10.0.0.2' }, [one]).match).toBeNull();
  });

  it('of a port other than the usual one is refused where the port is forced', () => {
    const forced = compile([
      resource('a', { gateways: [{ server: '10.0.0.1', force_port: true }] }),
    ]);
    const from = (port: unknown) => recogniseInbound({ ip: '10.0.0.1', port }, [forced]).match;
    expect([from(5060), from('5060')].map((one) => one?.matched_by)).toEqual([
      'ip_and_port',
      'ip_and_port',
    ]);
    expect([from(5061), from(undefined)]).toEqual([null, null]);
  });

  it('is looked for once in a document of several classes', () => {
    const classifiers = { did_us: {}, international: {}, emergency: {} };
    const one = compile([resource('a', { classifiers })]);
    const { excluded } = recogniseInbound({ ip: '10.0.0.2' }, [one], { explain: true });
    expect(excluded).toHaveLength(1);
    expect(recogniseInbound({ ip: '10.0.0.2' }, [one]).excluded).toEqual([]);
  });

  it('is explained when asked', () => {
    const { excluded } = recogniseInbound({ ip: '10.0.0.2', port: 1 }, [set], { explain: true });
    expect(excluded.map(({ resource_id, stage }) => [resource_id, stage])).toEqual([
      ['f', 'address'],
      ['e', 'gateway_disabled'],
      ['d', 'disabled'],
      ['c', 'address'],
      ['b', 'port'],
      ['a', 'address'],
      ['a', 'address'],
    ]);
  });
});

describe('flat rate', () => {
  const { numbers } = compile([]);
  const rate = (text: string, settings: object = {}, more: object = {}) =>
    flatRate(text, { numbers, patterns, config: readRoutingConfig(settings), ...more });
  const ask = (...question: Parameters<typeof rate>) => rate(...question).eligible;

  it('takes North American numbers but for premium, toll-free and the islands', () => {
    expect(
      ['7735550111', '9005550111', '8005550111', '8765550111', '+4930123456'].map((t) => ask(t)),
    ).toEqual([true, false, false, false, false]);
  });

  it('says which list decided', () => {
    const reasons = ['7735550111', '9005550111', '911'].map((text) => rate(text).reason);
    expect(reasons).toEqual([
      'The number is on the whitelist and not on the blacklist.',
      'The number is on the blacklist.',
      'The number is not on the whitelist.',
    ]);
  });

  it('asks the resource only when the settings say so, and reads an empty list as the default', () => {
    const resource = { flat_rate_whitelist: '^\\+49', flat_rate_blacklist: '' };
    expect(ask('+4930123456', {}, { resource })).toBe(false);
    const lookup = { resource_flat_rate_lookup: true };
    expect(ask('+4930123456', lookup, { resource })).toBe(true);
    const settings = { flat_rate_blacklist: '^\\+1773' };
    expect(ask('7735550111', settings)).toBe(false);
    expect(rate('1', settings).source).toEqual({
      whitelist: 'default',
      blacklist: 'settings',
    });
  });
});

describe('warnings at write time', () => {
  const { numbers } = compile([]);
  const warn = (doc: object) =>
    ruleWarnings(doc as never, { patterns, numbers }).map(({ path, rule }) => [path, rule]);

  it('name every pattern that does not compile, where it stands', () => {
    expect(
      warn({
        rules: ['^1', '(', 7, 'a**'],
        cid_rules: ['['],
        formatters: { from: [{}, { regex: ')' }], to: { regex: '(?<=a*)' } },
        flat_rate_whitelist: '(',
        flat_rate_blacklist: '',
      }),
    ).toEqual([
      ['rules.1', '('],
      ['rules.2', '7'],
      ['rules.3', 'a**'],
      ['cid_rules.0', '['],
      ['formatters.from.1.regex', ')'],
      ['formatters.to.regex', '(?<=a*)'],
      ['flat_rate_whitelist', '('],
    ]);
  });

  it('name the byte where reading stopped', () => {
    const [one] = ruleWarnings({ rules: ['1(é'] }, { patterns, numbers });
    expect(one?.message).toBe(
      'The pattern cannot be used and never matches: a group is not closed (at byte 1).',
    );
  });

  it('tell what classifiers hide', () => {
    const doc = { rules: ['1'], classifiers: { did_us: { regex: '(', enabled: false }, mars: {} } };
    expect(warn(doc)).toEqual([
      ['classifiers.mars', 'mars'],
      ['classifiers', 'did_us'],
      ['classifiers', 'did_us'],
      ['classifiers.did_us.enabled', 'did_us'],
      ['classifiers.did_us.regex', '('],
    ]);
    expect(warn(resource('fine'))).toEqual([]);
  });
});
