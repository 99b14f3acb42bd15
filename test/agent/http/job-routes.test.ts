import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Account } from '../../../agent/account/account.ts';
import { systemClock } from '../../../agent/base/clock.ts';
import type { JsonObject } from '../../../agent/base/json.ts';
import { jobRoutes } from '../../../agent/http/job-routes.ts';
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
  type JobHarness,
  RESOURCE_ID,
  startJobs,
} from '../../support/job-harness.ts';

const JOBS = `/v2/accounts/${CHILD_ID}/resources/jobs`;

interface Served extends JobHarness {
  readonly api: ApiHarness;
}

async function serveJobs(
  options: { readonly nowMs?: () => number; readonly mayAdd?: (holder: Account) => boolean } = {},
): Promise<Served> {
  const clock = options.nowMs === undefined ? systemClock : { nowMs: options.nowMs };
  const storage = await openTestStore(clock);
  await addResources(storage);
  const { mayAdd } = options;
  const harness = await startJobs(storage, {
    clock,
    ...(mayAdd === undefined ? {} : { mayAdd }),
  });
  const api = await serveRoutes(jobRoutes({ jobs: harness.jobs, clock }));
  return { ...harness, api };
}

async function upload(
  api: ApiHarness,
  type: string,
  body: string | Uint8Array<ArrayBuffer>,
  query = `resource_id=${RESOURCE_ID}`,
): Promise<HarnessReply> {
  const response = await fetch(`${api.url}${JOBS}?${query}`, {
    method: 'PUT',
    headers: { 'x-auth-token': 'master', 'content-type': type },
    body,
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: JSON.parse(text) as HarnessReply['body'],
    text,
  };
}

const dataOf = (reply: HarnessReply): JsonObject => reply.body['data'] as JsonObject;

describe('number jobs', () => {
  it('creates as the page shows, runs, and tells each number', async () => {
    const { api, runner } = await serveJobs({ nowMs: () => Date.UTC(2026, 10, 30, 23, 59, 59) });
    const created = await api.request('PUT', JOBS, {
      numbers: ['+12223334444', '3148096310', '911', '13148096310', '911'],
      resource_id: RESOURCE_ID,
      name: 'First',
    });
    expect(created.status).toBe(201);
    const { id } = dataOf(created) as { id: string };
    expect(id).toMatch(/^202611-[0-9a-f]{16}$/);
    expect(created.headers.get('location')).toBe(`${JOBS}/${id}`);
    expect(dataOf(created)).toMatchObject({
      resource_id: RESOURCE_ID,
      numbers: ['+12223334444', '3148096310', '911', '13148096310', '911'],
      errors: {},
      success: {},
      successes: {},
    });
    await runner.whenIdle();
    const fetched = await api.request('GET', `${JOBS}/${id}`);
    const detail = dataOf(fetched) as JsonObject & {
      readonly success: Record<string, JsonObject>;
      readonly timestamp: number;
    };
    const at = (detail.success['+13148096310']?.['_read_only'] as JsonObject)['created'];
    expect(detail).toMatchObject({
      id,
      name: 'First',
      status: 'complete',
      numbers: ['+12223334444', '3148096310', '911', '13148096310', '911'],
      errors: { '911': { reason: 'not_reconcilable' }, '13148096310': { reason: 'duplicate' } },
      counts: { total: 5, successes: 2, failures: 2, skipped: 1, left: 0 },
    });
    expect(detail.success['+13148096310']).toEqual({
      id: '+13148096310',
      state: 'reserved',
      features: ['local'],
      resource_id: RESOURCE_ID,
      _read_only: {
        created: at,
        modified: at,
        state: 'reserved',
        features: ['local'],
        features_available: ['force_outbound', 'prepend'],
        carrier_module: 'local',
      },
    });
    expect(detail['successes']).toEqual(detail.success);
    expect(Object.keys(detail.success).sort()).toEqual(['+12223334444', '+13148096310']);
    const list = await api.request('GET', JOBS);
    expect(list.body['page_size']).toBe(1);
    expect(list.body['start_key']).toMatch(/^g24F/);
    expect(list.body['data']).toEqual([
      {
        id,
        name: 'First',
        resource_id: RESOURCE_ID,
        timestamp: detail.timestamp,
        status: 'complete',
        successes: 2,
        failures: 2,
        skipped: 1,
        total: 5,
        left: 0,
      },
    ]);
  });

  it('refuses numbers that exist, whoever has them, and completes all the same', async () => {
    const { api, runner } = await serveJobs();
    const put = (path: string, resource: string, numbers: string[]) =>
      api.request('PUT', path, { numbers, resource_id: resource });
    await put('/v2/resources/jobs', GLOBAL_RESOURCE_ID, ['+12223334444']);
    await runner.whenIdle();
    const second = await put(JOBS, RESOURCE_ID, ['2223334444']);
    await runner.whenIdle();
    const detail = dataOf(await api.request('GET', `${JOBS}/${String(dataOf(second)['id'])}`));
    expect(detail).toMatchObject({
      status: 'complete',
      success: {},
      errors: {
        '2223334444': {
          code: 409,
          error: 'number_exists',
          cause: '+12223334444',
          message: 'number +12223334444 already exists',
        },
      },
    });
    const global = await api.request('GET', '/v2/resources/jobs');
    const [row] = global.body['data'] as JsonObject[];
    const of = dataOf(await api.request('GET', `/v2/resources/jobs/${String(row?.['id'])}`));
    expect(of['success']).toMatchObject({
      '+12223334444': { _read_only: { carrier_module: 'other' } },
    });
    const asAccount = await api.request('GET', `/v2/accounts/${MASTER_ID}/resources/jobs`);
    expect(asAccount.body['data']).toEqual(global.body['data']);
  });

  it('refuses before anything is stored', async () => {
    const { api, storage } = await serveJobs();
    const failures: [HarnessReply, unknown][] = [
      [
        await api.request('PUT', JOBS, { numbers: [], resource_id: RESOURCE_ID }),
        { numbers: { minItems: { target: 1 } } },
      ],
      [
        await api.request('PUT', JOBS, { numbers: ['+12223334444'], resource_id: 'nobody' }),
        { resource_id: { not_found: { cause: 'nobody' } } },
      ],
      [await api.request('PUT', JOBS, {}), { numbers: { required: {} }, resource_id: {} }],
      [await upload(api, 'text/csv', 'number\r\n'), { numbers: { minItems: { target: 1 } } }],
      [await upload(api, 'text/csv', 'phone\n1\n'), { body: { header: { cause: 1 } } }],
      [await upload(api, 'text/csv', 'number\n+12223334444\n"2\n'), { body: { csv: {} } }],
      [
        await upload(api, 'text/csv', 'number,a\n+12223334444,1\n+12223334445\n'),
        { body: { csv: { cause: 3 } } },
      ],
      [
        await upload(api, 'text/csv', Buffer.from('number\n+1222333\xff\n', 'latin1')),
        { body: { encoding: { cause: 2 } } },
      ],
      [
        await upload(api, 'text/csv', Buffer.from('\ufeffnumber\n+12223334444\n', 'utf16le')),
        { body: { encoding: { cause: 1 } } },
      ],
      [
        await upload(api, 'text/csv', `number,a\n+12223334444,${'x'.repeat(5000)}\n`),
        { body: { maxLength: { target: 4096, cause: 2 } } },
      ],
      [
        await upload(api, 'application/x-ndjson', '{"number":"1"}\nnull\n'),
        { body: { json: { cause: 2 } } },
      ],
      [
        await upload(api, 'application/x-ndjson', '{"number":"\\ud800"}\n'),
        { body: { json: { cause: 1 } } },
      ],
      [await upload(api, 'text/csv', 'number\n1\n', ''), { resource_id: { required: {} } }],
    ];
    for (const [reply, data] of failures) {
      expect([reply.status, reply.body['message']]).toEqual([400, 'validation error']);
      expect(reply.body['data']).toMatchObject(data as object);
    }
    expect((await api.request('GET', JOBS)).body['data']).toEqual([]);
    expect(await storage.read.jobs.unfinished()).toEqual([]);
  });

  it('takes CSV with a byte order mark, CRLF and further columns, and NDJSON', async () => {
    const { api, runner, storage } = await serveJobs();
    const csv =
      '\ufeffnumber,label,state,id\r\n 3148096310 ,"Front, desk",x,y\r\n+12223334444,,,\r\n';
    const first = await upload(api, 'text/csv; charset=utf-8', csv);
    expect(first.status).toBe(201);
    const ndjson = '{"number":"+12223334445","label":"Back"}\n\n{"number":12223334446,"x":{"y":1}}';
    const second = await upload(api, 'application/x-ndjson', ndjson);
    expect(second.status).toBe(201);
    await runner.whenIdle();
    const docs = await storage.read.numbers.page(CHILD_ID, {
      direction: 'ascending',
      startNumber: undefined,
      limit: 10,
    });
    expect(docs.map(({ number, state, doc }) => [number, state, doc])).toEqual([
      ['+12223334444', 'reserved', {}],
      ['+12223334445', 'reserved', { label: 'Back' }],
      ['+12223334446', 'reserved', { x: { y: 1 } }],
      ['+13148096310', 'reserved', { label: 'Front, desk' }],
    ]);
    const detail = dataOf(await api.request('GET', `${JOBS}/${String(dataOf(first)['id'])}`));
    expect(detail['numbers']).toEqual(['3148096310', '+12223334444']);
    expect(detail['success']).toMatchObject({ '+13148096310': { label: 'Front, desk' } });
  });

  it('keeps nothing of an upload that its client gives up', async () => {
    const { api, storage } = await serveJobs();
    const url = new URL(`${api.url}${JOBS}?resource_id=${RESOURCE_ID}`);
    const sending = request(url, {
      method: 'PUT',
      headers: { 'x-auth-token': 'master', 'content-type': 'text/csv' },
    });
    sending.on('error', () => undefined);
    sending.write('number\n');
    const unfinished = async (): Promise<number> => (await storage.read.jobs.unfinished()).length;
    for (let index = 0; (await unfinished()) === 0; index += 1)
      sending.write(
        Array.from(
          { length: 1000 },
          (_, row) => `${String(2122000000 + index * 1000 + row)}\n`,
        ).join(''),
      );
    sending.destroy();
    while ((await unfinished()) > 0);
    expect((await api.request('GET', JOBS)).body['data']).toEqual([]);
    const numbers = { direction: 'ascending', startNumber: undefined, limit: 1 } as const;
    expect(await storage.read.numbers.page(CHILD_ID, numbers)).toEqual([]);
  });

  it('counts without keeping anything at a dry run', async () => {
    const { api, runner, storage } = await serveJobs();
    await api.request('PUT', JOBS, { numbers: ['+12223334444'], resource_id: RESOURCE_ID });
    await runner.whenIdle();
    const preview = await upload(
      api,
      'text/csv',
      'number\n2223334444\n2223334445\n+12223334445\n911\n911\n',
      `resource_id=${RESOURCE_ID}&dry_run=true`,
    );
    expect(preview.status).toBe(201);
    expect(dataOf(preview)).toEqual({
      dry_run: true,
      counts: {
        total: 5,
        successes: 1,
        failures: 3,
        skipped: 1,
        not_reconcilable: 1,
        duplicate: 1,
        number_exists: 1,
      },
      normalized: [
        {
          number: '2223334444',
          normalized: '+12223334444',
          reconcilable: true,
          classifier: 'did_us',
        },
        {
          number: '2223334445',
          normalized: '+12223334445',
          reconcilable: true,
          classifier: 'did_us',
        },
        {
          number: '+12223334445',
          normalized: '+12223334445',
          reconcilable: true,
          classifier: 'did_us',
        },
        { number: '911', normalized: '911', reconcilable: false, classifier: 'emergency' },
        { number: '911', normalized: '911', reconcilable: false, classifier: 'emergency' },
      ],
      errors: {
        '2223334444': {
          code: 409,
          error: 'number_exists',
          cause: '+12223334444',
          message: 'number +12223334444 already exists',
        },
        '+12223334445': { reason: 'duplicate' },
        '911': { reason: 'not_reconcilable' },
      },
    });
    expect((await api.request('GET', JOBS)).body['page_size']).toBe(1);
    expect(await storage.read.jobs.unfinished()).toEqual([]);
    expect(await storage.read.numbers.load('+12223334445')).toBeUndefined();
  });

  it('pages the results by status, and gives them as CSV', async () => {
    const { api, runner } = await serveJobs();
    const numbers = Array.from({ length: 120 }, (_, index) => `2${String(122000000 + index)}`);
    const created = await api.request('PUT', JOBS, {
      numbers: [...numbers, '12', '2', '2', `+1${String(numbers[7])}`],
      resource_id: RESOURCE_ID,
    });
    await runner.whenIdle();
    const results = `${JOBS}/${String(dataOf(created)['id'])}/results`;
    const walk = async (query: string): Promise<JsonObject[]> => {
      const rows: JsonObject[] = [];
      for (let start = ''; ;) {
        const page = await api.request('GET', `${results}?page_size=50${query}${start}`);
        rows.push(...(page.body['data'] as JsonObject[]));
        const next = page.body['next_start_key'];
        if (typeof next !== 'string') return rows;
        start = `&start_key=${next}`;
      }
    };
    const everything = await walk('');
    expect(everything).toHaveLength(124);
    const byStatus = {
      success: await walk('&status=success'),
      error: await walk('&status=error'),
      skipped: await walk('&status=skipped'),
      pending: await walk('&status=pending'),
    };
    expect(byStatus.success.map((row) => row['number']).sort()).toEqual([...numbers].sort());
    expect(byStatus.error.map((row) => [row['number'], row['error']])).toEqual([
      [`+1${String(numbers[7])}`, { reason: 'duplicate' }],
      ['12', { reason: 'not_reconcilable' }],
      ['2', { reason: 'not_reconcilable' }],
    ]);
    expect(byStatus.skipped.map((row) => row['number'])).toEqual(['2']);
    expect(byStatus.pending).toEqual([]);
    for (const query of ['?status=error', '?status=error&accept=csv']) {
      const csv = await api.request('GET', `${results}${query}`, undefined, { accept: 'text/csv' });
      expect(csv.headers.get('content-type')).toBe('text/csv');
      expect(csv.text.split('\r\n')).toEqual([
        'number,normalized,status,reason',
        `+1${String(numbers[7])},+1${String(numbers[7])},error,duplicate`,
        '12,12,error,not_reconcilable',
        '2,2,error,not_reconcilable',
        '',
      ]);
    }
    const wrong = await api.request('GET', `${results}?status=odd`);
    expect([wrong.status, Object.keys(dataOf(wrong))]).toEqual([400, ['status']]);
  });

  it('lists by creation, in pages, in a range', async () => {
    const { api, runner } = await serveJobs();
    const ids: string[] = [];
    for (let index = 0; index < 7; index += 1) {
      const created = await api.request('PUT', JOBS, {
        numbers: [`+1222333444${String(index)}`],
        resource_id: RESOURCE_ID,
      });
      ids.push(String(dataOf(created)['id']));
    }
    await runner.whenIdle();
    for (const query of ['', '&ascending=true']) {
      const seen: JsonObject[] = [];
      for (let start = ''; ;) {
        const page = await api.request('GET', `${JOBS}?page_size=2${query}${start}`);
        seen.push(...(page.body['data'] as JsonObject[]));
        const next = page.body['next_start_key'];
        if (typeof next !== 'string') break;
        start = `&start_key=${next}`;
      }
      expect(seen.map((row) => row['id']).sort()).toEqual([...ids].sort());
      const times = seen.map((row) => Number(row['timestamp']));
      expect(times).toEqual([...times].sort((a, b) => (query === '' ? b - a : a - b)));
    }
    const raw = await api.request('GET', `${JOBS}?start_key=63573276761&ascending=true`);
    expect(raw.body['page_size']).toBe(7);
    const old = await api.request('GET', `${JOBS}?created_to=63573276761`);
    expect(old.body['data']).toEqual([]);
    const [wide, inverted, size] = [
      await api.request('GET', `${JOBS}?created_from=63573276761`),
      await api.request('GET', `${JOBS}?created_from=63573276761&created_to=63573276760`),
      await api.request('GET', `${JOBS}?page_size=0`),
    ];
    expect([wide.status, inverted.status, size.status]).toEqual([400, 400, 404]);
    expect(dataOf(inverted)).toEqual({
      created_from: {
        date_range: {
          message: 'created_to 63573276760 is prior to created_from 63573276761',
          cause: 63573276761,
        },
      },
    });
  });

  it('filters and searches the list, gives it as CSV, and hides nothing when the clock was set back', async () => {
    let nowMs = Date.now();
    const { api, runner } = await serveJobs({ nowMs: () => nowMs });
    const put = (name: string, numbers: string[]) =>
      api.request('PUT', JOBS, { numbers, resource_id: RESOURCE_ID, name });
    await put('Berlin', ['+12223334444', '911']);
    const { id } = dataOf(await put('Paris', ['+12223334445'])) as { id: string };
    await runner.whenIdle();
    const names = async (query: string): Promise<unknown> =>
      ((await api.request('GET', `${JOBS}?${query}`)).body['data'] as JsonObject[]).map(
        (row) => row['name'],
      );
    expect(await names('filter_failures=1')).toEqual(['Berlin']);
    expect(await names('filter_status=running')).toEqual([]);
    expect(await names('q=pAr')).toEqual(['Paris']);
    expect(await names(`filter_id=${id}`)).toEqual(['Paris']);
    const csv = await api.request('GET', `${JOBS}?filter_name=Paris`, undefined, {
      accept: 'text/csv',
    });
    expect(csv.text.split('\r\n')[1]).toContain(id);
    nowMs -= 3_600_000;
    expect(await names('sort=created')).toEqual(expect.arrayContaining(['Berlin', 'Paris']));
  });

  it('refuses a number longer than a row, and takes no part of one for another', async () => {
    const { api, runner } = await serveJobs();
    const put = (numbers: string[]) =>
      api.request('PUT', JOBS, { numbers, resource_id: RESOURCE_ID });
    const long = await put(['+12223334444', '2'.repeat(4097)]);
    expect([long.status, Object.keys(dataOf(long))]).toEqual([400, ['numbers.1']]);
    const typed = `+2${'3'.repeat(300)}`;
    const { id } = dataOf(await put([typed])) as { id: string };
    await runner.whenIdle();
    expect(dataOf(await api.request('GET', `${JOBS}/${id}`))['errors']).toEqual({
      [typed]: { reason: 'not_reconcilable' },
    });
  });

  it('says so to each number when the account may not add any', async () => {
    const { api, runner } = await serveJobs({ mayAdd: (holder) => holder.id === MASTER_ID });
    const create = (token: string) =>
      api.request(
        'PUT',
        JOBS,
        { numbers: ['+12223334444', '911'], resource_id: RESOURCE_ID },
        { 'x-auth-token': token },
      );
    const { id } = dataOf(await create('child')) as { id: string };
    await runner.whenIdle();
    expect(dataOf(await api.request('GET', `${JOBS}/${id}`))).toMatchObject({
      status: 'complete',
      success: {},
      errors: {
        '+12223334444': {
          code: 403,
          error: 'forbidden',
          message: 'requestor is unauthorized to perform operation',
        },
        '911': { reason: 'not_reconcilable' },
      },
    });
    const allowed = dataOf(await create('master')) as { id: string };
    await runner.whenIdle();
    const detail = dataOf(await api.request('GET', `${JOBS}/${allowed.id}`));
    expect(Object.keys(detail['success'] as object)).toEqual(['+12223334444']);
  });

  it('answers for jobs that are not there, and for actions that do not fit', async () => {
    const { api, runner } = await serveJobs();
    const bad = await api.request('GET', `${JOBS}/nonsense`);
    expect([bad.status, bad.body['message'], bad.body['data']]).toEqual([
      404,
      'bad identifier',
      ['nonsense'],
    ]);
    const unknown = await api.request('GET', `${JOBS}/201408-70766ed00a24`);
    expect([unknown.status, unknown.body['message'], unknown.body['data']]).toEqual([
      404,
      'bad_identifier',
      { message: 'bad identifier', cause: '201408-70766ed00a24' },
    ]);
    const created = await api.request('PUT', JOBS, {
      numbers: ['+12223334444'],
      resource_id: RESOURCE_ID,
    });
    const path = `${JOBS}/${String(dataOf(created)['id'])}`;
    await runner.whenIdle();
    const foreign = await api.request('GET', path.replace(CHILD_ID, MASTER_ID));
    expect(foreign.status).toBe(404);
    const late = await api.request('PATCH', path, { action: 'pause' });
    expect(late.status).toBe(409);
    const odd = await api.request('PATCH', path, { action: 'explode' });
    expect([odd.status, Object.keys(dataOf(odd))]).toEqual([400, ['action']]);
    const retried = await api.request('PATCH', path, { action: 'retry_failed' });
    expect([retried.status, dataOf(retried)['status']]).toEqual([200, 'pending']);
    await runner.whenIdle();
    expect(dataOf(await api.request('GET', path))['status']).toBe('complete');
  });

  it('tells in lists how many a retry has left to try, beside what succeeded before', async () => {
    const { api, runner } = await serveJobs();
    const start = (numbers: readonly string[]) =>
      api.request('PUT', JOBS, { numbers, resource_id: RESOURCE_ID });
    await start(['+12223334444']);
    const created = await start(['+12223334444', '+12223334445', '911']);
    await runner.whenIdle();
    await runner.stop();
    await api.request('PATCH', `${JOBS}/${String(dataOf(created)['id'])}`, {
      action: 'retry_failed',
    });
    // Only what existed is tried again: 911 is no number then either.
    const [row] = (await api.request('GET', `${JOBS}?filter_total=3`)).body['data'] as JsonObject[];
    expect(row).toMatchObject({ status: 'pending', successes: 1, failures: 2, left: 1 });
  });

  it('streams the detail of a large job, the same as a small one', async () => {
    const { api, runner } = await serveJobs();
    const numbers = Array.from({ length: 20_000 }, (_, index) => `2${String(122000000 + index)}`);
    const created = await upload(
      api,
      'text/csv',
      ['number', ...numbers.toReversed(), '911', '911'].join('\n'),
    );
    await runner.whenIdle();
    const fetched = await api.request('GET', `${JOBS}/${String(dataOf(created)['id'])}`);
    const detail = dataOf(fetched) as JsonObject & { success: object; successes: object };
    expect(fetched.body['status']).toBe('success');
    expect(fetched.body['revision']).toMatch(/^\d+-[0-9a-f]{32}$/);
    expect(detail['numbers']).toEqual([...numbers.toReversed(), '911', '911']);
    expect(Object.keys(detail.success)).toEqual(numbers.map((number) => `+1${number}`));
    expect(detail.successes).toEqual(detail.success);
    expect(detail['errors']).toEqual({ '911': { reason: 'not_reconcilable' } });
    const path = `${JOBS}/${String(dataOf(created)['id'])}`;
    const tag = fetched.headers.get('etag') ?? '';
    const again = await api.request('GET', path, undefined, { 'if-none-match': tag });
    expect(again.status).toBe(304);
    const csv = await api.request('GET', `${path}/results?accept=csv`);
    expect(csv.text.split('\r\n')).toHaveLength(20_004);
  });
});
