// A conversation with a command line over one open port, driven by a platform definition.
//
//   attach ─▶ (wake, pager, login, leave modes) ─▶ prompt twice the same ─▶ raise ─▶ ready
//   ready ─ type, see the echo, press return, read up to the prompt ─▶ ready
//   ready ─ somebody else types ─▶ suspended ─ quiet at a bare prompt ─▶ attach
//
// Whatever stands at the end is judged only after a short silence, so that a prompt inside a
// banner is no prompt. Only allow-listed commands go out, one line at a time, each once: after
// silence or a lost cable nothing is typed again. An echo that differs is erased and typed once
// more, before return was pressed.

import { CraftportError, isCode } from '../../base/error.ts';
import {
  cleanOutput,
  failureLine,
  isReadCommand,
  type CliOutput,
} from '../../codec/cli/platform.ts';
import { suspendedError } from './another-person.ts';
import { attach } from './attach.ts';
import { assertNobodyTyped, readCommand, typedBehindPrompt } from './command.ts';
import { CliConsole, type CliConsoleOptions } from './console.ts';
import { CLI_PACING, type CliPacing } from './pacing.ts';

export interface CliSessionOptions extends CliConsoleOptions {
  readonly pacing?: Partial<CliPacing>;
}

export class CliSession {
  readonly #console: CliConsole;
  #queue: Promise<unknown> = Promise.resolve();
  #busy = false;
  /** The prompt in read mode as it is printed; undefined while the state is unknown. */
  #prompt: string | undefined;
  #suspended = false;
  #cancelIdle: (() => void) | undefined;
  #cancelKeepAlive: (() => void) | undefined;
  #closing: Promise<void> | undefined;
  #hostName: string | undefined;

