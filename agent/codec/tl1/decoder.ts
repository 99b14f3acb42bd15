// Bytes of a TL1 port → messages, fed in any pieces.
//
//   bytes ─▶ clean (CR, NUL, ANSI) ─▶ lines ─▶ unit up to `;` `>` `<` ─▶ message
//                                                     `>` units are kept until their `;`
//
// A terminator counts only as the first thing on a line and outside a comment: elements never
// end a message in mid-line, and text such as "T1 CARD; 28 PORT" holds one. A header followed by
// its code line always starts a message anew, so that junk or half a message costs no more than
// itself. Never throws: what cannot be read is a message of kind `noise` or `malformed`.

import type { Tl1Message, Tl1TextLine } from './message.ts';
import {
  parseAcknowledgment,
  parseCodeLine,
  parseHeader,
  parseTextLines,
  type CodeLine,
} from './text-block.ts';
import type { Tl1Header } from './message.ts';

export const LONGEST_MESSAGE = 1024 * 1024;

const LF = 0x0a;
const ESC = 0x1b;

interface Unit {
  readonly header: Tl1Header;
  readonly code: CodeLine;
}

interface HeldBlocks {
  readonly unit: Unit;
  readonly text: Tl1TextLine[];
  readonly raw: string[];
  size: number;
}

export class Tl1Decoder {
  readonly #limit: number;
  #line = '';
  /** Whether something other than blanks stands on the line already. */
  #started = false;
  #quoted = false;
  #escaped = false;
  #comment = false;
  #ansi: 'none' | 'escape' | 'sequence' = 'none';
  #lines: string[] = [];
  #size = 0;
  #unit: Unit | undefined;
  readonly #held = new Map<string, HeldBlocks>();
  #heldSize = 0;

  /** @param limit characters of one message, of all its blocks together (1 MiB by default) */
  constructor(limit = LONGEST_MESSAGE) {
    this.#limit = limit;
  }

  /** Whether a message has begun and not ended. */
  get midMessage(): boolean {
    return this.#unit !== undefined || this.#held.size > 0;
  }

  /** Text since the last message: a prompt or a banner that no terminator ends. */
  get pending(): string {
    return [...this.#lines, this.#line].join('\n').trim();
  }

  /** Forgets what has begun; what was there of a message is reported. */
  reset(): readonly Tl1Message[] {
    const out: Tl1Message[] = [];
    this.#breakOff(out, 'truncated');
    this.#clear();
    this.#held.clear();
    this.#heldSize = 0;
    return out;
  }

  /** @param bytes any piece of the stream. @returns the messages that ended in it. */
  push(bytes: Uint8Array): readonly Tl1Message[] {
    const out: Tl1Message[] = [];
    for (const byte of bytes) this.#byte(byte, out);
    return out;
  }

  #byte(byte: number, out: Tl1Message[]): void {
    if (byte === LF) {
      this.#ansi = 'none';
      this.#endLine(out);
      return;
    }
    if (this.#ansi === 'escape') {
      this.#ansi = byte === 0x5b ? 'sequence' : 'none';
      if (byte === 0x5b) return;
    } else if (this.#ansi === 'sequence') {
      if (byte >= 0x40 && byte <= 0x7e) this.#ansi = 'none';
      return;
    }
    if (byte === ESC) {
      this.#ansi = 'escape';
      return;
    }
    if (byte < 0x20 && byte !== 0x09) return;
    this.#char(byte === 0x09 ? ' ' : String.fromCharCode(byte), out);
  }

  #char(char: string, out: Tl1Message[]): void {
    if (!this.#started && !this.#comment && this.#terminates(char, out)) return;
    if (char !== ' ') this.#started = true;
    this.#track(char);
    this.#line += char;
    this.#size += 1;
    if (this.#size > this.#limit) {
      this.#breakOff(out, 'too-large');
      this.#clear();
    }
  }

  #terminates(char: string, out: Tl1Message[]): boolean {
    if (char === ';' || char === '>') {
      this.#finish(char === '>', out);
      this.#clear();
      return true;
    }
    // `<` ends an acknowledgment or says "ready"; inside a message it would be text.
    if (char !== '<' || this.#unit !== undefined) return false;
    this.#noise(this.#lines, out);
    this.#clear();
    return true;
  }

