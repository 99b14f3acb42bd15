import { describe, expect, it } from 'vitest';
import { type ListQuery, type ListShape, parseListQuery } from '../../../agent/http/list-query.ts';

const shape: ListShape = {
  sorts: ['id', 'name'],
  defaultSort: 'id',
  defaultDirection: 'descending',
  isSearchable: true,
  fileName: 'things.csv',
};
const parse = (query: Readonly<Record<string, string>>, headers = {}, envelope = {}): ListQuery =>
  parseListQuery({ query, headers, envelope }, shape);

describe('list options', () => {
  it('has Crossbar’s defaults', () => {
    expect(parse({ _: '1580000000000', is_chunked: 'true', full_docs: 'true' })).toEqual({
      pageSize: 50,
      startKey: undefined,
      endKey: undefined,
      sort: 'id',
      direction: 'descending',
      filter: [],
      search: undefined,
      format: 'json',
      escapesFormulas: false,
      fileName: 'things.csv',
    } satisfies ListQuery);
  });

  it('takes an empty key for none', () => {
    expect(parse({ start_key: '', end_key: '', next_start_key: 'a' })).toMatchObject({
      startKey: 'a',
      endKey: undefined,
    });
    expect(parse({ start_key: 'b', next_start_key: 'a' }).startKey).toBe('b');
  });

  it('reads the page size as Crossbar words it', () => {
    expect(parse({ page_size: '7' }).pageSize).toBe(7);
    expect(parse({ paginate: 'false', page_size: 'x' }).pageSize).toBeUndefined();
    expect(parse({ page_size: '9'.repeat(400) }).pageSize).toBeLessThan(Number.MAX_SAFE_INTEGER);
    for (const size of ['0', '-1', `-${'9'.repeat(400)}`])
      expect(() => parse({ page_size: size })).toThrow('page size must be at least 1');
    for (const size of ['', 'x', '5.5', '1e3', '0x10'])
      expect(() => parse({ page_size: size })).toThrow('invalid page size');
  });

  it.each([
    [{}, 'id', 'descending'],
    [{ ascending: 'true' }, 'id', 'ascending'],
    [{ descending: 'false' }, 'id', 'ascending'],
    [{ ascending: 'false' }, 'id', 'descending'],
    [{ sort: 'name' }, 'name', 'ascending'],
    [{ sort: '-name', ascending: 'true' }, 'name', 'descending'],
    [{ sort: 'name', descending: 'true' }, 'name', 'descending'],
    [{ sort: '' }, 'id', 'descending'],
  ])('%j is by %s, %s', (query, sort, direction) => {
    const parsed = parse(query);
    expect([parsed.sort, parsed.direction]).toEqual([sort, direction]);
  });

  it('refuses an order that the list does not have', () => {
    expect(() => parse({ sort: 'doc; DROP TABLE' })).toThrow('this list can be sorted by id, name');
  });

  it.each([
    [{}, { accept: 'text/csv' }, 'csv'],
    [{}, { accept: 'application/json' }, 'json'],
    [{}, { accept: '*/*' }, 'json'],
    [{}, { accept: 'text/csv, */*;q=0.1' }, 'csv'],
    [{}, { accept: 'application/json, text/csv;q=0.9' }, 'json'],
    [{}, { accept: 'text/csv;q=0' }, 'json'],
    [{ accept: 'csv' }, { accept: 'application/json' }, 'csv'],
    [{ accept: 'json' }, { accept: 'text/csv' }, 'json'],
  ])('%j with %j is %s', (query, headers, format) => {
    expect(parse(query, headers).format).toBe(format);
  });

  it('makes a plain file name of whatever is asked for', () => {
    const nameOf = (asked: string): string => parse({ file_name: asked }).fileName;
    expect([
      nameOf('my carriers.csv'),
      nameOf('../../etc/passwd'),
      nameOf('a"; filename="b\r\nx: y'),
      nameOf('☎'),
      nameOf('x'.repeat(5_000)),
      parse({ file_name: 'a' }, { 'x-file-name': 'b.CSV' }).fileName,
    ]).toEqual([
      'my_carriers.csv',
      'etc_passwd.csv',
      'a_filename_b_x_y.csv',
      'things.csv',
      `${'x'.repeat(100)}.csv`,
      'b.CSV',
    ]);
  });

  it('takes options from the query string before the envelope', () => {
    const parsed = parse({ page_size: '3' }, {}, { page_size: 4, sort: 'name', filter_a: true });
    expect([parsed.pageSize, parsed.sort, parsed.filter.length]).toEqual([3, 'name', 1]);
  });
});
