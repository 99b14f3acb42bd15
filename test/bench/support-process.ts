// Programs under measurement, each in a process of its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../agent/config/package-root.ts';

export interface RunningProgram {
  readonly url: string;
  readonly child: ChildProcess;
  /** Milliseconds from spawn to the ready line. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

/** Starts a Node program that prints `… listening on URL` and waits for that line. */
export async function startProgram(argv: readonly string[]): Promise<RunningProgram> {
  const started = performance.now();
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const ready = / listening on (http:\S+)/.exec(output)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    void ended.then(() => reject(new Error(`${argv.join(' ')} ended: ${output}`)));
  });
  return {
    url,
    child,
    readyMs: performance.now() - started,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

export interface BenchAgent extends RunningProgram {
  readonly accountId: string;
  readonly token: string;
}

/** Starts the agent of the build on a free port and signs in. */
export async function startAgent(
  dataDir: string,
  flags: readonly string[] = [],
): Promise<BenchAgent> {
  const program = await startProgram([
    join(packageRoot, '.build/program/cli.js'),
    'agent',
    '--data-dir',
    dataDir,
    '--listen',
    '127.0.0.1:0',
    '--log-level',
    'error',
    ...flags,
  ]);
  const credentials = JSON.parse(await readFile(join(dataDir, 'credentials.json'), 'utf8')) as {
    account_id: string;
    api_key: string;
  };
  const reply = await fetch(`${program.url}/v2/api_auth`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ data: { api_key: credentials.api_key } }),
  });
  const { auth_token: token } = (await reply.json()) as { auth_token: string };
  return { ...program, accountId: credentials.account_id, token };
}

/** Resident memory of a process in MiB (Linux only; NaN elsewhere). */
export function residentMiB(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** Runs `work` with an empty folder that is removed afterwards. */
export async function withTempDir<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'craftport-bench-'));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
