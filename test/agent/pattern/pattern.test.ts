import { describe, expect, it } from 'vitest';
import { toBytes } from '../../../agent/pattern/bytes.ts';
import { Meter } from '../../../agent/pattern/meter.ts';
import { PatternCache } from '../../../agent/pattern/pattern-cache.ts';
import { loadPcre2 } from './pcre2-binary.ts';

const patterns = new PatternCache(loadPcre2);

function run(source: string, subject: string) {
  const found = patterns.get(source).match(toBytes(subject), new Meter());
  return typeof found === 'string' ? found : [found.whole, ...found.groups];
}

describe('a pattern means what it means in Kazoo', () => {
  it.each([
    // $ before a final newline, \z not
    ['^(\\d+)$', '415\n', ['415', '415']],
    ['^(\\d+)\\z', '415\n', 'none'],
    // an unset group is not an empty one; a repeated group keeps its last round
    ['(x)?(\\d*)', '', ['', undefined, '']],
    ['(?:(\\d)|\\+)+', '+1+2', ['+1+2', '2']],
    ['^(?:(a)|b)*$', 'ab', ['ab', 'a']],
    ['(a*)?', 'b', ['', '']],
    // bytes: é is two dots, and \w knows ASCII only
    ['^..$', 'é', [toBytes('é')]],
    ['^\\w', 'é', 'none'],
    ['é+$', 'é', [toBytes('é')]],
    // the first way through, not the longest
    ['1|12', '12', ['1']],
    // what only PCRE has
    ['^\\+49(?!1)(\\d+)$', '+4930123', ['+4930123', '30123']],
    ['\\d\\K\\d+', '123', ['23']],
    ['(?|(a)|(1))', '1', ['1', '1']],
    ['(?x) ^ \\+ (\\d+) # digits', '+12', ['+12', '12']],
    ['^(?>\\d+)1', '111', 'none'],
    ['^\\d++$', '111', ['111']],
    ['(\\d)\\1', '122', ['22', '2']],
    ['^(?<cc>\\+1)(?P<rest>\\d+)$', '+1415', ['+1415', '+1', '415']],
    ['\\Q+1\\E(\\d)', '+14', ['+14', '4']],
    ['^[[:digit:]]{3}$', '911', ['911']],
    ['(?i)^SIP:', 'sip:1', ['sip:']],
    ['1(?#why)1', '11', ['11']],
  ] as const)('%s on %j', (source, subject, expected) => {
    expect(run(source, subject)).toEqual(expected);
  });
});

describe('the cheapest engine that is right', () => {
  it.each([
    ['^\\+1(\\d{10})$', 'native'],
    ['415', 'native'],
    ['^\\+?1?([2-9]\\d{2}[2-9]\\d{6})$', 'native'],
    ['^011(\\d{5,})$|^00(\\d{5,})$', 'native'],
    ['(a+)+$', 'memo'],
    ['^(?:(a)|b)*$', 'memo'],
    ['.*1.*2.*3.*4', 'memo'],
    ['(a*)*', 'pcre2'],
    ['^\\+49(?!1)(\\d+)$', 'native'],
    ['(?=(1))', 'pcre2'],
    ['(?<=1)', 'pcre2'],
    ['a**', 'pcre2'],
    ['(', 'unusable'],
  ] as const)('%s runs on %s', (source, engine) => {
    expect(patterns.get(source).engine).toBe(engine);
  });

  it('tells why a pattern is unusable, and where', () => {
    expect(patterns.get('(').unusable).toEqual({ message: 'a group is not closed', offset: 0 });
    expect(patterns.get('a**').unusable).toEqual({
      message: 'quantifier does not follow a repeatable item',
      offset: 2,
    });
    expect(patterns.get('^1').unusable).toBeUndefined();
    expect(patterns.get('(?<=1)').unusable).toBeUndefined();
    expect(patterns.get('1'.repeat(3000)).unusable?.message).toContain('longer than 2000');
  });

  it('does without PCRE2 what needs no PCRE2, and says what does', () => {
    const without = new PatternCache();
    expect(without.get('(').unusable).toBeDefined();
    expect(without.get('^1').unusable).toBeUndefined();
    expect(without.get('(?<=1)').unusable?.message).toContain('needs PCRE2');
    expect(without.get('(?<=1)').match('1', new Meter())).toBe('none');
    const broken = new PatternCache(() => new Uint8Array(8));
    expect(broken.get('(?<=1)').unusable?.message).toContain('did not start');
  });
});

describe('hostile patterns', () => {
  const long = `${'1'.repeat(60)}!`;
  it.each([
    ['^(1+)+$', long, 'none'],
    ['^(1|1)+$', long, 'none'],
    ['^(1|11)*$', long, 'none'],
    ['(.*)*$x', long, 'none'],
    ['^(?:1?){40}1{40}$', '1'.repeat(40), ['1'.repeat(40)]],
    ['^(?=(1))(1+)+$', long, 'limit'],
    ['^(\\d+)\\1+$', long, 'none'],
  ] as const)('%s ends', (source, subject, expected) => {
    expect(run(source, subject)).toEqual(expected);
  });

  it('are charged, and an empty purse stops every pattern', () => {
    const meter = new Meter(100_000);
    const hostile = patterns.get('^(?=(1))(1+)+$');
    let rounds = 0;
    while (!meter.exhausted && rounds < 1000) {
      expect(hostile.match(long, meter)).toBe('limit');
      rounds++;
    }
    expect(rounds).toBeLessThan(5);
    expect(patterns.get('^1').match('1', meter)).toBe('limit');
  });

  it('are charged by the clock when there is one, and some are run however late it is', () => {
    const rounds = (stepMs: number) => {
      let nowMs = 0;
      const meter = new Meter(100_000, () => (nowMs += stepMs));
      let count = 0;
      for (; !meter.late && count < 1000; count++) patterns.get('(?<=1)').match('1', meter);
      return count;
    };
    expect([rounds(0), rounds(0.02), rounds(1000)]).toEqual([200, 50, 8]);
  });

  it('outlive the codes kept ready', () => {
    const few = new PatternCache(loadPcre2);
    for (let index = 0; index < 2500; index++) {
      expect(few.get(`(?<=${index})`).match(String(index), new Meter())).toEqual({
        whole: '',
        groups: [],
      });
    }
    expect(few.get('(?=0)').match('0', new Meter())).toEqual({ whole: '', groups: [] });
  });
});
