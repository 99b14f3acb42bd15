// From a number to resources: flags, classes, rules, callers, and what hostile rules may do.

import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../agent/base/json.ts';
import { evaluateRoute } from '../../../agent/routing/evaluate.ts';
import { ask, compile, found, keepOrder, resource, type Site } from './site.ts';

/** Puts every number into the class of those that are none. */
const ONLY_UNKNOWN = { classifiers: { unknown: '^(.*)$' } };

describe('hostile rules', () => {
  it('count as no match, are told, and starve nobody', () => {
    const hostile = Array.from({ length: 300 }, (_, index) =>
      resource(`h${index}`, { rules: [`^\\+(1+)+$(?<!1)(?#${index})`] }),
    );
    const number = `+${'1'.repeat(60)}`;
    const result = ask([...hostile, resource('good', { rules: ['^\\+1+$'] })], { number });
    expect(found(result)).toEqual(['good/0']);
    const told = result.excluded.filter(({ stage }) => stage === 'unusable_rule');
    expect(told).toHaveLength(300);
    expect(told[0]?.detail).toMatchObject({ index: 0, message: 'match limit exceeded' });
  });

  const number = `+${'1'.repeat(250)}`;
  const hostile = (index: number) => `^\\+(?=(1))(1+)+$(?<!1)(?#${index})`;
  const beside = (good: object, bad: (index: number) => object) => [
    ...Array.from({ length: 30 }, (_, index) => resource(`h${index}`, { ...bad(index) })),
    resource('z-good', { ...good }),
  ];

  it('about callers, of classes and of other engines starve nobody either', () => {
    const rules = ['^\\+1+$'];
    const callers = beside({ rules: ['^\\+1+$(?#good)'] }, (index) => ({
      rules,
      cid_rules: [hostile(index)],
    }));
    const classes = beside({ classifiers: { unknown: {} } }, (index) => ({
      classifiers: { unknown: { regex: hostile(index) } },
    }));
    const remembering = beside({ rules }, (index) => ({
      rules: [`.(1{0,140}){2}x{${index + 2}}y`],
    }));
    for (const documents of [callers, classes, remembering]) {
      const question = { number, caller_id_number: number };
      const result = ask(documents, question, { numbers: ONLY_UNKNOWN });
      expect(found(result)).toEqual([expect.stringMatching(/^z-good/)]);
    }
    const told = ask(callers, { number, caller_id_number: number }).excluded;
    expect(told.find(({ resource_id }) => resource_id === 'h0')).toMatchObject({
      stage: 'unusable_rule',
      detail: { field: 'cid_rules', index: 0, message: 'match limit exceeded' },
    });
  });

  it('leave the formatters of others alone', () => {
    const formatters = { outbound_caller_id_number: [{ regex: '^\\+1(\\d{10})$' }] };
    const documents = beside({ rules: ['^\\+1+$'], formatters }, (index) => ({
      rules: [hostile(index)],
    }));
    const result = ask(documents, { number });
    expect(result.skipped).toEqual([]);
    expect(result.dial?.raw).toContain("origination_caller_id_number='3125550142'");
  });
});

describe('what is sent', () => {
  const sent = (...rules: readonly string[]) =>
    ask([resource('r', { rules: [...rules] })]).endpoints[0]?.matched_number;
  it.each([
    [['^\\+1(\\d{7})(\\d{3})$'], '7735550'],
    [['^\\+1(\\d{5})(\\d{5})$'], '50111'],
    [['^\\+1(x)?(\\d{3})'], '773'],
    [['^\\+1()'], ''],
    [['555'], '555'],
    [[''], ''],
    // The last rule that matches decides.
    [['(5550111)$', '^\\+1(773)', '^\\+44'], '773'],
  ])('by %j is %j', (rules, number) => {
    expect(sent(...rules)).toBe(number);
  });
});

describe('caller-id rules', () => {
  const cid_rules = ['^\\+1312'];
  const honours = { config: { cid_rules_honor_diversions: true } };
  const of = (user: string) => ({ custom_sip_headers: { Diversions: [`<sip:${user}@a>`] } });
  const admits = (request: JsonObject, site: Site = {}, rules: readonly JsonValue[] = cid_rules) =>
    found(ask([resource('r', { cid_rules: rules })], request, site)).length > 0;

  it('look at the number as given, or at the first diversion where the settings say so', () => {
    expect(admits({})).toBe(true);
    expect(admits({ caller_id_number: '3125550142' })).toBe(false);
    expect(admits(of('+44'))).toBe(true);
    expect(admits(of('+44'), honours)).toBe(false);
    expect(admits({ caller_id_number: '+44', ...of('+1312') }, honours)).toBe(true);
    // Without a diversion that can be read it is the caller again.
    expect(admits({}, honours)).toBe(true);
    expect(admits({ custom_sip_headers: { Diversions: ['?'] } }, honours)).toBe(true);
  });

  it('admit nobody without a number, and anybody where none of them can be used', () => {
    const nobody = { caller_id_number: null };
    expect(admits(nobody)).toBe(false);
    expect(admits(nobody, {}, ['(', 7])).toBe(true);
    expect(admits({ caller_id_number: '+44' }, {}, ['(', '^\\+1312'])).toBe(false);
    const [first] = ask([resource('r', { cid_rules })], { caller_id_number: '+44' }).excluded;
    expect(first?.reason).toBe('No caller-id rule matches +44.');
    const [second] = ask([resource('r', { cid_rules })], nobody).excluded;
    expect(second?.reason).toContain('no caller id');
  });
});

