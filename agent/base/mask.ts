// Secrets by key name. One list for logs, audit rows, events, listings and error values, so
// that a new place to print cannot forget one.

import { copyOf, setOwn } from './json.ts';

export const MASK = '********';

const SECRET_KEY =
  /^(?:(?:enable[_-]?)?(?:password|secret)|passwd|passphrase|credentials|api[_-]?key|(?:auth|access|refresh|x-auth)?[_-]?token|authorization|cookie|set-cookie|private[_-]?key|sip[_-]?auth[_-]?password)$/i;

/** Whether a key of this name holds a secret, wherever in a document it stands. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}

/**
 * A copy of `value` with every secret member replaced by eight asterisks, at any depth.
 * Objects that hold no secret are returned as they are. Safe on cycles and on hostile depth:
 * below 64 levels the value is replaced as a whole.
 */
export function maskSecrets(value: unknown): unknown {
  return mask(value, 0);
}

function mask(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 64) return MASK;
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const masked = items.map((item) => mask(item, depth + 1));
    return masked.some((item, index) => item !== items[index]) ? masked : items;
  }
  // Instances of classes become plain objects: only what is listed is ever printed.
  const members = value as Readonly<Record<string, unknown>>;
  let copy = isPlain(value) ? undefined : copyOf(members);
  for (const [key, member] of Object.entries(members)) {
    const hide = isSecretKey(key) && member !== null && member !== undefined && member !== '';
    const masked = hide ? MASK : mask(member, depth + 1);
    if (masked === member) continue;
    copy ??= copyOf(members);
    setOwn(copy, key, masked);
  }
  return copy ?? value;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The same for a failure's `value` at dotted path `path` (`gateways.0.password`). */
export function maskAtPath(path: string, value: unknown): unknown {
  return path.split('.').some(isSecretKey) ? MASK : maskSecrets(value);
}
