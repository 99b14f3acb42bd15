// Reads `[…]`. The cursor stands on the bracket and ends behind the closing one.

import { ESCAPED_CLASSES, foldCase, invert, POSIX_CLASSES, type ByteSet } from './byte-set.ts';
import { Beyond, CONTROL_ESCAPES, Malformed, readHex, type Cursor } from './cursor.ts';

export function parseClass(cursor: Cursor, caseless: boolean): ByteSet {
  const { pattern } = cursor;
  const start = cursor.at;
  if (/^\[[.:=]/.test(pattern.slice(start, start + 2))) throw new Beyond('a class like [:digit:]');
  cursor.at++;
  const negated = pattern[cursor.at] === '^';
  if (negated) cursor.at++;
  const set = new Uint8Array(256);
  let first = true;
  for (;;) {
    const next = pattern[cursor.at];
    if (next === undefined) throw new Malformed('a class is not closed', start);
    if (next === ']' && !first) break;
    first = false;
    const low = readMember(cursor, set, caseless);
    if (pattern[cursor.at] !== '-' || pattern[cursor.at + 1] === ']') {
      if (low !== undefined) set[low] = 1;
      continue;
    }
    // `-` between two members: PCRE versions disagree when either is a whole class.
    if (low === undefined) throw new Beyond('a range that starts with a class');
    cursor.at++;
    if (cursor.at >= pattern.length) throw new Malformed('a class is not closed', start);
    const high = readMember(cursor, set, caseless);
    if (high === undefined) throw new Beyond('a range that ends with a class');
    if (high < low) throw new Malformed('a range is out of order', cursor.at - 1);
    set.fill(1, low, high + 1);
  }
  cursor.at++;
  const cased = caseless ? foldCase(set) : set;
  return negated ? invert(cased) : cased;
}

/** One byte, or undefined after adding a whole class to `set`. */
function readMember(cursor: Cursor, set: Uint8Array, caseless: boolean): number | undefined {
  const next = cursor.pattern[cursor.at] ?? '';
  if (next === '[') {
    const rest = cursor.pattern.slice(cursor.at, cursor.at + 16);
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(rest);
    if (posix !== null) {
      const named = POSIX_CLASSES[posix[2] ?? ''];
      if (caseless && posix[1] === '^') throw new Beyond('a caseless negated class');
      if (named === undefined) throw new Beyond('an unknown POSIX class');
      add(set, posix[1] === '^' ? invert(named) : named);
      cursor.at += posix[0].length;
      return undefined;
    }
    if (/^\[[.:=]/.test(rest)) throw new Beyond('a POSIX collating element');
  }
  cursor.at++;
  return next === '\\' ? readEscape(cursor, set) : next.charCodeAt(0);
}

function readEscape(cursor: Cursor, set: Uint8Array): number | undefined {
  const letter = cursor.pattern[cursor.at];
  if (letter === undefined) throw new Malformed('\\ at the end of the pattern', cursor.at - 1);
  cursor.at++;
  const shared = ESCAPED_CLASSES[letter];
  if (shared !== undefined) {
    add(set, shared);
    return undefined;
  }
  if (letter === 'b') return 0x08;
  if (letter === 'x') return readHex(cursor);
  const control = CONTROL_ESCAPES[letter];
  if (control !== undefined) return control;
  if (/[0-9A-Za-z]/.test(letter)) throw new Beyond(`\\${letter} in a class`);
  return letter.charCodeAt(0);
}

function add(set: Uint8Array, more: ByteSet): void {
  for (let byte = 0; byte < 256; byte++) if (more[byte] === 1) set[byte] = 1;
}
