import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../agent/base/json.ts';
import { CHILD_ID } from '../../support/api-harness.ts';
import { RESOURCES, serveResources } from '../../support/resource-api.ts';

const COLLECTION = `${RESOURCES}/collection`;
const carrier = (more: JsonObject): JsonObject => ({
  name: 'Carrier',
  gateways: [{ server: 'sip.example.net', password: 'hunter2' }],
  ...more,
});

describe('PUT resources/collection', () => {
  it('creates all and answers the full documents', async () => {
    const api = await serveResources();
    const reply = await api.request('PUT', COLLECTION, [
      carrier({ id: 'one', weight_cost: '7', pvt_x: 1 }),
      carrier({}),
      carrier({ id: '__proto__', peer: true }),
    ]);
    expect([reply.status, reply.body['status'], reply.body['revision']]).toEqual([
      201,
      'success',
      'automatic',
    ]);
    const { errors, successes } = reply.body['data'] as Record<string, JsonObject>;
    expect(errors).toEqual({});
    const ids = Object.keys(successes ?? {});
    expect(ids).toEqual(['one', expect.stringMatching(/^[0-9a-f]{32}$/), '__proto__']);
    for (const id of ids) {
      const fetched = await api.request('GET', `${RESOURCES}/${id}`);
      expect(successes).toHaveProperty([id], fetched.body['data']);
    }
    expect(successes?.['one']).toMatchObject({ id: 'one', weight_cost: 7, emergency: false });
    expect(successes?.['one']).not.toHaveProperty('pvt_x');
  });

  it('stores nothing when one element is bad, and says what is wrong with each', async () => {
    const api = await serveResources();
    const reply = await api.request('PUT', COLLECTION, [
      carrier({ id: 'good' }),
      carrier({ id: 'heavy', weight_cost: 400 }),
      'text',
      carrier({ id: 'not an id' }),
      { name: 'no gateways' },
    ]);
    expect([reply.status, reply.body['status']]).toEqual([201, 'success']);
    expect(reply.body['data']).toMatchObject({
      errors: {
        heavy: {
          weight_cost: {
            maximum: { message: 'Value must be at most 100', target: 100, value: 400 },
          },
        },
        2: { data: { type: { message: 'Value did not match type(s): object', value: 'text' } } },
        'not an id': { id: { pattern: { value: 'not an id' } } },
        4: { gateways: { required: { message: 'Field is required but missing' } } },
      },
      successes: {},
    });
    expect(Object.keys((reply.body['data'] as JsonObject)['errors'] as JsonObject)).toHaveLength(4);
    expect((await api.request('GET', RESOURCES)).body['data']).toEqual([]);
  });

  it('rolls everything back when an id is taken, also by a deleted resource', async () => {
    const api = await serveResources();
    await api.request('PUT', COLLECTION, [carrier({ id: 'taken' })]);
    await api.request('DELETE', `${RESOURCES}/taken`);
    const reply = await api.request('PUT', COLLECTION, [
      carrier({ id: 'fresh' }),
      carrier({ id: 'taken' }),
    ]);
    expect([reply.status, reply.body['message']]).toEqual([409, 'datastore_conflict']);
    expect((await api.request('GET', `${RESOURCES}/fresh`)).status).toBe(404);
  });

  it('keeps the last of two elements with one id, and an index apart from an id like it', async () => {
    const api = await serveResources();
    const reply = await api.request('PUT', COLLECTION, [
      carrier({ id: 'same', weight_cost: 400 }),
      carrier({ id: 'same', name: 'Second' }),
      carrier({}),
      carrier({ id: '2' }),
    ]);
    const { successes } = reply.body['data'] as Record<string, JsonObject>;
    expect(successes?.['same']).toMatchObject({ name: 'Second' });
    expect(Object.keys(successes ?? {})).toHaveLength(3);
  });
});

