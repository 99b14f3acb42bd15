// Keys that say where a page of a list begins. On the wire they are what Kazoo sends since 4.2:
// an Erlang external term (version 131) as base64url without padding, so that keys of either
// side can be handed to the other (Crossbar reference §7.2).

/** A key of a list: text (an id), a number, or a list or tuple of keys for composite orders. */
export type PageKey =
  string | number | boolean | null | readonly PageKey[] | { readonly tuple: readonly PageKey[] };

const VERSION = 131;
const TAG = {
  newFloat: 70,
  smallInteger: 97,
  integer: 98,
  atom: 100,
  smallTuple: 104,
  largeTuple: 105,
  nil: 106,
  byteList: 107,
  list: 108,
  binary: 109,
  smallBig: 110,
  smallAtom: 115,
  atomUtf8: 118,
  smallAtomUtf8: 119,
} as const;
/** A key is one or two values; nobody needs more, and hostile input gets no deep recursion. */
const MAX_DEPTH = 8;

/**
 * @param key numbers that are not safe integers become floats.
 * @returns base64url text without padding.
 */
export function encodePageKey(key: PageKey): string {
  const bytes: number[] = [VERSION];
  encodeTerm(key, bytes);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** @returns the key, or undefined when `text` is none: it is a key in plain text then. */
export function decodePageKey(text: string): PageKey | undefined {
  if (!/^g[A-Za-z0-9_-]+={0,2}$/.test(text)) return undefined;
  const bytes = toBytes(text);
  if (bytes === undefined || bytes[0] !== VERSION) return undefined;
  const reader = new TermReader(bytes);
  try {
    const key = reader.term(0);
    return reader.isAtEnd ? key : undefined;
  } catch (error) {
    if (error instanceof NotATerm) return undefined;
    throw error;
  }
}

function encodeTerm(key: PageKey, bytes: number[]): void {
  if (typeof key === 'string') {
    const text = new TextEncoder().encode(key);
    bytes.push(TAG.binary, ...uint32(text.length));
    for (const byte of text) bytes.push(byte);
  } else if (typeof key === 'number') encodeNumber(key, bytes);
  else if (typeof key === 'boolean' || key === null) {
    const name = new TextEncoder().encode(String(key));
    bytes.push(TAG.smallAtomUtf8, name.length, ...name);
  } else if ('tuple' in key) {
    const size = key.tuple.length;
    bytes.push(...(size < 256 ? [TAG.smallTuple, size] : [TAG.largeTuple, ...uint32(size)]));
    for (const item of key.tuple) encodeTerm(item, bytes);
  } else encodeList(key, bytes);
}

function encodeNumber(value: number, bytes: number[]): void {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    bytes.push(TAG.newFloat, ...new Uint8Array(view.buffer));
  } else if (value >= 0 && value < 256) bytes.push(TAG.smallInteger, value);
  else if (value >= -(2 ** 31) && value < 2 ** 31) bytes.push(TAG.integer, ...uint32(value >>> 0));
  else {
    const digits: number[] = [];
    for (let rest = Math.abs(value); rest > 0; rest = Math.floor(rest / 256))
      digits.push(rest % 256);
    bytes.push(TAG.smallBig, digits.length, value < 0 ? 1 : 0, ...digits);
  }
}

/** Erlang writes a list of small integers as a byte string; equal terms have equal bytes. */
function encodeList(items: readonly PageKey[], bytes: number[]): void {
  if (items.length === 0) bytes.push(TAG.nil);
  else if (items.length < 65_536 && items.every(isByte)) {
    bytes.push(TAG.byteList, items.length >> 8, items.length & 255);
    for (const item of items) bytes.push(item);
  } else {
    bytes.push(TAG.list, ...uint32(items.length));
    for (const item of items) encodeTerm(item, bytes);
    bytes.push(TAG.nil);
  }
}

function isByte(key: PageKey): key is number {
  return (
    typeof key === 'number' && Number.isInteger(key) && key >= 0 && key < 256 && !Object.is(key, -0)
  );
}

function uint32(value: number): readonly [number, number, number, number] {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

function toBytes(text: string): Uint8Array | undefined {
  const base64 = text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  if (base64.length % 4 === 1) return undefined;
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

class NotATerm extends Error {}

class TermReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  term(depth: number): PageKey {
    if (depth > MAX_DEPTH) throw new NotATerm();
    const tag = this.#uint(1);
    switch (tag) {
      case TAG.smallInteger:
        return this.#uint(1);
      case TAG.integer:
        return this.#uint(4) | 0;
      case TAG.newFloat:
        return this.#view.getFloat64(this.#advance(8));
      case TAG.smallBig:
        return this.#big();
      case TAG.binary:
        return this.#text(this.#uint(4));
      case TAG.atom:
      case TAG.atomUtf8:
        return toAtom(this.#text(this.#uint(2)));
      case TAG.smallAtom:
      case TAG.smallAtomUtf8:
        return toAtom(this.#text(this.#uint(1)));
      case TAG.nil:
        return [];
      case TAG.byteList: {
        const size = this.#uint(2);
        const at = this.#advance(size);
        return Array.from(this.#bytes.subarray(at, at + size));
      }
      case TAG.list: {
        const items = this.#terms(this.#uint(4), depth);
        if (this.#uint(1) !== TAG.nil) throw new NotATerm();
        return items;
      }
      case TAG.smallTuple:
        return { tuple: this.#terms(this.#uint(1), depth) };
      case TAG.largeTuple:
        return { tuple: this.#terms(this.#uint(4), depth) };
      default:
        throw new NotATerm();
    }
  }

  /** Every term is at least a byte, so that a length beyond the input ends at once. */
  #terms(count: number, depth: number): readonly PageKey[] {
    if (count > this.#bytes.length - this.#at) throw new NotATerm();
    return Array.from({ length: count }, () => this.term(depth + 1));
  }

  #big(): number {
    const size = this.#uint(1);
    const isNegative = this.#uint(1) === 1;
    const at = this.#advance(size);
    let value = 0;
    for (let index = size - 1; index >= 0; index -= 1)
      value = value * 256 + (this.#bytes[at + index] ?? 0);
    if (!Number.isSafeInteger(value)) throw new NotATerm();
    return isNegative ? -value : value;
  }

  #text(size: number): string {
    const at = this.#advance(size);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
        this.#bytes.subarray(at, at + size),
      );
    } catch {
      throw new NotATerm();
    }
  }

  #uint(size: 1 | 2 | 4): number {
    const at = this.#advance(size);
    if (size === 1) return this.#view.getUint8(at);
    return size === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #advance(size: number): number {
    const at = this.#at;
    if (at + size > this.#bytes.length) throw new NotATerm();
    this.#at = at + size;
    return at;
  }
}

function toAtom(name: string): PageKey {
  switch (name) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'null':
    case 'undefined':
      return null;
    default:
      throw new NotATerm();
  }
}
