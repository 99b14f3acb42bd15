import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../agent/base/json.ts';
import { numberRoutes } from '../../../agent/http/number-routes.ts';
import { NumberService } from '../../../agent/service/numbers.ts';
import type { Store } from '../../../agent/store/store.ts';
import {
  type ApiHarness,
  CHILD_ID,
  type HarnessReply,
  MASTER_ID,
  openTestStore,
  serveRoutes,
} from '../../support/api-harness.ts';
import {
  addResources,
  GLOBAL_RESOURCE_ID,
  numberRules,
  phoneNumbersValidator,
  RESOURCE_ID,
} from '../../support/job-harness.ts';

const NUMBERS = `/v2/accounts/${CHILD_ID}/phone_numbers`;
const ONE = `${NUMBERS}/%2B12223334444`;

async function serveNumbers(): Promise<{ api: ApiHarness; storage: Store }> {
  const storage = await openTestStore();
  await addResources(storage);
  const service = new NumberService({
    storage,
    validator: phoneNumbersValidator,
    rules: () => numberRules,
    mayAdd: () => true,
  });
  return { api: await serveRoutes(numberRoutes(service)), storage };
}

const dataOf = (reply: HarnessReply): JsonObject => reply.body['data'] as JsonObject;
const child = { 'x-auth-token': 'child' };

