import { describe, expect, it, onTestFinished } from 'vitest';
import type { Identity } from '../../../agent/account/account.ts';
import type { NewEvent } from '../../../agent/base/change.ts';
import { systemClock } from '../../../agent/base/clock.ts';
import { silentLogger } from '../../../agent/base/logger.ts';
import { eventRoutes } from '../../../agent/http/event-routes.ts';
import { EventStream, type EventStreamOptions } from '../../../agent/http/event-stream.ts';
import type { Store } from '../../../agent/store/store.ts';
import { SseClient } from '../../bench/support-sse-client.ts';
import {
  CHILD_ID,
  child,
  MASTER_ID,
  master,
  openTestStore,
  serveRoutes,
} from '../../support/api-harness.ts';

interface Served {
  readonly storage: Store;
  readonly stream: EventStream;
  readonly url: string;
  follow(query?: string, headers?: Readonly<Record<string, string>>): Promise<SseClient>;
  emit(...events: readonly NewEvent[]): Promise<void>;
}

async function serveEvents(options: Partial<EventStreamOptions> = {}): Promise<Served> {
  const storage = await openTestStore();
  const stream = new EventStream({
    events: storage.read.events,
    onEvents: (listener) => storage.onEvents(listener),
    pathOf: (id) => Promise.resolve([master, child].find((one) => one.id === id)?.path),
    isStillGood: () => Promise.resolve(true),
    clock: systemClock,
    logger: silentLogger,
    ...options,
  });
  await stream.start();
  onTestFinished(() => stream.stop());
  const api = await serveRoutes(eventRoutes(stream));
  return {
    storage,
    stream,
    url: api.url,
    async follow(query = '', headers = {}) {
      const client = await SseClient.open(`${api.url}/v2/events${query}`, {
        'x-auth-token': 'master',
        ...headers,
      });
      onTestFinished(() => client.close());
      return client;
    },
    emit: (...events) =>
      storage.write((writers) => {
        for (const event of events) writers.emit(event);
        return Promise.resolve();
      }),
  };
}

const event = (name: string, accountId?: string, data: NewEvent['data'] = {}): NewEvent => ({
  name,
  data,
  ...(accountId === undefined ? {} : { accountId }),
});
const sequences = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const has = (client: SseClient, count: number) => () => client.messages.length >= count;

