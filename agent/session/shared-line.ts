// One line to gear, shared by the driver and people. Anybody may watch. One has the word: the
// driver, until a person takes over. The driver then loses its port and waits for another; the
// line itself stays open. Handing back gives the driver a fresh port, so that it starts by
// finding out where the conversation stands, as it does after any connect.
//
//                       ┌─▶ watchers (both directions, and who has the word)
//   gear ◀──▶ line ◀────┤
//                       └─◀ driver's port  ⇄  a person

import { ByteQueue } from '../base/byte-queue.ts';
import { CraftportError } from '../base/error.ts';
import type { OpenPort, Port } from '../transport/port.ts';

export interface LineWatcher {
  /** Bytes as they passed; `by` is who sent them (undefined: the driver). */
  bytes(direction: 'sent' | 'received', bytes: Uint8Array, by: string | undefined): void;
  state(state: LineState): void;
}

export interface LineState {
  readonly isOpen: boolean;
  /** Who has the word; undefined: the driver. */
  readonly person: string | undefined;
}

/** What must be typed before a BREAK is sent: on a Cisco it stops the router. */
export const BREAK_CONFIRMATION = 'SEND BREAK';
/** Longer than a character at any speed, as long as gear wants it. */
const BREAK_MS = 300;

interface DriverLine {
  send(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export class SharedLine {
  readonly #open: OpenPort;
  readonly #watchers = new Set<LineWatcher>();
  #port: Port | undefined;
  #opening: Promise<Port> | undefined;
  #person: string | undefined;
  #driver: DriverPort | undefined;
  #onHandBack: (() => void)[] = [];

  constructor(open: OpenPort) {
    this.#open = open;
  }

  get state(): LineState {
    return { isOpen: this.#port !== undefined, person: this.#person };
  }

  /** Told of everything from now on; opens nothing. @returns the way to stop */
  watch(watcher: LineWatcher): () => void {
    this.#watchers.add(watcher);
    watcher.state(this.state);
    return () => this.#watchers.delete(watcher);
  }

  /** The driver's way to its port. While a person has the word it waits. */
  readonly openForDriver: OpenPort = async (signal) => {
    await this.#untilHandedBack(signal);
    const port = await this.#ensureOpen(signal);
    // Somebody may have been faster than the opening.
    if (this.#person !== undefined) return this.openForDriver(signal);
    this.#driver?.incoming.end(
      new CraftportError('transport.lost', `${port.name} was opened anew`),
    );
    const driver: DriverPort = new DriverPort(port.name, {
      send: (bytes) => this.#send(bytes, undefined),
      close: () => this.#driverClosed(driver),
    });
    this.#driver = driver;
    return driver;
  };

  /**
   * Takes the word from the driver (or keeps it), opening the line if nobody had.
   * @throws transport.busy while another person has it, and what opening throws
   */
  async takeOver(person: string, signal: AbortSignal): Promise<void> {
    this.#assertFree(person);
    this.#person = person;
    this.#driver?.incoming.end(
      new CraftportError('transport.lost', `${person} has taken the line over`, {
        detail: { person },
      }),
    );
    this.#driver = undefined;
    try {
      await this.#ensureOpen(signal);
    } catch (error) {
      this.handBack(person);
      throw error;
    }
    this.#tellState();
  }

  /** Gives the word back to the driver. Nothing happens when `person` does not have it. */
  handBack(person: string): void {
    if (this.#person !== person) return;
    this.#person = undefined;
    for (const wake of this.#onHandBack.splice(0)) wake();
    this.#tellState();
  }

  /** @throws auth.forbidden when `person` does not have the word; transport.lost */
  async sendAs(person: string, bytes: Uint8Array): Promise<void> {
    this.#assertHas(person);
    await this.#send(bytes, person);
  }

  /**
   * The line as a port for one who takes it for a while (a look at what answers): opening takes
   * the word, closing gives it back.
   * @throws (open) as takeOver
   */
  borrow(person: string): OpenPort {
    return async (signal) => {
      await this.takeOver(person, signal);
      const incoming = new ByteQueue();
      const stop = this.watch({
        bytes: (direction, bytes) => {
          if (direction === 'received') incoming.push(bytes);
        },
        state: ({ isOpen, person: holder }) => {
          if (!isOpen || holder !== person) incoming.end();
        },
      });
      return {
        name: `line of ${person}`,
        incoming,
        send: (bytes) => this.sendAs(person, bytes),
        close: () => {
          stop();
          incoming.end();
          this.handBack(person);
          return Promise.resolve();
        },
      };
    };
  }

  /**
   * @param confirmation what the person typed; must be BREAK_CONFIRMATION
   * @throws auth.forbidden, request.invalid, transport.unsupported, transport.lost
   */
  async sendBreak(person: string, confirmation: string): Promise<void> {
    this.#assertHas(person);
    if (confirmation !== BREAK_CONFIRMATION)
      throw new CraftportError('request.invalid', `Type ${BREAK_CONFIRMATION} to send a BREAK`, {
        detail: { fields: { confirmation: { enum: { message: `Type ${BREAK_CONFIRMATION}` } } } },
      });
    const port = this.#port;
    if (port?.sendBreak === undefined)
      throw new CraftportError('transport.unsupported', 'This line cannot send a BREAK');
    await port.sendBreak(BREAK_MS);
  }

  /** Closes the line and everybody's port. */
  async close(): Promise<void> {
    this.#driver?.incoming.end();
    this.#driver = undefined;
    await this.#port?.close();
  }

  #assertFree(person: string): void {
    if (this.#person !== undefined && this.#person !== person)
      throw new CraftportError('transport.busy', `${this.#person} has the line`, {
        detail: { person: this.#person },
      });
  }

  #assertHas(person: string): void {
    if (this.#person !== person)
      throw new CraftportError('auth.forbidden', 'Take the line over before you type');
  }

  async #untilHandedBack(signal: AbortSignal): Promise<void> {
    while (this.#person !== undefined) {
      signal.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const abort = (): void => reject(signal.reason as Error);
        signal.addEventListener('abort', abort, { once: true });
        this.#onHandBack.push(() => {
          signal.removeEventListener('abort', abort);
          resolve();
        });
      });
    }
  }

