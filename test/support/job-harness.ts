// Jobs on a real store: service, runner and number tables wired as the agent wires them.

import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Account } from '../../agent/account/account.ts';
import { type Clock, systemClock } from '../../agent/base/clock.ts';
import { silentLogger } from '../../agent/base/logger.ts';
import { packageRoot } from '../../agent/config/package-root.ts';
import { ownerOf, type JobSettings } from '../../agent/job/recovery.ts';
import { systemTimers, type Timers } from '../../agent/base/timers.ts';
import { JobRunner } from '../../agent/job/runner.ts';
import { Numbers } from '../../agent/number/numbers.ts';
import { DEFAULT_NUMBER_TABLES } from '../../agent/number/tables.ts';
import { PatternCache } from '../../agent/pattern/pattern-cache.ts';
import { createSealer } from '../../agent/secret/sealing.ts';
import { secretKeyFrom } from '../../agent/secret/secret-key.ts';
import { createJobStore } from '../../agent/service/job-work.ts';
import { JobService } from '../../agent/service/jobs.ts';
import type { Storage } from '../../agent/service/storage.ts';
import { dataDirAt } from '../../agent/store/data-dir.ts';
import { SqlConnection } from '../../agent/store/sql.ts';
import { Store } from '../../agent/store/store.ts';
import { loadSchemaCatalog } from '../../agent/validation/schema-catalog.ts';
import { child, master } from './api-harness.ts';

const catalog = loadSchemaCatalog(join(packageRoot, 'schemas'));
export const numberRules = new Numbers(DEFAULT_NUMBER_TABLES, new PatternCache());
export const actor = { method: 'agent', requestId: 'test' };
export const RESOURCE_ID = 'carrier';
export const GLOBAL_RESOURCE_ID = 'global-carrier';
export const phoneNumbersValidator = catalog.validator('phone_numbers');

export interface JobHarnessOptions {
  readonly agent?: string;
  readonly clock?: Clock;
  readonly timers?: Timers;
  readonly settings?: JobSettings;
  readonly mayAdd?: (holder: Account) => boolean;
  /** Leave the runner stopped: nothing runs until it is started. */
  readonly idle?: boolean;
}

export interface JobHarness {
  readonly storage: Storage;
  readonly jobs: JobService;
  readonly runner: JobRunner;
}

/** The instance of a runner, when a test needs to name it. */
let instances = 0;

export async function startJobs(
  storage: Storage,
  options: JobHarnessOptions = {},
): Promise<JobHarness> {
  const { clock = systemClock, timers = systemTimers, agent = 'agent' } = options;
  const identity = { agent, instance: String((instances += 1)) };
  const settings = options.settings ?? { jobRecoverTimeoutS: 21_600, jobRecoverThresholdS: 3600 };
  const runner = new JobRunner({
    store: createJobStore(storage),
    identity,
    settings: () => settings,
    clock,
    timers,
    logger: silentLogger,
  });
  const jobs = new JobService({
    storage,
    validator: catalog.validator('resource_jobs'),
    clock,
    random: randomBytes,
    rules: () => numberRules,
    mayAdd: options.mayAdd ?? (() => true),
    owner: ownerOf(identity),
    runner,
  });
  if (options.idle !== true) await runner.start();
  onTestFinished(() => runner.stop());
  return { storage, jobs, runner };
}

/** A resource of the child account's and a global one. */
export async function addResources(storage: Storage): Promise<void> {
  await storage.write(async (writers) => {
    const doc = { name: 'Carrier', gateways: [] };
    const own = { kind: 'resource', accountId: child.id } as const;
    await writers.documents.insert(own, RESOURCE_ID, doc, actor);
    const global = { kind: 'resource', accountId: undefined } as const;
    await writers.documents.insert(global, GLOBAL_RESOURCE_ID, doc, actor);
  });
}

/** A store on a data directory that others may have open as well. */
export async function openStoreAt(path: string, clock: Clock = systemClock): Promise<Store> {
  const dir = dataDirAt(path);
  await mkdir(dir.backups, { recursive: true });
  const sealer = createSealer(secretKeyFrom(new Uint8Array(32).fill(7)).derive('documents'));
  const store = await Store.open({ dir, sealer, clock, random: randomBytes });
  onTestFinished(() => store.close());
  return store;
}

/** Reads the tables of such a store beside it. */
export async function openTables(path: string): Promise<SqlConnection> {
  const connection = await SqlConnection.open(dataDirAt(path).database, 'readonly');
  onTestFinished(() => connection.close());
  return connection;
}

export const childTarget = { account: child, holder: master, by: actor };
export const masterTarget = { account: master, holder: master, by: actor };
