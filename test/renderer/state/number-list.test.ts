import { describe, expect, it } from 'vitest';
import { parseNumbers } from '../../../renderer/state/number-list.ts';

describe('a list of numbers', () => {
  it.each([
    ['one a line', '+12125550100\r\n\n+12125550101\n', ['+12125550100', '+12125550101']],
    ['with commas', 'name,number\n"Desk, front",+12125550100', ['+12125550100']],
    [
      'with tabs, as a spreadsheet copies',
      '+12125550100\tFront\n+12125550101\tBack',
      ['+12125550100', '+12125550101'],
    ],
    ['with semicolons and a header', '\ufeffname;number\nFront;+12125550100', ['+12125550100']],
    ['with a parameter of its own', '+12125550100;ext=5', ['+12125550100;ext=5']],
    ['of nothing', ' \n', []],
  ] as const)('%s', (_what, text, numbers) => {
    expect(parseNumbers(text)).toEqual(numbers);
  });
});
