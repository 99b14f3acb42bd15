// What was said on a line, as the entries of its log: whole lines, so that a secret typed one
// character at a time is seen as one and masked. Pure: whoever owns the line feeds it.
//
// An entry has the shape of the recorded fixtures ({dir, data}), so that a session from the
// field can become a regression test.

import { MASK } from '../base/mask.ts';
import { maskFrame } from './mask-frame.ts';

export interface SessionEntry {
  /** Unix milliseconds of the entry's first byte. */
  readonly atMs: number;
  readonly dir: 'tx' | 'rx';
  /** Latin-1 text: one character a byte. */
  readonly data: string;
  /** The person who typed; undefined: the driver. */
  readonly by: string | undefined;
}

interface Partial {
  atMs: number;
  data: string;
  by: string | undefined;
}

/** Nobody types that much in a line; gear that never ends one is cut. */
const MAX_CHARACTERS = 65_536;
const ASKS_FOR_SECRET = /(?:pass(?:word|code|phrase|wd)|\bPIN|secret)[^\n]{0,40}[:>?]\s*$/i;

export class SessionScribe {
  readonly #secrets: readonly string[];
  #rx: Partial | undefined;
  #tx: Partial | undefined;
  /** The end of what came last: a prompt for a password has no line end. */
  #tail = '';

  /** @param secrets of the gear's record, never to be written */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  /** The entries these bytes complete, oldest first. */
  received(bytes: Uint8Array, atMs: number): readonly SessionEntry[] {
    const text = latin1(bytes);
    this.#tail = (this.#tail + text).slice(-120);
    this.#rx = grown(this.#rx, text, atMs, undefined);
    const end = this.#rx.data.lastIndexOf('\n') + 1;
    if (end > 0) return this.#takeReceived(end, atMs);
    return this.#rx.data.length > MAX_CHARACTERS ? this.#takeReceived(Infinity, atMs) : [];
  }

  /** @param by the person who typed; undefined for the driver, whose sends are whole commands */
  sent(bytes: Uint8Array, by: string | undefined, atMs: number): readonly SessionEntry[] {
    this.#tx = grown(this.#tx, latin1(bytes), atMs, by);
    const isWhole = by === undefined || /[\r\n;]/.test(this.#tx.data);
    return isWhole || this.#tx.data.length > MAX_CHARACTERS ? this.#takeSent() : [];
  }

  /** After a quiet while: a prompt has no line end. What somebody is typing stays. */
  idle(): readonly SessionEntry[] {
    return this.#tx === undefined ? this.#takeReceived(Infinity, 0) : [];
  }

  /** The session is over: everything that is left. */
  end(): readonly SessionEntry[] {
    return [...this.#takeSent(), ...this.#takeReceived(Infinity, 0)];
  }

  #takeSent(): readonly SessionEntry[] {
    const sent = this.#tx;
    if (sent === undefined) return [];
    this.#tx = undefined;
    // What was asked for without an echo is a secret as a whole.
    const isSecret = ASKS_FOR_SECRET.test(this.#tail);
    const lineEnd = /[\r\n]*$/.exec(sent.data)?.[0] ?? '';
    const data = isSecret ? `${MASK}${lineEnd}` : maskFrame(sent.data, this.#secrets);
    this.#tail = '';
    // The prompt came before the answer to it.
    return [
      ...this.#takeReceived(Infinity, sent.atMs),
      { atMs: sent.atMs, dir: 'tx', data, by: sent.by },
    ];
  }

  #takeReceived(end: number, atMs: number): readonly SessionEntry[] {
    const received = this.#rx;
    if (received === undefined) return [];
    const rest = received.data.slice(end);
    this.#rx = rest === '' ? undefined : { atMs, data: rest, by: undefined };
    const data = maskFrame(received.data.slice(0, end), this.#secrets);
    return [{ atMs: received.atMs, dir: 'rx', data, by: undefined }];
  }
}

function grown(
  partial: Partial | undefined,
  text: string,
  atMs: number,
  by: string | undefined,
): Partial {
  return partial === undefined
    ? { atMs, data: text, by }
    : { ...partial, data: partial.data + text };
}

// One character a byte, as the fixtures have it; TextDecoder's "latin1" is really windows-1252.
const latin1 = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};
