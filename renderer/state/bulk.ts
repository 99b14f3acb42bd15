// Many resources at once: what they have in common, and the one call that changes all or none.

import { isObject, type Json, type JsonObject } from '../../agent/client/index.ts';
import { isSame, valueAt, withValue } from './document.ts';

/** `undefined` in `value` with `differs` false: none has it. */
export interface CommonValue {
  readonly differs: boolean;
  readonly value: Json | undefined;
}

export function commonValue(documents: readonly JsonObject[], path: string): CommonValue {
  const values = documents.map((document) => valueAt(document, path));
  const [first] = values;
  return values.every((value) => isSame(value, first))
    ? { differs: false, value: first }
    : { differs: true, value: undefined };
}

/** `data` of the collection call: each id with the changed fields alone, which are merged. */
export function collectionOf(
  ids: readonly string[],
  changes: ReadonlyMap<string, Json>,
): readonly JsonObject[] {
  return ids.map((id) => {
    let element: JsonObject = { id };
    for (const [path, value] of changes) element = withValue(element, path, value);
    return element;
  });
}

/** Weights for an order: evenly over 1–100, so that there is room between them. */
export function weightsFor(count: number): readonly number[] {
  const step = count <= 1 ? 1 : Math.min(10, 99 / (count - 1));
  return Array.from({ length: count }, (_item, index) =>
    Math.min(100, Math.floor(1 + index * step)),
  );
}

/** What a collection call answers when nothing was written: one line each. */
export function collectionErrors(data: Json): readonly string[] {
  if (!isObject(data) || !isObject(data['errors'])) return [];
  return Object.entries(data['errors']).map(([id, error]) => `${id}: ${JSON.stringify(error)}`);
}

export interface ImportRow {
  readonly document: JsonObject;
  readonly problem: string | undefined;
}

/** JSON: one document or a list of them; ids come along. */
export function parseImport(text: string): readonly ImportRow[] | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) =>
    isObject(item)
      ? { document: item, problem: undefined }
      : { document: {}, problem: 'Not an object' },
  );
}

const CSV_FIELDS: Readonly<Record<string, 'text' | 'number' | 'boolean'>> = {
  id: 'text',
  name: 'text',
  enabled: 'boolean',
  weight_cost: 'number',
  rules: 'text',
  server: 'text',
  endpoint_type: 'text',
  span: 'text',
  channel_selection: 'text',
  username: 'text',
  password: 'text',
};
const GATEWAY_FIELDS = [
  'server',
  'endpoint_type',
  'span',
  'channel_selection',
  'username',
  'password',
];

/** CSV with a header row: name, weight_cost, enabled, rules (`|` between them), gateway fields. */
export function parseCsvImport(text: string): readonly ImportRow[] | string {
  const [head = [], ...rows] = parseCsv(text);
  const unknown = head.filter((name) => !(name in CSV_FIELDS));
  if (head.length === 0 || !head.includes('name'))
    return 'The first row must name the columns, one of them name';
  if (unknown.length > 0) return `Unknown columns: ${unknown.join(', ')}`;
  return rows.map((cells) => {
    let document: JsonObject = { gateways: [{}] };
    for (const [index, name] of head.entries()) {
      const cell = cells[index] ?? '';
      if (cell === '') continue;
      const kind = CSV_FIELDS[name];
      const value: Json =
        name === 'rules'
          ? cell.split('|')
          : kind === 'boolean'
            ? /^(true|yes|1|on)$/i.test(cell)
            : kind === 'number' && /^-?\d+$/.test(cell)
              ? Number(cell)
              : cell;
      document = withValue(
        document,
        GATEWAY_FIELDS.includes(name) ? `gateways.0.${name}` : name,
        value,
      );
    }
    return { document, problem: undefined };
  });
}

/** RFC 4180; empty lines are left out. */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  const endRow = (): void => {
    row.push(cell);
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
    cell = '';
  };
  const source = text.replace(/^\uFEFF/, '');
  for (let at = 0; at < source.length; at += 1) {
    const char = source[at] ?? '';
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (source[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (char === '"' && cell === '') isQuoted = true;
    else if (char === ',') {
      row.push(cell);
      cell = '';
    } else if (char === '\n') endRow();
    else if (char !== '\r') cell += char;
  }
  if (cell !== '' || row.length > 0) endRow();
  return rows;
}
