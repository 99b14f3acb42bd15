// Numbers as people bring them: typed, pasted, from a CSV file, or as a range. A few can be edited
// as text; many stand as a block, whose text no field of the page has to hold. Pure.

import { parseCsv } from './bulk.ts';

/** More stand as a block: a browser's text field takes seconds for a hundred thousand lines. */
export const MOST_TYPED = 2_000;

/** Many numbers that came in one piece. */
export interface NumberBlock {
  /** Where they came from: a file's name. */
  readonly label: string;
  readonly count: number;
  readonly first: string;
  readonly last: string;
  /** As rows of CSV, without a header. */
  readonly rows: string;
}

/** One number a line; of several columns the one named `number`, or the first. */
export function parseNumbers(text: string): readonly string[] {
  const rows = rowsOf(text.replace(/^\ufeff/, '').trim());
  const head = (rows[0] ?? []).map((cell) => cell.trim().toLowerCase());
  const column = Math.max(0, head.indexOf('number'));
  const numbers = rows.map((cells) => (cells[column] ?? '').trim());
  if (/^[a-z_ ]+$/.test(head[column] ?? '')) numbers.shift();
  return numbers.filter((number) => number !== '');
}

function rowsOf(text: string): readonly (readonly string[])[] {
  if (/[",]/.test(text)) return parseCsv(text);
  const lines = text.split(/[\r\n]+/);
  // Cells copied from a spreadsheet stand between tabs. Files of many countries have `;`, which
  // belongs to the number itself (`;ext=`) unless a header row says otherwise.
  const separator = /(^|;)\s*number\s*(;|$)/i.test(lines[0] ?? '') ? ';' : '\t';
  return lines.map((line) => line.split(separator));
}

const MAX_RANGE = 1_000_000;

/** `+12125550100` to `+12125550199`, both included. @returns undefined for no range */
export function rangeOf(from: string, to: string): readonly string[] | undefined {
  const [first, last] = [from.trim(), to.trim()];
  if (!/^\+?\d{1,15}$/.test(first) || !/^\+?\d{1,15}$/.test(last)) return undefined;
  if (first.length !== last.length || first.startsWith('+') !== last.startsWith('+'))
    return undefined;
  const plus = first.startsWith('+') ? '+' : '';
  const digits = first.length - plus.length;
  const [low, high] = [Number(first.slice(plus.length)), Number(last.slice(plus.length))];
  if (high < low || high - low >= MAX_RANGE) return undefined;
  return Array.from(
    { length: high - low + 1 },
    (_item, index) => plus + String(low + index).padStart(digits, '0'),
  );
}

/** @param label where the numbers came from */
export function blockOf(label: string, numbers: readonly string[]): NumberBlock {
  const [first = ''] = numbers;
  return {
    label,
    count: numbers.length,
    first,
    last: numbers.at(-1) ?? '',
    rows: numbers.map(cellOf).join('\n'),
  };
}

/** As the agent reads uploads: a header row, one number a row. */
export function numbersCsv(blocks: readonly NumberBlock[], typed: readonly string[]): string {
  return ['number', ...blocks.map(({ rows }) => rows), ...typed.map(cellOf), ''].join('\n');
}

function cellOf(number: string): string {
  return /[",]/.test(number) ? `"${number.replaceAll('"', '""')}"` : number;
}

/**
 * What starting a job is called (Idempotency-Key): the same draft with the same content gets the
 * same name, be it after a reload, so that pressing start again after a lost reply makes no
 * second job. Two contents that come to one name (FNV-1a) the agent refuses, as it compares them.
 */
export function startKeyOf(draftId: string, content: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < content.length; at += 1)
    hash = Math.imul(hash ^ content.charCodeAt(at), 0x01000193);
  return `${draftId}-${(hash >>> 0).toString(16)}`;
}

/** What is kept of a draft, whatever is stored: undefined where nothing fits. */
export function parseBlocks(text: string | undefined): readonly NumberBlock[] {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '[]');
  } catch {
    return [];
  }
  const isBlock = (item: unknown): item is NumberBlock =>
    typeof item === 'object' &&
    item !== null &&
    ['label', 'first', 'last', 'rows'].every(
      (key) => typeof (item as Record<string, unknown>)[key] === 'string',
    ) &&
    typeof (item as Record<string, unknown>)['count'] === 'number';
  return Array.isArray(value) ? value.filter(isBlock) : [];
}