describe('/v2/events', () => {
  it('sends id, name and data of what happens from now on', async () => {
    const { follow, emit } = await serveEvents();
    await emit(event('resource.created', CHILD_ID));
    const client = await follow();
    await emit(event('resource.changed', CHILD_ID, { id: 'r', password: 'clear' }));
    await client.until(has(client, 1));
    const [message] = client.messages;
    expect([message?.id, message?.event]).toEqual(['2', 'resource.changed']);
    expect(JSON.parse(message?.data ?? '')).toEqual({
      name: 'resource.changed',
      at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      account_id: CHILD_ID,
      data: { id: 'r', password: '********' },
    });
  });

  it('shows an account its own subtree, and the master account everything', async () => {
    const { follow, emit } = await serveEvents();
    const own = await follow('', { 'x-auth-token': 'child' });
    const all = await follow();
    const jobs = await follow('?topic=job,span');
    await emit(
      event('resource.created', CHILD_ID),
      event('resource.created', MASTER_ID),
      event('resource.created'),
      event('job.completed', CHILD_ID),
      event('resource.created', '0'.repeat(32)),
      event('jobs.other'),
      event('job.last', CHILD_ID),
    );
    await Promise.all([own.until(has(own, 3)), all.until(has(all, 7)), jobs.until(has(jobs, 2))]);
    expect([own.ids(), all.ids(), jobs.ids()]).toEqual([[1, 4, 7], sequences(1, 7), [4, 7]]);
  });

  it.each([
    ['the ring', {}],
    ['the journal', { ringEvents: 3 }],
  ])('resumes from %s without loss or double while more comes', async (_, limits) => {
    const { follow, emit } = await serveEvents({ limits });
    await emit(...sequences(1, 1200).map((n) => event(`resource.e${String(n)}`)));
    const clients = await Promise.all([
      follow('', { 'last-event-id': '0' }),
      follow('?last_event_id=7'),
      follow('?last_event_id=1', { 'last-event-id': '1199' }),
      follow('?last_event_id=1200'),
    ]);
    for (let n = 1201; n <= 1300; n += 1) await emit(event('resource.more'));
    await Promise.all(clients.map((client) => client.until(() => client.ids().includes(1300))));
    expect(clients.map((client) => client.ids())).toEqual([
      sequences(1, 1300),
      sequences(8, 1300),
      sequences(1200, 1300),
      sequences(1201, 1300),
    ]);
    expect(clients[0].messages.some((message) => message.event === 'gap')).toBe(false);
  });

  it('says which events are gone, then goes on with the oldest it has', async () => {
    const { storage } = await serveEvents();
    const written = sequences(1, 40).map((n) => event(`resource.e${String(n)}`));
    await storage.write((writers) => {
      for (const one of written) writers.emit(one);
      return Promise.resolve();
    });
    // The journal as if its window were shorter.
    const events: EventStreamOptions['events'] = {
      window: async () => ({ ...(await storage.read.events.window()), oldest: 21 }),
      after: (sequence, limit) => storage.read.events.after(Math.max(20, sequence), limit),
    };
    const later = await serveEvents({
      events,
      onEvents: (listener) => storage.onEvents(listener),
      limits: { ringEvents: 2 },
    });
    const old = await later.follow('?last_event_id=5');
    const future = await later.follow('?last_event_id=99');
    await storage.write((writers) => {
      writers.emit(event('resource.next'));
      return Promise.resolve();
    });
    await old.until(() => old.ids().includes(41));
    await future.until(() => future.ids().includes(41));
    const shown = (client: SseClient): unknown[] =>
      client.messages
        .filter((message) => message.event === 'gap')
        .map(({ id, data }) => [id, JSON.parse(data) as unknown]);
    expect(shown(old)).toEqual([['20', { requested: 5, oldest: 21, newest: 40 }]]);
    expect(old.ids()).toEqual([20, ...sequences(21, 41)]);
    expect(shown(future)).toEqual([['40', { requested: 99, oldest: 21, newest: 40 }]]);
    expect(future.ids()).toEqual([40, 41]);
    expect(later.stream.counters.gaps).toBe(2);
  });

  it('keeps the line open, and moves the id on for a client whose topic is quiet', async () => {
    const { follow, emit } = await serveEvents({ limits: { heartbeatMs: 20 } });
    const quiet = await follow('?topic=span');
    await emit(event('resource.created'), event('resource.created'));
    await quiet.until(() => quiet.comments >= 2 && quiet.lastEventId === '2');
    expect([quiet.messages, quiet.lastEventId]).toEqual([[], '2']);
  });

  it('ends when the token is revoked or runs out', async () => {
    let isGood = true;
    let nowMs = 0;
    const asked: Identity[] = [];
    const { follow } = await serveEvents({
      isStillGood: (identity) => {
        asked.push(identity);
        return Promise.resolve(isGood);
      },
      clock: { nowMs: () => nowMs },
      limits: { heartbeatMs: 20 },
    });
    const revoked = await follow();
    await revoked.until(() => revoked.comments > 0);
    isGood = false;
    await revoked.until(() => false);
    isGood = true;
    const expired = await follow();
    await expired.until(() => expired.comments > 0);
    nowMs = 4_000_000_000_000;
    await expired.until(() => false);
    for (const client of [revoked, expired])
      expect(client.messages.map(({ event: name, data }) => [name, data])).toEqual([
        ['end', '{"reason":"token"}'],
      ]);
    expect(asked[0]?.account.id).toBe(MASTER_ID);
  });

  it('serves a bounded number of clients, fewer of one account', async () => {
    const { follow, stream, url } = await serveEvents({
      limits: { clients: 4, clientsPerAccount: 2 },
    });
    const asChild = { 'x-auth-token': 'child' };
    const first = await follow('', asChild);
    await follow('', asChild);
    await expect(follow('', asChild)).rejects.toThrow('status 503');
    await follow();
    await follow();
    await expect(follow()).rejects.toThrow('status 503');
    expect(stream.counters.clients).toBe(4);
    first.close();
    await expect.poll(() => stream.counters.clients).toBe(3);
    await follow();
    await stream.stop();
    expect(stream.counters.clients).toBe(0);
    const refused = await fetch(`${url}/v2/events`, { headers: { 'x-auth-token': 'master' } });
    expect(refused.status).toBe(503);
  });

  it('refuses what it cannot read', async () => {
    const { follow, url } = await serveEvents();
    for (const query of [
      '?topic=',
      '?topic=Resource',
      `?topic=${'a,'.repeat(60)}a`,
      '?last_event_id=-1',
      '?last_event_id=1e5',
      `?last_event_id=${'9'.repeat(16)}`,
    ])
      await expect(follow(query)).rejects.toThrow('status 404');
    await expect(follow('', { 'last-event-id': 'x\u00ff' })).rejects.toThrow('status 404');
    await expect(follow('', { accept: 'application/json' })).rejects.toThrow('status 406');
    await expect(follow('', { 'x-auth-token': '' })).rejects.toThrow('status 401');
    expect((await fetch(`${url}/v2/events`, { method: 'POST' })).status).toBe(405);
  });

  it('drops a client that does not read; the others miss nothing', async () => {
    const { follow, emit, stream } = await serveEvents({
      limits: { bufferBytes: 100_000, ringBytes: 20_000_000 },
    });
    const readers = await Promise.all(
      sequences(1, 100).map((n) => follow(n % 2 === 0 ? '?topic=resource' : '?topic=resource,x')),
    );
    const stalled = await follow();
    stalled.pause();
    const filling = 'f'.repeat(250_000);
    for (let batch = 0; batch < 40; batch += 1)
      await emit(
        event('bulk.filled', undefined, { filling }),
        ...sequences(1, 50).map((n) => event('resource.changed', CHILD_ID, { n })),
      );
    await Promise.all(readers.map((client) => client.until(has(client, 2000))));
    const wanted = sequences(1, 40 * 51).filter((sequence) => sequence % 51 !== 1);
    for (const client of readers) expect(client.ids()).toEqual(wanted);
    await expect.poll(() => stream.counters).toMatchObject({ clients: 100, dropped: 1 });
    stalled.resume();
    await stalled.until(() => false);
    const known = stalled.ids();
    expect(known).toEqual(sequences(1, known.length));
    const back = await follow('', { 'last-event-id': stalled.lastEventId });
    await back.until(() => back.lastEventId === String(40 * 51));
    expect([...known, ...back.ids()]).toEqual(sequences(1, 40 * 51));
  });

  it('drops a client that stops reading its replay', async () => {
    const { follow, emit, stream } = await serveEvents({
      limits: { ringEvents: 2, heartbeatMs: 30 },
    });
    const filling = 'f'.repeat(250_000);
    for (let n = 0; n < 60; n += 1) await emit(event('bulk.filled', undefined, { filling }));
    const stalled = await follow('?last_event_id=0');
    stalled.pause();
    await expect.poll(() => stream.counters).toMatchObject({ clients: 0, dropped: 1 });
  });
});

