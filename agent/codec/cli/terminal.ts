// Bytes of a command line → the lines a person would see, fed in any pieces. Backspaces, carriage
// returns and erase sequences act as on a screen: a pager mark that is wiped with ten
// backspaces, ten blanks and ten backspaces (FRR) or with CR and ESC [ K (more) is gone, not text.
// One line is remembered; nothing moves up. A telnet negotiation that gets into a raw line (a VTY
// behind a terminal server) is skipped.

const ESC = 0x1b;
/** A longer line is cut there: nothing a person types or a device prints is that long. */
export const LONGEST_LINE = 4096;

const IAC = 0xff;

type State =
  | 'text'
  | 'escape'
  | 'sequence'
  | 'string'
  | 'string-escape'
  | 'command'
  | 'option'
  | 'negotiation'
  | 'negotiation-end';

export class TerminalLines {
  #line = '';
  #column = 0;
  #state: State = 'text';
  #parameters = '';

  /** The line that is being written: where a prompt stands. */
  get current(): string {
    return this.#line;
  }

  /** @returns the lines that ended in `bytes`, without trailing blanks */
  push(bytes: Uint8Array): readonly string[] {
    const lines: string[] = [];
    for (const byte of bytes) this.#byte(byte, lines);
    return lines;
  }

  #byte(byte: number, lines: string[]): void {
    // A line end ends a broken sequence too.
    if (this.#state !== 'text' && byte !== 0x0a) {
      this.#escape(byte);
      return;
    }
    this.#state = 'text';
    switch (byte) {
      case ESC:
        this.#state = 'escape';
        return;
      case 0x0a:
        lines.push(this.#line.trimEnd());
        this.#line = '';
        this.#column = 0;
        return;
      case 0x0d:
        this.#column = 0;
        return;
      case 0x08:
        this.#column = Math.max(0, this.#column - 1);
        return;
      case IAC:
        this.#state = 'command';
        return;
      case 0x09:
        do this.#write(' ', lines);
        while (this.#column % 8 !== 0);
        return;
      default:
        if (byte >= 0x20 && byte !== 0x7f) this.#write(String.fromCharCode(byte), lines);
    }
  }

  #write(char: string, lines: string[]): void {
    if (this.#column >= LONGEST_LINE) {
      lines.push(this.#line.trimEnd());
      this.#line = '';
      this.#column = 0;
    }
    const line = this.#line;
    this.#line =
      this.#column === line.length
        ? line + char
        : line.slice(0, this.#column).padEnd(this.#column) + char + line.slice(this.#column + 1);
    this.#column += 1;
  }

  /** ECMA-48: CSI ends at a byte from @ to ~; OSC at BEL or ESC \. */
  #escape(byte: number): void {
    switch (this.#state) {
      case 'escape':
        this.#parameters = '';
        this.#state = byte === 0x5b ? 'sequence' : byte === 0x5d ? 'string' : 'text';
        return;
      case 'sequence':
        if (byte < 0x40 || byte > 0x7e) {
          if (this.#parameters.length < 16) this.#parameters += String.fromCharCode(byte);
          return;
        }
        this.#state = 'text';
        this.#perform(String.fromCharCode(byte));
        return;
      case 'string':
        if (byte === 0x07) this.#state = 'text';
        else if (byte === ESC) this.#state = 'string-escape';
        return;
      case 'string-escape':
        this.#state = 'text';
        return;
      // RFC 854: WILL, WONT, DO and DONT have an option; SB goes on to IAC SE.
      case 'command':
        this.#state =
          byte >= 0xfb && byte < IAC ? 'option' : byte === 0xfa ? 'negotiation' : 'text';
        return;
      case 'option':
        this.#state = 'text';
        return;
      case 'negotiation':
        if (byte === IAC) this.#state = 'negotiation-end';
        return;
      case 'negotiation-end':
        this.#state = byte === 0xf0 ? 'text' : 'negotiation';
        return;
      case 'text':
        return;
    }
  }

  #perform(final: string): void {
    const count = Math.min(LONGEST_LINE, Number(this.#parameters) || 1);
    if (final === 'D') this.#column = Math.max(0, this.#column - count);
    else if (final === 'C') this.#column = Math.min(LONGEST_LINE, this.#column + count);
    else if (final === 'K' || final === 'J') {
      const from = this.#parameters === '' || this.#parameters === '0' ? this.#column : 0;
      const rest = this.#parameters === '1' ? this.#line.slice(this.#column + 1) : '';
      this.#line =
        this.#parameters === '1' ? ' '.repeat(this.#column + 1) + rest : this.#line.slice(0, from);
    }
  }
}
