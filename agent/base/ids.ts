// Identifiers. Randomness is an argument, so that tests repeat.

/** @returns `length` random bytes. */
export type RandomBytes = (length: number) => Uint8Array;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hexadecimal text of `bytes`. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte] ?? '';
  return text;
}

/** A fresh document id: 32 lower-case hex digits, as CouchDB makes them. */
export function newId(random: RandomBytes): string {
  return toHex(random(16));
}

/** The next revision after `current` (undefined for a new document): `N-<32hex>`, as CouchDB. */
export function nextRevision(current: string | undefined, random: RandomBytes): string {
  const generation = current === undefined ? 0 : Number.parseInt(current, 10);
  return `${String(generation + 1)}-${toHex(random(16))}`;
}

/** Ids a client may choose for a document (design.md §3): `[A-Za-z0-9_-]{1,64}`. */
export function isClientId(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value);
}
