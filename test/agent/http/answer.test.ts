import { expect, it } from 'vitest';
import { CraftportError } from '../../../agent/base/error.ts';
import { serveRoutes } from '../../support/api-harness.ts';

it('a client that has to wait is told how long', async () => {
  const detail = { retryAfterS: 7 };
  const error = new CraftportError('auth.rate-limited', 'Too many sign-ins', { detail });
  const handle = (): Promise<never> => Promise.reject(error);
  const api = await serveRoutes([
    { path: '/v2/busy', methods: { GET: { access: 'open', summary: '', handle } } },
  ]);
  const reply = await api.request('GET', '/v2/busy');
  expect([reply.status, reply.headers.get('retry-after')]).toEqual([429, '7']);
});
