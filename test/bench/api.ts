// Reads and creates beside a bare Express, 32 clients; start-up time and memory at rest.

import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import {
  type BenchAgent,
  median,
  residentMiB,
  type RunningProgram,
  startAgent,
  startProgram,
  withTempDir,
} from './support-process.ts';

const CLIENTS = 32;
const SECONDS = 5;
const ROUNDS = 3;

const DOCUMENT = {
  data: {
    name: 'Carrier 3',
    rules: ['^\\+{0,1}1{0,1}(\\d{10})$'],
    gateways: [
      { server: 'carrier1.com', realm: 'carrier1.com', username: 'blazemore', password: 'DrWoody' },
    ],
  },
};

interface Load {
  readonly url: string;
  readonly method: 'GET' | 'PUT';
  readonly token?: string;
}

/** @returns requests a second */
async function measure(load: Load): Promise<number> {
  const result = await autocannon({
    url: load.url,
    method: load.method,
    connections: CLIENTS,
    duration: SECONDS,
    headers: {
      'content-type': 'application/json',
      ...(load.token === undefined ? {} : { 'x-auth-token': load.token }),
    },
    ...(load.method === 'PUT' ? { body: JSON.stringify(DOCUMENT) } : {}),
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(
      `${load.url}: ${String(result.non2xx)} refused, ${String(result.errors)} failed`,
    );
  return result.requests.average;
}

async function compare(what: string, agent: Load, bare: Load): Promise<void> {
  const agentRates: number[] = [];
  const bareRates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bareRates.push(await measure(bare));
    agentRates.push(await measure(agent));
  }
  const [ours, theirs] = [median(agentRates), median(bareRates)];
  console.log(
    `${what}: ${ours.toFixed(0)}/s, bare Express ${theirs.toFixed(0)}/s, ratio ${(ours / theirs).toFixed(2)} (goal ≥ 0.5)`,
  );
}

async function measureRates(agent: BenchAgent, bare: RunningProgram): Promise<void> {
  const list = `${agent.url}/v2/accounts/${agent.accountId}/resources`;
  const created = await fetch(list, {
    method: 'PUT',
    headers: { 'x-auth-token': agent.token, 'content-type': 'application/json' },
    body: JSON.stringify(DOCUMENT),
  });
  const reply = (await created.json()) as { data: { id: string } };
  const one = `${list}/${reply.data.id}`;
  const fetched = await fetch(one, { headers: { 'x-auth-token': agent.token } });
  // The baseline reads exactly the JSON that the agent answers.
  await fetch(`${bare.url}/document`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: await fetched.text(),
  });
  const { token } = agent;
  await compare(
    'reads',
    { url: one, method: 'GET', token },
    { url: `${bare.url}/document`, method: 'GET' },
  );
  const before = await agentCommits(agent);
  await compare(
    'creates',
    { url: list, method: 'PUT', token },
    { url: `${bare.url}/document`, method: 'PUT' },
  );
  const after = await agentCommits(agent);
  if (before !== undefined && after !== undefined)
    console.log(
      `creates a commit: ${((after.units - before.units) / (after.commits - before.commits)).toFixed(1)} (goal ≥ 8)`,
    );
}

/** Commits and units so far, from /metrics. */
async function agentCommits(
  agent: BenchAgent,
): Promise<{ readonly commits: number; readonly units: number } | undefined> {
  const reply = await fetch(`${agent.url}/metrics`, { headers: { 'x-auth-token': agent.token } });
  const text = await reply.text();
  const valueOf = (name: string): number =>
    Number(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'm').exec(text)?.[1]);
  const commits = valueOf('craftport_store_commits_total');
  const units = valueOf('craftport_store_units_total');
  return Number.isNaN(commits) || Number.isNaN(units) ? undefined : { commits, units };
}

export async function bench(): Promise<void> {
  await withTempDir(async (dir) => {
    const bare = await startProgram([
      fileURLToPath(new URL('./support-bare-express.js', import.meta.url)),
    ]);
    const agent = await startAgent(dir);
    try {
      await measureRates(agent, bare);
    } finally {
      await agent.stop();
      await bare.stop();
    }
    const readyMs: number[] = [];
    const restMiB: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const again = await startAgent(dir);
      readyMs.push(again.readyMs);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      restMiB.push(residentMiB(again.child.pid));
      await again.stop();
    }
    console.log(
      `ready on an existing database: ${median(readyMs).toFixed(0)} ms (goal < 500); resident at rest: ${median(restMiB).toFixed(0)} MiB (goal < 110)`,
    );
  });
}
