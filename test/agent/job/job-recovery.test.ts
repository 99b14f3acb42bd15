// kill -9 at any moment of an upload or a job, in the real agent: nothing is lost, nothing is
// done twice, and the books agree.

import { expect, it } from 'vitest';
import { dataDirAt } from '../../../agent/store/data-dir.ts';
import { SqlConnection } from '../../../agent/store/sql.ts';
import { type AgentProcess, startAgentProcess } from '../../support/agent-process.ts';
import { checkJobs } from '../../support/job-checks.ts';
import { tempDir } from '../../support/temp-dir.ts';

const ROUNDS = 30;
const NUMBERS = 2000;

/** Numbers of one round: its own, one that every round has, one spelt twice, and junk. */
function numbersOf(round: number): string[] {
  const own = Array.from({ length: NUMBERS - 5 }, (_, index) =>
    String(2_122_000_000 + round * 10_000 + ((index * 7919) % (NUMBERS - 5))),
  );
  return [...own, '+12223334444', `+1${String(own[0])}`, '911', '911', 'abc'];
}

async function untilComplete(agent: AgentProcess): Promise<readonly { id: string }[]> {
  for (;;) {
    const list = await agent.request('GET', '/v2/resources/jobs?page_size=1000');
    const jobs = list.body['data'] as unknown as { id: string; status: string }[];
    if (jobs.every((job) => job.status === 'complete')) return jobs;
  }
}

it(`survives kill -9 at ${String(ROUNDS)} random moments`, async () => {
  const dataDir = await tempDir();
  const promised: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const agent = await startAgentProcess({ dataDir });
    if (round === 0)
      await agent.request('PUT', '/v2/resources', { id: 'carrier', name: 'C', gateways: [] });
    const body = { numbers: numbersOf(round), resource_id: 'carrier' };
    const put = agent.request('PUT', '/v2/resources/jobs', body).then(
      (reply) => {
        const data = reply.body['data'] as { id?: string } | undefined;
        if (reply.status === 201 && data?.id !== undefined) promised.push(data.id);
        return true;
      },
      () => false,
    );
    // Half the kills hit the upload or its reply, half the running job.
    const wasAnswered = round % 2 === 0 ? await put : false;
    const delayMs = Math.random() * (wasAnswered ? 60 : 30);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await agent.end('SIGKILL');
    await put;
  }
  const agent = await startAgentProcess({ dataDir });
  const jobs = await untilComplete(agent);
  const ids = new Set(jobs.map((job) => job.id));
  expect(promised.filter((id) => !ids.has(id))).toEqual([]);
  expect(promised.length).toBeGreaterThanOrEqual(ROUNDS / 2);
  await agent.end('SIGTERM');

  const tables = await SqlConnection.open(dataDirAt(dataDir).database, 'readonly');
  try {
    const facts = await checkJobs(tables);
    expect(facts.map((job) => job.id).sort()).toEqual([...ids].sort());
    // Each round's own numbers, and the one that all of them have.
    const made = facts.reduce((sum, job) => sum + job.successes, 0);
    expect(made).toBe(facts.length * (NUMBERS - 5) + 1);
    for (const job of facts)
      expect([job.total, job.failures + job.successes, job.skipped]).toEqual([
        NUMBERS,
        NUMBERS - 1,
        1,
      ]);
    // Kills that never met a running job would prove nothing.
    const recovered = facts.reduce((sum, job) => sum + job.recovered_count, 0);
    expect(recovered).toBeGreaterThan(0);
    const books = await tables.all<{ readonly event: string; readonly most: number }>(
      `SELECT event, max(count) AS most FROM (SELECT event, document_id, count(*) AS count
           FROM audit WHERE noun = 'job' GROUP BY event, document_id) GROUP BY event`,
    );
    expect(books.find((row) => row.event === 'job.created')?.most).toBe(1);
    expect(books.find((row) => row.event === 'job.completed')?.most).toBe(1);
    for (const [event, expected] of [
      ['job.created', facts.length],
      ['job.completed', facts.length],
      ['job.recovered', recovered],
    ] as const) {
      const counted = await tables.get<{ readonly audit: number; readonly events: number }>(
        `SELECT (SELECT count(*) FROM audit WHERE event = ?1) AS audit,
             (SELECT count(*) FROM events WHERE name = ?1) AS events`,
        [event],
      );
      expect([event, counted]).toEqual([event, { audit: expected, events: expected }]);
    }
    // Progress never runs backwards.
    const backwards = await tables.all(
      `SELECT * FROM (SELECT data ->> 'id' AS id, data ->> 'left' AS now,
             lag(data ->> 'left') OVER (PARTITION BY data ->> 'id' ORDER BY sequence) AS before
           FROM events WHERE name IN ('job.started', 'job.progress', 'job.completed'))
         WHERE now > before`,
    );
    expect(backwards).toEqual([]);
  } finally {
    await tables.close();
  }
}, 180_000);
