// The command line as a service manager and a technician see it.

import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SessionLine, SessionLog } from '../../agent/log/session-log.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { packageRoot } from '../../agent/config/package-root.ts';
import { runCli, startAgentProcess, useAgentProcess } from '../support/agent-process.ts';
import { tempDir } from '../support/temp-dir.ts';

const theAgent = useAgentProcess();

// `npx craftport` runs the file itself.
it.skipIf(process.platform === 'win32')('craftport is executable after every build', async () => {
  const { mode } = await stat(join(packageRoot, '.build/program/cli.js'));
  expect((mode & 0o111).toString(8)).toBe('111');
});

describe('craftport agent', () => {
  it('prints one line when ready and stops with 0 at SIGTERM and SIGINT', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const agent = await startAgentProcess();
      expect(await agent.end(signal)).toEqual([0, null]);
      expect(agent.output.stdout).toBe(`craftport agent listening on ${agent.url}\n`);
      for (const line of agent.output.stderr.trim().split('\n'))
        expect(JSON.parse(line)).toMatchObject({ level: expect.any(String) as string });
    }
  });

  it('answers /healthz without a token', async () => {
    const agent = theAgent();
    const reply = await fetch(`${agent.url}/healthz`);
    expect([reply.status, await reply.json()]).toEqual([
      200,
      { status: 'ok', version: expect.any(String) as string },
    ]);
  });

  it('keeps secrets to their owner and prints them nowhere', async () => {
    const agent = await startAgentProcess({ flags: ['--log-level', 'debug'] });
    for (const file of await readdir(agent.dataDir)) {
      const { mode } = await stat(join(agent.dataDir, file));
      expect([file, (mode & 0o077).toString(8)]).toEqual([file, '0']);
    }
    await agent.end('SIGTERM');
    const printed = agent.output.stdout + agent.output.stderr;
    expect(printed).not.toContain(agent.credentials.api_key);
    expect(printed).not.toContain(agent.credentials.password);
  });

  it('refuses a data dir in use, naming the holder', async () => {
    const agent = theAgent();
    const second = await runCli(['agent', '--data-dir', agent.dataDir, '--listen', '127.0.0.1:0']);
    expect(second.code).toBe(2);
    expect(second.stdout).toBe('');
    expect(second.stderr).toMatch(
      new RegExp(
        `^craftport: [^\\n]* in use by another agent \\(process ${String(agent.child.pid)}, .*\\)\\n$`,
      ),
    );
  });

  it('takes over the data dir of a killed agent', async () => {
    const first = await startAgentProcess();
    await first.end('SIGKILL');
    const second = await startAgentProcess({ dataDir: first.dataDir });
    expect((await second.request('GET', '/v2/resources')).status).toBe(200);
  });

  it('refuses a taken port', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise((resolve) => holder.close(() => resolve())));
    const { port } = holder.address() as AddressInfo;
    const listen = `127.0.0.1:${String(port)}`;
    const { code, stdout, stderr } = await runCli([
      'agent',
      '--data-dir',
      await tempDir(),
      '--listen',
      listen,
    ]);
    expect([code, stdout, stderr]).toEqual([
      2,
      '',
      `craftport: http://${listen} is taken by another program\n`,
    ]);
  });

  it.each([
    [['agent', '--wat'], /--wat/],
    [['agent', '--listen', 'nonsense'], /HOST:PORT/],
    [['agent', '--tls', 'never'], /--tls/],
    [['pair', '--data-dir', '/nonexistent'], /nonexistent/],
    [['fingerprint', '--data-dir', '/nonexistent'], /tls\.pem/],
    [['agent', '--listen', '127.0.0.1:70000'], /HOST:PORT/],
    [['agent', '--log-level', 'loud'], /loud/],
    [['agent', '--data-dir', '/dev/null/x'], /data dir/],
    [['agent', '--data-dir', '/proc/x'], /data dir/],
    [['fly'], /fly/],
    [['token', '--data-dir', '/nonexistent'], /nonexistent/],
    [['token', '--life', 'x'], /--life/],
    [['verify-log'], /files/],
    [['verify-log', '/nonexistent.jsonl'], /nonexistent/],
  ])('answers %j with one clear line and 2', async (argv, clue) => {
    const { code, stdout, stderr } = await runCli(argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^craftport: [^\n]+\n$/);
    expect(stderr).toMatch(clue);
  });

  it('refuses a database that is none, and one without its key', async () => {
    const broken = await tempDir();
    await writeFile(join(broken, 'secret.key'), Buffer.alloc(32), { mode: 0o600 });
    await writeFile(
      join(broken, 'craftport.db'),
      'this is no database, but long enough to look at',
    );
    const { code, stderr } = await runCli([
      'agent',
      '--data-dir',
      broken,
      '--listen',
      '127.0.0.1:0',
    ]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^craftport: .*damaged.*\n$/)]);
    const agent = await startAgentProcess();
    await agent.end('SIGTERM');
    await writeFile(join(agent.dataDir, 'secret.key'), 'short');
    const second = await runCli(['agent', '--data-dir', agent.dataDir, '--listen', '127.0.0.1:0']);
    expect([second.code, second.stderr]).toEqual([2, expect.stringMatching(/secret\.key/)]);
    // A fresh key would lock every stored password away for good.
    await rm(join(agent.dataDir, 'secret.key'));
    const third = await runCli(['agent', '--data-dir', agent.dataDir, '--listen', '127.0.0.1:0']);
    expect([third.code, third.stderr]).toEqual([2, expect.stringMatching(/secret\.key/)]);
    expect(await readdir(agent.dataDir)).not.toContain('secret.key');
  });
});

describe('craftport verify-log', () => {
  it('says of each file whether it is as it was written, and names the first line that is not', async () => {
    const folder = await tempDir();
    const entry = (data: string): SessionLine => ({
      atMs: Date.UTC(2026, 0, 31),
      dir: 'rx',
      data,
      by: undefined,
    });
    const log = new SessionLog(folder);
    await log.append('whole', [entry('a'), entry('b')]);
    await log.append('broken', [entry('a'), entry('b'), entry('c')]);
    const [whole, broken] = ['whole', 'broken'].map((name) =>
      join(folder, `${name}-20260131.jsonl`),
    ) as [string, string];
    expect(await runCli(['verify-log', whole])).toEqual({
      code: 0,
      stdout: `${whole}: 2 lines, each follows from the one before\n`,
      stderr: '',
    });
    await writeFile(broken, (await readFile(broken, 'utf8')).replace('"data":"b"', '"data":"x"'));
    const { code, stdout } = await runCli(['verify-log', whole, broken]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/whole-\S+: 2 lines.*\n.*broken-\S+: line 2 was changed/);
  });
});

describe('craftport token', () => {
  it('prints a token that works beside a running agent', async () => {
    const agent = theAgent();
    const { code, stdout } = await runCli(['token', '--data-dir', agent.dataDir]);
    expect(code).toBe(0);
    const reply = await agent.request('GET', '/v2/resources', undefined, {
      'x-auth-token': stdout.trim(),
    });
    expect(reply.status).toBe(200);
    const credentials = await readFile(join(agent.dataDir, 'credentials.json'), 'utf8');
    expect(Object.keys(JSON.parse(credentials) as object)).toEqual([
      'account_id',
      'account_name',
      'realm',
      'api_key',
      'username',
      'password',
    ]);
  });
});