describe('flags', () => {
  it.each<readonly [JsonValue, JsonObject, boolean]>([
    [[], { flags: ['a'] }, true],
    ['a', {}, true],
    [['a'], { flags: ['a', 'b'] }, true],
    [['a', 'b'], { flags: ['a'] }, false],
    [['A'], { flags: ['a'] }, false],
    [['a'], { ignore_flags: true }, true],
    [[], { require_flags: true }, false],
    [[], { require_flags: true, ignore_flags: true }, false],
    // An empty flag matches anything, and is one.
    [[''], { require_flags: true }, true],
    [[{}, null], { require_flags: true }, true],
  ])('%j of the call and %j: %j', (flags, more, passes) => {
    expect(found(ask([resource('r', more)], { flags })).length > 0).toBe(passes);
  });
});

describe('a classified resource', () => {
  const split = (own: JsonObject, more: JsonObject = {}, number = '7735550111') =>
    ask(
      [
        resource('r', {
          ...more,
          classifiers: { [number === '911' ? 'emergency' : 'did_us']: own },
        }),
      ],
      { number },
    ).endpoints[0];

  it('is one of its class by name, with what the class says above the rest', () => {
    expect(split({})).toMatchObject({
      resource_id: 'r-did_us',
      resource_name: 'Demo r - did_us',
      weight: 50,
      matched_number: '7735550111',
      route: 'sip:7735550111@r.example',
    });
    const gateways = [{ server: 's', prefix: '1', suffix: '2' }];
    expect(
      split({ prefix: '', suffix: 9, weight_cost: 7 }, { gateways, weight_cost: 3 }),
    ).toMatchObject({ route: 'sip:77355501119@s', weight: 7 });
    expect(split({}, { gateways, weight_cost: 3 })).toMatchObject({
      route: 'sip:177355501112@s',
      weight: 3,
    });
  });

  it('is for emergencies by its own word, else by its class, else by its document', () => {
    const emergency = (...args: Parameters<typeof split>) => split(...args)?.emergency;
    expect(emergency({}, {}, '911')).toBe(true);
    expect(emergency({ emergency: 'false' }, { emergency: true }, '911')).toBe(false);
    expect(emergency({ emergency: 'maybe' }, {}, '911')).toBe(true);
    expect(emergency({}, { emergency: true })).toBe(true);
    expect(emergency({ emergency: true })).toBe(true);
    expect(emergency({})).toBe(false);
  });

  it('leaves an equal rule of another in the index when it goes', () => {
    const rule = '^\\+1(\\d{10})$';
    const set = compile([
      resource('a'),
      resource('b', { classifiers: { did_us: { regex: rule } } }),
    ]);
    set.remove('b');
    const after = evaluateRoute({ number: '7735550111' }, set, { random: keepOrder });
    expect(found(after)).toEqual(['a/0']);
    set.put('c', resource('c'));
    set.remove('c');
    const again = evaluateRoute({ number: '7735550111' }, set, { random: keepOrder });
    expect(found(again)).toEqual(['a/0']);
    set.put('a', { gateways: [{ server: 's' }], rules: ['^\\+44'] });
    expect(evaluateRoute({ number: '7735550111' }, set, { random: keepOrder }).endpoints).toEqual(
      [],
    );
  });

  it('of the class named emergency is for emergency numbers, marked or not', () => {
    const site = {
      numbers: { classifiers: { emergency: '^911$', rest: '.' } },
      config: { emergency_numbers_only_over_emergency_resources: true },
    };
    expect(ask([resource('r', { rules: ['.'] })], { number: '911' }, site).excluded).toMatchObject([
      { stage: 'classifier', detail: { classifier: 'emergency' } },
    ]);
  });
});

describe('a site of many rules', () => {
  it('is answered whole the first time, when none of them has run yet', () => {
    const many = Array.from({ length: 390 }, (_, index) =>
      resource(`r${index}`, { rules: [`^\\+1(\\d{10})(?:${index})?$`] }),
    );
    expect(found(ask(many))).toHaveLength(390);
  });
});
