// A power cut at any moment of a job's life: the log of an upload and its whole run, ending at a
// random byte. The next agent comes to the same results, whatever it finds.

import { copyFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { JobResult } from '../../../agent/job/job.ts';
import type { Storage } from '../../../agent/service/storage.ts';
import { chunksOf, type JobService } from '../../../agent/service/jobs.ts';
import { dataDirAt } from '../../../agent/store/data-dir.ts';
import type { Store } from '../../../agent/store/store.ts';
import { child } from '../../support/api-harness.ts';
import { checkJobs } from '../../support/job-checks.ts';
import {
  addResources,
  childTarget,
  openStoreAt,
  openTables,
  RESOURCE_ID,
  startJobs,
} from '../../support/job-harness.ts';
import { carrierList, EXISTING_NUMBER } from '../../support/number-list.ts';
import { roundsOf } from '../../support/soak.ts';
import { tempDir } from '../../support/temp-dir.ts';

const CUTS = roundsOf({ test: 12, soak: 300 });
const HEAD = { resourceId: RESOURCE_ID, doc: {} };
const NUMBERS = carrierList(0);

async function prepare(storage: Storage): Promise<void> {
  await addResources(storage);
  await storage.write(({ numbers }) =>
    numbers.create({
      number: EXISTING_NUMBER,
      accountPath: child.path,
      state: 'in_service',
      carrierModule: 'local',
      resourceId: undefined,
      doc: {},
    }),
  );
}

async function resultsOf(jobs: JobService, id: string): Promise<readonly JobResult[]> {
  const rows: JobResult[] = [];
  const job = await jobs.fetch(child, id);
  expect(job.status).toBe('complete');
  for await (const chunk of jobs.allResults(job, undefined)) rows.push(...chunk);
  return rows;
}

async function jobsOf(store: Store): Promise<readonly string[]> {
  const page = await store.read.jobs.page(child.id, {
    direction: 'ascending',
    createdFrom: 0,
    createdTo: undefined,
    start: undefined,
    end: undefined,
    search: undefined,
    limit: 10,
  });
  return page.map((job) => job.id);
}

it(`comes to the same results after a power cut at ${String(CUTS)} places of a job's life`, async () => {
  const path = await tempDir();
  const { database } = dataDirAt(path);
  const image = join(path, 'image.db');
  const store = await openStoreAt(path);
  await prepare(store);
  // What comes from here on is the job alone.
  await copyFile(`${database}-wal`, `${image}-before`);
  const from = (await stat(`${image}-before`)).size;
  // A reader that stays where it is keeps all of it in the log.
  const pin = await openTables(path);
  await pin.all('BEGIN');
  await pin.all('SELECT count(*) FROM jobs');
  const { jobs, runner } = await startJobs(store);
  const created = await jobs.create(childTarget, HEAD, chunksOf(NUMBERS));
  await runner.whenIdle();
  const expected = await resultsOf(jobs, created.id);
  expect(expected).toHaveLength(NUMBERS.length);
  // A crash keeps the files as they are; closing would move the log into the database.
  await copyFile(database, image);
  await copyFile(`${database}-wal`, `${image}-wal`);
  const size = (await stat(`${image}-wal`)).size;
  expect(size).toBeGreaterThan(from + 1_000_000);
  await pin.close();

  const found = { nothing: 0, part: 0, whole: 0 };
  for (let cut = 0; cut < CUTS; cut += 1) {
    // One in each of as many equal stretches of the log: early, middle and late, always.
    const at = from + Math.floor(((cut + Math.random()) / CUTS) * (size - from));
    const victim = await tempDir();
    const target = dataDirAt(victim).database;
    await copyFile(image, target);
    await copyFile(`${image}-wal`, `${target}-wal`);
    await truncate(`${target}-wal`, at);

    const restarted = await openStoreAt(victim);
    const before = await jobsOf(restarted);
    const next = await startJobs(restarted);
    await next.runner.whenIdle();
    const [left] = before;
    if (left === undefined) found.nothing += 1;
    const { id } =
      left === undefined
        ? await next.jobs.create(childTarget, HEAD, chunksOf(NUMBERS))
        : { id: left };
    await next.runner.whenIdle();
    const job = await next.jobs.fetch(child, id);
    if (left !== undefined) found[job.recovered === undefined ? 'whole' : 'part'] += 1;
    expect({ at, results: await resultsOf(next.jobs, id) }).toEqual({ at, results: expected });
    const tables = await openTables(victim);
    expect(await checkJobs(tables)).toHaveLength(1);
    expect(await tables.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    await next.runner.stop();
    await tables.close();
    await restarted.close();
  }
  expect(found.nothing).toBeGreaterThan(0);
  expect(found.part).toBeGreaterThan(0);
}, 1_800_000);