  /** Follows quotes and comments. A quote never outlives its line, or junk could open one. */
  #track(char: string): void {
    if (this.#comment) {
      if (char === '/' && this.#line.endsWith('*')) this.#comment = false;
    } else if (this.#quoted) {
      if (this.#escaped) this.#escaped = false;
      else if (char === '\\') this.#escaped = true;
      else if (char === '"') this.#quoted = false;
    } else if (char === '"') this.#quoted = true;
    else if (char === '*' && this.#line.endsWith('/')) this.#comment = true;
  }

  #endLine(out: Tl1Message[]): void {
    const line = this.#line;
    this.#line = '';
    this.#started = false;
    this.#quoted = false;
    this.#escaped = false;
    if (line.trim() === '') return;
    const before = this.#lines.at(-1);
    this.#lines.push(line);
    this.#size += 1;
    const header = before === undefined ? undefined : parseHeader(before);
    const code = header === undefined ? undefined : parseCodeLine(line);
    if (header !== undefined && code !== undefined) {
      this.#lines.length -= 2;
      this.#breakOff(out, 'truncated');
      this.#comment = false;
      this.#unit = { header, code };
      this.#lines = [before ?? '', line];
      this.#size = line.length + (before?.length ?? 0) + 2;
      return;
    }
    if (this.#unit !== undefined || this.#comment) return;
    const acknowledgment = parseAcknowledgment(line);
    if (acknowledgment === undefined) return;
    this.#noise(this.#lines.slice(0, -1), out);
    const { code: word, ctag } = acknowledgment;
    out.push({ kind: 'acknowledgment', code: word, ctag, raw: `${word} ${ctag}` });
    this.#clear();
  }

  #finish(more: boolean, out: Tl1Message[]): void {
    const unit = this.#unit;
    if (unit === undefined) {
      this.#noise(this.#lines, out);
      return;
    }
    const key = keyOf(unit);
    const held = this.#held.get(key) ?? { unit, text: [], raw: [], size: 0 };
    const block = this.#lines.join('\n');
    held.text.push(...parseTextLines(this.#lines.slice(2)));
    held.raw.push(block);
    held.size += block.length;
    if (more) {
      this.#hold(key, held, block.length, out);
      return;
    }
    if (this.#held.delete(key)) this.#heldSize -= held.size - block.length;
    const common = { text: held.text, blocks: held.raw.length, raw: held.raw.join('\n') };
    // The last block's header: the time at which the answer was whole.
    out.push({ ...unit.code, ...unit.header, ...common });
  }

  #hold(key: string, held: HeldBlocks, added: number, out: Tl1Message[]): void {
    this.#held.set(key, held);
    this.#heldSize += added;
    if (this.#heldSize <= this.#limit) return;
    out.push({ kind: 'malformed', reason: 'too-large', raw: held.raw.join('\n').slice(0, 200) });
    this.#held.clear();
    this.#heldSize = 0;
  }

  /** Reports what is there of an unfinished unit, or of noise before one. */
  #breakOff(out: Tl1Message[], reason: 'truncated' | 'too-large'): void {
    const raw = [...this.#lines, this.#line].join('\n');
    if (this.#unit !== undefined || reason === 'too-large')
      out.push({ kind: 'malformed', reason, raw: raw.slice(0, 200) });
    else this.#noise([...this.#lines, this.#line], out);
  }

  #noise(lines: readonly string[], out: Tl1Message[]): void {
    const raw = lines.join('\n').trim();
    if (raw !== '') out.push({ kind: 'noise', raw });
  }

  #clear(): void {
    this.#line = '';
    this.#started = false;
    this.#quoted = false;
    this.#escaped = false;
    this.#comment = false;
    this.#lines = [];
    this.#size = 0;
    this.#unit = undefined;
  }
}

function keyOf({ code }: Unit): string {
  return code.kind === 'response' ? `M ${code.ctag}` : `A ${code.atag} ${code.verb}`;
}
