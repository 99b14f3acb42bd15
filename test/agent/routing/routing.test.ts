// What the recorded examples leave open: repairs of Kazoo's faults, and their explanations.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../agent/base/json.ts';
import { compile, ask, found, keepOrder, resource, targets } from './site.ts';
import { evaluateRoute } from '../../../agent/routing/evaluate.ts';

describe('order', () => {
  it('is weight, then _id, and 0 counts as 1', () => {
    const result = ask([
      resource('b', { weight_cost: 5 }),
      resource('a', { weight_cost: 5 }),
      resource('z', { weight_cost: '0' }),
      resource('y', { weight_cost: 1 }),
      resource('last', { weight_cost: 900 }),
      resource('unset'),
    ]);
    expect(found(result)).toEqual(['y/0', 'z/0', 'a/0', 'b/0', 'unset/0', 'last/0']);
    expect(result.endpoints.map(({ weight }) => weight)).toEqual([1, 1, 5, 5, 50, 100]);
  });

  it('does not flip with flags unless asked to', () => {
    const both = [resource('a', { flags: ['x'] }), resource('b', { flags: ['x'] })];
    expect(found(ask(both, { flags: ['x'] }))).toEqual(['a/0', 'b/0']);
    const kazoo = { config: { kazoo_ties: true } };
    expect(found(ask(both, { flags: ['x'] }, kazoo))).toEqual(['b/0', 'a/0']);
    expect(found(ask(both, {}, kazoo))).toEqual(['a/0', 'b/0']);
  });

  it('of an emergency call is the same, with one caller id and no privacy', () => {
    const result = ask(
      [
        resource('cheap', { rules: ['^911$'], emergency: true, weight_cost: 5 }),
        resource('dear', { rules: ['^\\d+$'], weight_cost: 60 }),
      ],
      {
        number: '911',
        emergency_caller_id_number: '+13125550911',
        privacy: { hide_number: true },
      },
    );
    expect(result.bridge).toMatchObject({ emergency: true, caller_id: { number: '+13125550911' } });
    expect(targets(result)).toEqual([
      'sofia/sipinterface_1/911@cheap.example',
      'sofia/sipinterface_1/911@dear.example',
    ]);
    expect(result.dial?.raw).not.toContain('anonymous');
  });

  it('of gateways is shuffled only inside their resource, by the given source', () => {
    const gateways = [{ server: 'one' }, { server: 'two' }, { server: 'three' }];
    const set = compile([
      resource('a', { gateways, gateway_strategy: 'random' }),
      resource('b', { gateways, gateway_strategy: 'no such' }),
    ]);
    const request = { number: '7735550111' };
    expect(found(evaluateRoute(request, set, { random: () => 0 }))).toEqual([
      'a/1',
      'a/2',
      'a/0',
      'b/0',
      'b/1',
      'b/2',
    ]);
  });
});

