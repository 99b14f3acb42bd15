// kill -9 in the middle of concurrent writes: what was answered is there after the restart.

import { describe, expect, it } from 'vitest';
import { SqlConnection } from '../../agent/store/sql.ts';
import { join } from 'node:path';
import { type AgentProcess, startAgentProcess } from '../support/agent-process.ts';
import { roundsOf } from '../support/soak.ts';
import { tempDir } from '../support/temp-dir.ts';

const ROUNDS = roundsOf({ test: 10, soak: 40 });
const WRITERS = 32;

/** Creates until the agent is gone. @returns `id revision` of every answered create */
async function writeUntilKilled(
  agent: AgentProcess,
  round: number,
  killAfter: number,
): Promise<string[]> {
  const path = `/v2/accounts/${agent.credentials.account_id}/resources`;
  const answered: string[] = [];
  let killed = false;
  const writer = async (number: number): Promise<void> => {
    for (let turn = 0; ; turn += 1) {
      const id = `r${String(round)}-w${String(number)}-${String(turn)}`;
      try {
        const reply = await agent.request('PUT', path, {
          id,
          name: id,
          gateways: [{ server: 'a.example', password: 'planted-password' }],
        });
        expect(reply.status).toBe(201);
        answered.push(`${id} ${String(reply.body['revision'])}`);
        // Kill at a count, not at a time: nothing here sleeps.
        if (answered.length >= killAfter && !killed) {
          killed = true;
          void agent.end('SIGKILL');
        }
      } catch (error) {
        if (killed) return;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, number) => writer(number)));
  return answered;
}

describe('kill -9', () => {
  it(
    `loses no answered write in ${String(ROUNDS)} rounds of ${String(WRITERS)} writers`,
    { timeout: 1_800_000 },
    async () => {
      const dataDir = await tempDir();
      const answered: string[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const agent = await startAgentProcess({ dataDir });
        answered.push(...(await writeUntilKilled(agent, round, 40 + 23 * round)));
        await agent.end('SIGKILL');
        const sql = await SqlConnection.open(join(dataDir, 'craftport.db'), 'readwrite');
        const there = await sql.all<{ readonly written: string }>(
          `SELECT documents.id || ' ' || documents.revision AS written FROM documents
           JOIN audit ON audit.document_id = documents.id AND audit.revision = documents.revision`,
        );
        const orphans = await sql.get<{ readonly count: number }>(
          `SELECT count(*) AS count FROM documents
           WHERE revision NOT IN (SELECT revision FROM audit WHERE revision IS NOT NULL)`,
        );
        const check = await sql.all('PRAGMA integrity_check');
        await sql.close();
        const found = new Set(there.map((row) => row.written));
        expect({
          round,
          lost: answered.filter((write) => !found.has(write)),
          orphans: orphans?.count,
          check,
        }).toEqual({ round, lost: [], orphans: 0, check: [{ integrity_check: 'ok' }] });
      }
      expect(answered.length).toBeGreaterThan(ROUNDS * WRITERS);
    },
  );
});
