// 32 FreeSWITCHes read every 5 s: what that costs the agent beside an agent at rest, and how
// long an alarm takes from the simulator to a client of the event stream. Then an inventory of a
// mux on a 9600-baud craft port.

import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type BenchAgent,
  median,
  residentMiB,
  startAgent,
  withTempDir,
} from './support-process.ts';
import { SseClient } from './support-sse-client.ts';
import type { FreeSwitchLink } from './support-freeswitches.ts';
import { bench as benchCraftPort } from './tl1-line.ts';

const GEAR = 32;
const POLL_S = 5;
const MEASURED_S = 30;
const REST_S = 10;
const ALARMS = 40;
/** Ticks of /proc/PID/stat a second, on every Linux there is. */
const TICKS = 100;

export async function bench(): Promise<void> {
  const child = fork(fileURLToPath(new URL('support-freeswitches.js', import.meta.url)), [
    String(GEAR),
  ]);
  try {
    const links = await new Promise<readonly FreeSwitchLink[]>((resolve, reject) => {
      child.once('exit', () => reject(new Error('the simulators ended')));
      child.once('message', (message: { readonly links: readonly FreeSwitchLink[] }) =>
        resolve(message.links),
      );
    });
    await withTempDir(async (dir) => {
      const agent = await startAgent(dir);
      try {
        const rest = await cpuShare(agent, REST_S);
        const restMiB = residentMiB(agent.child.pid);
        await addGear(agent, links);
        await allRead(agent);
        const busy = await cpuShare(agent, MEASURED_S);
        const { spans, channels } = await count(agent);
        console.log(
          `${String(GEAR)} gear every ${String(POLL_S)} s, ${String(spans)} spans, ${String(channels)} channels: ${percent(busy)} of a core over ${String(MEASURED_S)} s; at rest ${percent(rest)}`,
        );
        console.log(
          `resident: ${residentMiB(agent.child.pid).toFixed(0)} MiB, at rest ${restMiB.toFixed(0)} MiB`,
        );
        const latencies = await alarmLatencies(agent, (index, line) => child.send({ index, line }));
        const sorted = [...latencies].sort((a, b) => a - b);
        console.log(
          `alarm to SSE client: median ${median(sorted).toFixed(0)} ms, 95 % within ${(sorted[Math.floor(sorted.length * 0.95)] ?? NaN).toFixed(0)} ms, longest ${(sorted.at(-1) ?? NaN).toFixed(0)} ms of ${String(sorted.length)}`,
        );
      } finally {
        await agent.stop();
      }
    });
  } finally {
    child.removeAllListeners('exit');
    child.disconnect();
  }
  // A craft port beside the sockets: the same figures as `npm run bench tl1-line`.
  await benchCraftPort();
}

async function request(
  agent: BenchAgent,
  method: string,
  path: string,
  data?: object,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const response = await fetch(agent.url + path, {
    method,
    headers: { 'x-auth-token': agent.token, 'content-type': 'application/json' },
    ...(data === undefined ? {} : { body: JSON.stringify({ data }) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  const body = (await response.json()) as { data: readonly Readonly<Record<string, unknown>>[] };
  return body.data;
}

async function addGear(agent: BenchAgent, links: readonly FreeSwitchLink[]): Promise<void> {
  for (const [index, { link, password }] of links.entries())
    await request(agent, 'PUT', '/v2/gear', {
      id: `fs-${String(index)}`,
      name: `FreeSWITCH ${String(index)}`,
      driver: 'freetdm',
      link,
      password,
      poll_interval_s: POLL_S,
    });
}

async function allRead(agent: BenchAgent): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const rows = await request(agent, 'GET', '/v2/gear?paginate=false');
    const read = rows.filter(({ state }) => (state as { read_at?: string }).read_at !== undefined);
    if (read.length === GEAR) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('not every gear was read');
}

async function count(
  agent: BenchAgent,
): Promise<{ readonly spans: number; readonly channels: number }> {
  const spans = await request(agent, 'GET', '/v2/spans?paginate=false');
  const channels = spans.reduce(
    (sum, span) => sum + (span['channels'] as { total: number }).total,
    0,
  );
  return { spans: spans.length, channels };
}

/** Processor time of the agent over `seconds`, as a share of one core (Linux only). */
async function cpuShare(agent: BenchAgent, seconds: number): Promise<number> {
  const before = cpuSeconds(agent.child.pid);
  const started = performance.now();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return (cpuSeconds(agent.child.pid) - before) / ((performance.now() - started) / 1000);
}

function cpuSeconds(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  // The name in brackets may hold blanks: fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Milliseconds from the order to the simulator to the event at the client. */
async function alarmLatencies(
  agent: BenchAgent,
  control: (index: number, line: string) => void,
): Promise<readonly number[]> {
  const client = await SseClient.open(`${agent.url}/v2/events?topic=alarm`, {
    'x-auth-token': agent.token,
  });
  const latencies: number[] = [];
  try {
    for (let round = 0; round < ALARMS; round += 1) {
      const index = round % GEAR;
      for (const [line, event] of [
        ['alarm E1_A red', 'alarm.raised'],
        ['clear E1_A', 'alarm.cleared'],
      ] as const) {
        const seen = client.messages.length;
        const isTold = (): boolean =>
          client.messages
            .slice(seen)
            .some(
              ({ event: name, data }) => name === event && data.includes(`"fs-${String(index)}"`),
            );
        const started = performance.now();
        control(index, line);
        await client.until(isTold);
        if (client.isClosed) throw new Error('the event stream ended');
        latencies.push(performance.now() - started);
      }
    }
  } finally {
    client.close();
  }
  return latencies;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