  /** One opening at a time, whoever asks. */
  async #ensureOpen(signal: AbortSignal): Promise<Port> {
    if (this.#port !== undefined) return this.#port;
    this.#opening ??= this.#openOnce(signal).finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #openOnce(signal: AbortSignal): Promise<Port> {
    const port = await this.#open(signal);
    this.#port = port;
    void this.#read(port);
    this.#tellState();
    return port;
  }

  async #read(port: Port): Promise<void> {
    let failure: unknown;
    try {
      for await (const bytes of port.incoming) {
        this.#driver?.incoming.push(bytes);
        for (const watcher of this.#watchers) watcher.bytes('received', bytes, undefined);
      }
    } catch (error) {
      failure = error;
    }
    if (this.#port === port) this.#port = undefined;
    this.#driver?.incoming.end(failure as Error | undefined);
    this.#driver = undefined;
    await port.close();
    this.#tellState();
  }

  async #send(bytes: Uint8Array, by: string | undefined): Promise<void> {
    const port = this.#port;
    if (port === undefined) throw new CraftportError('transport.lost', 'The line is closed');
    for (const watcher of this.#watchers) watcher.bytes('sent', bytes, by);
    await port.send(bytes);
  }

  /** The driver let go of its port: the line closes unless a person has it. */
  async #driverClosed(driver: DriverPort): Promise<void> {
    if (this.#driver !== driver) return;
    this.#driver = undefined;
    if (this.#person === undefined) await this.#port?.close();
  }

  #tellState(): void {
    for (const watcher of this.#watchers) watcher.state(this.state);
  }
}

/** What the driver holds: ends when a person takes over, though the line goes on. */
class DriverPort implements Port {
  readonly name: string;
  readonly incoming = new ByteQueue();
  readonly #line: DriverLine;

  constructor(name: string, line: DriverLine) {
    this.name = name;
    this.#line = line;
  }

  async send(bytes: Uint8Array): Promise<void> {
    if (this.incoming.hasEnded)
      throw new CraftportError('transport.lost', `${this.name} is closed to the driver`);
    await this.#line.send(bytes);
  }

  async close(): Promise<void> {
    this.incoming.end();
    await this.#line.close();
  }
}
