// What a console has shown, and waiting for it to come to rest.

import { CraftportError } from '../../base/error.ts';
import type { Timers } from '../../base/timers.ts';
import { TerminalLines } from '../../codec/cli/terminal.ts';

export interface WaitFor<T> {
  /** Silence before `judge` is asked. */
  readonly settleMs: number;
  /** Silence after which the wait is given up. */
  readonly silenceMs: number;
  readonly signal: AbortSignal | undefined;
  /** Ends the wait with its reason. */
  readonly ended: Promise<CraftportError>;
  readonly judge: () => T | undefined;
  /** Whether what stood there before the last byte was sent may be judged too. */
  readonly old?: boolean;
  /** Asked at every byte: whether it has gone on for too long. */
  readonly giveUp?: () => boolean;
}

export class Screen {
  readonly #terminal = new TerminalLines();
  readonly #timers: Timers;
  readonly #limit: number;
  #lines: string[] = [];
  #size = 0;
  #touchedMs: number;
  #heard: () => void = () => {};
  /** Whether a byte came since the last was sent: until then the screen is an old one. */
  #fresh = true;

  /** @param limit bytes since the last clear() after which a wait fails */
  constructor(timers: Timers, limit: number) {
    this.#timers = timers;
    this.#limit = limit;
    this.#touchedMs = timers.nowMs();
  }

  /** The line being written. */
  get current(): string {
    return this.#terminal.current;
  }

  /** The last line that holds something, of those ended. */
  get lastLine(): string {
    return this.#lines.findLast((line) => line !== '') ?? '';
  }

  get lineCount(): number {
    return this.#lines.length;
  }

  /** When the last byte came, or was sent. */
  get touchedMs(): number {
    return this.#touchedMs;
  }

  linesSince(from: number): readonly string[] {
    return this.#lines.slice(from);
  }

  push(bytes: Uint8Array): void {
    this.#size += bytes.length;
    // What comes when nobody waits is kept up to the limit too.
    const lines = this.#terminal.push(bytes);
    if (this.#size <= this.#limit) this.#lines.push(...lines);
    this.#fresh = true;
    this.#touchedMs = this.#timers.nowMs();
    this.#heard();
  }

  /** Something is being sent: what stands on the screen is no answer to it. */
  sending(): void {
    this.#fresh = false;
    this.#touchedMs = this.#timers.nowMs();
  }

  /** Forgets ended lines; the current one stands. */
  clear(): void {
    this.#lines = [];
    this.#size = 0;
  }

  /** Waits for `ms` without a byte, at most `limitMs` in all. */
  async quiet(
    ms: number,
    limitMs: number,
    signal: AbortSignal | undefined,
    ended: Promise<CraftportError>,
  ): Promise<void> {
    const startedMs = this.#timers.nowMs();
    await this.wait({
      settleMs: ms,
      silenceMs: ms + limitMs,
      signal,
      ended,
      old: true,
      judge: () => true,
      giveUp: () => this.#timers.nowMs() - startedMs > limitMs,
    });
  }

  /**
   * Resolves with what `judge` finds once the console is silent for `settleMs`.
   * @throws driver.timeout after `silenceMs` without a byte, driver.unexpected-reply past the
   * limit of bytes, the reason of `ended` or of `signal`
   */
  wait<T>(what: WaitFor<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let over = false;
      let cancelSettle = (): void => {};
      let cancelSilence = (): void => {};
      const finish = (act: () => void): void => {
        if (over) return;
        over = true;
        cancelSettle();
        cancelSilence();
        this.#heard = () => {};
        what.signal?.removeEventListener('abort', aborted);
        act();
      };
      const fail = (error: unknown): void =>
        finish(() => {
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- an abort reason is anything
          reject(error);
        });
      const aborted = (): void => fail(what.signal?.reason);
      const settle = (): void => {
        const found = this.#fresh || what.old === true ? what.judge() : undefined;
        if (found !== undefined) finish(() => resolve(found));
      };
      const heard = (): void => {
        if (this.#size > this.#limit)
          fail(
            new CraftportError(
              'driver.unexpected-reply',
              `${this.#limit} bytes came without a prompt`,
            ),
          );
        else if (what.giveUp?.() === true)
          fail(new CraftportError('driver.timeout', 'The output does not end'));
        else arm();
      };
      const arm = (): void => {
        cancelSettle();
        cancelSilence();
        cancelSettle = this.#timers.after(what.settleMs, settle);
        cancelSilence = this.#timers.after(what.silenceMs, () => {
          const seconds = Math.round(what.silenceMs / 1000);
          fail(new CraftportError('driver.timeout', `No prompt for ${seconds} s`));
        });
      };
      this.#heard = heard;
      what.signal?.addEventListener('abort', aborted, { once: true });
      void what.ended.then(fail);
      arm();
      if (what.signal?.aborted === true) aborted();
    });
  }
}
