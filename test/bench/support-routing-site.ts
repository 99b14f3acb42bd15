// The generator behind the routing figures: resources with three rules and one gateway, rules
// 80 % literal-prefixed and 20 % not, all distinct in what they carry, none of which matches the
// number asked for unless it is meant to.

import type { JsonObject } from '../../agent/base/json.ts';

/** Asked for: area code 773 and exchange 555, which no other rule carries. */
export const ASKED = '7735550111';

/** A small generator of pseudo-random numbers, so that every run measures the same site. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Rules as carriers write them that begin with fixed digits. */
const PREFIXED: readonly ((area: string, exchange: string, country: string) => string)[] = [
  (area) => `^\\+1${area}(\\d{7})$`,
  (area, exchange) => `^\\+1(${area}${exchange}\\d{4})$`,
  (area, exchange) => `^\\+1${area}${exchange}\\d(\\d{3})$`,
  (_area, _exchange, country) => `^\\+${country}(\\d{6,12})$`,
  (_area, exchange, country) => `^\\+(${country}${exchange}\\d+)$`,
];

/** Rules that do not: optional parts, alternatives, any area code, no anchor, look-ahead. */
const OTHERS: readonly ((area: string, exchange: string, country: string) => string)[] = [
  (area) => `^\\+?1?(${area}\\d{7})$`,
  (_area, _exchange, country) => `^(?:\\+|00|011)${country}(\\d{5,})$`,
  (_area, exchange) => `^(?:\\+1)?([2-9]\\d{2}${exchange}\\d{4})$`,
  (area, exchange) => `(${area}${exchange}\\d{4})$`,
  (area) => `^\\+1(?!${area}555)${area}(\\d{7})$`,
];

const MATCHING: readonly string[] = [
  '^\\+1773(\\d{7})$',
  '^\\+1(773555\\d{4})$',
  '^\\+1773555(\\d{4})$',
  '^\\+?1?(773\\d{7})$',
];

/** @param every which resources match: 1 in `every`, by an extra last rule in place of the third. */
export function generateSite(count: number, every: number, seed = 1): Map<string, JsonObject> {
  const random = randomFrom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const site = new Map<string, JsonObject>();
  for (let index = 0; index < count; index++) {
    const rules = Array.from({ length: 3 }, () => {
      const write = pick(random() < 0.8 ? PREFIXED : OTHERS);
      return write(threeDigits(random, '773'), threeDigits(random, '555'), country(random));
    });
    if (index % every === 0) rules[2] = pick(MATCHING);
    const id = Math.floor(random() * 2 ** 48)
      .toString(16)
      .padStart(32, '0');
    site.set(id, {
      name: `Carrier ${index}`,
      rules,
      weight_cost: 1 + Math.floor(random() * 100),
      gateways: [{ server: `sip${index}.example`, username: 'u', password: 'p', codecs: ['PCMU'] }],
    });
  }
  return site;
}

function threeDigits(random: () => number, not: string): string {
  const digits = String(200 + Math.floor(random() * 800));
  return digits === not ? '300' : digits;
}

function country(random: () => number): string {
  return String(20 + Math.floor(random() * 70));
}
