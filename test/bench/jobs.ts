// Number jobs: shuffled numbers from a CSV upload to complete, beside the sqlite3 shell doing
// the same with the same table, and what other calls feel meanwhile (goals: 1.5 × the shell,
// cost(1M)/cost(100k) ≤ 12, RSS < 250 MB, p99 of other calls < 50 ms). Afterwards its whole
// detail and its results as CSV are read, which must not need memory either.

import { spawn, spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type BenchAgent, residentMiB, startAgent, withTempDir } from './support-process.ts';

const SIZES = [10_000, 100_000, 1_000_000] as const;

export async function bench(): Promise<void> {
  const costs = new Map<number, number>();
  for (const size of SIZES)
    await withTempDir(async (dir) => {
      const file = join(dir, 'numbers.csv');
      await writeFile(file, shuffledCsv(size));
      const measured = await runJob(join(dir, 'agent'), file, size);
      costs.set(size, measured.totalS);
      console.log(
        `${String(size)} numbers: upload ${measured.uploadS.toFixed(2)} s + run ${(measured.totalS - measured.uploadS).toFixed(2)} s = ${measured.totalS.toFixed(2)} s, ${Math.round(size / measured.totalS).toLocaleString('en')} numbers/s`,
      );
      console.log(`  peak RSS ${measured.peakMiB.toFixed(0)} MiB`);
      for (const [what, times] of Object.entries(measured.others))
        console.log(`  other calls meanwhile: ${what} ${describeTimes(times)}`);
      for (const { what, mib, seconds, peakMiB } of measured.reads)
        console.log(
          `  ${what} read: ${mib.toFixed(1)} MiB in ${seconds.toFixed(2)} s, peak RSS ${peakMiB.toFixed(0)} MiB`,
        );
      for (const [label, order] of [
        ['INSERT … SELECT', ''],
        ['INSERT … SELECT … ORDER BY', 'ORDER BY number'],
      ] as const) {
        const seconds = await runShell(dir, file, join(dir, 'agent', 'craftport.db'), order);
        console.log(
          seconds === undefined
            ? '  not run: sqlite3'
            : `  sqlite3 shell, ${label}: ${seconds.toFixed(2)} s; ratio ${(measured.totalS / seconds).toFixed(2)}`,
        );
      }
    });
  const ratio = (costs.get(1_000_000) ?? Number.NaN) / (costs.get(100_000) ?? Number.NaN);
  console.log(`cost(1M)/cost(100k) ${ratio.toFixed(1)}`);
}

/** The same shuffle each time (an xorshift of a fixed seed). */
function shuffledCsv(size: number): string {
  const numbers = Array.from({ length: size }, (_, index) => 2_122_000_000 + index * 7);
  let seed = 0x2545f491;
  for (let index = size - 1; index > 0; index -= 1) {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    const other = (seed >>> 0) % (index + 1);
    const kept = numbers[index] ?? 0;
    numbers[index] = numbers[other] ?? 0;
    numbers[other] = kept;
  }
  return `number\n${numbers.map((number) => `+1${String(number)}`).join('\n')}\n`;
}

interface Measured {
  readonly uploadS: number;
  readonly totalS: number;
  readonly peakMiB: number;
  readonly others: Readonly<Record<string, readonly number[]>>;
  readonly reads: readonly WholeRead[];
}

/** A reply read to its end. */
interface WholeRead {
  readonly what: string;
  readonly mib: number;
  readonly seconds: number;
  readonly peakMiB: number;
}

