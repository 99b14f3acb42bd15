// The event stream over HTTP on a store of its own, as a program for the bench: on `go` it writes
// EVENTS_A_SECOND events for SECONDS, then says what that took.

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identity } from '../../agent/account/account.ts';
import { systemClock, toGregorianSeconds } from '../../agent/base/clock.ts';
import { silentLogger } from '../../agent/base/logger.ts';
import { EventStream } from '../../agent/http/event-stream.ts';
import { createSealer } from '../../agent/secret/sealing.ts';
import { dataDirAt, lockDataDir } from '../../agent/store/data-dir.ts';
import { Store } from '../../agent/store/store.ts';

export interface EventServerReport {
  readonly written: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly restMiB: number;
  readonly peakMiB: number;
  readonly dropped: number;
  readonly gaps: number;
}

const ACCOUNT_ID = '0123456789abcdef0123456789abcdef';
const at = toGregorianSeconds(0);
const identity: Identity = {
  token: 'bench',
  tokenId: 'bench',
  account: {
    id: ACCOUNT_ID,
    parentId: undefined,
    path: [ACCOUNT_ID],
    name: 'bench',
    realm: 'bench.example',
    enabled: true,
    revision: '1-0',
    created: at,
    modified: at,
    doc: {},
  },
  userId: undefined,
  method: 'local',
  role: 'admin',
  expiresS: Number.MAX_SAFE_INTEGER,
};

const folder = await mkdtemp(join(tmpdir(), 'craftport-bench-'));
const dir = dataDirAt(folder);
const lock = await lockDataDir(dir);
const store = await Store.open({
  dir,
  sealer: createSealer(randomBytes(32)),
  clock: systemClock,
  random: randomBytes,
});
const stream = new EventStream({
  events: store.read.events,
  onEvents: (listener) => store.onEvents(listener),
  pathOf: (id) => Promise.resolve([id]),
  isStillGood: () => Promise.resolve(true),
  clock: systemClock,
  logger: silentLogger,
});
await stream.start();
const server = createServer((request, response) => {
  const lastSeen = request.headers['last-event-id'];
  const position = typeof lastSeen === 'string' ? Number(lastSeen) : undefined;
  stream.open(response, identity, undefined, position);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
process.send?.({ port: (server.address() as AddressInfo).port });

const residentMiB = (): number => process.memoryUsage.rss() / 2 ** 20;

async function write(eventsASecond: number, seconds: number): Promise<EventServerReport> {
  const restMiB = residentMiB();
  let peakMiB = restMiB;
  let written = 0;
  const started = performance.now();
  const cpu = process.cpuUsage();
  const writes: Promise<void>[] = [];
  await new Promise<void>((resolve) => {
    // Ten milliseconds' worth at a time; what a late timer owes is made up for.
    const timer = setInterval(() => {
      const due = Math.min(
        eventsASecond * seconds,
        Math.floor(((performance.now() - started) / 1000) * eventsASecond),
      );
      const count = due - written;
      written = due;
      peakMiB = Math.max(peakMiB, residentMiB());
      writes.push(
        store.write((writers) => {
          for (let index = 0; index < count; index += 1)
            writers.emit({
              name: 'span.channelChanged',
              accountId: ACCOUNT_ID,
              data: { id: 'span-1', channel: index % 31, state: 'busy', request_id: 'r' },
            });
          return Promise.resolve();
        }),
      );
      if (due < eventsASecond * seconds) return;
      clearInterval(timer);
      resolve();
    }, 10);
  });
  await Promise.all(writes);
  const { user, system } = process.cpuUsage(cpu);
  const { dropped, gaps } = stream.counters;
  return {
    written,
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: (user + system) / 1e6,
    restMiB,
    peakMiB,
    dropped,
    gaps,
  };
}

process.on('message', (order: { readonly eventsASecond: number; readonly seconds: number }) => {
  void write(order.eventsASecond, order.seconds).then((report) => process.send?.({ report }));
});
process.on('disconnect', () => {
  void (async () => {
    await stream.stop();
    server.close();
    server.closeAllConnections();
    await store.close();
    await lock.release();
    await rm(folder, { recursive: true, force: true });
  })();
});
