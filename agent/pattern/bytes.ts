// Kazoo's patterns see bytes: `é` is two of them, and lengths count them. Here bytes travel as a
// string of characters 0-255 (one a byte of the UTF-8 text), which V8 stores and matches as
// one-byte text. Telephone numbers are ASCII, so for them both directions return the argument.

const ASCII = /^[\x00-\x7f]*$/;

/** UTF-8 bytes of `text`, one character each. A lone surrogate becomes U+FFFD's three bytes. */
export function toBytes(text: string): string {
  if (ASCII.test(text)) return text;
  let bytes = '';
  for (const character of text) {
    const raw = character.codePointAt(0) ?? 0;
    const code = raw >= 0xd800 && raw <= 0xdfff ? 0xfffd : raw;
    if (code < 0x80) bytes += String.fromCharCode(code);
    else if (code < 0x800) bytes += String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000) {
      bytes += String.fromCharCode(0xe0 | (code >> 12), tail(code >> 6), tail(code));
    } else {
      bytes += String.fromCharCode(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6));
      bytes += String.fromCharCode(tail(code));
    }
  }
  return bytes;
}

/**
 * Text of `bytes`. A capture can cut a character in two; each byte that is not part of a whole
 * character becomes U+FFFD, so that the result can be written as JSON.
 */
export function fromBytes(bytes: string): string {
  if (ASCII.test(bytes)) return bytes;
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes.charCodeAt(at);
    const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
    const code = length === 0 ? -1 : decode(bytes, at, length);
    text += code < 0 ? '\ufffd' : String.fromCodePoint(code);
    at += code < 0 ? 1 : length;
  }
  return text;
}

function tail(code: number): number {
  return 0x80 | (code & 0x3f);
}

const LEAD_BITS = [0, 0x7f, 0x1f, 0x0f, 0x07];
const LEAST = [0, 0, 0x80, 0x800, 0x10000];

/** The code point at `at`, or -1 when those bytes are no whole, shortest-form character. */
function decode(bytes: string, at: number, length: number): number {
  let code = bytes.charCodeAt(at) & (LEAD_BITS[length] ?? 0);
  for (let index = 1; index < length; index++) {
    const next = bytes.charCodeAt(at + index);
    if (!(next >= 0x80 && next < 0xc0)) return -1;
    code = (code << 6) | (next & 0x3f);
  }
  const whole = code >= (LEAST[length] ?? 0) && code <= 0x10ffff;
  return whole && !(code >= 0xd800 && code <= 0xdfff) ? code : -1;
}
