import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../agent/base/json.ts';
import { encodePageKey } from '../../../agent/document/page-key.ts';
import {
  BY,
  RESOURCES,
  type ResourceApi,
  SCOPE,
  serveResources,
} from '../../support/resource-api.ts';

type Row = JsonObject & { readonly id: string };

const rowsOf = (body: Readonly<Record<string, unknown>>): readonly Row[] =>
  body['data'] as readonly Row[];

async function idsOf(api: ResourceApi, query: string): Promise<readonly string[]> {
  const reply = await api.request('GET', `${RESOURCES}?${query}`);
  expect(reply.status).toBe(200);
  return rowsOf(reply.body).map(({ id }) => id);
}

/** Every page from the first to the last, as clients read them. */
async function pagesOf(
  api: ResourceApi,
  query: string,
  between: (page: number) => Promise<void> = () => Promise.resolve(),
): Promise<readonly (readonly string[])[]> {
  const pages: (readonly string[])[] = [];
  let start = '';
  for (;;) {
    const { status, body } = await api.request('GET', `${RESOURCES}?${query}${start}`);
    expect(status).toBe(200);
    expect(body['page_size']).toBe(rowsOf(body).length);
    pages.push(rowsOf(body).map(({ id }) => id));
    if (body['next_start_key'] === undefined) return pages;
    start = `&start_key=${encodeURIComponent(body['next_start_key'] as string)}`;
    await between(pages.length);
  }
}

