// The same start of a job sent twice is one job: with JSON and with uploads, at the same time, and
// across a restart of the agent.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../agent/base/json.ts';
import { jobRoutes } from '../../../agent/http/job-routes.ts';
import { CHILD_ID, serveRoutes } from '../../support/api-harness.ts';
import { addResources, openStoreAt, RESOURCE_ID, startJobs } from '../../support/job-harness.ts';
import { tempDir } from '../../support/temp-dir.ts';

const JOBS = `/v2/accounts/${CHILD_ID}/resources/jobs`;
const UPLOAD = `${JOBS}?resource_id=${RESOURCE_ID}`;
const NUMBERS = ['+12125550100', '+12125550101', '+12125550100', 'nothing'];
const CSV = `number\n${NUMBERS.join('\n')}\n`;

interface Answer {
  readonly status: number;
  readonly data: JsonObject;
  readonly revision: unknown;
}

interface Agent {
  put(path: string, key: string | undefined, body: string, type?: string): Promise<Answer>;
  jobs(): Promise<readonly JsonObject[]>;
  runner: { whenIdle(): Promise<void>; stop(): Promise<void> };
  close(): Promise<void>;
}

async function startAgentAt(folder: string, clock = { nowMs: () => Date.now() }): Promise<Agent> {
  const storage = await openStoreAt(folder, clock);
  const carrier = { kind: 'resource', accountId: CHILD_ID } as const;
  if ((await storage.read.documents.load(carrier, RESOURCE_ID)) === undefined)
    await addResources(storage);
  const { jobs, runner } = await startJobs(storage, { clock });
  const { url } = await serveRoutes(jobRoutes({ jobs, clock }));
  const headers = { 'x-auth-token': 'master' };
  const read = async (response: Response): Promise<Answer> => {
    const body = (await response.json()) as { data: JsonObject; revision?: string };
    return { status: response.status, data: body.data, revision: body.revision };
  };
  return {
    put: async (path, key, body, type = 'text/csv') =>
      read(
        await fetch(url + path, {
          method: 'PUT',
          headers: {
            ...headers,
            'content-type': type,
            ...(key === undefined ? {} : { 'idempotency-key': key }),
          },
          body,
        }),
      ),
    jobs: async () =>
      (await read(await fetch(url + JOBS, { headers }))).data as unknown as readonly JsonObject[],
    runner,
    close: () => storage.close(),
  };
}

const json = (data: JsonObject): readonly [string, string] => [
  JSON.stringify({ data }),
  'application/json',
];

describe('a key of the client', () => {
  it('makes one job of the same request, answered as the first time, also after a restart', async () => {
    const folder = await tempDir();
    const agent = await startAgentAt(folder);
    const first = await agent.put(UPLOAD, 'a-key', CSV);
    expect(first).toMatchObject({
      status: 201,
      data: { counts: { total: 4, successes: 0, failures: 0, skipped: 1 } },
    });
    // Quoted, as the draft writes it, and after the job is done.
    await agent.runner.whenIdle();
    expect(await agent.put(UPLOAD, '"a-key"', CSV)).toEqual(first);
    await agent.runner.stop();
    await agent.close();

    const later = await startAgentAt(folder);
    expect(await later.put(UPLOAD, 'a-key', CSV)).toEqual(first);
    // The same asked in another form is the same.
    const body = json({ resource_id: RESOURCE_ID, numbers: NUMBERS });
    expect(await later.put(JOBS, 'a-key', ...body)).toMatchObject({
      status: 201,
      revision: first.revision,
      data: { id: first.data['id'], numbers: NUMBERS },
    });
    expect(await later.jobs()).toMatchObject([{ id: first.data['id'], status: 'complete' }]);
  });

  it('is for one request: another one with it is refused, and makes nothing', async () => {
    const agent = await startAgentAt(await tempDir());
    const body = (more: JsonObject): readonly [string, string] =>
      json({ resource_id: RESOURCE_ID, numbers: NUMBERS, ...more });
    const first = await agent.put(JOBS, 'k', ...body({}));
    expect(first.status).toBe(201);
    const others: readonly (readonly [string, string, string])[] = [
      [JOBS, ...body({ name: 'Another' })],
      [JOBS, ...body({ numbers: [...NUMBERS].reverse() })],
      [UPLOAD, `${CSV}+12125550177\n`, 'text/csv'],
    ];
    for (const [path, ...other] of others)
      expect(await agent.put(path, 'k', ...other)).toMatchObject({
        status: 422,
        data: { message: 'The key was used for another request' },
      });
    for (const key of ['', 'two words', '"', 'x'.repeat(256)])
      expect(await agent.put(UPLOAD, key, CSV)).toMatchObject({
        status: 400,
        data: { 'Idempotency-Key': { pattern: {} } },
      });
    // What was refused keeps no key, and a dry run is no start.
    const bad = await agent.put(`${JOBS}?resource_id=none`, 'again', CSV);
    expect(bad.status).toBe(400);
    const dry = await agent.put(`${UPLOAD}&dry_run=true`, 'again', CSV);
    expect(dry.data).toMatchObject({ dry_run: true });
    expect((await agent.put(UPLOAD, 'again', CSV)).status).toBe(201);
    expect(await agent.jobs()).toHaveLength(2);
  });

  it('is good for requests at the same time, and for a day', async () => {
    let nowMs = Date.now();
    const agent = await startAgentAt(await tempDir(), { nowMs: () => nowMs });
    const all = await Promise.all(Array.from({ length: 5 }, () => agent.put(UPLOAD, 'crowd', CSV)));
    expect(new Set(all.map(({ data }) => data['id'])).size).toBe(1);
    expect(await agent.jobs()).toHaveLength(1);
    nowMs += 23 * 3_600_000;
    expect((await agent.put(UPLOAD, 'crowd', CSV)).data['id']).toBe(all[0]?.data['id']);
    nowMs += 2 * 3_600_000;
    expect((await agent.put(UPLOAD, 'crowd', CSV)).data['id']).not.toBe(all[0]?.data['id']);
    expect(await agent.jobs()).toHaveLength(2);
    // Without a key each request is a job, as ever.
    await agent.put(UPLOAD, undefined, CSV);
    expect(await agent.jobs()).toHaveLength(3);
  });
});
