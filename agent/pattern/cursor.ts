// What the pattern reader and the class reader share: a position in the pattern, the two ways
// reading can stop, and the escapes that mean one byte in both places.

export interface Cursor {
  readonly pattern: string;
  at: number;
}

/** The pattern holds something that only PCRE2 can judge. */
export class Beyond extends Error {
  readonly construct: string;
  constructor(construct: string) {
    super(construct);
    this.construct = construct;
  }
}

/** The pattern is surely wrong, as PCRE2 would also say. */
export class Malformed extends Error {
  readonly text: string;
  readonly offset: number;
  constructor(text: string, offset: number) {
    super(text);
    this.text = text;
    this.offset = offset;
  }
}

export const CONTROL_ESCAPES: Readonly<Record<string, number>> = {
  a: 0x07,
  e: 0x1b,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
};

/** The byte of `\x41` or `\x{41}`; the cursor stands behind the `x`. */
export function readHex(cursor: Cursor): number {
  const rest = cursor.pattern.slice(cursor.at, cursor.at + 12);
  const found = /^(?:\{([0-9A-Fa-f]{1,2})\}|([0-9A-Fa-f]{1,2}))/.exec(rest);
  if (found === null) throw new Beyond('\\x');
  cursor.at += found[0].length;
  return Number.parseInt(found[1] ?? found[2] ?? '', 16);
}