describe('telephone numbers', () => {
  it('creates, fetches, replaces, merges and releases one', async () => {
    const { api } = await serveNumbers();
    const created = await api.request('PUT', `${NUMBERS}/2223334444`, {
      resource_id: GLOBAL_RESOURCE_ID,
      label: 'Desk',
      pvt_x: 1,
    });
    const at = (dataOf(created)['_read_only'] as JsonObject)['created'];
    expect([created.status, dataOf(created)]).toEqual([
      201,
      {
        id: '+12223334444',
        state: 'reserved',
        features: ['local'],
        resource_id: GLOBAL_RESOURCE_ID,
        label: 'Desk',
        _read_only: {
          created: at,
          modified: at,
          state: 'reserved',
          features: ['local'],
          features_available: ['force_outbound', 'prepend'],
          carrier_module: 'other',
        },
      },
    ]);
    const fetched = await api.request('GET', ONE);
    expect(fetched.body['data']).toEqual(dataOf(created));
    const tag = fetched.headers.get('etag') ?? '';
    expect((await api.request('GET', ONE, undefined, { 'if-none-match': tag })).status).toBe(304);
    const merged = await api.request('PATCH', ONE, { label: null, cnam: { display: 'A' } });
    expect(dataOf(merged)).toMatchObject({
      cnam: { display: 'A' },
      resource_id: GLOBAL_RESOURCE_ID,
    });
    expect(dataOf(merged)).not.toHaveProperty('label');
    expect((await api.request('PATCH', ONE, {}, { 'if-match': tag })).status).toBe(412);
    const replaced = await api.request('POST', ONE, { note: 'only' });
    expect(dataOf(replaced)).toMatchObject({ note: 'only', state: 'reserved' });
    expect(dataOf(replaced)).not.toHaveProperty('cnam');
    const active = await api.request('PUT', `${ONE}/activate`);
    expect([active.status, dataOf(active)['state']]).toEqual([201, 'in_service']);
    const reserve = await api.request('PUT', `${ONE}/reserve`);
    expect([reserve.status, Object.keys(dataOf(reserve))]).toEqual([400, ['state']]);
    const removed = await api.request('DELETE', ONE);
    expect([removed.status, dataOf(removed)['state']]).toEqual([200, 'deleted']);
    const gone = await api.request('GET', ONE);
    expect([gone.status, gone.body['message'], gone.body['data']]).toEqual([
      404,
      'bad_identifier',
      { message: 'bad identifier', not_found: 'The number could not be found' },
    ]);
    expect((await api.request('PUT', ONE, {})).status).toBe(201);
  });

  it('keeps a number with one account', async () => {
    const { api, storage } = await serveNumbers();
    await api.request('PUT', ONE.replace(CHILD_ID, MASTER_ID), {});
    const taken = await api.request('PUT', ONE, {});
    expect([taken.status, taken.body['data']]).toEqual([
      409,
      {
        code: 409,
        error: 'number_exists',
        cause: '+12223334444',
        message: 'number +12223334444 already exists',
      },
    ]);
    const own = await api.request('PUT', ONE.replace(CHILD_ID, MASTER_ID), {});
    expect(own.status).toBe(409);
    for (const [method, path] of [
      ['GET', ONE],
      ['PATCH', ONE],
      ['DELETE', ONE],
    ] as const)
      expect((await api.request(method, path, method === 'GET' ? undefined : {})).status).toBe(404);
    expect((await storage.read.numbers.load('+12223334444'))?.accountId).toBe(MASTER_ID);
    const hidden = await api.request('GET', `${ONE}/identify`, undefined, child);
    expect(hidden.status).toBe(404);
  });

  it('creates over a number of the pool above, never over a stranger’s', async () => {
    const { api, storage } = await serveNumbers();
    const pool = `/v2/accounts/${MASTER_ID}/phone_numbers`;
    await api.request('PUT', `${pool}/2223334444`, { create_with_state: 'available', old: 1 });
    const taken = await api.request('PUT', ONE, { resource_id: RESOURCE_ID });
    expect([taken.status, dataOf(taken)['state'], dataOf(taken)['old']]).toEqual([
      201,
      'reserved',
      undefined,
    ]);
    expect((await storage.read.numbers.load('+12223334444'))?.accountId).toBe(CHILD_ID);
    await api.request('PUT', `${NUMBERS}/2223334445`, { create_with_state: 'aging' });
    // The master account is not below the child: the child's aging number is not its pool.
    expect((await api.request('PUT', `${pool}/2223334445`, {})).status).toBe(409);
    const byChild = await api.request(
      'PUT',
      `${NUMBERS}/2223334446`,
      { create_with_state: 'available' },
      child,
    );
    expect([byChild.status, Object.keys(dataOf(byChild))]).toEqual([400, ['create_with_state']]);
  });

  it('lists by number, in pages, by state', async () => {
    const { api } = await serveNumbers();
    for (let index = 0; index < 5; index += 1)
      await api.request('PUT', `${NUMBERS}/222333444${String(index)}`, {
        create_with_state: index === 2 ? 'in_service' : 'reserved',
      });
    const seen: string[] = [];
    for (let start = ''; ;) {
      const page = await api.request('GET', `${NUMBERS}?page_size=2${start}`);
      seen.push(...Object.keys(dataOf(page)['numbers'] as object));
      const next = page.body['next_start_key'];
      if (typeof next !== 'string') break;
      start = `&start_key=${next}`;
    }
    expect(seen).toEqual([0, 1, 2, 3, 4].map((index) => `+1222333444${String(index)}`));
    const active = await api.request('GET', `${NUMBERS}?filter_state=in_service`);
    expect(dataOf(active)).toMatchObject({
      cascade_quantity: 0,
      numbers: { '+12223334442': { assigned_to: CHILD_ID, state: 'in_service' } },
    });
    expect(active.body['page_size']).toBe(1);
  });

  it('does the same to many, each with an outcome of its own', async () => {
    const { api } = await serveNumbers();
    const numbers = ['2223334444', '+12223334445', '911', '+12223334444'];
    const created = await api.request('PUT', `${NUMBERS}/collection`, { numbers, label: 'x' });
    expect(created.status).toBe(201);
    expect(dataOf(created)).toMatchObject({
      success: { '+12223334444': { label: 'x' }, '+12223334445': { label: 'x' } },
      error: { '911': { message: 'not reconcilable' }, '+12223334444': { error: 'number_exists' } },
    });
    const patched = await api.request('PATCH', `${NUMBERS}/collection`, {
      numbers: ['+12223334444'],
      more: 1,
    });
    expect(dataOf(patched)).toMatchObject({ success: { '+12223334444': { label: 'x', more: 1 } } });
    const removed = await api.request('DELETE', `${NUMBERS}/collection`, { numbers });
    expect(Object.keys(dataOf(removed)['success'] as object)).toEqual([
      '+12223334444',
      '+12223334445',
    ]);
    const odd = await api.request('PUT', `${NUMBERS}/collection`, { numbers: 'all' });
    expect(odd.status).toBe(400);
  });

  it('classifies, checks and says what can be', async () => {
    const { api } = await serveNumbers();
    const classifiers = await api.request('GET', `${NUMBERS}/classifiers`);
    expect(Object.keys(dataOf(classifiers))).toEqual([
      'tollfree_us',
      'toll_us',
      'emergency',
      'caribbean',
      'did_us',
      'international',
      'unknown',
    ]);
    const one = await api.request('GET', `${NUMBERS}/classifiers/8005551212`);
    expect(dataOf(one)).toMatchObject({
      name: 'tollfree_us',
      number: '8005551212',
      e164: '+18005551212',
      friendly_name: 'US TollFree',
    });
    await api.request('PUT', ONE, {});
    const check = await api.request('POST', `${NUMBERS}/check`, {
      numbers: ['2223334444', '2223334445', '911'],
    });
    expect(dataOf(check)).toEqual({
      '2223334444': 'error',
      '2223334445': 'success',
      '911': 'error',
    });
    const carriers = await api.request('GET', `${NUMBERS}/carriers_info`, undefined, child);
    expect(dataOf(carriers)['usable_creation_states']).toEqual(['in_service', 'reserved']);
    expect((await api.request('PUT', `${NUMBERS}/911`, {})).body['message']).toBe(
      'not_reconcilable',
    );
  });

  it('takes in ports, searches and filters the list, and knows no places', async () => {
    const { api } = await serveNumbers();
    const port = `${NUMBERS}/2223334444/port`;
    const ported = await api.request('PUT', port, {});
    expect([ported.status, dataOf(ported)['state']]).toEqual([201, 'port_in']);
    expect((await api.request('PUT', port, {}, child)).status).toBe(400);
    await api.request('PUT', `${NUMBERS}/2223334445`, {});
    const numbers = async (query: string): Promise<readonly string[]> =>
      Object.keys(dataOf(await api.request('GET', `${NUMBERS}?${query}`))['numbers'] as object);
    expect(await numbers('q=34445')).toEqual(['+12223334445']);
    expect(await numbers('filter_state=port_in')).toEqual(['+12223334444']);
    expect(await numbers(`filter_assigned_to=${MASTER_ID}`)).toEqual([]);
    expect(await numbers('descending=true')).toEqual(['+12223334445', '+12223334444']);
    expect(await numbers('paginate=false')).toHaveLength(2);
    const csv = await api.request('GET', NUMBERS, undefined, { accept: 'text/csv' });
    expect(csv.text.split('\r\n')).toHaveLength(4);
    const place = await api.request('POST', `${NUMBERS}/locality`, { numbers: ['2223334444'] });
    expect(dataOf(place)).toMatchObject({ '2223334444': { status: 'error' } });
  });

  it('audits every change with its event', async () => {
    const { api, storage } = await serveNumbers();
    const events: string[] = [];
    storage.onEvents((batch) => events.push(...batch.map((event) => event.name)));
    await api.request('PUT', ONE, {});
    await api.request('PATCH', ONE, { a: 1 });
    await api.request('DELETE', ONE, {});
    expect(events).toEqual(['number.created', 'number.changed', 'number.deleted']);
  });
});
