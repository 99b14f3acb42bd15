import { describe, expect, it } from 'vitest';
import { RouteTable } from '../../../agent/http/route-table.ts';
import type { Route } from '../../../agent/http/route.ts';

const route = (path: string): Route => ({ path, methods: {} });
const table = new RouteTable(
  [
    '/v2/accounts/:account_id/resources',
    '/v2/accounts/:account_id/resources/collection',
    '/v2/accounts/:account_id/resources/:resource_id',
    '/v2/accounts/:account_id/resources/:resource_id/history',
    '/metrics',
  ].map(route),
);
const found = (url: string) => {
  const match = table.find(url);
  return match && [match.route.path.replace('/v2/accounts/:account_id', ''), match.parameters];
};

describe('a path', () => {
  it.each([
    ['/v2/accounts/a1/resources', ['/resources', { account_id: 'a1' }]],
    ['/v2/accounts/a1/resources/', ['/resources', { account_id: 'a1' }]],
    ['/V2/Accounts/A1/Resources?q=/x', ['/resources', { account_id: 'A1' }]],
    ['/v2/accounts/a1/resources/collection', ['/resources/collection', { account_id: 'a1' }]],
    [
      '/v2/accounts/a1/resources/Coll',
      ['/resources/:resource_id', { account_id: 'a1', resource_id: 'Coll' }],
    ],
    [
      '/v2/accounts/a1/resources/a%2Fb%20c/history',
      ['/resources/:resource_id/history', { account_id: 'a1', resource_id: 'a/b c' }],
    ],
    ['/metrics', ['/metrics', {}]],
  ])('%s is found with its parameters', (url, expected) => {
    expect(found(url)).toEqual(expected);
  });

  it('of any length is found', () => {
    const id = 'x'.repeat(5_000);
    expect(table.find(`/v2/accounts/${id}/resources`)?.parameters).toEqual({ account_id: id });
  });

  it.each([
    '/',
    '',
    '/v2',
    '/v2/accounts//resources',
    '/v2/accounts/a1/resources/b/c',
    '/metrics/x',
  ])('%s is none', (url) => {
    expect(table.find(url)).toBeUndefined();
  });

  it('with broken percent encoding is refused', () => {
    expect(() => table.find('/v2/accounts/%E0%A4%A/resources')).toThrow(
      expect.objectContaining({ code: 'request.invalid' }),
    );
  });
});