describe('TDM', () => {
  const tdm = (more: object) => ({ server: 'pri', endpoint_type: 'freetdm', ...more });

  it('hunts up with a, down with A, and two spans stay two legs', () => {
    const result = ask([
      resource('pri', {
        gateways: [
          tdm({ span: 1 }),
          tdm({ span: 2, channel_selection: 'descending', invite_format: 'strip_plus' }),
          tdm({ span: 2, channel_selection: 'descending', invite_format: 'strip_plus' }),
          tdm({}),
        ],
      }),
    ]);
    expect(targets(result)).toEqual(
      ['freetdm/1/a/7735550111', 'freetdm/2/A/17735550111'].concat('freetdm/1/a/7735550111'),
    );
    expect(result.dial?.dropped_bridge_indexes).toEqual([2]);
    expect(result.excluded).toMatchObject([
      { resource_id: 'pri', gateway_index: 2, stage: 'duplicate', detail: { gateway_index: 1 } },
    ]);
  });

  it('needs no server, and keeps its own progress time-out', () => {
    const gateways = [tdm({ server: '', span: 'wp1', progress_timeout: 4 }), { server: 'sip' }];
    const result = ask([resource('pri', { gateways })]);
    expect(result.dial?.raw).toContain("[^^!leg_progress_timeout='4']freetdm/wp1/a/7735550111|");
  });

  it('tells gateways of one server apart by all that is dialled', () => {
    const same = { server: 'pri', endpoint_type: 'freetdm', span: '1' };
    const gateways = [
      same,
      { ...same, channel_selection: 'descending' },
      { ...same, invite_format: 'e164' },
      { ...same, span: '2' },
      { server: 'pri' },
      { server: 'pri', username: 'other', custom_sip_interface: 'other' },
      { server: 'pri', port: 5070 },
    ];
    const result = ask([resource('r', { gateways })]);
    expect(result.dial?.dropped_bridge_indexes).toEqual([5]);
    expect(targets(result)).toHaveLength(6);
  });

  it('dials no span that has no name', () => {
    const result = ask([resource('pri', { gateways: [tdm({ span: '' }), tdm({ span: null })] })]);
    expect(targets(result)).toEqual(['freetdm/1/a/7735550111']);
    expect(result.excluded).toMatchObject([
      { gateway_index: 0, stage: 'not_dialable', detail: { field: 'gateways.0.span' } },
    ]);
  });
});

describe('SIP gateways', () => {
  it('change only the user part of the URI by their invite format', () => {
    const formats = ['route', 'username', 'e164', 'npan', '1npan', 'strip_plus'];
    const gateways = formats.map((invite_format, index) => ({
      server: `h${index};transport=tcp`,
      port: 5070,
      prefix: '9',
      invite_format,
    }));
    expect(targets(ask([resource('r', { gateways })]))).toEqual([
      'sofia/sipinterface_1/97735550111@h0;transport=tcp:5070',
      'sofia/sipinterface_1/97735550111@h1;transport=tcp:5070',
      'sofia/sipinterface_1/+17735550111@h2;transport=tcp:5070',
      'sofia/sipinterface_1/7735550111@h3;transport=tcp:5070',
      'sofia/sipinterface_1/17735550111@h4;transport=tcp:5070',
      'sofia/sipinterface_1/17735550111@h5;transport=tcp:5070',
    ]);
  });

  it('that lead nowhere are left out alone, with the reason', () => {
    const gateways = [
      { server: '' },
      { endpoint_type: 'skype', server: 's' },
      { endpoint_type: 'amqp', server: 'q' },
      { endpoint_type: 'carrier pigeon', server: 'p' },
      { server: 'i', invite_format: 'contact' },
      { server: 'off', enabled: false },
      { server: 'good' },
      null,
      'text',
    ];
    const result = ask([resource('r', { gateways })]);
    expect(targets(result)).toEqual(['sofia/sipinterface_1/7735550111@good']);
    const reasons = result.excluded.map(({ gateway_index, stage }) => [gateway_index, stage]);
    expect(reasons).toEqual([
      [7, 'not_dialable'],
      [8, 'not_dialable'],
      [0, 'not_dialable'],
      [5, 'gateway_disabled'],
      [1, 'not_dialable'],
      [2, 'not_dialable'],
      [3, 'not_dialable'],
      [4, 'not_dialable'],
    ]);
    expect(result.excluded.find((one) => one.gateway_index === 1)?.reason).toContain('Skype');
  });
});