describe('a list', () => {
  it('is empty without a revision, and has rows with both weights and no secrets', async () => {
    const api = await serveResources();
    const empty = await api.request('GET', RESOURCES);
    expect(empty.body).toMatchObject({ data: [], page_size: 0, status: 'success' });
    expect(empty.body).not.toHaveProperty('revision');
    await api.seed([
      {
        id: 'a',
        name: 'A',
        enabled: true,
        weight_cost: 40,
        gateways: [{ password: 'hunter2' }],
        classifiers: { x: { enabled: true, password: 'hunter2' } },
      },
    ]);
    const { body, headers } = await api.request('GET', RESOURCES);
    expect(body['data']).toEqual([
      {
        id: 'a',
        name: 'A',
        enabled: true,
        weight_cost: 40,
        weight: '40',
        classifiers: { x: { enabled: true, password: '********' } },
      },
    ]);
    const revision = createHash('md5').update(JSON.stringify(body['data'])).digest('hex');
    expect([body['revision'], headers.get('etag')]).toEqual([revision, `"${revision}"`]);
    const again = await api.request('GET', RESOURCES, undefined, {
      'if-none-match': `"${revision}"`,
    });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('has pages of true size with keys as Kazoo encodes them, raw ones accepted', async () => {
    const api = await serveResources();
    await api.seed(['a', 'b', 'c', 'd', 'e'].map((id) => ({ id })));
    const first = await api.request('GET', `${RESOURCES}?page_size=2`);
    expect(first.body).toMatchObject({ page_size: 2, next_start_key: encodePageKey('c') });
    expect(first.body).not.toHaveProperty('start_key');
    const second = await api.request(
      'GET',
      `${RESOURCES}?page_size=2&start_key=${first.body['next_start_key'] as string}`,
    );
    expect(second.body).toMatchObject({
      start_key: encodePageKey('c'),
      next_start_key: encodePageKey('a'),
    });
    expect(rowsOf(second.body).map(({ id }) => id)).toEqual(['c', 'b']);
    expect(await pagesOf(api, 'page_size=5')).toEqual([['e', 'd', 'c', 'b', 'a']]);
    expect(await pagesOf(api, 'page_size=2&ascending=true')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e'],
    ]);
    expect(await idsOf(api, 'start_key=c')).toEqual(['c', 'b', 'a']);
    expect(await idsOf(api, `start_key=${encodePageKey('d')}&end_key=b`)).toEqual(['d', 'c', 'b']);
    expect(await idsOf(api, 'ascending=true&start_key=bb&end_key=d')).toEqual(['c', 'd']);
    const all = await api.request('GET', `${RESOURCES}?paginate=false&page_size=2&start_key=c`);
    expect(rowsOf(all.body)).toHaveLength(3);
    for (const member of ['page_size', 'start_key', 'next_start_key'])
      expect(all.body).not.toHaveProperty(member);
  });

  it('sorts by indexed columns and searches names', async () => {
    const api = await serveResources();
    await api.seed([
      { id: '1', name: 'zulu', weight_cost: 5, enabled: true },
      { id: '2', name: 'Ähre', weight_cost: 100, enabled: false },
      { id: '3', name: 'Berlin E1', weight_cost: 5 },
      { id: '4', weight_cost: 20.5 },
    ]);
    expect(await idsOf(api, 'sort=name')).toEqual(['4', '2', '3', '1']);
    expect(await idsOf(api, 'sort=-name')).toEqual(['1', '3', '2', '4']);
    expect(await idsOf(api, 'sort=weight_cost')).toEqual(['1', '3', '2', '4']);
    expect(await idsOf(api, 'sort=-weight_cost')).toEqual(['4', '2', '3', '1']);
    expect(await idsOf(api, 'sort=enabled')).toEqual(['2', '1', '3', '4']);
    expect(await idsOf(api, 'sort=-created')).toEqual(['4', '3', '2', '1']);
    expect(await idsOf(api, 'q=ahr')).toEqual(['2']);
    expect(await idsOf(api, 'q=E1&sort=weight_cost')).toEqual(['3']);
    expect(await idsOf(api, 'q=%25')).toEqual([]);
    expect(await idsOf(api, 'sort=weight_cost&start_key=6')).toEqual(['2', '4']);
    expect(await idsOf(api, 'sort=-weight_cost&end_key=100')).toEqual(['4', '2']);
    expect(await idsOf(api, 'sort=name&start_key=B')).toEqual(['3', '1']);
    expect(await idsOf(api, 'sort=enabled&start_key=true')).toEqual(['1', '3', '4']);
    expect(await pagesOf(api, 'sort=weight_cost&page_size=1')).toEqual([
      ['1'],
      ['3'],
      ['2'],
      ['4'],
    ]);
  });

  it('reads on until a filtered page is full, and names a next page only when there is one', async () => {
    const api = await serveResources();
    const ids = Array.from({ length: 700 }, (_, index) => String(index).padStart(4, '0'));
    await api.seed(ids.map((id, index) => ({ id, name: index % 300 === 0 ? 'rare' : 'common' })));
    expect(await pagesOf(api, 'filter_name=rare&page_size=2')).toEqual([
      ['0600', '0300'],
      ['0000'],
    ]);
    expect(await pagesOf(api, 'filter_name=rare&page_size=3')).toEqual([['0600', '0300', '0000']]);
    expect(await pagesOf(api, 'filter_name=none&page_size=2')).toEqual([[]]);
    expect(await idsOf(api, 'q=rare&filter_not_id=0300')).toEqual(['0600', '0000']);
    expect(
      (await pagesOf(api, 'filter_pvt_type=resource&page_size=300')).map((p) => p.length),
    ).toEqual([300, 300, 100]);
  });

  it('writes a long list as it reads it, the same rows under the same revision', async () => {
    const api = await serveResources();
    const ids = Array.from({ length: 2_600 }, (_, index) => String(index).padStart(4, '0'));
    await api.seed(ids.map((id) => ({ id, name: `Name ${id}\u2028` })));
    const all = await api.request('GET', `${RESOURCES}?paginate=false`);
    expect(rowsOf(all.body).map(({ id }) => id)).toEqual([...ids].reverse());
    expect(all.body['revision']).toBe(
      createHash('md5').update(JSON.stringify(all.body['data'])).digest('hex'),
    );
    expect([all.headers.get('etag'), all.headers.get('content-type'), all.body['status']]).toEqual([
      null,
      'application/json',
      'success',
    ]);
    const page = await api.request('GET', `${RESOURCES}?page_size=2500`);
    expect([page.body['page_size'], page.body['next_start_key']]).toEqual([
      2_500,
      encodePageKey('0099'),
    ]);
    const script = await api.request('GET', `${RESOURCES}?paginate=false&jsonp=show`);
    expect(script.text).toMatch(/^show\(\{"data":\[\{.*\}\);$/s);
    expect(script.text).not.toContain('\u2028');
    expect(await idsOf(api, 'paginate=false&filter_id=0001')).toEqual(['0001']);
  });

  it('answers hostile parameters with rows or a Crossbar error', async () => {
    const api = await serveResources();
    await api.seed(['a', 'b'].map((id) => ({ id, name: id, secret: 's' })));
    const statusOf = async (query: string): Promise<unknown> => {
      const { status, body } = await api.request('GET', `${RESOURCES}?${query}`);
      return status === 200 ? rowsOf(body).length : [status, body['message'], body['data']];
    };
    const faulty = (message: string): unknown => [404, 'faulty_request', { message }];
    const many = Array.from({ length: 1_000 }, (_, index) => `has_key=a${String(index)}`);
    const filters = Array.from({ length: 101 }, (_, index) => `filter_a${String(index)}=1`);
    expect([
      await statusOf('page_size=0'),
      await statusOf('page_size=-9'),
      await statusOf('page_size=ten'),
      await statusOf(`page_size=${'9'.repeat(300)}`),
      await statusOf('page_size=1&page_size=2'),
      await statusOf('sort=doc'),
      await statusOf('sort=constructor'),
      await statusOf('filter_secret=s'),
      await statusOf(many.join('&')),
      await statusOf(filters.join('&')),
      await statusOf('filter_name=(a%2B)%2B%24'),
      await statusOf(`filter_${'a.'.repeat(5_000)}=1`),
      await statusOf(`filter_name=${'['.repeat(5_000)}`),
      await statusOf('start_key=g2wAAAAB'),
      await statusOf('start_key=%00%ff&end_key='),
      await statusOf('sort=name&start_key=g2EF'),
      await statusOf(`sort=weight_cost&start_key=${encodePageKey({ tuple: [null] })}`),
      await statusOf(`q=${'%25_'.repeat(1_000)}`),
      await statusOf('__proto__=1&filter___proto__=&has_key=__proto__'),
    ]).toEqual([
      faulty('page size must be at least 1'),
      faulty('page size must be at least 1'),
      faulty('invalid page size'),
      2,
      2,
      faulty('this list can be sorted by id, name, enabled, weight_cost, created, modified'),
      faulty('this list can be sorted by id, name, enabled, weight_cost, created, modified'),
      faulty('secrets cannot be filtered by'),
      0,
      faulty('there must be at most 100 filters'),
      0,
      0,
      0,
      2,
      0,
      2,
      0,
      0,
      0,
    ]);
  });

  it(
    'neither loses nor doubles a row that was there all the time',
    { timeout: 120_000 },
    async () => {
      const api = await serveResources();
      const stable = Array.from({ length: 30 }, (_, index): Row => {
        const id = `s${String((index * 7_919) % 1_000).padStart(3, '0')}`;
        return {
          id,
          name: `n${String(index % 5)}`,
          weight_cost: index % 3,
          ...(index % 4 === 0 ? {} : { enabled: index % 2 === 0 }),
        };
      });
      await api.seed(stable);
      const stableIds = new Set(stable.map(({ id }) => id));
      let serial = 0;
      const passing: string[] = [];
      /** One row comes and, most times, one that came before goes. */
      const disturb = (seed: number): Promise<void> =>
        api.store.write(async ({ documents }) => {
          serial += 1;
          const id = `${'atz'[seed % 3] ?? ''}${String(seed % 1_000)}-${String(serial)}`;
          const doc = {
            name: `n${String(seed % 6)}`,
            weight_cost: seed % 4,
            enabled: seed % 2 === 0,
          };
          await documents.insertMany(SCOPE, [{ id, doc }], BY);
          passing.push(id);
          const [old] = passing.splice(seed % passing.length, seed % 8 === 0 ? 0 : 1);
          const current = old === undefined ? undefined : await documents.load(SCOPE, old);
          if (current !== undefined)
            await documents.remove(SCOPE, current, seed % 3 === 0 ? 'hard' : 'soft', BY);
        });
      const sort = fc.constantFrom('id', 'name', 'enabled', 'weight_cost', 'created', 'modified');
      await fc.assert(
        fc.asyncProperty(
          sort,
          fc.boolean(),
          fc.integer({ min: 2, max: 12 }),
          fc.constantFrom('', '&filter_not_weight_cost=9', '&q=n'),
          fc.infiniteStream(fc.nat(100_000)),
          async (column, isDescending, pageSize, more, seeds) => {
            const query = `sort=${isDescending ? '-' : ''}${column}&page_size=${String(pageSize)}${more}`;
            const pages = await pagesOf(api, query, async () => {
              const [seed = 0] = seeds.take(1);
              await disturb(seed);
            });
            const seen = pages.flat().filter((id) => stableIds.has(id));
            expect(seen).toHaveLength(stable.length);
            expect(new Set(seen)).toEqual(stableIds);
          },
        ),
        { numRuns: 25 },
      );
    },
  );
});

describe('a list as CSV', () => {
  const csv = { accept: 'text/csv' };

  it('has a line of dotted keys and unaltered cells, and is a file', async () => {
    const api = await serveResources();
    await api.seed([
      { id: 'a', name: 'He said "hi", then\r\nleft', weight_cost: 1, enabled: false },
      {
        id: 'b',
        name: '=HYPERLINK("x")',
        classifiers: { us: { enabled: true, token: 'hunter2' }, 'a.b': [1, { c: 2 }] },
      },
      { id: 'c', name: 'one\nline' },
    ]);
    const reply = await api.request('GET', `${RESOURCES}?ascending=true`, undefined, {
      ...csv,
      'x-file-name': '../my carriers',
    });
    expect([
      reply.status,
      reply.headers.get('content-type'),
      reply.headers.get('content-disposition'),
      reply.headers.get('x-next-start-key'),
    ]).toEqual([200, 'text/csv; charset=utf-8', 'attachment; filename="my_carriers.csv"', null]);
    expect(reply.text).toBe(
      [
        'id,name,enabled,weight_cost,weight,classifiers.us.enabled,classifiers.us.token,classifiers.a%2Eb',
        'a,"He said ""hi"", then\r\nleft",false,1,1,,,',
        'b,"=HYPERLINK(""x"")",,,,true,********,"[1,{""c"":2}]"',
        'c,"one\nline",,,,,,',
        '',
      ].join('\r\n'),
    );
    const defused = await api.request('GET', `${RESOURCES}?accept=csv&escape_formulas=true`);
    expect(defused.text).toContain(`"'=HYPERLINK(""x"")"`);
  });

  it('is whole unless a page is asked for, however long', async () => {
    const api = await serveResources();
    const ids = Array.from({ length: 1_500 }, (_, index) => String(index).padStart(4, '0'));
    await api.seed(ids.map((id) => ({ id, ...(id === '0000' ? { name: 'last' } : {}) })));
    const whole = await api.request('GET', RESOURCES, undefined, csv);
    const lines = whole.text.split('\r\n');
    expect([lines.length, lines[0], lines[1], lines[1_500]]).toEqual([
      1_502,
      'id,name',
      '1499,',
      '0000,last',
    ]);
    const page = await api.request('GET', `${RESOURCES}?page_size=2&accept=csv`);
    expect([page.text, page.headers.get('x-next-start-key')]).toEqual([
      'id\r\n1499\r\n1498\r\n',
      encodePageKey('1497'),
    ]);
    expect((await api.request('GET', `${RESOURCES}?accept=csv&filter_id=x`)).text).toBe('');
    const faulty = await api.request('GET', `${RESOURCES}?page_size=0`, undefined, csv);
    expect([faulty.status, faulty.body['message']]).toEqual([404, 'faulty_request']);
    const single = await api.request('GET', `${RESOURCES}/0001`, undefined, csv);
    expect([single.status, single.text]).toEqual([406, '']);
  });

  it('refuses rows that would make a table of too many columns', async () => {
    const api = await serveResources();
    const classifiers = Object.fromEntries(
      Array.from({ length: 1_001 }, (_, index) => [`c${String(index)}`, { enabled: true }]),
    );
    await api.seed([{ id: 'a', classifiers }]);
    const reply = await api.request('GET', RESOURCES, undefined, csv);
    expect([reply.status, reply.body['message']]).toEqual([404, 'faulty_request']);
  });
});
