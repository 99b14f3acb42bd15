// Frames of FreeSWITCH's event socket, cut out of a stream of bytes:
//
//   Name: value ⏎ … ⏎ ⏎  [Content-Length bytes of body]  Name: value ⏎ …
//
// Lengths are bytes, never characters, and nothing follows a body. Pure: any split of the same
// bytes gives the same frames. What cannot be a frame is refused at the first line that shows
// it, and a limit is refused by the length that is announced, before anything is kept.

import { CraftportError } from '../../base/error.ts';
import { EslHeaders } from './headers.ts';

export interface EslFrame {
  readonly headers: EslHeaders;
  /** `auth/request`, `command/reply`, `api/response`, `text/event-plain`, `log/data`, … */
  readonly contentType: string;
  /** The body's bytes; a view of what was pushed where the frame came in one piece. */
  readonly body: Uint8Array;
}

export interface EslLimits {
  /** Of all header lines of a frame. */
  readonly headerBytes: number;
  readonly bodyBytes: number;
}

/** The server's own limit of a body is 16 MiB; its headers are a few hundred bytes. */
export const ESL_LIMITS: EslLimits = { headerBytes: 65_536, bodyBytes: 16 * 1024 * 1024 };

const LF = 0x0a;
const NOTHING = new Uint8Array(0);
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Text of a body or header as people read it; bytes that are no UTF-8 become U+FFFD. */
export function eslText(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

export class EslFrameReader {
  readonly #limits: EslLimits;
  /** Bytes of an unfinished frame, `#used` of them. */
  #kept = NOTHING;
  #used = 0;
  /** Set while the body of a frame is awaited. */
  #head: { readonly headers: EslHeaders; readonly contentLength: number } | undefined;
  /** How far into `#kept` the lines of an unfinished header block are known to be lines. */
  #checked = 0;
  #failure: CraftportError | undefined;

  constructor(limits: EslLimits = ESL_LIMITS) {
    this.#limits = limits;
  }

  /**
   * @returns the frames that `bytes` complete, in order. A fault behind them is in `failure`
   * already and thrown by the next push.
   * @throws codec.malformed, codec.too-large; every later push throws the same
   */
  push(bytes: Uint8Array): readonly EslFrame[] {
    if (this.#failure !== undefined) throw this.#failure;
    const frames: EslFrame[] = [];
    try {
      let rest = bytes;
      while (rest.length > 0) {
        const isAtBorder = this.#used === 0 && this.#head === undefined;
        const taken = isAtBorder ? this.#cutWhole(rest, frames) : 0;
        rest = rest.subarray(taken > 0 ? taken : this.#take(rest, frames));
      }
    } catch (error) {
      if (!(error instanceof CraftportError)) throw error;
      this.#failure = error;
      this.#kept = NOTHING;
      if (frames.length === 0) throw error;
    }
    return frames;
  }

  /** The fault that ended the stream, known as soon as `push` saw it. */
  get failure(): CraftportError | undefined {
    return this.#failure;
  }

  /** A frame that lies whole in `bytes` is taken without copying. @returns bytes used, or 0 */
  #cutWhole(bytes: Uint8Array, frames: EslFrame[]): number {
    if (bytes[0] === LF) return 1;
    const end = endOfHeaders(bytes, 0);
    if (end < 0 || end > this.#limits.headerBytes) return 0;
    const head = this.#parseHead(bytes.subarray(0, end));
    const size = end + head.contentLength;
    if (size > bytes.length) return 0;
    frames.push(frameOf(head.headers, bytes.subarray(end, size)));
    return size;
  }

  /** Keeps bytes of a frame that came in pieces. @returns how many were used */
  #take(bytes: Uint8Array, frames: EslFrame[]): number {
    if (this.#head === undefined) return this.#takeHeader(bytes, frames);
    const missing = this.#head.contentLength - this.#used;
    const part = bytes.subarray(0, missing);
    this.#keep(part, this.#head.contentLength);
    if (this.#used === this.#head.contentLength) {
      frames.push(frameOf(this.#head.headers, this.#kept.slice(0, this.#used)));
      this.#reset();
    }
    return part.length;
  }

  #takeHeader(bytes: Uint8Array, frames: EslFrame[]): number {
    const before = this.#used;
    // The blank line may begin with the newline kept last.
    if (before > 0 && this.#kept[before - 1] === LF && bytes[0] === LF) {
      this.#keep(bytes.subarray(0, 1), this.#limits.headerBytes);
      this.#headDone(frames);
      return 1;
    }
    const end = endOfHeaders(bytes, 0);
    const part = end < 0 ? bytes : bytes.subarray(0, end);
    if (before + part.length > this.#limits.headerBytes) throw this.#tooLong();
    this.#keep(part, this.#limits.headerBytes);
    if (end < 0) this.#checkLines();
    else this.#headDone(frames);
    return part.length;
  }

  #headDone(frames: EslFrame[]): void {
    const head = this.#parseHead(this.#kept.subarray(0, this.#used));
    this.#reset();
    if (head.contentLength === 0) frames.push(frameOf(head.headers, NOTHING));
    else this.#head = head;
  }

  /** Refuses what cannot be header lines before the end of the block, which may never come. */
  #checkLines(): void {
    for (;;) {
      const end = this.#kept.indexOf(LF, this.#checked);
      if (end < 0 || end >= this.#used) return;
      if (this.#kept.subarray(this.#checked, end).indexOf(0x3a) < 1)
        throw malformed('a line without a name', this.#kept.subarray(this.#checked, end));
      this.#checked = end + 1;
    }
  }

  #parseHead(block: Uint8Array): { headers: EslHeaders; contentLength: number } {
    const headers = EslHeaders.parse(eslText(block));
    if (headers === undefined) throw malformed('header lines that are none', block);
    const lengths = headers.all('Content-Length');
    const [text] = lengths;
    if (text === undefined) return { headers, contentLength: 0 };
    if (!/^\d{1,15}$/.test(text) || lengths.some((other) => other !== text))
      throw malformed('a Content-Length that is no length', block);
    const contentLength = Number(text);
    if (contentLength > this.#limits.bodyBytes)
      throw new CraftportError(
        'codec.too-large',
        `A frame of ${text} bytes is announced; at most ${String(this.#limits.bodyBytes)} are taken`,
        { detail: { bytes: contentLength, limit: this.#limits.bodyBytes } },
      );
    return { headers, contentLength };
  }

  /** Appends to what is kept. Grows by doubling: an announced length alone reserves nothing. */
  #keep(part: Uint8Array, most: number): void {
    const size = this.#used + part.length;
    if (size > this.#kept.length) {
      const grown = new Uint8Array(Math.max(size, Math.min(most, this.#kept.length * 2)));
      grown.set(this.#kept.subarray(0, this.#used));
      this.#kept = grown;
    }
    this.#kept.set(part, this.#used);
    this.#used = size;
  }

  #reset(): void {
    // A large buffer is given back; a small one serves the next frame.
    if (this.#kept.length > 65_536) this.#kept = NOTHING;
    this.#used = 0;
    this.#checked = 0;
    this.#head = undefined;
  }

  #tooLong(): CraftportError {
    return new CraftportError(
      'codec.too-large',
      `The header lines of a frame are longer than ${String(this.#limits.headerBytes)} bytes`,
      { detail: { limit: this.#limits.headerBytes } },
    );
  }
}

/** Where the block of header lines at `from` ends, its blank line included; -1: not yet. */
function endOfHeaders(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1))
    if (bytes[at + 1] === LF) return at + 2;
  return -1;
}

function frameOf(headers: EslHeaders, body: Uint8Array): EslFrame {
  return { headers, contentType: headers.first('Content-Type') ?? '', body };
}

function malformed(what: string, near: Uint8Array): CraftportError {
  return new CraftportError('codec.malformed', `Not an event socket: ${what}`, {
    detail: { near: eslText(near.subarray(0, 80)) },
  });
}