  constructor(options: CliSessionOptions) {
    const pacing = { ...CLI_PACING, ...options.pacing };
    this.#console = new CliConsole(options, pacing, () => {
      if (!this.#busy) this.#watchIdle();
    });
    void this.ended.then(() => {
      this.#cancelIdle?.();
      this.#cancelKeepAlive?.();
    });
  }

  /** Resolves with the reason when the port is gone or the session was closed. */
  get ended(): Promise<CraftportError> {
    return this.#console.ended;
  }

  /** The prompt without its mark: the gear's own name. */
  get hostName(): string | undefined {
    return this.#hostName;
  }

  /**
   * Brings the console from whatever state it is in to a prompt of the read mode, signing in once
   * when asked.
   * @throws driver.login-refused, driver.out-of-sync with the screen when the state is none that
   * is known, driver.suspended, driver.timeout, transport.lost
   */
  attach(signal?: AbortSignal): Promise<void> {
    return this.#exclusive(signal, async () => {
      await this.#attach(signal);
    });
  }

  /**
   * Runs one read command and returns its output without echo, prompt, pager and log lines.
   * @throws driver.denied for a command outside the allow-list or one the gear refused (detail.mark
   * is its line), driver.suspended, driver.out-of-sync, driver.timeout, transport.lost
   */
  run(command: string, signal?: AbortSignal): Promise<CliOutput> {
    const { platform } = this.#console;
    if (!isReadCommand(platform, command))
      return Promise.reject(
        new CraftportError('driver.denied', 'The command is not on the list of read commands', {
          detail: { mark: 'not-allowed' },
        }),
      );
    return this.#exclusive(signal, async () => {
      const prompt = await this.#ready(signal);
      const output = await readCommand(this.#console, prompt, command, signal);
      const mark = failureLine(platform, output.lines);
      if (mark === undefined) return output;
      throw new CraftportError('driver.denied', `“${command}” was refused: ${mark.trim()}`, {
        detail: { command, mark: mark.trim() },
      });
    });
  }

  /** Leaves the session when nobody else is in it, and closes the port. Twice is fine. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { platform, timers, pacing, endReason } = this.#console;
    const mayLeave = this.#prompt !== undefined && !this.#suspended && !this.#busy;
    if (endReason === undefined && mayLeave) {
      this.#busy = true;
      await this.#console.type(platform.exit + platform.lineEnd).catch(() => {});
      // Bytes in a driver's buffer do not survive the close.
      await new Promise<void>((resolve) => timers.after(pacing.settleMs, resolve));
    }
    this.#console.lost(new CraftportError('driver.not-connected', 'The session was closed'));
    await this.#console.close();
  }

  async #exclusive<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(async () => {
      signal?.throwIfAborted();
      if (this.#console.endReason !== undefined) throw this.#console.endReason;
      this.#busy = true;
      this.#cancelIdle?.();
      this.#cancelKeepAlive?.();
      try {
        return await work();
      } catch (error) {
        if (isCode(error, 'driver.suspended')) this.#suspend(error);
        // What the console shows now is not known; the next one begins with an attach.
        else if (!isCode(error, 'driver.denied')) this.#prompt = undefined;
        throw error;
      } finally {
        this.#busy = false;
        this.#rest();
      }
    });
    this.#queue = turn.catch(() => {});
    return turn;
  }

  /** @returns the prompt that stands there */
  async #ready(signal: AbortSignal | undefined): Promise<string> {
    if (this.#suspended) this.#tryResume();
    const prompt = this.#prompt;
    if (prompt !== undefined) {
      assertNobodyTyped(this.#console, prompt);
      if (this.#console.line === prompt) return prompt;
      // A log line stands where the prompt was: ask for a new one.
      await this.#console.type(this.#console.platform.lineEnd);
      const tail = await this.#console.settled(signal);
      if (tail.kind === 'prompt' && this.#console.line === prompt) return prompt;
    }
    return this.#attach(signal);
  }

  async #attach(signal: AbortSignal | undefined): Promise<string> {
    this.#prompt = undefined;
    const { prompt, hostName } = await attach(this.#console, signal);
    this.#prompt = prompt;
    this.#hostName = hostName;
    return prompt;
  }

  /** Bytes that nobody here asked for: a log line, or another person. */
  #watchIdle(): void {
    const { timers, pacing, platform, screen, observer } = this.#console;
    this.#cancelIdle?.();
    this.#cancelIdle = timers.after(pacing.settleMs, () => {
      if (this.#busy || this.#suspended) return;
      const seen = cleanOutput(platform, screen.linesSince(0));
      for (const note of seen.notes) observer.note(this.#console.mask(note));
      const prompt = this.#prompt;
      const typed = prompt === undefined ? undefined : typedBehindPrompt(this.#console, prompt);
      if (typed === undefined) screen.clear();
      else this.#suspend(suspendedError(this.#console.mask(typed)));
    });
  }

  #suspend(error: CraftportError): void {
    if (this.#suspended) return;
    this.#suspended = true;
    this.#console.screen.clear();
    this.#console.observer.suspended(String(error.detail['typed']));
  }

  /** @throws driver.suspended while the other person may still be there */
  #tryResume(): void {
    const { timers, pacing, screen, observer } = this.#console;
    const quietMs = timers.nowMs() - screen.touchedMs;
    if (quietMs < pacing.resumeMs || this.#console.tail().kind !== 'prompt')
      throw suspendedError('');
    this.#suspended = false;
    this.#prompt = undefined;
    observer.resumed();
  }

  #rest(): void {
    const { timers, pacing, platform, screen, endReason } = this.#console;
    this.#cancelKeepAlive?.();
    if (this.#prompt !== undefined) screen.clear();
    if (pacing.keepAliveMs === 0 || endReason !== undefined) return;
    this.#cancelKeepAlive = timers.after(pacing.keepAliveMs, () => {
      this.#exclusive(undefined, async () => {
        if (this.#suspended || this.#prompt === undefined) return;
        await this.#console.type(platform.lineEnd);
        await this.#console.settled(undefined);
      }).catch((error: unknown) => {
        if (!isCode(error, 'driver.timeout')) return;
        const why = 'The gear stopped answering';
        this.#console.lost(new CraftportError('transport.lost', why, { cause: error }));
        this.#console.close().catch(() => {});
      });
    });
  }
}
