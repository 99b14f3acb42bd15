import { describe, expect, it } from 'vitest';
import { isCode } from '../../../agent/base/error.ts';
import { isKept, parseFilter } from '../../../agent/document/filter.ts';

const document = {
  id: 'one',
  doc: {
    name: 'Carrier',
    enabled: true,
    weight_cost: 50,
    empty: '',
    nothing: null,
    none: {},
    zero: 0,
    flags: ['tollfree'],
    media: { audio: { codecs: ['PCMU'] } },
    gateways: [{ server: 'a.example', password: 'hunter2' }],
    constructor: 'mine',
  },
  pvt: { pvt_type: 'resource', pvt_created: 100, pvt_modified: 200 },
};

const keeps = (parameters: Readonly<Record<string, string>>): boolean =>
  isKept(parseFilter(parameters), document);

describe('filters', () => {
  it.each([
    [{ filter_name: 'Carrier' }, true],
    [{ filter_name: 'carrier' }, false],
    [{ filter_id: 'one' }, true],
    [{ filter_enabled: 'true' }, true],
    [{ filter_weight_cost: '50' }, true],
    [{ filter_weight_cost: '50.0' }, false],
    [{ filter_weight_cost: '["40","50"]' }, true],
    [{ filter_weight_cost: '[40, 50]' }, true],
    [{ filter_name: '[broken' }, false],
    [{ filter_absent: '' }, true],
    [{ filter_nothing: '' }, true],
    [{ filter_absent: 'x' }, false],
    [{ filter_not_name: 'Other' }, true],
    [{ filter_not_name: '["Carrier","Other"]' }, false],
    [{ filter_pvt_type: 'resource' }, true],
    [{ 'filter_gateways.0.server': 'a.example' }, true],
    [{ 'filter_gateways.1.server': 'a.example' }, false],
    [{ 'filter_media.audio.codecs.0': 'PCMU' }, true],
    [{ filter_gateways: '[{"server":"a.example","password":"hunter2"}]' }, false],
    [{ filter_toString: '' }, true],
    [{ filter_constructor: 'mine' }, true],
    [{ filter_name: 'Carrier', filter_enabled: 'false' }, false],
    [{ has_key: 'empty' }, true],
    [{ has_key: 'media.audio' }, true],
    [{ has_key: 'toString' }, false],
    [{ key_missing: 'absent' }, true],
    [{ missing_key: 'name' }, false],
    [{ has_value: 'zero' }, true],
    [{ has_value: 'none' }, false],
    [{ value_missing: 'empty' }, true],
    [{ missing_value: 'name' }, false],
    [{ created_from: '100', created_to: '100' }, true],
    [{ created_from: '101' }, false],
    [{ modified_to: '199' }, false],
    [{ filter_: 'x', unknown: 'y' }, true],
  ] as const)('%j keeps it: %s', (parameters, kept) => {
    expect(keeps(parameters)).toBe(kept);
  });

  it('answers no question about a secret', () => {
    for (const parameters of [
      { 'filter_gateways.0.password': 'hunter2' },
      { 'filter_not_gateways.0.password': 'hunter2' },
      { has_key: 'gateways.0.PASSWORD' },
      { has_value: 'secret.inner' },
    ])
      expect(() => parseFilter(parameters)).toThrow('secrets cannot be filtered by');
  });

  it('refuses more conditions than it would check and times that are none', () => {
    const many = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`filter_k${String(index)}`, 'x']),
    );
    for (const parameters of [many, { created_from: 'yesterday' }])
      expect(() => parseFilter(parameters)).toThrow(
        expect.toSatisfy((error) => isCode(error, 'request.bad-parameter')) as Error,
      );
  });
});
