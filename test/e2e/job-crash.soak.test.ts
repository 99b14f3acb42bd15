// kill -9 while a carrier's list arrives, while it is worked on, while the next agent takes it up
// again or migrates: every number once, results as if nothing had happened, no event twice.

import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { mkdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { loadSecretKey } from '../../agent/secret/secret-key.ts';
import { dataDirAt } from '../../agent/store/data-dir.ts';
import { migrate } from '../../agent/store/migration.ts';
import { MIGRATIONS } from '../../agent/store/migrations.ts';
import { SqlConnection } from '../../agent/store/sql.ts';
import { SseClient } from '../bench/support-sse-client.ts';
import { type AgentProcess, CLI, startAgentProcess } from '../support/agent-process.ts';
import { checkJobs } from '../support/job-checks.ts';
import { asSeries, carrierList, EXISTING_NUMBER } from '../support/number-list.ts';
import { roundsOf } from '../support/soak.ts';
import { tempDir } from '../support/temp-dir.ts';

const ROUNDS = roundsOf({ test: 3, soak: 60 });
const MIGRATION_ROUNDS = roundsOf({ test: 2, soak: 30 });
const MOMENTS = ['upload', 'run', 'recovery'] as const;

const csvOf = (series: number): string => ['number', ...carrierList(series)].join('\n');

/** One data directory through all its agents' lives. */
class Site {
  readonly dataDir: string;
  /** Event id → what it said. */
  readonly events = new Map<string, string>();
  readonly repeated: string[] = [];
  /** Milliseconds an undisturbed start and run took: kills fall within them. */
  startMs = 500;
  runMs = 300;
  agent: AgentProcess | undefined;
  #lastEventId = '';
  #stream: SseClient | undefined;
  #kept = 0;

  constructor(dataDir: string) {
    this.dataDir = dataDir;
  }

  async start(): Promise<AgentProcess> {
    const agent = await startAgentProcess({ dataDir: this.dataDir });
    this.agent = agent;
    return agent;
  }

  /** From here on until the agent ends, events are kept; those missed come first. */
  async listen(agent: AgentProcess): Promise<SseClient> {
    const signedIn = await agent.request('PUT', '/v2/api_auth', {
      api_key: agent.credentials.api_key,
    });
    this.#stream = await SseClient.open(`${agent.url}/v2/events?topic=job`, {
      'x-auth-token': String(signedIn.body['auth_token']),
      'last-event-id': this.#lastEventId === '' ? '0' : this.#lastEventId,
    });
    this.#kept = 0;
    return this.#stream;
  }

  async kill(agent: AgentProcess): Promise<void> {
    await agent.end('SIGKILL');
    await this.#stream?.until(() => false);
    this.keepEvents();
  }

  keepEvents(): void {
    for (const { id, event, data } of this.#stream?.messages.slice(this.#kept) ?? []) {
      if (this.events.has(id)) this.repeated.push(id);
      this.events.set(id, `${event} ${data}`);
      this.#lastEventId = id;
    }
    this.#kept = this.#stream?.messages.length ?? 0;
  }

  countOf(event: string, jobId: string): number {
    return [...this.events.values()].filter(
      (text) => text.startsWith(`${event} `) && text.includes(jobId),
    ).length;
  }
}

async function uploadWhole(agent: AgentProcess, series: number): Promise<string> {
  const signedIn = await agent.request('PUT', '/v2/api_auth', {
    api_key: agent.credentials.api_key,
  });
  const reply = await fetch(`${agent.url}/v2/resources/jobs?resource_id=carrier`, {
    method: 'PUT',
    headers: {
      'x-auth-token': String(signedIn.body['auth_token']),
      'content-type': 'text/csv',
    },
    body: csvOf(series),
  });
  expect(reply.status).toBe(201);
  return ((await reply.json()) as { data: { id: string } }).data.id;
}