async function runJob(dataDir: string, file: string, size: number): Promise<Measured> {
  const agent = await startAgent(dataDir);
  try {
    const base = `/v2/accounts/${agent.accountId}/resources`;
    const resource = { id: 'carrier', name: 'Carrier', gateways: [] };
    await call(agent, 'PUT', base, resource);
    let isOver = false;
    let peakMiB = 0;
    const reads: number[] = [];
    const writes: number[] = [];
    const others = async (times: number[], ask: () => Promise<unknown>): Promise<void> => {
      while (!isOver) {
        const started = performance.now();
        await ask();
        times.push(performance.now() - started);
        peakMiB = Math.max(peakMiB, residentMiB(agent.child.pid));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const started = performance.now();
    const running = [
      others(reads, () => call(agent, 'GET', `${base}/carrier`)),
      others(writes, () =>
        call(agent, 'PATCH', `${base}/carrier`, { name: String(writes.length) }),
      ),
    ];
    const reply = await fetch(`${agent.url}${base}/jobs?resource_id=carrier`, {
      method: 'PUT',
      headers: { 'x-auth-token': agent.token, 'content-type': 'text/csv' },
      body: Readable.toWeb(createReadStream(file)) as ReadableStream,
      duplex: 'half',
    } as RequestInit);
    if (reply.status !== 201) throw new Error(`${String(reply.status)} ${await reply.text()}`);
    await reply.text();
    const uploadS = (performance.now() - started) / 1000;
    let id: string | undefined;
    for (;;) {
      const list = (await call(agent, 'GET', `${base}/jobs`)) as {
        data: { id: string; status: string; successes: number }[];
      };
      const [job] = list.data;
      if (job?.status === 'complete') {
        if (job.successes !== size) throw new Error(`Only ${String(job.successes)} were created`);
        id = job.id;
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const totalS = (performance.now() - started) / 1000;
    isOver = true;
    await Promise.all(running);
    const path = `${base}/jobs/${id}`;
    return {
      uploadS,
      totalS,
      peakMiB,
      others: { GET: reads, PATCH: writes },
      reads: [
        await readWhole(agent, 'whole detail', path),
        await readWhole(agent, 'results as CSV', `${path}/results?accept=csv`),
      ],
    };
  } finally {
    await agent.stop();
  }
}

async function readWhole(agent: BenchAgent, what: string, path: string): Promise<WholeRead> {
  const started = performance.now();
  const reply = await fetch(agent.url + path, { headers: { 'x-auth-token': agent.token } });
  let bytes = 0;
  let peakMiB = 0;
  const body = reply.body as AsyncIterable<Uint8Array> | null;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    peakMiB = Math.max(peakMiB, residentMiB(agent.child.pid));
  }
  const seconds = (performance.now() - started) / 1000;
  return { what, mib: bytes / 2 ** 20, seconds, peakMiB };
}

async function call(
  agent: BenchAgent,
  method: string,
  path: string,
  data?: unknown,
): Promise<unknown> {
  const reply = await fetch(agent.url + path, {
    method,
    headers: { 'x-auth-token': agent.token, 'content-type': 'application/json' },
    ...(data === undefined ? {} : { body: JSON.stringify({ data }) }),
  });
  return reply.json();
}

/** Seconds that the shell takes; undefined: it is not installed. */
async function runShell(
  dir: string,
  file: string,
  like: string,
  order: string,
): Promise<number | undefined> {
  const schema = spawnSync(
    'sqlite3',
    [like, `SELECT sql || ';' FROM sqlite_schema WHERE tbl_name = 'numbers' AND sql IS NOT NULL`],
    { encoding: 'utf8' },
  );
  if (schema.error !== undefined) return undefined;
  const script = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
${schema.stdout}
CREATE TEMP TABLE input (number TEXT);
.mode csv
.import --skip 1 ${file} input
INSERT INTO numbers SELECT number, '0123456789abcdef0123456789abcdef', 'reserved', 'local',
  'carrier', 1, 1, 63900000000, 63900000000, '{}' FROM input ${order};
`;
  const started = performance.now();
  const shell = spawn('sqlite3', [join(dir, `shell-${String(order.length)}.db`)], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  shell.stdin.end(script);
  await new Promise((resolve) => shell.on('close', resolve));
  return (performance.now() - started) / 1000;
}

function describeTimes(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN).toFixed(
      1,
    );
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, max ${at(1)} ms over ${String(sorted.length)} calls`;
}