describe('INVITE parameters', () => {
  it('come out as the documentation prints them', () => {
    const invite_parameters = {
      dynamic: [
        'custom_channel_vars.pass-through',
        { tag: 'id', key: 'custom_channel_vars.account_id' },
      ],
      static: ['npid'],
    };
    const result = ask(
      [resource('r', { gateways: [{ server: '10.26.0.88', invite_parameters }] })],
      {
        number: '+14158867900',
        requestor_custom_channel_vars: {
          'Pass-Through': 'pass-through=0288',
          'Account-ID': 'XXXX',
        },
      },
    );
    const [endpoint] = result.endpoints;
    expect(`;${endpoint?.invite_parameters.join(';') ?? ''}`).toBe(
      ';npid;id=XXXX;pass-through=0288',
    );
    expect(result.dial?.raw).toContain("sip_invite_params='npid;id=XXXX;pass-through=0288'");
  });

  it('leave out what the caller lacks, and an object without a tag', () => {
    const dynamic = [
      'custom_sip_headers.X-Gone',
      { key: 'zone' },
      { tag: 't', key: 'zone', seperator: '~' },
    ];
    const gateways = [{ server: 's', invite_parameters: { dynamic, static: 'none' } }];
    expect(ask([resource('r', { gateways })]).endpoints[0]?.invite_parameters).toEqual(['t~local']);
  });
});

describe('short dials', () => {
  const rules = { rules: ['^\\+1(\\d{10})$'] };

  it('are completed once from the caller id', () => {
    const result = ask([resource('r', rules)], { number: '5550111' });
    expect(result.normalized_number).toBe('5550111');
    expect(result.corrected_number).toBe('+13125550111');
    expect(found(result)).toEqual(['r/0']);
  });

  it('end with 404 when even that finds nothing, and never go round', () => {
    const result = ask(
      [resource('r', { rules: ['^x$'] })],
      { number: '555011' },
      {
        config: { fixed_length_shortdial_correction: 2 },
      },
    );
    expect(result).toMatchObject({
      result: 'no_resources',
      endpoints: [],
      bridge: null,
      dial: null,
      corrected_number: null,
      response: { code: 'sip:404', message: 'NO_ROUTE_DESTINATION' },
    });
  });

  it('lack from 2 to 5 digits, or as many as the settings say', () => {
    const corrected = (number: string, config: JsonObject = {}, request: JsonObject = {}) =>
      ask(
        [resource('r', { rules: ['^\\+?1?(312555\\d{4})$'] })],
        { number, ...request },
        { config },
      ).corrected_number;
    expect(corrected('3550142')).toBeNull();
    const eleven = { caller_id_number: '+13125550142' };
    expect(corrected('25550199', {}, eleven)).toBe('+13125550199');
    expect(corrected('125550199', {}, eleven)).toBe('+13125550199');
    expect(corrected('550199', {}, eleven)).toBe('+13125550199');
    expect(corrected('50199', {}, eleven)).toBeNull();
    expect(corrected('50199', { max_shortdial_correction: 6 }, eleven)).toBe('+13125550199');
    expect(corrected('125550199', { min_shortdial_correction: 3 }, eleven)).toBeNull();
    expect(corrected('0199', { fixed_length_shortdial_correction: 7 }, eleven)).toBe(
      '+13125550199',
    );
    expect(corrected('0199', { fixed_length_shortdial_correction: 30 }, eleven)).toBeNull();
    const ofEmergency = { caller_id_number: null, emergency_caller_id_number: '13125550142' };
    expect(corrected('550199', {}, ofEmergency)).toBe('+13125550199');
    expect(corrected('550199', {}, { caller_id_number: null })).toBeNull();
  });

  it('never reach a class that the caller may not dial', () => {
    const denied = { call_restriction: { did_us: { action: 'deny' } }, number: '5550111' };
    expect(ask([resource('r', rules)], denied).result).toBe('no_resources');
  });
});

