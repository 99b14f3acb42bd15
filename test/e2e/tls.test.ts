// HTTPS and pairing, as a technician meets them: the real agent on a real socket.

import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../agent/account/credentials.ts';
import { curlOf } from '../../renderer/state/curl.ts';
import {
  type AgentProcess,
  runCli,
  startAgentProcess,
  useAgentProcess,
} from '../support/agent-process.ts';
import { hasPeer } from '../support/peer.ts';

const run = promisify(execFile);

const ALWAYS = ['--tls', 'always'];
const theAgent = useAgentProcess({ flags: ALWAYS });
const secure = (options: Parameters<typeof startAgentProcess>[0] = {}): Promise<AgentProcess> =>
  startAgentProcess({ ...options, flags: ALWAYS });

/** What the agent shows to whoever connects. */
function shownFingerprint(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(
      { host: hostname, port: Number(port), rejectUnauthorized: false },
      () => {
        resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? '');
        socket.destroy();
      },
    );
    socket.on('error', reject);
  });
}

const field = (text: string, name: string): string =>
  new RegExp(`^${name}\\s+(\\S+)`, 'm').exec(text)?.[1] ?? '';

describe('an agent off loopback', () => {
  it('serves HTTPS unasked, and tells it in its one line', async () => {
    const agent = await startAgentProcess({ listen: '0.0.0.0:0', flags: ['--no-announce'] });
    expect(agent.url).toMatch(/^https:\/\/0\.0\.0\.0:\d+$/);
    expect(agent.output.stdout).toBe(`craftport agent listening on ${agent.url}\n`);
    expect(await shownFingerprint(agent.url.replace('0.0.0.0', '127.0.0.1'))).toMatch(
      /^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/,
    );
  });
});

describe("the agent's certificate", () => {
  it('is the owner’s alone, stays over restarts, and is told by log and command line', async () => {
    const agent = await secure();
    const file = join(agent.dataDir, 'tls.pem');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const fingerprint = await shownFingerprint(agent.url);
    expect(agent.output.stderr).toContain(fingerprint);
    expect(agent.output.stdout + agent.output.stderr).not.toContain('PRIVATE KEY');
    expect((await runCli(['fingerprint', '--data-dir', agent.dataDir])).stdout).toBe(
      `${fingerprint}\n`,
    );
    expect((await agent.request('GET', '/v2/resources')).status).toBe(200);
    await agent.end('SIGKILL');
    const again = await secure({ dataDir: agent.dataDir });
    expect(await shownFingerprint(again.url)).toBe(fingerprint);
    const parsed = new X509Certificate(await readFile(file));
    expect(parsed.ca).toBe(false);
    expect(parsed.subjectAltName).toContain('IP Address:127.0.0.1');
  });

  it('is never replaced by the program: a damaged file is exit code 2 and one line', async () => {
    const agent = await secure();
    await agent.end('SIGTERM');
    const file = join(agent.dataDir, 'tls.pem');
    await writeFile(file, 'SECRETBYTES');
    const argv = ['agent', '--data-dir', agent.dataDir, '--listen', '127.0.0.1:0'];
    const { code, stderr } = await runCli([...argv, '--tls', 'always']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^craftport: .*tls\.pem.*\n$/)]);
    expect(stderr).not.toContain('SECRETBYTES');
    expect(await readFile(file, 'utf8')).toBe('SECRETBYTES');
    await chmod(file, 0o600);
  });

  it('is not spoken to in clear text, nor by who has not pinned it', async () => {
    const agent = theAgent();
    await expect(fetch(`${agent.url.replace('https', 'http')}/healthz`)).rejects.toThrow();
    const error = await new Promise<NodeJS.ErrnoException>((resolve) =>
      get(`${agent.url}/healthz`).on('error', resolve),
    );
    expect(error.code).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY/);
    expect((await agent.request('GET', '/healthz')).status).toBe(200);
  });
});

