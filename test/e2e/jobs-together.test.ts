// Jobs of two accounts at once, over HTTP, and what a client hears of them.

import { expect, it } from 'vitest';
import { SseClient } from '../bench/support-sse-client.ts';
import { startAgentProcess } from '../support/agent-process.ts';

interface JobEvent {
  readonly at: string;
  readonly data: { readonly id: string; readonly left: number; readonly numbers_per_s?: number };
}

/** Consecutive telephone numbers of one exchange a job. */
function numbers(job: number, count: number): readonly string[] {
  const first = 2_010_000_000 + job * 1_000_000;
  return Array.from({ length: count }, (_, index) => `+1${String(first + index)}`);
}

it('gives an account with one small job its turn, and tells of each job ten times a second at most', async () => {
  const agent = await startAgentProcess();
  const signedIn = await agent.request('PUT', '/v2/api_auth', {
    api_key: agent.credentials.api_key,
  });
  const master = agent.credentials.account_id;
  const resource = { id: 'carrier', name: 'Carrier', gateways: [] };
  await agent.request('PUT', `/v2/accounts/${master}/resources`, resource);
  const small = await agent.request('PUT', `/v2/accounts/${master}`, {
    name: 'Small',
    realm: 's.example',
  });
  expect(small.status).toBe(201);
  const smallId = (small.body['data'] as { id: string }).id;
  const client = await SseClient.open(`${agent.url}/v2/events?topic=job`, {
    'x-auth-token': String(signedIn.body['auth_token']),
  });
  const start = async (accountId: string, job: number, count: number): Promise<string> => {
    const path = `/v2/accounts/${accountId}/resources/jobs`;
    const data = { resource_id: 'carrier', numbers: numbers(job, count) };
    const reply = await agent.request('PUT', path, data);
    expect(reply.status).toBe(201);
    return (reply.body['data'] as { id: string }).id;
  };
  const large = await Promise.all([0, 1, 2, 3, 4].map((job) => start(master, job, 40_000)));
  const own = await start(smallId, 5, 2_000);
  const ofKind = (event: string): readonly JobEvent[] =>
    client.messages
      .filter((one) => one.event === event)
      .map(({ data }) => JSON.parse(data) as JobEvent);
  await client.until(() => ofKind('job.completed').length === 6);
  client.close();

  // The small one came last, and was through after a few turns: of the others one may have
  // come to its end meanwhile, not all that were before it.
  const told = client.messages
    .filter(({ event }) => event === 'job.created' || event === 'job.completed')
    .map(({ event, data }) => `${event} ${(JSON.parse(data) as JobEvent).data.id}`);
  const between = told.slice(
    told.indexOf(`job.created ${own}`) + 1,
    told.indexOf(`job.completed ${own}`),
  );
  expect(between.length).toBeLessThanOrEqual(1);
  const after = told.slice(told.indexOf(`job.completed ${own}`) + 1);
  expect(after.length).toBeGreaterThanOrEqual(2);

  const progress = ofKind('job.progress');
  expect(progress.length).toBeGreaterThan(0);
  for (const { data } of progress) {
    expect(data.left).toBeGreaterThan(0);
    expect(data.numbers_per_s).toBeGreaterThan(0);
  }
  for (const id of large) {
    const atMs = progress.filter(({ data }) => data.id === id).map(({ at }) => Date.parse(at));
    for (const [index, eleventh] of atMs.slice(10).entries())
      // The eleventh comes a second after the first; both times are whole milliseconds.
      expect(eleventh - (atMs[index] ?? 0)).toBeGreaterThanOrEqual(998);
  }
}, 120_000);
