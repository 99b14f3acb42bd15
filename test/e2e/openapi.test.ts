// The whole API of the real agent: every documented route answers, and every route is documented.

import { beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, useAgentProcess } from '../support/agent-process.ts';

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;
/** What the API document and the design promise; the real table has more. */
const PROMISED = [
  '/v2/accounts/{account_id}/resources',
  '/v2/accounts/{account_id}/resources/{resource_id}',
  '/v2/accounts/{account_id}/resources/collection',
  '/v2/accounts/{account_id}/resources/jobs',
  '/v2/accounts/{account_id}/resources/jobs/{job_id}',
  '/v2/resources',
  '/v2/resources/jobs',
  '/v2/accounts/{account_id}',
  '/v2/accounts/{account_id}/children',
  '/v2/accounts/{account_id}/descendants',
  '/v2/accounts/{account_id}/api_key',
  '/v2/accounts/{account_id}/phone_numbers',
  '/v2/schemas',
  '/v2/system_configs/{category}',
  '/v2/audit',
  '/v2/alarms/{alarm_id}',
  '/v2/gear/{gear_id}/identify',
  '/v2/gear/{gear_id}/refresh',
  '/v2/gear/{gear_id}/transcript',
  '/v2/spans/{span_id}/channels',
  '/v2/spans/{span_id}/performance',
  '/v2/cables/{cable_id}',
  '/v2/events',
  '/v2/routes',
  '/v2/api_auth',
  '/v2/user_auth',
  '/v2/token_auth',
  '/metrics',
];

const theAgent = useAgentProcess();
let agent: AgentProcess;
let document: OpenApi;

beforeAll(async () => {
  agent = theAgent();
  const reply = await agent.request('GET', '/openapi.json');
  document = JSON.parse(reply.text) as OpenApi;
});

describe('/openapi.json', () => {
  it('has every promised path', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(PROMISED.filter((path) => document.paths[path] === undefined)).toEqual([]);
  });

  it('describes routes that answer: none is unknown, forbidden by method or broken', async () => {
    const wrong: string[] = [];
    let asked = 0;
    for (const [template, item] of Object.entries(document.paths)) {
      const path = template
        .replace('{account_id}', agent.credentials.account_id)
        .replaceAll(/\{\w+\}/g, 'nothing-of-this-name');
      for (const method of METHODS) {
        if (item[method] === undefined || path === '/v2/events') continue;
        // Signing out would end the token of the calls that follow.
        if (path === '/v2/token_auth' && method === 'delete') continue;
        asked += 1;
        const { status, body, text } = await agent.request(
          method.toUpperCase(),
          path,
          method === 'get' || method === 'delete' ? undefined : {},
        );
        const unknownPath = status === 404 && body['message'] === 'not_found';
        if (unknownPath || status === 405 || status >= 500 || /\bat .*\.js:\d+/.test(text))
          wrong.push(`${method} ${path}: ${String(status)} ${text.slice(0, 200)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(80);
    expect((await agent.request('GET', '/healthz')).status).toBe(200);
  });
});
