// A disk that is really full, in the real agent: a small tmpfs. Needs leave to mount one.

import { execFileSync } from 'node:child_process';
import { rm, writeFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { dataDirAt } from '../../agent/store/data-dir.ts';
import { SqlConnection } from '../../agent/store/sql.ts';
import { type AgentProcess, startAgentProcess } from '../support/agent-process.ts';
import { checkJobs } from '../support/job-checks.ts';
import { tempDir } from '../support/temp-dir.ts';

/** A tmpfs of so many MiB on an empty folder; undefined, and said, when it cannot be mounted. */
async function mountSmall(mib: number): Promise<string | undefined> {
  const path = await tempDir();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(mib)}m`, 'tmpfs', path], {
      stdio: 'ignore',
    });
  } catch {
    process.stdout.write('not run: tmpfs\n');
    return undefined;
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', path]);
  });
  return path;
}

async function fill(path: string, leaveBytes: number): Promise<string> {
  const { bavail, bsize } = await statfs(path);
  const file = join(path, 'ballast');
  await writeFile(file, Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes))).catch(
    (error: unknown) => {
      // The agent wrote meanwhile: full is full.
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    },
  );
  return file;
}

const detailOf = async (agent: AgentProcess, id: string): Promise<Record<string, unknown>> => {
  const rows = (await agent.request('GET', `/v2/resources/jobs?filter_id=${id}`)).body['data'];
  return (rows as unknown as Record<string, unknown>[])[0] ?? {};
};

it('says out_of_space on a full disk, keeps everything, and goes on when there is room', async (context) => {
  const path = await mountSmall(64);
  if (path === undefined) {
    context.skip();
    return;
  }
  const numbers = Array.from(
    { length: 60_000 },
    (_, index) => `+1${String(2_122_000_000 + ((index * 7919) % 60_000))}`,
  );
  let agent = await startAgentProcess({ dataDir: path });
  await agent.request('PUT', '/v2/resources', { id: 'carrier', name: 'C', gateways: [] });
  const put = (from: number): ReturnType<AgentProcess['request']> =>
    agent.request('PUT', '/v2/resources/jobs', {
      numbers: numbers.slice(from),
      resource_id: 'carrier',
    });

  const everything = await fill(path, 0);
  const refused = await put(0);
  expect([refused.status, refused.body['message']]).toEqual([503, 'datastore_fault']);
  await rm(everything);
  expect((await agent.request('GET', '/v2/resources/jobs')).body['data']).toEqual([]);

  // Room for the upload, not for what comes of it.
  const most = await fill(path, 9 * 2 ** 20);
  const created = await put(0);
  expect(created.status).toBe(201);
  const { id } = created.body['data'] as unknown as { id: string };
  let row = await detailOf(agent, id);
  while (row['state_detail'] !== 'out_of_space') {
    expect(row['status']).not.toBe('complete');
    row = await detailOf(agent, id);
  }
  expect(row['status']).toBe('running');
  // Killed while it waits; the next agent finds room.
  await agent.end('SIGKILL');
  await rm(most);
  agent = await startAgentProcess({ dataDir: path });
  while ((await detailOf(agent, id))['status'] !== 'complete');
  expect(await detailOf(agent, id)).toMatchObject({ successes: 60_000, failures: 0 });
  expect(await detailOf(agent, id)).not.toHaveProperty('state_detail');
  await agent.end('SIGTERM');
  const tables = await SqlConnection.open(dataDirAt(path).database, 'readonly');
  expect(await checkJobs(tables)).toHaveLength(1);
  expect(await tables.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  await tables.close();
}, 120_000);
