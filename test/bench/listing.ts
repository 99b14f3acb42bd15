// Lists and collections over a store of 100,000 resources, over HTTP on loopback: does a page
// cost the same wherever it is, what does a filter or a search cost, how long does a collection
// of 10,000 hold the event loop and the writer.

import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import express from 'express';
import type { Account, Identity } from '../../agent/account/account.ts';
import { systemClock, toGregorianSeconds } from '../../agent/base/clock.ts';
import type { JsonObject } from '../../agent/base/json.ts';
import { silentLogger } from '../../agent/base/logger.ts';
import { packageRoot } from '../../agent/config/package-root.ts';
import type { DocumentScope } from '../../agent/document/document-store.ts';
import { mountApi } from '../../agent/http/pipeline.ts';
import { resourceCollectionRoutes } from '../../agent/http/resource-collection-routes.ts';
import { resourceList, resourceRoutes } from '../../agent/http/resource-routes.ts';
import { secretKeyFrom } from '../../agent/secret/secret-key.ts';
import { createSealer } from '../../agent/secret/sealing.ts';
import { ResourceCollections } from '../../agent/service/resource-collection.ts';
import { ResourceService } from '../../agent/service/resources.ts';
import { dataDirAt } from '../../agent/store/data-dir.ts';
import { Store } from '../../agent/store/store.ts';
import { loadSchemaCatalog } from '../../agent/validation/schema-catalog.ts';

const RESOURCES = 100_000;
const ELEMENTS = 10_000;
const SCOPE: DocumentScope = { kind: 'resource', accountId: undefined };

/** Prints its figures; asserts none. Takes about a minute. */
export async function bench(): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'craftport-bench-'));
  const dir = dataDirAt(path);
  await mkdir(dir.backups, { recursive: true });
  const store = await Store.open({
    dir,
    sealer: createSealer(secretKeyFrom(new Uint8Array(32).fill(7)).derive('documents')),
    clock: systemClock,
    random: randomBytes,
  });
  const server = createServer(appOn(store));
  try {
    await fill(store);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/v2/resources`;
    await benchPages(url);
    await benchScans(url);
    await benchCollections(url);
  } finally {
    server.close();
    server.closeAllConnections();
    await store.close();
    await rm(path, { recursive: true, force: true });
  }
}

async function benchPages(url: string): Promise<void> {
  for (const sort of ['id', 'name', 'weight_cost', 'enabled']) {
    // Position: the share of the list before the page.
    const firsts = await walk(url, sort);
    for (const [position, key] of firsts) {
      const times: number[] = [];
      for (let round = 0; round < 200; round += 1)
        times.push((await get(`${url}?sort=${sort}&page_size=50${startAt(key)}`)).ms);
      say(`page of 50 by ${sort} at ${position}`, quantiles(times));
    }
  }
}

/** Start keys at the beginning, the middle and the end of the list. */
async function walk(url: string, sort: string): Promise<readonly [string, string | undefined][]> {
  const keys: (string | undefined)[] = [undefined];
  for (let at = 0; at < RESOURCES; at += 10_000) {
    const { body } = await get(`${url}?sort=${sort}&page_size=10000${startAt(keys.at(-1))}`);
    if (body['next_start_key'] === undefined) break;
    keys.push(body['next_start_key'] as string);
  }
  return [
    ['0 %', keys[0]],
    ['50 %', keys[5]],
    ['90 %', keys[9]],
  ];
}

async function benchScans(url: string): Promise<void> {
  for (const [what, query] of [
    ['filter that nothing meets', 'filter_name=nobody'],
    ['filter with a nested path', 'filter_gateways.0.server=nobody'],
  ] as const) {
    const { ms, maxDelayMs } = await get(`${url}?${query}`);
    say(
      what,
      `${ms.toFixed(0)} ms, ${Math.round(RESOURCES / (ms / 1000)).toLocaleString('en')} documents/s, event loop held ${maxDelayMs.toFixed(0)} ms at most`,
    );
  }
  for (const [what, query] of [
    ['search that finds nothing', 'q=nobody'],
    ['search that finds nothing, by weight', 'q=nobody&sort=weight_cost'],
    ['search that finds 1 %', 'q=99'],
  ] as const) {
    const times: number[] = [];
    for (let round = 0; round < 30; round += 1) times.push((await get(`${url}?${query}`)).ms);
    say(what, quantiles(times));
  }
  for (const [what, query] of [
    ['whole list as JSON', 'paginate=false'],
    ['whole list as CSV', 'accept=csv'],
  ] as const) {
    const before = process.memoryUsage().rss;
    const { ms, bytes, maxDelayMs } = await drain(`${url}?${query}`);
    say(
      what,
      `${ms.toFixed(0)} ms, ${(bytes / 1e6).toFixed(1)} MB, resident memory ${((process.memoryUsage().rss - before) / 1e6).toFixed(0)} MB up, event loop held ${maxDelayMs.toFixed(0)} ms at most`,
    );
  }
}

async function benchCollections(url: string): Promise<void> {
  // The first document loads the validator; that is the agent's start, not this.
  await put(url, carrier(0));
  const ids = Array.from({ length: ELEMENTS }, (_, index) => `bulk-${String(index)}`);
  const elements = ids.map((id, index) => ({ ...carrier(index), id }));
  const changes = ids.map((id, index) => ({ id, weight_cost: 1 + (index % 100) }));
  for (const [what, method, data] of [
    ['collection of 10,000 created', 'PUT', elements],
    ['collection of 10,000 merged', 'POST', changes],
  ] as const) {
    const body = JSON.stringify({ data });
    // In a thread of its own: building and reading 7 MB would count as the agent's time.
    const sending = inWorker(`${url}/collection`, method, body);
    // What others feel meanwhile.
    let isDone = false;
    const others: { reads: number[]; writes: number[] } = { reads: [], writes: [] };
    const done = sending.finally(() => (isDone = true));
    const read = async (): Promise<void> => {
      while (!isDone) others.reads.push((await get(`${url}?page_size=1`)).ms);
    };
    const write = async (): Promise<void> => {
      while (!isDone) others.writes.push(await put(url, carrier(1)));
    };
    await Promise.all([done, read(), write()]);
    const { ms, maxDelayMs, status } = await sending;
    say(
      what,
      `${ms.toFixed(0)} ms, status ${String(status)}, body ${(body.length / 1e6).toFixed(1)} MB, event loop held ${maxDelayMs.toFixed(0)} ms at most`,
    );
    say('  reads meanwhile', quantiles(others.reads));
    say('  a write meanwhile', `at most ${Math.max(...others.writes).toFixed(0)} ms`);
  }
}

async function put(url: string, data: JsonObject): Promise<number> {
  const start = performance.now();
  const response = await fetch(url, {
    method: 'PUT',
    headers: { 'x-auth-token': 'bench', 'content-type': 'application/json' },
    body: JSON.stringify({ data }),
  });
  await response.arrayBuffer();
  return performance.now() - start;
}

/** Sends one request from another thread. @returns how long it took, and the loop's worst delay. */
async function inWorker(
  url: string,
  method: string,
  body: string,
): Promise<{ readonly ms: number; readonly maxDelayMs: number; readonly status: number }> {
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     parentPort.once('message', async () => {
       const { url, ...init } = workerData;
       const response = await fetch(url, init);
       for await (const _ of response.body);
       parentPort.postMessage(response.status);
     });`,
    {
      eval: true,
      workerData: {
        url,
        method,
        body,
        headers: { 'x-auth-token': 'bench', 'content-type': 'application/json' },
      },
    },
  );
  await new Promise<void>((resolve) => worker.once('online', resolve));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  worker.postMessage('go');
  const status = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  const ms = performance.now() - start;
  delay.disable();
  await worker.terminate();
  return { ms, maxDelayMs: delay.max / 1e6, status };
}

