import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeNumber, Numbers, type NumberFormat } from '../../../agent/number/numbers.ts';
import {
  DEFAULT_NUMBER_TABLES,
  readDialPlan,
  readNumberTables,
} from '../../../agent/number/tables.ts';
import { PatternCache } from '../../../agent/pattern/pattern-cache.ts';

const patterns = new PatternCache();
const numbers = new Numbers(DEFAULT_NUMBER_TABLES, patterns);

function withTables(config: unknown): Numbers {
  return new Numbers(readNumberTables(config), patterns);
}

interface NumberExample {
  readonly id: string;
  readonly kind: string;
  readonly input: string;
  readonly expected: { readonly result: unknown };
}
const file = new URL('../../fixtures/routing/examples.json', import.meta.url);
const examples = (JSON.parse(readFileSync(file, 'utf8')) as NumberExample[]).filter(
  ({ kind }) => kind === 'number',
);

describe('the recorded numbers', () => {
  it.each(examples)('$id: $input', ({ input, expected }) => {
    const formats: readonly NumberFormat[] = ['e164', 'npan', '1npan', 'strip_plus'];
    const [e164, npan, oneNpan, stripPlus] = formats.map((name) => numbers.toFormat(input, name));
    expect({
      e164,
      npan,
      '1npan': oneNpan,
      strip_plus: stripPlus,
      classification: numbers.classify(input)?.name,
      reconcilable: numbers.isReconcilable(input),
      is_e164: e164 === input,
      is_npan: npan === input,
      is_1npan: oneNpan === input,
    }).toEqual(expected.result);
  });
});

describe('to E.164', () => {
  it.each([
    ['3148096310', '+13148096310', true, 'did_us'],
    ['13148096310', '+13148096310', true, 'did_us'],
    ['+12223334444', '+12223334444', true, 'did_us'],
    ['+23334445555', '+23334445555', true, 'international'],
    ['0114930123456', '+4930123456', true, 'international'],
    ['00442071838750', '+442071838750', true, 'international'],
    ['442071838750', '+442071838750', true, 'international'],
    ['911', '911', false, 'emergency'],
    ['(314) 809-6310', '(314) 809-6310', false, 'unknown'],
    ['2120567890', '+2120567890', true, 'international'],
    ['23456789', '+23456789', true, 'international'],
    ['12345678', '12345678', false, 'unknown'],
    ['*97', '*97', false, 'unknown'],
    ['+18005551212', '+18005551212', true, 'tollfree_us'],
    ['9005551212', '+19005551212', true, 'toll_us'],
    ['8765551212', '+18765551212', true, 'caribbean'],
    [' 4158867900\n', '+14158867900', true, 'did_us'],
    ['', '', false, 'unknown'],
    ['112', '112', false, 'emergency'],
    ['110', '110', false, 'unknown'],
  ])('%j is %s', (text, e164, reconcilable, classifier) => {
    expect(normalizeNumber(text, numbers)).toEqual({ e164, reconcilable, classifier });
  });

  it('is done once: what came out goes in unchanged', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9+ *#a-]{0,20}$/), (text) => {
        const once = numbers.toE164(text);
        if (once.startsWith('+')) expect(numbers.toE164(once)).toBe(once);
      }),
    );
  });

  it('ends for any text and any table', () => {
    fc.assert(
      fc.property(fc.string(), fc.anything(), (text, config) => {
        expect(typeof withTables(config).normalize(text).e164).toBe('string');
      }),
    );
  });
});

describe('configured tables', () => {
  it('replace the shipped converters, in the order given', () => {
    const german = withTables({
      e164_converters: { '^00(\\d+)$': { prefix: '+' }, '^0(\\d+)$': { prefix: '+49' } },
    });
    expect(['030123456', '0043123', '3148096310'].map((text) => german.toE164(text))).toEqual([
      '+4930123456',
      '+43123',
      '3148096310',
    ]);
    // The formats of North America never look at the table.
    expect(german.toFormat('+13148096310', 'npan')).toBe('3148096310');
    expect(german.toFormat('030123456', 'strip_plus')).toBe('4930123456');
  });

  it('use the last group that took part, and the whole match without groups', () => {
    const odd = withTables({
      e164_converters: [
        { regex: '^9(\\d)(\\d+)$|^8(\\d)$', prefix: '<', suffix: '>' },
        { regex: '^7\\d$', suffix: '!' },
      ],
    });
    expect(['9123', '81', '75'].map((text) => odd.toE164(text))).toEqual(['<23>', '<1>', '75!']);
  });

  it('classify by order, by priority, and may know no class', () => {
    const classes = { all: '^\\d+$', urgent: { regex: '^112$', emergency: 'true', priority: 1 } };
    const own = withTables({ classifiers: { ...classes, none: {} } });
    expect(own.text.classifiers.map(({ name }) => name)).toEqual(['urgent', 'all', 'none']);
    expect(own.classify('112')).toMatchObject({ name: 'urgent', emergency: true });
    expect(own.classify('1')?.name).toBe('all');
    expect(own.classify('*97')).toBeUndefined();
    expect(own.classify('')?.name).toBe('none');
  });

  it('survive a table that does not compile', () => {
    const broken = withTables({ e164_converters: { '(': {} }, classifiers: { a: '(' } });
    expect(broken.normalize('3148096310')).toEqual({
      e164: '3148096310',
      reconcilable: true,
      classifier: undefined,
    });
  });
});

describe('a dial plan', () => {
  it('rewrites what is dialled before the tables see it', () => {
    const plan = readDialPlan({ system: ['x'], '^(\\d{7})$': { prefix: '+1314' }, '^9(.*)$': {} });
    const local = new Numbers(DEFAULT_NUMBER_TABLES, patterns, plan);
    expect(['8096310', '93148096310', '3148096310'].map((text) => local.toE164(text))).toEqual(
      Array(3).fill('+13148096310'),
    );
    expect(local.normalize('8096310')).toMatchObject({ reconcilable: true, classifier: 'did_us' });
    expect(readDialPlan('nonsense')).toEqual([]);
  });
});