describe('transient events', () => {
  const state = (value: number): NewEvent => event('channel.changed', undefined, { value });
  const values = (client: SseClient): readonly unknown[] =>
    client.messages.map(({ data }) => (JSON.parse(data) as { data: { value: number } }).data.value);

  it('tell the latest state of a key once, masked, leaving the last id alone, outside the journal', async () => {
    const { stream, storage, follow } = await serveEvents();
    const client = await follow();
    for (let value = 1; value <= 1000; value += 1) stream.publish('a', () => state(value));
    stream.publish('b', () => event('span.updated', undefined, { value: 7, password: 'clear' }));
    stream.publish('c', () => undefined);
    await client.until(has(client, 2));
    expect(values(client)).toEqual([1000, 7]);
    expect(client.messages.map(({ id, event: name }) => [id, name])).toEqual([
      ['0', 'channel.changed'],
      ['0', 'span.updated'],
    ]);
    expect(client.messages[1]?.data).not.toContain('clear');
    expect((await storage.read.events.window()).newest).toBe(0);
  });

  it('about the site reach those who see all of it, by topic', async () => {
    const { stream, follow, emit } = await serveEvents();
    const all = await follow('?topic=channel,resource');
    const others = await follow('?topic=span');
    const below = await follow('', { 'x-auth-token': 'child' });
    stream.publish('a', () => state(1));
    await all.until(has(all, 1));
    await emit(event('resource.changed', CHILD_ID), event('span.added'));
    await Promise.all([below.until(has(below, 1)), others.until(has(others, 1))]);
    expect(below.messages.map((message) => message.event)).toEqual(['resource.changed']);
    expect(others.messages.map((message) => message.event)).toEqual(['span.added']);
  });

  it('that come while a client is replayed reach it after the replay', async () => {
    const { stream, storage, emit, follow } = await serveEvents({ limits: { ringEvents: 1 } });
    await emit(...Array.from({ length: 20 }, () => event('x.happened')));
    const read = storage.read.events.after.bind(storage.read.events);
    let publish = (): void => {
      publish = () => {};
      stream.publish('a', () => state(1));
    };
    Object.assign(storage.read.events, {
      after: (...parameters: Parameters<typeof read>) => {
        publish();
        return read(...parameters);
      },
    });
    const client = await follow('?last_event_id=3');
    await client.until(has(client, 18));
    expect(client.messages.at(-1)).toMatchObject({ event: 'channel.changed', id: '20' });
  });

  it('cost nothing while nobody listens', async () => {
    const { stream } = await serveEvents();
    let made = 0;
    stream.publish('a', () => {
      made += 1;
      return state(1);
    });
    expect(made).toBe(0);
  });
});
