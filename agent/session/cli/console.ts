// A console as the engine has it: what it shows, and the keys that are pressed on it. Knows the
// port, not what a conversation is for.

import { CraftportError, isCode } from '../../base/error.ts';
import { MASK } from '../../base/mask.ts';
import type { Timers } from '../../base/timers.ts';
import { maskConfiguration } from '../../codec/cli/mask.ts';
import { classifyTail, type CliPlatform, type Tail } from '../../codec/cli/platform.ts';
import type { Port } from '../../transport/port.ts';
import type { CliPacing } from './pacing.ts';
import { Screen } from './screen.ts';

export interface CliSessionObserver {
  /** Another person types on this console; automation stops until the console is quiet. */
  suspended(what: string): void;
  resumed(): void;
  /** A log line of the gear, in an output or by itself. */
  note(line: string): void;
  /** One line or one output, with secrets masked. */
  frame(direction: 'sent' | 'received', text: string, decoded: string): void;
}

export interface CliCredentials {
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** For the privileged mode; the password when there is none. */
  readonly secret: string | undefined;
}

export interface CliConsoleOptions {
  readonly port: Port;
  readonly platform: CliPlatform;
  readonly credentials: CliCredentials;
  readonly timers: Timers;
  readonly observer: CliSessionObserver;
}

/** More without a prompt is no answer. */
export const LONGEST_OUTPUT = 10_000_000;

export class CliConsole {
  /** Resolves with the reason when the port is gone or the session was closed. */
  readonly ended: Promise<CraftportError>;
  readonly screen: Screen;
  readonly platform: CliPlatform;
  readonly credentials: CliCredentials;
  readonly timers: Timers;
  readonly observer: CliSessionObserver;
  readonly pacing: CliPacing;
  readonly #port: Port;
  #end: (reason: CraftportError) => void = () => {};
  #endReason: CraftportError | undefined;

  /** @param heard told after bytes came */
  constructor(options: CliConsoleOptions, pacing: CliPacing, heard: () => void) {
    this.platform = options.platform;
    this.credentials = options.credentials;
    this.timers = options.timers;
    this.observer = options.observer;
    this.pacing = pacing;
    this.#port = options.port;
    this.screen = new Screen(options.timers, LONGEST_OUTPUT);
    this.ended = new Promise((resolve) => (this.#end = resolve));
    void this.#read(heard);
  }

  get endReason(): CraftportError | undefined {
    return this.#endReason;
  }

  /** The line that is being written, without trailing blanks. */
  get line(): string {
    return this.screen.current.trimEnd();
  }

  /** What stands at the end. */
  tail(): Tail {
    return classifyTail(this.platform, this.screen.current, this.screen.lastLine);
  }

  /** Waits until something other than text stands at the end, and stays there. */
  settled(
    signal: AbortSignal | undefined,
    silenceMs = this.pacing.replyMs,
    accept: (tail: Tail) => boolean = (tail) => tail.kind !== 'text',
    giveUp: () => boolean = () => false,
  ): Promise<Tail> {
    return this.screen.wait({
      giveUp,
      settleMs: this.pacing.settleMs,
      silenceMs,
      signal,
      ended: this.ended,
      judge: () => {
        const tail = this.tail();
        return accept(tail) ? tail : undefined;
      },
    });
  }

  /** Waits for `ms` without a byte, at most `limitMs`. */
  quiet(ms: number, limitMs: number, signal: AbortSignal | undefined): Promise<void> {
    return this.screen.quiet(ms, limitMs, signal, this.ended);
  }

  /**
   * Presses keys, at the platform's pace.
   * @param told whether the observer is told of them
   * @throws transport.lost
   */
  async type(text: string, told = true): Promise<void> {
    if (this.#endReason !== undefined) throw this.#endReason;
    if (told) this.observer.frame('sent', printable(text), 'typed');
    const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
    const pauseMs = this.platform.characterMs;
    try {
      if (pauseMs === 0) await this.#send(bytes);
      else
        for (const byte of bytes) {
          await this.#send(Uint8Array.of(byte));
          await new Promise<void>((resolve) => this.timers.after(pauseMs, resolve));
        }
    } catch (cause) {
      const lost = asLost(cause, this.#port.name);
      this.lost(lost);
      throw lost;
    }
  }

  async typeSecret(secret: string): Promise<void> {
    if (/[^\x20-\x7e\xa0-\xff]/.test(secret))
      throw new CraftportError('driver.login-refused', 'The password holds control characters');
    this.observer.frame('sent', MASK, 'typed a password');
    await this.type(secret + this.platform.lineEnd, false);
  }

  /**
   * Types text and looks for its echo; erases it and types it once more when another comes.
   * @returns false, with the line erased, when it was not echoed the second time either
   */
  async typeEchoed(text: string, signal: AbortSignal | undefined): Promise<boolean> {
    const { platform, pacing, screen } = this;
    const wanted = squeeze(this.line + text);
    const erase = platform.eraseLine === '' ? '\b'.repeat(text.length) : platform.eraseLine;
    for (let attempt = 0; attempt < 2; attempt++) {
      if (attempt > 0) {
        await this.type(erase, false);
        await this.quiet(pacing.settleMs * 2, pacing.echoMs, signal);
      }
      await this.type(text, false);
      const seen = await screen
        .wait({
          settleMs: Math.min(10, pacing.settleMs),
          silenceMs: pacing.echoMs,
          signal,
          ended: this.ended,
          judge: () => (squeeze(screen.current) === wanted ? true : undefined),
        })
        .catch((error: unknown) => {
          if (isCode(error, 'driver.timeout')) return false;
          throw error;
        });
      if (seen) return true;
    }
    await this.type(erase, false);
    return false;
  }

  lost(reason: CraftportError): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = reason;
    this.#end(reason);
  }

  close(): Promise<void> {
    return this.#port.close();
  }

  refused(): CraftportError {
    return new CraftportError('driver.login-refused', 'The gear refused the login, or wants one');
  }

  /** driver.out-of-sync with what the console shows. */
  outOfSync(what: string): CraftportError {
    const screen = this.mask(
      [...this.screen.linesSince(0), this.screen.current].slice(-5).join(' ⏎ '),
    );
    return new CraftportError('driver.out-of-sync', `${what}: “${screen.trim().slice(-200)}”`);
  }

  mask(text: string): string {
    const { password, secret } = this.credentials;
    return [password, secret].reduce<string>(
      (masked, word) =>
        word === undefined || word.length < 3 ? masked : masked.replaceAll(word, MASK),
      maskConfiguration(text),
    );
  }

  async #send(bytes: Uint8Array): Promise<void> {
    this.screen.sending();
    await this.#port.send(bytes);
  }

  async #read(heard: () => void): Promise<void> {
    const port = this.#port;
    try {
      for await (const bytes of port.incoming) {
        if (this.#endReason !== undefined) return;
        this.screen.push(bytes);
        heard();
      }
      this.lost(new CraftportError('transport.lost', `${port.name} closed`));
    } catch (cause) {
      this.lost(asLost(cause, port.name));
    }
  }
}

const squeeze = (text: string): string => text.replaceAll(/\s+/g, '');

/** Control characters by name, for a transcript. */
const printable = (text: string): string =>
  text.replaceAll(/[\x00-\x1f]/g, (char) => `^${String.fromCharCode(char.charCodeAt(0) + 64)}`);

function asLost(cause: unknown, name: string): CraftportError {
  if (isCode(cause)) return cause;
  return new CraftportError('transport.lost', `${name} was lost`, { cause });
}
