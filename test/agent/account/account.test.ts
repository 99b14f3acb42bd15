import { describe, expect, it } from 'vitest';
import {
  type Account,
  isAtLeast,
  nameKeyOf,
  reaches,
  roleOf,
} from '../../../agent/account/account.ts';
import type { GregorianSeconds } from '../../../agent/base/clock.ts';

const account = (path: readonly string[]): Account => ({
  id: path.at(-1) ?? '',
  parentId: path.at(-2),
  path,
  name: 'x',
  realm: 'x.net',
  enabled: true,
  revision: '1-x',
  created: 0 as GregorianSeconds,
  modified: 0 as GregorianSeconds,
  doc: {},
});

describe('reaches', () => {
  const master = account(['m']);
  const child = account(['m', 'c']);
  const grandchild = account(['m', 'c', 'g']);
  const sibling = account(['m', 's']);

  it('is true of itself and of everything below, and of nothing else', () => {
    expect([master, child, grandchild, sibling].map((target) => reaches(child, target))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

describe('nameKeyOf', () => {
  it('lowers the case and drops everything that is no ASCII letter or digit', () => {
    expect(['ACME Corp.', 'a-c_m e', 'Häuser 7', '***'].map(nameKeyOf)).toEqual([
      'acmecorp',
      'acme',
      'huser7',
      '',
    ]);
  });
});

describe('roles', () => {
  it('are a ladder', () => {
    expect(isAtLeast('admin', 'technician')).toBe(true);
    expect(isAtLeast('technician', 'technician')).toBe(true);
    expect(isAtLeast('read_only', 'technician')).toBe(false);
    expect(isAtLeast('technician', 'admin')).toBe(false);
  });

  it("come from priv_level, Kazoo's plain user being a technician", () => {
    expect(['admin', 'technician', 'read_only', 'user', undefined, 7].map(roleOf)).toEqual([
      'admin',
      'technician',
      'read_only',
      'technician',
      'technician',
      'technician',
    ]);
  });
});