it.runIf(hasPeer('curl'))(
  'a command copied from the console trusts that certificate alone',
  async () => {
    const agent = theAgent();
    const other = await secure();
    const { dataDir } = agent;
    const pem = async (of: AgentProcess): Promise<string> => {
      const parts = await readFile(join(of.dataDir, 'tls.pem'), 'utf8');
      const file = join(dataDir, `${new URL(of.url).port}.pem`);
      await writeFile(file, parts.slice(parts.indexOf('-----BEGIN CERTIFICATE')));
      return file;
    };
    const path = `/v2/accounts/${agent.credentials.account_id}/resources`;
    const command = curlOf(agent.url, { method: 'PUT', path, data: { name: 'A', gateways: [] } });
    const token = await agent.request('PUT', '/v2/api_auth', {
      api_key: agent.credentials.api_key,
    });
    const runWith = async (certificate: string) =>
      run('/bin/sh', ['-c', `${command} -sS`], {
        env: {
          ...process.env,
          AUTH_TOKEN: String(token.body['auth_token']),
          AGENT_CERTIFICATE: certificate,
        },
      });
    const { stdout } = await runWith(await pem(agent));
    expect(JSON.parse(stdout)).toMatchObject({ status: 'success', data: { name: 'A' } });
    await expect(runWith(await pem(other))).rejects.toThrow(/certificate/);
  },
);

describe('pairing', () => {
  it('gives a desktop a user of its own, which can be taken away alone', async () => {
    const agent = theAgent();
    const { stdout } = await runCli(['pair', '--data-dir', agent.dataDir]);
    expect(field(stdout, 'Fingerprint')).toBe(await shownFingerprint(agent.url));
    expect(field(stdout, 'Address')).toBe(agent.url);
    const code = field(stdout, 'Pairing code');
    expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    const paired = await agent.request(
      'PUT',
      '/v2/pairing',
      { code: code.toLowerCase().replace('-', ' '), name: 'Bench laptop' },
      { 'x-auth-token': '' },
    );
    expect(paired.status).toBe(201);
    const user = paired.body['data'] as Record<string, string>;
    expect(Object.keys(user).sort()).toEqual([
      'account_id',
      'account_name',
      'password',
      'realm',
      'user_id',
      'username',
    ]);
    const credentials = digestOf('sha', user['username'] ?? '', user['password'] ?? '');
    const signIn = { credentials, method: 'sha', account_realm: user['realm'] };
    const signedIn = await agent.request('PUT', '/v2/user_auth', signIn);
    expect(signedIn.status).toBe(201);
    const token = String(signedIn.body['auth_token']);
    const accountPath = `/v2/accounts/${agent.credentials.account_id}`;
    const audit = await agent.request('GET', `/v2/audit`, undefined, { 'x-auth-token': token });
    expect(audit.text).toContain('"pairing"');
    expect(audit.text + agent.output.stderr).not.toContain(user['password']);
    expect(audit.text + agent.output.stderr).not.toContain(code);
    await agent.request('DELETE', `${accountPath}/users/${String(user['user_id'])}`);
    const after = await agent.request('GET', '/v2/resources', undefined, { 'x-auth-token': token });
    expect(after.status).toBe(401);
    expect((await agent.request('GET', '/v2/resources')).status).toBe(200);
  });

  it('issues codes to admins of the master account only, while the agent runs', async () => {
    const agent = await startAgentProcess();
    const refused = await agent.request('PUT', '/v2/pairing/codes', {}, { 'x-auth-token': '' });
    expect(refused.status).toBe(401);
    // On loopback there is no certificate, and no need of one.
    expect(agent.url).toMatch(/^http:/);
    expect((await runCli(['fingerprint', '--data-dir', agent.dataDir])).code).toBe(2);
    const account = await agent.request('PUT', '/v2/accounts', {
      name: 'Child',
      realm: 'c.example',
    });
    const { id } = account.body['data'] as { id: string };
    const key = await agent.request('PUT', `/v2/accounts/${id}/api_key`);
    const { api_key: apiKey } = key.body['data'] as { api_key: string };
    const signedIn = await agent.request('PUT', '/v2/api_auth', { api_key: apiKey });
    const token = String(signedIn.body['auth_token']);
    const child = await agent.request('PUT', '/v2/pairing/codes', {}, { 'x-auth-token': token });
    expect(child.status).toBe(403);
    await agent.end('SIGTERM');
    const { code, stderr } = await runCli(['pair', '--data-dir', agent.dataDir]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^craftport: No agent answers .*\n$/),
    ]);
  });
});
