// Sets of bytes: what one position of a pattern accepts. 256 flags; never changed once built.

export type ByteSet = Uint8Array;

const singles: (ByteSet | undefined)[] = [];
const bytesOfSingles = new Map<ByteSet, number>();

/** The set of one byte; shared, because most of a pattern is literal. */
export function singleByte(byte: number): ByteSet {
  const known = singles[byte];
  if (known !== undefined) return known;
  const set = new Uint8Array(256);
  set[byte] = 1;
  singles[byte] = set;
  bytesOfSingles.set(set, byte);
  return set;
}

/** The byte of a set that `singleByte` made, else undefined. */
export function byteOfSingle(set: ByteSet): number | undefined {
  return bytesOfSingles.get(set);
}

/** The set of every byte between each pair of `bounds` (low, high, low, high, …). */
export function byteRanges(...bounds: readonly number[]): ByteSet {
  const set = new Uint8Array(256);
  for (let index = 0; index + 1 < bounds.length; index += 2) {
    set.fill(1, bounds[index] ?? 0, (bounds[index + 1] ?? -1) + 1);
  }
  return set;
}

export function invert(set: ByteSet): ByteSet {
  return set.map((flag) => 1 - flag);
}

export function members(set: ByteSet): readonly number[] {
  const found: number[] = [];
  for (let byte = 0; byte < 256; byte++) if (set[byte] === 1) found.push(byte);
  return found;
}

/** `set` with the other case of every ASCII letter in it: Kazoo folds no other letters. */
export function foldCase(set: ByteSet): ByteSet {
  const byte = byteOfSingle(set);
  if (byte !== undefined && !isLetter(byte)) return set;
  const folded = set.slice();
  for (let letter = 0x41; letter <= 0x5a; letter++) {
    const either = set[letter] === 1 || set[letter + 0x20] === 1 ? 1 : 0;
    folded[letter] = either;
    folded[letter + 0x20] = either;
  }
  return folded;
}

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

const DIGIT = byteRanges(0x30, 0x39);
const WORD = byteRanges(0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a);
const SPACE = byteRanges(0x09, 0x0d, 0x20, 0x20);
const BLANK = byteRanges(0x09, 0x09, 0x20, 0x20);

export const NOT_NEWLINE = invert(singleByte(0x0a));
export const ANY_BYTE = byteRanges(0, 255);

/** The classes behind a backslash, ASCII only as in Kazoo. `\h` counts byte A0 as a blank. */
export const ESCAPED_CLASSES: Readonly<Record<string, ByteSet>> = {
  d: DIGIT,
  D: invert(DIGIT),
  w: WORD,
  W: invert(WORD),
  s: SPACE,
  S: invert(SPACE),
  h: byteRanges(0x09, 0x09, 0x20, 0x20, 0xa0, 0xa0),
  H: invert(byteRanges(0x09, 0x09, 0x20, 0x20, 0xa0, 0xa0)),
};

export const POSIX_CLASSES: Readonly<Record<string, ByteSet>> = {
  alnum: byteRanges(0x30, 0x39, 0x41, 0x5a, 0x61, 0x7a),
  alpha: byteRanges(0x41, 0x5a, 0x61, 0x7a),
  ascii: byteRanges(0x00, 0x7f),
  blank: BLANK,
  cntrl: byteRanges(0x00, 0x1f, 0x7f, 0x7f),
  digit: DIGIT,
  graph: byteRanges(0x21, 0x7e),
  lower: byteRanges(0x61, 0x7a),
  print: byteRanges(0x20, 0x7e),
  punct: byteRanges(0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e),
  space: SPACE,
  upper: byteRanges(0x41, 0x5a),
  word: WORD,
  xdigit: byteRanges(0x30, 0x39, 0x41, 0x46, 0x61, 0x66),
};
