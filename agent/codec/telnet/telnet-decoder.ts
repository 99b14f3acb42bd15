// What a telnet peer sent, cut into data, commands and negotiations: the same for every split
// of the bytes. It answers nothing; telnet-options.ts decides what to say.
//
//   bytes ──▶ data ─┬─ IAC ─┬─ IAC IAC            one 0xFF of data
//                   │       ├─ WILL WONT DO DONT  negotiation
//                   │       ├─ SB … IAC SE        subnegotiation
//                   │       └─ anything else      command
//                   └─ CR NUL ▶ CR (unless the direction is BINARY)

import { CraftportError } from '../../base/error.ts';
import { IAC, SB, SE, type Verb, VERB_BYTES } from './telnet-bytes.ts';

export type TelnetEvent =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'command'; readonly command: number }
  | { readonly kind: 'negotiation'; readonly verb: Verb; readonly option: number }
  | { readonly kind: 'subnegotiation'; readonly option: number; readonly payload: Uint8Array };

/** No option we speak needs more; a peer that never ends one must not fill the memory. */
const MAX_SUBNEGOTIATION_BYTES = 4096;

const VERBS = new Map<number, Verb>(
  (Object.entries(VERB_BYTES) as [Verb, number][]).map(([verb, byte]) => [byte, verb]),
);

type State =
  | { readonly at: 'data' | 'cr' | 'iac' | 'sb' }
  | { readonly at: 'verb'; readonly verb: Verb }
  | { readonly at: 'payload' | 'payload-iac'; readonly option: number; readonly payload: number[] };

export class TelnetDecoder {
  /** Set when the peer's direction became BINARY (RFC 856): CR and NUL are then plain data. */
  binary = false;
  #state: State = { at: 'data' };
  #data: number[] = [];

  /**
   * Everything the bytes complete; what they leave open is kept for the next call.
   * @throws codec.too-large for a subnegotiation over 4,096 bytes
   */
  feed(bytes: Uint8Array): TelnetEvent[] {
    const events: TelnetEvent[] = [];
    for (const byte of bytes) this.#state = this.#next(byte, events);
    this.#flush(events);
    return events;
  }

  #next(byte: number, events: TelnetEvent[]): State {
    const state = this.#state;
    switch (state.at) {
      case 'cr':
        // NUL only pads the CR; anything else is read as usual.
        if (byte === 0) return { at: 'data' };
        return this.#readData(byte);
      case 'data':
        return this.#readData(byte);
      case 'iac':
        return this.#readCommand(byte, events);
      case 'verb':
        this.#flush(events);
        events.push({ kind: 'negotiation', verb: state.verb, option: byte });
        return { at: 'data' };
      case 'sb':
        return { at: 'payload', option: byte, payload: [] };
      case 'payload':
        if (byte === IAC) return { ...state, at: 'payload-iac' };
        return this.#grow(state.option, state.payload, byte);
      case 'payload-iac':
        if (byte === IAC) return this.#grow(state.option, state.payload, IAC);
        // SE ends it. Another command here is a peer's mistake: what came so far counts.
        this.#flush(events);
        events.push({
          kind: 'subnegotiation',
          option: state.option,
          payload: Uint8Array.from(state.payload),
        });
        return byte === SE ? { at: 'data' } : this.#readCommand(byte, events);
    }
  }

  #readData(byte: number): State {
    if (byte === IAC) return { at: 'iac' };
    this.#data.push(byte);
    return { at: byte === 13 && !this.binary ? 'cr' : 'data' };
  }

  #readCommand(byte: number, events: TelnetEvent[]): State {
    if (byte === IAC) {
      this.#data.push(IAC);
      return { at: 'data' };
    }
    if (byte === SB) return { at: 'sb' };
    const verb = VERBS.get(byte);
    if (verb !== undefined) return { at: 'verb', verb };
    this.#flush(events);
    events.push({ kind: 'command', command: byte });
    return { at: 'data' };
  }

  #grow(option: number, payload: number[], byte: number): State {
    if (payload.length >= MAX_SUBNEGOTIATION_BYTES) {
      this.#state = { at: 'data' };
      throw new CraftportError(
        'codec.too-large',
        `The telnet peer sent an option message over ${String(MAX_SUBNEGOTIATION_BYTES)} bytes`,
        { detail: { option } },
      );
    }
    payload.push(byte);
    return { at: 'payload', option, payload };
  }

  #flush(events: TelnetEvent[]): void {
    if (this.#data.length === 0) return;
    events.push({ kind: 'data', bytes: Uint8Array.from(this.#data) });
    this.#data = [];
  }
}
