import { describe, expect, it } from 'vitest';
import { copyOf, setOwn } from '../../../agent/base/json.ts';

describe('a shallow copy', () => {
  const hostile = JSON.parse('{"a":1,"__proto__":{"admin":true},"b":[2]}') as Record<
    string,
    unknown
  >;

  it('has every own member, `__proto__` as a member, and shares what they hold', () => {
    const copy = copyOf(hostile);
    expect(JSON.stringify(copy)).toBe(JSON.stringify(hostile));
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect((copy as { admin?: boolean }).admin).toBeUndefined();
    expect(copy['b']).toBe(hostile['b']);
  });

  it('takes a member called `__proto__`', () => {
    const copy = copyOf({ a: 1 });
    setOwn(copy, '__proto__', 2);
    setOwn(copy, 'c', 3);
    expect(JSON.stringify(copy)).toBe('{"a":1,"__proto__":2,"c":3}');
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });
});
