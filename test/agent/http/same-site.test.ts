// Requests that carry the console's cookie: from the own page, under a name nobody can re-point.

import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { isCode } from '../../../agent/base/error.ts';
import { assertSameSite } from '../../../agent/http/same-site.ts';

const isAllowed = (method: string, headers: Record<string, string>): boolean => {
  try {
    assertSameSite({ method, headers } as unknown as IncomingMessage, ['rack-7', 'rack-7.local']);
    return true;
  } catch (error) {
    if (isCode(error, 'auth.forbidden')) return false;
    throw error;
  }
};

describe('a request with the cookie', () => {
  it.each([
    ['127.0.0.1:8000', true],
    ['[::1]:8000', true],
    ['192.168.4.20:8443', true],
    ['localhost:8000', true],
    ['rack-7.local:8443', true],
    ['RACK-7:8443', true],
    // DNS rebinding: a foreign name that now means this machine.
    ['evil.example:8000', false],
    ['rack-7.evil.example', false],
    ['rack-7.local.evil.example:8443', false],
    ['127.0.0.1.evil.example:8000', false],
    ['localhost.evil.example', false],
    ['', false],
  ])('to host %s is allowed: %s', (host, allowed) => {
    expect(isAllowed('GET', { host })).toBe(allowed);
  });

  it('comes from the own page', () => {
    const host = '192.168.4.20:8443';
    const table = [
      ['PUT', { host, origin: `https://${host}` }],
      ['PUT', { host, 'sec-fetch-site': 'same-origin' }],
      ['PUT', { host, origin: 'https://evil.example' }],
      ['GET', { host, origin: 'https://evil.example' }],
      ['PUT', { host, origin: 'null' }],
      ['PUT', { host, origin: 'https://192.168.4.20:8444' }],
      ['PUT', { host }],
      ['PUT', { host, 'sec-fetch-site': 'cross-site' }],
    ] as const;
    expect(table.map(([method, headers]) => isAllowed(method, { ...headers }))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
