import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canReach,
  documentsFor,
  NOBODY,
  reachObstacles,
  readReachCaller,
} from '../../../agent/routing/reach.ts';
import { compile, resource, type Site } from './site.ts';

const E911 = { rules: ['^911$'], emergency: true };
const reached = (more: object, site: Site = {}, caller = NOBODY) =>
  canReach('911', caller, compile([resource('e', { ...E911, ...more })], site));
const obstacles = (more: object) =>
  reachObstacles('911', NOBODY, compile([resource('e', { ...E911, ...more })]));

describe('a number is reached', () => {
  it.each([
    ['over a resource with a rule for it', {}, true],
    ['over one that is no emergency resource', { emergency: false }, true],
    ['by class', { rules: [], classifiers: { emergency: {} } }, true],
    ['over TDM', { gateways: [{ endpoint_type: 'freetdm', span: '1' }] }, true],
    ['not over a disabled one', { enabled: false }, false],
    ['not by a class that is off', { classifiers: { emergency: { enabled: false } } }, false],
    ['not without an enabled gateway', { gateways: [{ server: 's', enabled: false }] }, false],
    ['not over gateways nobody can dial', { gateways: [{ endpoint_type: 'skype' }] }, false],
    ['not over none', { gateways: [] }, false],
    ['not where flags are required', { require_flags: true }, false],
    ['not by a rule that cannot be used', { rules: ['^911$('] }, false],
    ['not where only some callers may', { cid_rules: ['^\\+1312'] }, false],
  ])('%s', (_words, more, expected) => {
    expect(reached(more)).toBe(expected);
  });

  it('by the callers that a resource admits', () => {
    const caller = readReachCaller({ caller_id: { external: { number: '+13125550142' } } });
    expect(reached({ cid_rules: ['^\\+1312'] }, {}, caller)).toBe(true);
    expect(reached({ cid_rules: ['^\\+44'] }, {}, caller)).toBe(false);
  });

  it('whatever the settings ask of caller ids, but within the emergency policies', () => {
    const strict = { ensure_valid_emergency_cid: true, deny_invalid_emergency_cid: true };
    expect(reached({}, { config: strict })).toBe(true);
    const policy = { emergency_numbers_only_over_emergency_resources: true };
    expect(reached({}, { config: policy })).toBe(true);
    expect(reached({ emergency: false }, { config: policy })).toBe(false);
  });

  it('only itself, not as a short dial of something else', () => {
    const caller = readReachCaller({ caller_id: { emergency: { number: '+131255' } } });
    expect(reached({ rules: ['^\\+?131911$'] }, {}, caller)).toBe(false);
    const fixed = { config: { fixed_length_shortdial_correction: 3 } };
    expect(reached({ rules: ['^911911$'] }, fixed)).toBe(false);
  });
});

describe('the obstacles', () => {
  it('are what keeps out each resource that has a rule or class for the number', () => {
    expect(obstacles({ enabled: false })).toEqual(['"Demo e": The resource is disabled.']);
    expect(obstacles({ gateways: [{ server: 's', enabled: false }, {}] })).toEqual([
      '"Demo e": The gateway is disabled. The gateway has neither a server nor a route.',
    ]);
    expect(obstacles({ require_flags: true })).toEqual([
      '"Demo e": The resource requires flags and the request has none.',
    ]);
    expect(obstacles({ classifiers: { emergency: { enabled: false } } })).toEqual([
      '"Demo e": The resource switches "emergency" off.',
    ]);
    expect(obstacles({ rules: ['^112$'], enabled: false })).toEqual([]);
  });

  it('name a few of many', () => {
    const many = Array.from({ length: 9 }, (_, index) =>
      resource(`r${index}`, { ...E911, enabled: false }),
    );
    const reasons = reachObstacles('911', NOBODY, compile(many));
    expect(reasons).toHaveLength(6);
    expect(reasons.at(-1)).toBe('And 4 more.');
  });
});

describe('the documents for a number', () => {
  const part = fc.record(
    {
      rules: fc.subarray(['^911$', '^\\+1(\\d{10})$', '^(.*)$', '^112$', '^911$(', '(?=9)9(\\d+)']),
      classifiers: fc.constantFrom(
        { emergency: {} },
        { emergency: { enabled: false } },
        { did_us: {} },
        { nonsense: {} },
      ),
      enabled: fc.boolean(),
      emergency: fc.boolean(),
      require_flags: fc.boolean(),
      cid_rules: fc.constantFrom([], ['^\\+1312'], ['^\\+44']),
      gateways: fc.constantFrom([], [{ server: 's' }], [{ endpoint_type: 'skype' }]),
    },
    { requiredKeys: ['rules', 'gateways'] },
  );

  it('answer alone as all documents together do', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.boolean(), (parts, isPolicy) => {
        const documents = parts.map((more, index) => resource(`r${index}`, more));
        const site = { config: { emergency_numbers_only_over_emergency_resources: isPolicy } };
        const all = compile(documents, site);
        for (const number of ['911', '112']) {
          const ids = documentsFor([number], all);
          const few = compile(
            documents.filter(({ _id }) => ids.has(String(_id))),
            site,
          );
          expect(canReach(number, NOBODY, few)).toBe(canReach(number, NOBODY, all));
          expect(reachObstacles(number, NOBODY, few)).toEqual(reachObstacles(number, NOBODY, all));
        }
      }),
    );
  });

  it('are no others', () => {
    const documents = [resource('e', E911), resource('f'), resource('g', { classifiers: {} })];
    expect([...documentsFor(['911'], compile(documents))]).toEqual(['e']);
  });
});