describe('the explanation', () => {
  it('names the flag, the rule, the class or the switch that keeps each resource out', () => {
    const result = ask(
      [
        resource('a-off', { enabled: false }),
        resource('b-flag', { flags: ['fax'] }),
        resource('c-rule', { flags: ['hd'], rules: ['^\\+44', '^\\+49'] }),
        resource('d-caller', { flags: ['hd'], cid_rules: ['^\\+44'] }),
        resource('e-broken', { flags: ['hd'], rules: [7, '('] }),
        resource('f-class', { flags: ['hd'], classifiers: { international: {} } }),
        resource('g-good', { flags: ['hd'] }),
      ],
      { flags: ['hd'] },
    );
    expect(found(result)).toEqual(['g-good/0']);
    expect(
      result.excluded.map(({ resource_id, stage, detail }) => [resource_id, stage, detail]),
    ).toEqual([
      ['a-off', 'disabled', { field: 'enabled' }],
      ['b-flag', 'flag', { flag: 'hd' }],
      ['c-rule', 'rule', { rules: ['^\\+44', '^\\+49'], number: '+17735550111' }],
      ['d-caller', 'caller_id_rule', { rules: ['^\\+44'], caller_id_number: '+13125550142' }],
      [
        'e-broken',
        'unusable_rule',
        { field: 'rules', index: 0, rule: '7', message: 'a rule must be text' },
      ],
      [
        'e-broken',
        'unusable_rule',
        { field: 'rules', index: 1, rule: '(', message: 'a group is not closed' },
      ],
      ['e-broken', 'rule', { rules: ['('], number: '+17735550111' }],
      ['f-class-international', 'classifier', { classifier: 'did_us' }],
    ]);
  });

  it('tells of classes that hide rules, be they switched off, and of required flags', () => {
    const classified = resource('cls', { classifiers: { did_us: { enabled: false } } });
    const result = ask([classified, resource('r'), resource('s', { require_flags: true })]);
    expect(result.result).toBe('no_resources');
    expect(result.excluded.map(({ resource_id, stage }) => [resource_id, stage])).toEqual([
      ['cls-did_us', 'classifier'],
      ['r', 'classifier'],
      ['s', 'flag'],
    ]);
  });

  it('tells of documents of unknown classes, and of resources without a gateway', () => {
    const result = ask([
      resource('mars', { classifiers: { mars: {} } }),
      resource('moon', { classifiers: {}, enabled: false }),
      resource('none', { gateways: [] }),
      resource('odd', { gateways: [7] }),
    ]);
    expect(result.result).toBe('no_resources');
    expect(result.excluded.map((one) => [one.resource_id, one.stage, one.detail])).toEqual([
      ['none', 'not_dialable', { field: 'gateways' }],
      ['odd', 'not_dialable', { field: 'gateways.0' }],
      ['mars', 'classifier', { field: 'classifiers', classifiers: ['mars'] }],
      ['moon', 'disabled', { field: 'enabled' }],
    ]);
  });

  it('names the place of a rule in its list, and of the regex of a class', () => {
    const result = ask([
      resource('a', { cid_rules: ['', 7, '('] }),
      resource('b', { classifiers: { international: { regex: '[' } } }),
    ]);
    // An empty caller-id rule matches anybody.
    expect(found(result)).toEqual(['a/0']);
    expect(
      result.excluded
        .filter(({ stage }) => stage === 'unusable_rule')
        .map(({ resource_id, detail: { field, index, rule } }) => [
          resource_id,
          field,
          index,
          rule,
        ]),
    ).toEqual([
      ['a', 'cid_rules', 1, '7'],
      ['a', 'cid_rules', 2, '('],
      ['b-international', 'classifiers.international.regex', undefined, '['],
    ]);
  });

  it('names what is no text among rules that match', () => {
    const { excluded } = ask([resource('a', { rules: ['.', 7] })]);
    expect(excluded).toMatchObject([
      { stage: 'unusable_rule', detail: { field: 'rules', index: 1, rule: '7' } },
    ]);
  });

  it('is left out of a plain question, but for gateways and broken budgets', () => {
    const set = compile([resource('r'), resource('no', { rules: ['^x$'] })]);
    expect(evaluateRoute({ number: '7735550111' }, set, { random: keepOrder }).excluded).toEqual(
      [],
    );
  });
});