async function get(url: string): Promise<{
  readonly ms: number;
  readonly maxDelayMs: number;
  readonly body: JsonObject;
}> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  const response = await fetch(url, { headers: { 'x-auth-token': 'bench' } });
  const text = await response.text();
  const ms = performance.now() - start;
  delay.disable();
  return { ms, maxDelayMs: delay.max / 1e6, body: JSON.parse(text) as JsonObject };
}

async function drain(url: string): Promise<{
  readonly ms: number;
  readonly bytes: number;
  readonly maxDelayMs: number;
}> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  const response = await fetch(url, { headers: { 'x-auth-token': 'bench' } });
  let bytes = 0;
  for await (const chunk of response.body ?? []) bytes += (chunk as Uint8Array).length;
  delay.disable();
  return { ms: performance.now() - start, bytes, maxDelayMs: delay.max / 1e6 };
}

function startAt(key: string | undefined): string {
  return key === undefined ? '' : `&start_key=${key}`;
}

function quantiles(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}

function say(what: string, figures: string): void {
  process.stdout.write(`${what.padEnd(40)} ${figures}\n`);
}

function carrier(index: number): JsonObject {
  return {
    name: `Carrier ${String((index * 7_919) % 1_000_003)}`,
    enabled: index % 4 !== 0,
    weight_cost: 1 + (index % 100),
    rules: ['^\\+1(\\d{10})$', '^\\+44(\\d+)$'],
    flags: [],
    gateways: [
      { server: `sip${String(index)}.example.net`, port: 5060, username: 'u', password: 'secret' },
    ],
  };
}

async function fill(store: Store): Promise<void> {
  const start = performance.now();
  for (let at = 0; at < RESOURCES; at += 5_000) {
    const entries = Array.from({ length: 5_000 }, (_, index) => ({
      id: randomBytes(16).toString('hex'),
      doc: carrier(at + index),
    }));
    await store.write((writers) =>
      writers.documents.insertMany(SCOPE, entries, { method: 'agent', requestId: 'bench' }),
    );
  }
  say('100,000 resources stored', `${((performance.now() - start) / 1000).toFixed(1)} s`);
}

function appOn(store: Store): express.Express {
  const validator = loadSchemaCatalog(join(packageRoot, 'schemas')).validator('resources');
  const service = new ResourceService({
    storage: store,
    validator,
    random: randomBytes,
    allowPeers: () => false,
  });
  const app = express();
  mountApi(
    app,
    [
      ...resourceCollectionRoutes({
        collections: new ResourceCollections({ storage: store, validator, random: randomBytes }),
        warningsOf: () => [],
        collectionReply: () => 'documented',
        list: (accountId) => resourceList(service, accountId),
      }),
      ...resourceRoutes(service, () => []),
    ],
    {
      services: {
        identify: () => Promise.resolve(identityOf()),
        loadAccount: () => Promise.resolve(identityOf().account),
      },
      agent: { node: 'bench', version: '0.0.0', nowMs: () => Date.now() },
      random: randomBytes,
      logger: silentLogger,
    },
  );
  return app;
}

function identityOf(): Identity {
  const at = toGregorianSeconds(0);
  const account: Account = {
    id: '0'.repeat(32),
    parentId: undefined,
    path: ['0'.repeat(32)],
    name: 'bench',
    realm: 'bench.example',
    enabled: true,
    revision: `1-${'0'.repeat(32)}`,
    created: at,
    modified: at,
    doc: {},
  };
  return {
    token: 'bench',
    tokenId: 'bench',
    account,
    userId: undefined,
    method: 'cb_api_auth',
    role: 'admin',
    expiresS: 4_000_000_000,
  };
}
