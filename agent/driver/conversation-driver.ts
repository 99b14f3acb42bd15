// What every driver that keeps one conversation with its gear shares: the connection that is kept
// open, who is told of it, and a limit on everything that is asked.

import { withDeadline } from '../base/deadline.ts';
import type { Timers } from '../base/timers.ts';
import type {
  GearDriver,
  GearDriverContext,
  GearObserver,
  GearReading,
} from '../span/gear-driver.ts';
import type { OpenPort, Port } from '../transport/port.ts';
import { Connection, type Conversation } from './connection.ts';

export interface ConversationOptions {
  readonly context: GearDriverContext<OpenPort>;
  readonly timers: Timers;
  readonly backOffMs?: readonly number[];
}

/** A conversation that has yet to sign in, or to find out where the console stands. */
export interface Opening<C extends Conversation> {
  readonly session: C;
  readonly begin: (signal: AbortSignal) => Promise<void>;
}

/** One whole reading: 28 T1s at 1200 baud take three minutes. */
const READ_LIMIT_MS = 240_000;

export abstract class ConversationDriver<C extends Conversation> implements GearDriver {
  readonly #connection: Connection<C>;
  readonly #timers: Timers;
  #observer: GearObserver | undefined;

  /** @param openLimitMs for opening the port and signing in */
  protected constructor(options: ConversationOptions, openLimitMs: number) {
    const { context, timers, backOffMs } = options;
    this.#timers = timers;
    this.#connection = new Connection({
      open: (signal) =>
        withDeadline(timers, openLimitMs, 'the login', signal, async (limited) => {
          const { session, begin } = this.converse(await context.openPort(limited));
          try {
            await begin(limited);
            return session;
          } catch (error) {
            await session.close();
            throw error;
          }
        }),
      link: (state, finding) => this.#observer?.link(state, finding),
      timers,
      logger: context.logger,
      ...(backOffMs === undefined ? {} : { backOffMs }),
    });
  }

  start(observer: GearObserver): void {
    this.#observer = observer;
    this.#connection.start();
  }

  stop(): Promise<void> {
    return this.#connection.stop();
  }

  abstract read(signal: AbortSignal): Promise<GearReading>;

  protected abstract converse(port: Port): Opening<C>;

  protected get observer(): GearObserver | undefined {
    return this.#observer;
  }

  /**
   * Runs `work` on the conversation that stands.
   * @param what for “Waited 240 s for …”
   * @throws driver.timeout, driver.login-refused, driver.not-connected, transport.*
   */
  protected onSession<T>(
    what: string,
    signal: AbortSignal,
    work: (session: C, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return withDeadline(this.#timers, READ_LIMIT_MS, what, signal, async (limited) =>
      work(await this.#connection.current(limited), limited),
    );
  }
}
