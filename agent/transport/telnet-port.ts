// A telnet connection as a port (RFC 854): the data goes through, the negotiation stays here.
// What is negotiated: BINARY both ways where the peer has it, no local echo, no go-aheads, and
// for terminal servers the line behind them (RFC 2217, rfc2217-port.ts).

import {
  BRK,
  type CarriageReturn,
  encodeData,
  encodeNegotiation,
  encodeSubnegotiation,
  IAC,
  OPTION,
} from '../codec/telnet/telnet-bytes.ts';
import { TelnetDecoder, type TelnetEvent } from '../codec/telnet/telnet-decoder.ts';
import {
  ask,
  isOn,
  type Negotiated,
  type NegotiationStep,
  NOTHING_NEGOTIATED,
  receive,
  type Side,
  type TelnetPolicy,
} from '../codec/telnet/telnet-options.ts';
import { ByteQueue } from '../base/byte-queue.ts';
import type { OpenPort, Port } from './port.ts';
import { refusalOf, withRefusals } from './refusal.ts';

export interface TelnetOptions {
  readonly carriageReturn: CarriageReturn;
  /** Whether to offer COM-PORT-OPTION. */
  readonly comPort: boolean;
}

/** What a peer may have on its side, and we on ours. A window size is refused: without one,
 * FRRouting's VTY leaves its pager off. */
const policyOf = (comPort: boolean): TelnetPolicy => ({
  ours: new Set([OPTION.binary, OPTION.suppressGoAhead, ...(comPort ? [OPTION.comPort] : [])]),
  theirs: new Set([OPTION.binary, OPTION.suppressGoAhead, OPTION.echo]),
});

const LISTEN_FIRST_MS = 150;

/** A telnet connection over `port`: what rfc2217-port.ts builds on. */
export class TelnetLink {
  readonly incoming = new ByteQueue();
  readonly #port: Port;
  readonly #options: TelnetOptions;
  readonly #policy: TelnetPolicy;
  readonly #decoder = new TelnetDecoder();
  readonly #onSubnegotiation = new Set<(option: number, payload: Uint8Array) => void>();
  readonly #onChange = new Set<() => void>();
  #state: Negotiated = NOTHING_NEGOTIATED;
  #open = true;
  #ended = false;
  /** Answers to negotiation that wait while nothing may be said; undefined: none wait. */
  #held: Uint8Array[] | undefined;

  constructor(port: Port, options: TelnetOptions) {
    this.#port = port;
    this.#options = options;
    this.#policy = policyOf(options.comPort);
    void this.#read();
  }

  /** Whether the peer or we closed it. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  get name(): string {
    return this.#port.name;
  }

  isOn(side: Side, option: number): boolean {
    return isOn(this.#state, side, option);
  }

  /**
   * Listens before anything is said, answers to its negotiation included: a server that refuses
   * (ser2net negotiates first) says so and hangs up, and bytes sent to it meanwhile would make the
   * system throw its words away.
   * @throws transport.busy, transport.not-found, transport.lost when it hung up
   */
  async listenFirst(): Promise<void> {
    const held: Uint8Array[] = [];
    this.#held = held;
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(finish, LISTEN_FIRST_MS);
      const stop = this.onChange(() => {
        if (this.#ended) finish();
      });
    });
    this.#held = undefined;
    if (this.#ended) throw refusalOf(this.name, this.incoming.takeAll());
    if (held.length > 0) await this.#port.send(Buffer.concat(held));
  }

  /** Offers (ours) or asks for (theirs) an option; the answer comes with `onChange`. */
  async ask(side: Side, option: number): Promise<void> {
    await this.#take(ask(this.#state, side, option));
  }

  async send(bytes: Uint8Array): Promise<void> {
    await this.#port.send(
      encodeData(bytes, {
        binary: this.isOn('ours', OPTION.binary),
        carriageReturn: this.#options.carriageReturn,
      }),
    );
  }

  async sendSubnegotiation(option: number, payload: Uint8Array): Promise<void> {
    await this.#port.send(encodeSubnegotiation(option, payload));
  }

  /** `IAC BRK`: a terminal server turns it into a line break, for as long as it likes. */
  async sendBreakCommand(): Promise<void> {
    await this.#port.send(Uint8Array.of(IAC, BRK));
  }

  onSubnegotiation(listener: (option: number, payload: Uint8Array) => void): () => void {
    this.#onSubnegotiation.add(listener);
    return () => this.#onSubnegotiation.delete(listener);
  }

  onChange(listener: () => void): () => void {
    this.#onChange.add(listener);
    return () => this.#onChange.delete(listener);
  }

  async close(): Promise<void> {
    this.#open = false;
    await this.#port.close();
  }

  async #read(): Promise<void> {
    try {
      for await (const bytes of this.#port.incoming)
        for (const event of this.#decoder.feed(bytes)) this.#handle(event);
      this.incoming.end();
    } catch (error) {
      this.incoming.end(this.#open ? (error as Error) : undefined);
      await this.#port.close();
    }
    this.#ended = true;
    for (const listener of this.#onChange) listener();
  }

  #handle(event: TelnetEvent): void {
    switch (event.kind) {
      case 'data':
        this.incoming.push(event.bytes);
        return;
      case 'negotiation':
        // An answer the peer does not take any more must not cost the words it said last.
        this.#take(receive(this.#state, this.#policy, event.verb, event.option)).catch(
          () => undefined,
        );
        this.#decoder.binary = this.isOn('theirs', OPTION.binary);
        return;
      case 'subnegotiation':
        for (const listener of this.#onSubnegotiation) listener(event.option, event.payload);
        return;
      case 'command':
        // NOP, GA, DM and their like ask for nothing.
        return;
    }
  }

  async #take(step: NegotiationStep): Promise<void> {
    this.#state = step.state;
    for (const listener of this.#onChange) listener();
    if (step.reply === undefined) return;
    const bytes = encodeNegotiation(step.reply.verb, step.reply.option);
    if (this.#held === undefined) await this.#port.send(bytes);
    else this.#held.push(bytes);
  }
}

/**
 * A port that speaks telnet over another one (TCP).
 * @throws whatever `open` throws
 */
export function openTelnet(open: OpenPort, carriageReturn: CarriageReturn): OpenPort {
  return async (signal) => {
    const link = new TelnetLink(await open(signal), { carriageReturn, comPort: false });
    await link.listenFirst();
    await link.ask('theirs', OPTION.suppressGoAhead);
    return withRefusals({
      name: link.name,
      incoming: link.incoming,
      send: (bytes) => link.send(bytes),
      sendBreak: () => link.sendBreakCommand(),
      close: () => link.close(),
    });
  };
}
