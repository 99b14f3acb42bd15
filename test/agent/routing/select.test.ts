// Budgets: what hostile rules and very many rules may do to the rest of a site.

import { describe, expect, it } from 'vitest';
import { ask, found, resource } from './site.ts';

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

describe('a site of many rules', () => {
  it('is answered whole the first time, when none of them has run yet', () => {
    const many = Array.from({ length: 390 }, (_, index) =>
      resource(`r${index}`, { rules: [`^\\+1(\\d{10})(?:${index})?$`] }),
    );
    expect(found(ask(many))).toHaveLength(390);
  });
});
