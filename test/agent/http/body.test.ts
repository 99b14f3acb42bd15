import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCode } from '../../../agent/base/error.ts';
import { MAX_BODY_BYTES, parseEnvelope } from '../../../agent/http/body.ts';
import { measureJson } from '../../../agent/http/json-cost.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The fields that the body is refused for; undefined: it is not. */
function refusalOf(text: string): unknown {
  try {
    parseEnvelope(bytesOf(text));
    return undefined;
  } catch (error) {
    if (isCode(error, 'request.invalid')) return error.detail['fields'];
    throw error;
  }
}

describe('a body', () => {
  it.each([
    ['{"data":{"__proto__":{"admin":true}}}', '__proto__'],
    ['{"data":{"a":[{"__proto__":1}]}}', 'a.0.__proto__'],
    ['{"__proto__":{},"data":{}}', '__proto__'],
  ])('%s is refused, and the reply names %s', (text, field) => {
    const told = JSON.parse(JSON.stringify(refusalOf(text))) as object;
    expect(Object.entries(told)).toEqual([
      [field, { forbidden: { message: 'This key is not allowed' } }],
    ]);
  });

  it('that is large and nested is refused before it is parsed', () => {
    const brackets = '['.repeat(3_000_000);
    const closed = `{"data":{"a":${brackets}${']'.repeat(3_000_000)}}}`;
    for (const text of [closed, `{"data":${brackets}`])
      expect(refusalOf(text)).toMatchObject({ json: { maxDepth: { target: 64 } } });
    const allowed = `${'['.repeat(62)}${']'.repeat(62)}`;
    expect(refusalOf(`{"data":{"pad":"${'['.repeat(80_000)}","a":${allowed}}}`)).toBeUndefined();
  });

  it('that is large and all different keys is refused before it is parsed', () => {
    let key = 0;
    const object = (keys: number): string =>
      `{${Array.from({ length: keys }, () => `"${(key++).toString(36)}":1`).join(',')}}`;
    for (const per of [1, 100, 200_000]) {
      const text = `{"data":[${Array.from({ length: 200_000 / per }, () => object(per)).join(',')}]}`;
      expect(refusalOf(text)).toMatchObject({ json: { maxProperties: { target: 50_000 } } });
    }
  });

  it('of the largest size is taken: one long text, many numbers, many alike documents', () => {
    const fill = (unit: string, around: readonly [string, string]): string => {
      const count = Math.floor(
        (MAX_BODY_BYTES - around[0].length - around[1].length + 1) / (unit.length + 1),
      );
      return around[0] + Array.from({ length: count }, () => unit).join(',') + around[1];
    };
    for (const unit of [
      '"+12223334444"',
      '{"name":"x","gateways":[{"server":"a"}],"rules":["^1"]}',
    ])
      expect(refusalOf(fill(unit, ['{"data":{"numbers":[', ']}}']))).toBeUndefined();
    expect(refusalOf(`{"data":{"a":"${'x'.repeat(7_999_000)}"}}`)).toBeUndefined();
  });
});

describe('the cost of a JSON text', () => {
  const depthOf = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
      : 0;

  it('has the depth of the value, whatever its strings hold', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 12 }),
        fc.integer({ min: 0, max: 2 }),
        (value, space) => {
          const cost = measureJson(bytesOf(JSON.stringify(value, null, space)));
          expect(cost.depth).toBe(depthOf(value));
        },
      ),
    );
  });

  it('counts a sequence of keys once, and ends on anything', () => {
    const alike = Array.from({ length: 1000 }, (_, n) => ({ a: n, b: { c: '{"x":1}' } }));
    expect(measureJson(bytesOf(JSON.stringify(alike))).shapes).toBe(3);
    expect(measureJson(bytesOf('[{"a":1,"b":1},{"b":1,"a":1}]')).shapes).toBe(4);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        measureJson(bytes);
      }),
    );
  });
});
