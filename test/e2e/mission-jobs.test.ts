// The jobs curl commands of the API document, sent by curl itself to the real process.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startAgentProcess } from '../support/agent-process.ts';
import { hasPeer } from '../support/peer.ts';

const run = promisify(execFile);

interface Reply {
  readonly data: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly status: string;
  readonly revision: string;
  readonly page_size?: number;
  readonly start_key?: string;
}

it.runIf(hasPeer('curl'))('answers the jobs commands of the API document', async () => {
  const agent = await startAgentProcess();
  const signedIn = await agent.request('PUT', '/v2/api_auth', {
    api_key: agent.credentials.api_key,
  });
  const curl = async (...argv: readonly string[]): Promise<Reply> => {
    const token = `X-Auth-Token: ${String(signedIn.body['auth_token'])}`;
    const { stdout } = await run('curl', ['-sS', '-H', token, ...argv]);
    return JSON.parse(stdout) as Reply;
  };
  const base = `${agent.url}/v2/accounts/${agent.credentials.account_id}/resources`;
  const json = ['-H', 'Content-Type: application/json'];
  const resource = await curl(
    ...['-X', 'PUT', ...json, '-d', '{"data":{"name":"Carrier 3", "gateways":[]}}', base],
  );
  const numbers = ['+12223334444', '+23334445555'];
  const body = JSON.stringify({ data: { numbers, resource_id: resource.data.id } });
  // With and without the header: curl's own type is taken for JSON.
  for (const headers of [json, []]) {
    const created = await curl('-X', 'PUT', ...headers, '-d', body, `${base}/jobs`);
    expect(created.status).toBe('success');
    expect(created.data).toMatchObject({
      errors: {},
      resource_id: resource.data.id,
      numbers,
      successes: {},
    });
    expect(created.data.id).toMatch(/^\d{6}-[0-9a-f]{16}$/);
  }
  const listed = async (): Promise<readonly Record<string, unknown>[]> => {
    const list = await curl('-X', 'GET', `${base}/jobs`);
    expect([list.page_size, typeof list.start_key]).toEqual([2, 'string']);
    return list.data as unknown as readonly Record<string, unknown>[];
  };
  let rows = await listed();
  while (rows.some((row) => row['status'] !== 'complete')) rows = await listed();
  // The first created both numbers; the second found them there.
  expect(rows.map((row) => [row['successes'], row['failures']]).sort()).toEqual([
    [0, 2],
    [2, 0],
  ]);
  for (const row of rows) {
    expect(row).toMatchObject({ resource_id: resource.data.id });
    expect(row['timestamp']).toBeGreaterThan(63_575_950_041);
    const { data } = await curl('-X', 'GET', `${base}/jobs/${String(row['id'])}`);
    expect(data).toMatchObject({
      id: row['id'],
      numbers,
      status: 'complete',
      timestamp: row['timestamp'],
    });
    const failed = row['failures'] === 2;
    expect(Object.keys(data['successes'] as object)).toEqual(failed ? [] : numbers);
    expect(Object.keys(data['errors'] as object)).toEqual(failed ? numbers : []);
  }
});
