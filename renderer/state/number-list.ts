// Numbers as people bring them: pasted, from a CSV file, or as a range. Pure.

import { parseCsv } from './bulk.ts';

/** One number a line; of lines with several columns the first, a header row left out. */
export function parseNumbers(text: string): readonly string[] {
  return parseCsv(text)
    .map(([first = '']) => first.trim())
    .filter((number, index) => number !== '' && !(index === 0 && /^[a-z_ ]+$/i.test(number)));
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

/** As the agent reads uploads: a header row, one number a row. */
export function numbersCsv(numbers: readonly string[]): string {
  return `number\n${numbers.map((number) => (/[",\r\n]/.test(number) ? `"${number.replaceAll('"', '""')}"` : number)).join('\n')}\n`;
}
