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

/** A fresh id that nobody can guess: 32 lower-case hex digits. */
export function newId(random: RandomBytes): string {
  return toHex(random(16));
}

const PREFIX_BYTES = 13;
const LAST_COUNT = 0xff_ffff;

/**
 * Makes ids of documents that grow: 26 random hex digits, then 6 that count up in random steps,
 * as CouchDB's algorithm `sequential`. What is made together stands together in every index, so
 * a commit of many documents writes a few pages of the database and not one for each of them.
 */
export class GrowingIds {
  readonly #random: RandomBytes;
  #prefix = '';
  #count = LAST_COUNT;

  constructor(random: RandomBytes) {
    this.#random = random;
  }

  /** @returns 32 lower-case hex digits */
  next(): string {
    const [high = 0, low = 0] = this.#random(2);
    this.#count += 1 + (((high << 8) | low) & 0xfff);
    if (this.#count > LAST_COUNT) {
      this.#prefix = toHex(this.#random(PREFIX_BYTES));
      this.#count = 0;
    }
    return this.#prefix + this.#count.toString(16).padStart(6, '0');
  }
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