/** Sends the list piece by piece and kills the agent at a random one. */
async function killInUpload(site: Site, agent: AgentProcess, series: number): Promise<void> {
  const signedIn = await agent.request('PUT', '/v2/api_auth', {
    api_key: agent.credentials.api_key,
  });
  const sending = request(`${agent.url}/v2/resources/jobs?resource_id=carrier`, {
    method: 'PUT',
    headers: { 'x-auth-token': String(signedIn.body['auth_token']), 'content-type': 'text/csv' },
  });
  const gone = new Promise<void>((resolve) => {
    sending.on('error', () => resolve());
    sending.on('close', () => resolve());
  });
  const text = csvOf(series);
  const until = Math.floor(Math.random() * text.length);
  const piece = 16_384;
  for (let at = 0; at < until; at += piece)
    await new Promise<void>((resolve) => {
      sending.write(text.slice(at, Math.min(until, at + piece)), () => resolve());
    });
  await site.kill(agent);
  sending.destroy();
  await gone;
}

/** Starts an agent and kills it before, or soon after, it is ready. */
async function killAtStart(dataDir: string, withinMs: number): Promise<void> {
  const argv = [CLI, 'agent', '--data-dir', dataDir, '--listen', '127.0.0.1:0'];
  const child = spawn(process.execPath, argv, { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('close', resolve));
  await delay(Math.random() * withinMs);
  child.kill('SIGKILL');
  await ended;
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function rowOf(agent: AgentProcess, id: string): Promise<Record<string, unknown>> {
  const list = await agent.request('GET', `/v2/resources/jobs?filter_id=${id}`);
  const rows = list.body['data'] as unknown as Record<string, unknown>[];
  expect(rows).toHaveLength(1);
  return rows[0] ?? {};
}

async function untilComplete(agent: AgentProcess, id: string): Promise<void> {
  while ((await rowOf(agent, id))['status'] !== 'complete');
}

async function resultsOf(agent: AgentProcess, id: string): Promise<string> {
  const path = `/v2/resources/jobs/${id}/results?accept=csv`;
  const reply = await agent.request('GET', path, undefined, { accept: 'text/csv' });
  expect(reply.status).toBe(200);
  return reply.text;
}

async function prepare(agent: AgentProcess): Promise<void> {
  await agent.request('PUT', '/v2/resources', { id: 'carrier', name: 'C', gateways: [] });
  const numbers = `/v2/accounts/${agent.credentials.account_id}/phone_numbers`;
  const created = await agent.request('PUT', `${numbers}/${encodeURIComponent(EXISTING_NUMBER)}`);
  expect(created.status).toBe(201);
}

/** An undisturbed run of series 0: what every other one must come to. */
async function undisturbed(site: Site): Promise<string> {
  let started = performance.now();
  const agent = await site.start();
  site.startMs = performance.now() - started;
  await site.listen(agent);
  await prepare(agent);
  const id = await uploadWhole(agent, 0);
  started = performance.now();
  await untilComplete(agent, id);
  site.runMs = performance.now() - started;
  const results = await resultsOf(agent, id);
  expect(results.split('\r\n')).toHaveLength(carrierList(0).length + 2);
  await site.kill(agent);
  return results;
}

it(`loses and repeats nothing of 20,000 numbers at kill -9, in ${String(ROUNDS)} rounds`, async () => {
  const site = new Site(await tempDir());
  const expected = await undisturbed(site);
  const ids: string[] = [];
  let recovered = 0;
  // Kills that never met a running job would prove nothing: then there are more rounds.
  for (let round = 0; round < ROUNDS || (recovered === 0 && round < 5 * ROUNDS); round += 1) {
    const series = 1 + (round % 99);
    const moment = MOMENTS[round % MOMENTS.length];
    let agent = await site.start();
    await site.listen(agent);
    if (round >= 99) await releaseAll(agent, series);
    if (moment === 'upload') {
      await killInUpload(site, agent, series);
      agent = await site.start();
      await site.listen(agent);
    }
    const id = await uploadWhole(agent, series);
    ids.push(id);
    if (moment !== 'upload') {
      if (moment === 'run') await delay(Math.random() * site.runMs);
      else while ((await rowOf(agent, id))['status'] === 'pending');
      await site.kill(agent);
      if (moment === 'recovery') await killAtStart(site.dataDir, site.startMs * 1.3);
      agent = await site.start();
      await site.listen(agent);
    }
    await untilComplete(agent, id);
    const detail = await agent.request('GET', `/v2/resources/jobs/${id}`);
    if (detail.text.includes('"recovered":{"count":')) recovered += 1;
    expect(asSeries(await resultsOf(agent, id), series, 0), `${String(moment)} ${id}`).toBe(
      expected,
    );
    await site.kill(agent);
  }

  const agent = await site.start();
  const stream = await site.listen(agent);
  await stream.until(() => {
    site.keepEvents();
    return ids.every((id) => site.countOf('job.completed', id) > 0);
  });
  expect(site.repeated).toEqual([]);
  for (const id of ids)
    expect([id, site.countOf('job.created', id), site.countOf('job.completed', id)]).toEqual([
      id,
      1,
      1,
    ]);
  await agent.end('SIGTERM');
  await checkBooks(site.dataDir, ids.length + 1);
}, 3_600_000);

/** More rounds than area codes: the numbers of an earlier round make room. */
async function releaseAll(agent: AgentProcess, series: number): Promise<void> {
  const path = `/v2/accounts/${agent.credentials.account_id}/phone_numbers/collection`;
  const numbers = [...new Set(carrierList(series).filter((text) => /^\+12/.test(text)))];
  for (let from = 0; from < numbers.length; from += 10_000)
    await agent.request('DELETE', path, { numbers: numbers.slice(from, from + 10_000) });
}

async function checkBooks(dataDir: string, jobs: number): Promise<void> {
  const tables = await SqlConnection.open(dataDirAt(dataDir).database, 'readonly');
  try {
    const facts = jobs <= 100 ? await checkJobs(tables) : [];
    // What an aborted upload left would be a job here, or an orphan there.
    if (jobs <= 100) expect(facts).toHaveLength(jobs);
    const recovered = await tables.get<{ readonly count: number }>(
      'SELECT sum(recovered_count) AS count FROM jobs',
    );
    expect(recovered?.count).toBeGreaterThan(0);
    for (const [event, expected] of [
      ['job.created', jobs],
      ['job.completed', jobs],
      ['job.recovered', recovered?.count],
    ] as const) {
      const counted = await tables.get<{ readonly audit: number; readonly events: number }>(
        `SELECT (SELECT count(*) FROM audit WHERE event = ?1) AS audit,
           (SELECT count(*) FROM events WHERE name = ?1) AS events`,
        [event],
      );
      expect([event, counted]).toEqual([event, { audit: expected, events: expected }]);
    }
    const backwards = await tables.all(
      `SELECT * FROM (SELECT data ->> 'id' AS id, data ->> 'left' AS now,
           lag(data ->> 'left') OVER (PARTITION BY data ->> 'id' ORDER BY sequence) AS before
         FROM events WHERE name IN ('job.started', 'job.progress', 'job.completed'))
       WHERE now > before`,
    );
    expect(backwards).toEqual([]);
    expect(await tables.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  } finally {
    await tables.close();
  }
}

it(`comes through kill -9 in a migration, in ${String(MIGRATION_ROUNDS)} rounds`, async () => {
  for (let round = 0; round < MIGRATION_ROUNDS; round += 1) {
    const dir = dataDirAt(await tempDir());
    await mkdir(dir.backups, { recursive: true });
    await loadSecretKey(dir.secretKey, true);
    const old = await SqlConnection.open(dir.database, 'readwrite');
    await old.exec('PRAGMA journal_mode = WAL');
    await migrate(old, MIGRATIONS.slice(0, -1), dir.backups, 0);
    // Enough to copy that the kill falls into the backup or the migration, too.
    await old.exec(`CREATE TABLE ballast (x BLOB) STRICT;
      INSERT INTO ballast SELECT randomblob(1000000) FROM json_each('[${'1,'.repeat(19)}1]')`);
    await old.close();
    const site = new Site(dir.path);
    await killAtStart(dir.path, site.startMs * 2);
    await killAtStart(dir.path, site.startMs * 2);
    const agent = await site.start();
    await prepare(agent);
    const id = await uploadWhole(agent, 1);
    await untilComplete(agent, id);
    await agent.end('SIGTERM');
    const tables = await SqlConnection.open(dir.database, 'readonly');
    expect(
      await tables.all('SELECT version, name, breaking FROM migrations ORDER BY version'),
    ).toEqual(
      MIGRATIONS.map(({ version, name, breaking }) => ({
        version,
        name,
        breaking: Number(breaking),
      })),
    );
    const [facts] = await checkJobs(tables);
    await tables.close();
    expect(facts).toMatchObject({ status: 'complete', total: carrierList(1).length });
  }
}, 3_600_000);
