import { describe, expect, it } from 'vitest';
import { canonicalUrl } from '../../../agent/http/path-aliases.ts';
import { CHILD_ID } from '../../support/api-harness.ts';
import { RESOURCES, serveResources } from '../../support/resource-api.ts';

describe('other names of paths', () => {
  it.each([
    ['/v2/account', '/v2/accounts/A'],
    ['/v2/account/resources?x=/v2/account', '/v2/accounts/A/resources?x=/v2/account'],
    ['/v2/account?x', '/v2/accounts/A?x'],
    ['/v2/accounts/B/local_resources/jobs/1', '/v2/accounts/B/resources/jobs/1'],
    ['/v2/account/local_resources', '/v2/accounts/A/resources'],
    ['/v2/global_resources/', '/v2/resources/'],
    ['/v2/global_resources/collection', '/v2/resources/collection'],
    ['/v2/accountant', '/v2/accountant'],
    ['/v2/global_resourcesx', '/v2/global_resourcesx'],
    ['/v2/accounts/B/resources/local_resources', '/v2/accounts/B/resources/local_resources'],
    ['/v2/resources/x', '/v2/resources/x'],
  ])('%s is %s', (url, canonical) => {
    expect(canonicalUrl(url, 'A', 'GET')).toBe(canonical);
  });

  it('reach the same resources with the same rights', async () => {
    const api = await serveResources();
    const as = (token: string) => ({ 'x-auth-token': token });
    const doc = { name: 'One', gateways: [] };
    const created = await api.request('PUT', '/v2/account/resources/', doc, as('child'));
    const location = String(created.headers.get('location'));
    expect([created.status, location.startsWith(`${RESOURCES}/`)]).toEqual([201, true]);
    const id = location.slice(RESOURCES.length + 1);
    const status = async (method: string, path: string, token: string): Promise<number> =>
      (await api.request(method, path, method === 'PUT' ? doc : undefined, as(token))).status;
    expect([
      await status('GET', `/v2/accounts/${CHILD_ID}/local_resources/${id}`, 'child'),
      await status('GET', `/v2/account/resources/${id}`, 'master'),
      await status('GET', '/v2/global_resources', 'child'),
      await status('PUT', '/v2/global_resources', 'master'),
      await status('GET', '/v2/account/resources', ''),
      await status('GET', '/v2/account/resources', 'nobody'),
    ]).toEqual([200, 404, 403, 201, 401, 401]);
    const preflight = await fetch(`${api.url}/v2/account/resources`, {
      method: 'OPTIONS',
      headers: { origin: 'http://a.example', 'access-control-request-method': 'PUT' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([
      200,
      'OPTIONS, GET, PUT',
    ]);
  });
});
