import { describe, expect, it } from 'vitest';
import { emergencyNumbers } from '../../../agent/number/emergency-numbers.ts';
import { Numbers } from '../../../agent/number/numbers.ts';
import { readNumberTables } from '../../../agent/number/tables.ts';
import { PatternCache } from '../../../agent/pattern/pattern-cache.ts';

describe('emergency numbers', () => {
  const numbers = (config: unknown) =>
    emergencyNumbers(config).map(({ number, countries }) => `${number} ${countries.join('+')}`);

  it.each([
    [undefined, ['911 US']],
    [{ emergency_countries: ['DE', 'FR', 'GB'] }, 'all once'],
    [{ emergency_countries: [] }, []],
    [{ emergency_countries: ['XX'] }, []],
    [{ emergency_numbers: { US: ['911', '988'], DE: ['112'] } }, ['911 US', '988 US']],
    [{ emergency_countries: ['XX'], emergency_numbers: { XX: ['*9', 'no', 7] } }, ['*9 XX']],
    [{ emergency_countries: 'US', emergency_numbers: [] }, ['911 US']],
  ] as const)('of %j', (config, expected) => {
    expect(numbers(config)).toEqual(
      expected === 'all once'
        ? ['112 DE+FR+GB', '110 DE', '15 FR', '17 FR', '18 FR', '999 GB']
        : expected,
    );
  });

  it('are in the shipped class, and not forced on a table of the administrator', () => {
    const patterns = new PatternCache();
    const classOf = (number: string, config: unknown) =>
      new Numbers(readNumberTables(config), patterns).classify(number)?.name;
    const countries = { emergency_countries: ['DE', 'XX'], emergency_numbers: { XX: ['*9'] } };
    expect(classOf('110', {})).toBe('unknown');
    expect(classOf('110', countries)).toBe('emergency');
    expect(classOf('*9', countries)).toBe('emergency');
    expect(classOf('99', countries)).toBe('unknown');
    expect(classOf('911', countries)).toBe('emergency');
    const own = { ...countries, classifiers: { urgent: '^112$', other: '.' } };
    expect([classOf('110', own), classOf('112', own)]).toEqual(['other', 'urgent']);
  });
});