describe('POST resources/collection', () => {
  it('merges deeply into each, counts a revision and says what is unusual, by path', async () => {
    const api = await serveResources({
      warningsOf: (doc) =>
        doc['rules'] === undefined || (doc['rules'] as readonly string[]).length === 0
          ? []
          : [{ path: 'rules.0', rule: 'pattern', message: 'Does not compile' }],
    });
    await api.request('PUT', COLLECTION, [
      carrier({ id: 'a', media: { fax_option: true, audio: { codecs: ['PCMU'] } } }),
      carrier({ id: 'b' }),
    ]);
    const reply = await api.request('POST', COLLECTION, [
      { id: 'a', weight_cost: 3, media: { fax_option: null }, rules: ['('] },
      { id: 'b' },
    ]);
    expect([reply.status, reply.body['revision']]).toEqual([200, undefined]);
    expect(reply.body['warnings']).toEqual([
      { path: 'a.rules.0', rule: 'pattern', message: 'Does not compile' },
    ]);
    const fetched = await api.request('GET', `${RESOURCES}/a`);
    expect(fetched.body['data']).toMatchObject({
      name: 'Carrier',
      weight_cost: 3,
      gateways: [{ password: 'hunter2' }],
      media: { audio: { codecs: ['PCMU'] } },
    });
    expect((fetched.body['data'] as JsonObject)['media']).not.toHaveProperty('fax_option');
    expect(fetched.body['revision']).toMatch(/^2-/);
  });

  it('refuses unknown ones and those that become invalid, and changes nothing', async () => {
    const api = await serveResources();
    await api.request('PUT', COLLECTION, [carrier({ id: 'a' }), carrier({ id: 'b' })]);
    const reply = await api.request('POST', COLLECTION, [
      { id: 'a', weight_cost: 9 },
      { id: 'b', name: null },
      { id: 'gone' },
      { name: 'no id' },
      7,
    ]);
    expect([reply.status, reply.body['data']]).toEqual([
      200,
      {
        errors: {
          b: { name: { required: { message: 'Field is required but missing', value: 'name' } } },
          gone: 'resource does not exist',
          3: 'resource does not exist',
          4: {
            data: {
              type: { message: 'Value did not match type(s): object', target: 'object', value: 7 },
            },
          },
        },
        successes: {},
      },
    ]);
    expect((await api.request('GET', `${RESOURCES}/a`)).body['revision']).toMatch(/^1-/);
  });

  it('loses no change that was made at the same time', async () => {
    const api = await serveResources();
    await api.request('PUT', COLLECTION, [carrier({ id: 'a' }), carrier({ id: 'b' })]);
    const writes = Array.from({ length: 8 }, (_, index) =>
      index % 2 === 0
        ? api.request('POST', COLLECTION, [
            { id: 'a', [`k${String(index)}`]: 1 },
            { id: 'b', [`k${String(index)}`]: 1 },
          ])
        : api.request('PATCH', `${RESOURCES}/a`, { [`k${String(index)}`]: 1 }),
    );
    const statuses = (await Promise.all(writes)).map(({ status }) => status);
    const fetched = (await api.request('GET', `${RESOURCES}/a`)).body;
    const done = statuses.filter((status) => status === 200).length;
    expect(statuses.every((status) => status === 200 || status === 409)).toBe(true);
    expect(
      Object.keys(fetched['data'] as JsonObject).filter((key) => /^k\d$/.test(key)),
    ).toHaveLength(done);
    expect(fetched['revision']).toMatch(new RegExp(`^${String(1 + done)}-`));
  });
});

describe('resources/collection', () => {
  it('takes an array and nothing else', async () => {
    const api = await serveResources();
    for (const data of [{ resource_id: 'x', numbers: ['+1'], password: 'hunter2' }, undefined]) {
      const reply = await api.request('POST', COLLECTION, data);
      expect([reply.status, reply.body['message'], reply.body['data']]).toEqual([
        400,
        'validation error',
        {
          data: {
            type: {
              message: 'Value did not match type(s): array',
              target: 'array',
              value: data === undefined ? {} : { ...data, password: '********' },
            },
          },
        },
      ]);
    }
    const statuses = [
      (await api.request('PUT', COLLECTION, [])).status,
      (await api.request('POST', COLLECTION, [])).status,
      (await api.request('GET', COLLECTION)).status,
      (await api.request('PATCH', COLLECTION, [])).status,
      (await api.request('DELETE', COLLECTION)).status,
      (await api.request('PUT', COLLECTION, [carrier({})], { 'if-match': '*' })).status,
      (await api.request('POST', COLLECTION, [], { 'if-match': '"1-x"' })).status,
      (await api.request('PUT', '/v2/resources/collection', [carrier({})])).status,
      (await api.request('PUT', '/v2/resources/collection', [], { 'x-auth-token': 'child' }))
        .status,
    ];
    expect(statuses).toEqual([201, 200, 405, 405, 405, 412, 412, 201, 403]);
    const empty = await api.request('PUT', COLLECTION, []);
    expect(empty.body['data']).toEqual({ errors: {}, successes: {} });
  });

  it('answers as Kazoo does when it is set to', async () => {
    const api = await serveResources({ collectionReply: 'kazoo' });
    await api.seed([{ id: 'before', name: 'Before', enabled: true, weight_cost: 1 }]);
    const created = await api.request('PUT', COLLECTION, [carrier({ id: 'after' })]);
    expect([created.status, created.body['revision'], created.body['page_size']]).toEqual([
      201,
      'automatic',
      2,
    ]);
    expect(created.body['data']).toMatchObject([{ id: 'before' }, { id: 'after', weight: '50' }]);
    const failed = await api.request('POST', COLLECTION, [{ id: 'nobody' }]);
    expect([failed.status, failed.body['data']]).toEqual([
      200,
      { errors: { nobody: 'resource does not exist' } },
    ]);
    await api.seed(Array.from({ length: 1_500 }, (_, index) => ({ id: `x${String(index)}` })));
    const long = await api.request('POST', COLLECTION, [{ id: 'after' }]);
    expect([(long.body['data'] as unknown[]).length, long.body['page_size']]).toEqual([
      1_502, 1_502,
    ]);
  });

  it('emits an event for every element, in order', async () => {
    const api = await serveResources();
    const told: string[] = [];
    api.store.onEvents((events) => {
      for (const { name, accountId, data } of events)
        told.push(`${name} ${String(accountId)} ${data['id'] as string}`);
    });
    const ids = Array.from({ length: 600 }, (_, index) => `r${String(index)}`);
    await api.request(
      'PUT',
      COLLECTION,
      ids.map((id) => carrier({ id })),
    );
    expect(told).toEqual(ids.map((id) => `resource.created ${CHILD_ID} ${id}`));
  });
});
