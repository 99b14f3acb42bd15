// The agent as its users have it: its own process, real files, real HTTP.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { packageRoot } from '../../agent/config/package-root.ts';
import type { HarnessReply } from './api-harness.ts';
import { type AtEnd, tempDir } from './temp-dir.ts';

export interface Credentials {
  readonly account_id: string;
  readonly account_name: string;
  readonly realm: string;
  readonly api_key: string;
  readonly username: string;
  readonly password: string;
}

export interface AgentProcess {
  readonly url: string;
  readonly dataDir: string;
  readonly child: ChildProcess;
  /** What it printed so far. */
  readonly output: { stdout: string; stderr: string };
  readonly credentials: Credentials;
  /** Sends a signal and waits for the end. @returns exit code and signal */
  end(signal: NodeJS.Signals): Promise<readonly [number | null, NodeJS.Signals | null]>;
  request(
    method: string,
    path: string,
    data?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<HarnessReply>;
}

/** `fetch`, and over HTTPS a request that takes the agent's certificate and no other. */
async function fetchWithCertificate(
  certificate: string,
  url: string,
  init: RequestInit,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const options = {
      method: init.method ?? 'GET',
      headers: init.headers as Record<string, string>,
      ca: certificate,
      checkServerIdentity: () => undefined,
    };
    const request = httpsRequest(url, options, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      reply.on('error', reject).on('end', () => {
        const headers = new Headers();
        for (const [name, value] of Object.entries(reply.headersDistinct))
          for (const each of value ?? []) headers.append(name, each);
        const status = reply.statusCode ?? 0;
        resolve(new Response(status === 304 || status === 204 ? null : text, { status, headers }));
      });
    });
    request.on('error', reject);
    request.end(init.body ?? undefined);
  });
}

export const CLI = join(packageRoot, '.build/program/cli.js');

/** Runs the command line program to its end. */
export async function runCli(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [CLI, ...argv], {
    env: { ...process.env, ...environment },
  });
  const output = collect(child);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...output };
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  return output;
}

export interface AgentProcessOptions {
  readonly dataDir?: string;
  readonly listen?: string;
  readonly flags?: readonly string[];
}

/** One agent for the suite, killed behind its last test. */
export function useAgentProcess(options: AgentProcessOptions = {}): () => AgentProcess {
  let agent: AgentProcess;
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    agent = await startAgentProcess(options, (end) => ends.push(end));
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
  return () => agent;
}

/**
 * Starts an agent on a free port and waits until it is ready; killed when the test is over, or
 * when `atEnd` says so.
 */
export async function startAgentProcess(
  options: AgentProcessOptions = {},
  atEnd: AtEnd = onTestFinished,
): Promise<AgentProcess> {
  const dataDir = options.dataDir ?? (await tempDir(atEnd));
  const argv = [
    'agent',
    '--data-dir',
    dataDir,
    '--listen',
    options.listen ?? '127.0.0.1:0',
    ...(options.flags ?? []),
  ];
  const child = spawn(process.execPath, [CLI, ...argv]);
  const output = collect(child);
  const ended = new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve) =>
    child.on('close', (code, signal) => resolve([code, signal])),
  );
  atEnd(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const url = await new Promise<string>((resolve, reject) => {
    const look = (): void => {
      const ready = /^craftport agent listening on (https?:\S+)\n/.exec(output.stdout);
      if (ready?.[1] !== undefined) resolve(ready[1]);
    };
    child.stdout.on('data', look);
    void ended.then(([code]) =>
      reject(new Error(`The agent ended with ${String(code)}: ${output.stderr}`)),
    );
  });
  const credentials = JSON.parse(
    await readFile(join(dataDir, 'credentials.json'), 'utf8'),
  ) as Credentials;
  const pem = url.startsWith('https:') ? await readFile(join(dataDir, 'tls.pem'), 'utf8') : '';
  const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(pem)?.[0];
  const fetchFrom = (target: string, init: RequestInit): Promise<Response> =>
    certificate === undefined
      ? fetch(target, init)
      : fetchWithCertificate(certificate, target, init);
  let token = '';
  const send: AgentProcess['request'] = async (method, path, data, headers = {}) => {
    const response = await fetchFrom(url + path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === '' ? {} : { 'x-auth-token': token }),
        ...headers,
      },
      ...(data === undefined ? {} : { body: JSON.stringify({ data }) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type') === 'application/json' && text !== '';
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? (JSON.parse(text) as HarnessReply['body']) : {},
      text,
    };
  };
  const signedIn = await send('PUT', '/v2/api_auth', { api_key: credentials.api_key });
  token = String(signedIn.body['auth_token']);
  return {
    url,
    dataDir,
    child,
    output,
    credentials,
    request: send,
    async end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

/** A new account below the master account, for a test among others. @returns its path */
export async function addAccount(agent: AgentProcess): Promise<string> {
  accounts += 1;
  const name = `Account ${String(accounts)}`;
  const made = await agent.request('PUT', '/v2/accounts', { name, realm: `a${accounts}.example` });
  return `/v2/accounts/${(made.body['data'] as { id: string }).id}`;
}

let accounts = 0;
