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
import { MASK } from '../../base/mask.ts';
import type { Timers } from '../../base/timers.ts';
import { maskConfiguration } from '../../codec/cli/mask.ts';
import {
  classifyTail,
  cleanOutput,
  failureLine,
  isReadCommand,
  type CliOutput,
  type CliPlatform,
  type Tail,
} from '../../codec/cli/platform.ts';
import type { Port } from '../../transport/port.ts';
import { Screen } from './screen.ts';

/** Times in milliseconds. */
export interface CliPacing {
  /** Silence after which the last line is judged: three characters at 9600 baud and an adapter's latency. */
  readonly settleMs: number;
  /** Silence at attach before anything is sent. */
  readonly listenMs: number;
  readonly echoMs: number;
  /** Silence after which an answer is given up; every byte starts it anew. */
  readonly replyMs: number;
  /** However much arrives, no answer is awaited longer. */
  readonly longestMs: number;
  /** Quiet at a bare prompt after which automation goes on behind another person. */
  readonly resumeMs: number;
  /** Idle time after which a return asks whether the gear is still there; 0 for never. */
  readonly keepAliveMs: number;
}

export const CLI_PACING: CliPacing = {
  settleMs: 50,
  listenMs: 300,
  echoMs: 3000,
  replyMs: 20_000,
  longestMs: 600_000,
  resumeMs: 60_000,
  keepAliveMs: 60_000,
};

/** More without a prompt is no answer. */
export const LONGEST_OUTPUT = 10_000_000;
const MOST_PAGES = 5000;
const MOST_STEPS = 12;

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

export interface CliSessionOptions {
  readonly port: Port;
  readonly platform: CliPlatform;
  readonly credentials: CliCredentials;
  readonly timers: Timers;
  readonly observer: CliSessionObserver;
  readonly pacing?: Partial<CliPacing>;
}

export class CliSession {
  /** Resolves with the reason when the port is gone or the session was closed. */
  readonly ended: Promise<CraftportError>;
  readonly #options: CliSessionOptions;
  readonly #pacing: CliPacing;
  readonly #screen: Screen;
  #end: (reason: CraftportError) => void = () => {};
  #endReason: CraftportError | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #busy = false;
  /** The prompt in read mode as it is printed; undefined while the state is unknown. */
  #prompt: string | undefined;
  #suspendedAtMs: number | undefined;
  #cancelIdle: (() => void) | undefined;
  #cancelKeepAlive: (() => void) | undefined;
  #closing: Promise<void> | undefined;
  #hostName: string | undefined;

  constructor(options: CliSessionOptions) {
    this.#options = options;
    this.#pacing = { ...CLI_PACING, ...options.pacing };
    this.#screen = new Screen(options.timers, LONGEST_OUTPUT);
    this.ended = new Promise((resolve) => (this.#end = resolve));
    void this.#read();
  }

  /** The prompt without its mark: the gear's own name. */
  get hostName(): string | undefined {
    return this.#hostName;
  }

  get suspended(): boolean {
    return this.#suspendedAtMs !== undefined;
  }

  /**
   * Brings the console from whatever state it is in to a prompt of the read mode, signing in once
   * when asked.
   * @throws driver.login-refused, driver.out-of-sync with the screen when the state is none that
   * is known, driver.timeout, transport.lost
   */
  attach(signal?: AbortSignal): Promise<void> {
    return this.#exclusive(signal, () => this.#attach(signal));
  }

  /**
   * Runs one read command and returns its output without echo, prompt, pager and log lines.
   * @throws driver.denied for a command outside the allow-list or one the gear refused (detail.mark
   * is its line), driver.suspended, driver.out-of-sync, driver.timeout, transport.lost
   */
  run(command: string, signal?: AbortSignal): Promise<CliOutput> {
    const { platform } = this.#options;
    if (!isReadCommand(platform, command))
      return Promise.reject(
        new CraftportError('driver.denied', 'The command is not on the list of read commands', {
          detail: { mark: 'not-allowed' },
        }),
      );
    return this.#exclusive(signal, async () => {
      await this.#ready(signal);
      const output = await this.#command(command, signal);
      const mark = failureLine(platform, output.lines);
      if (mark === undefined) return output;
      throw new CraftportError('driver.denied', `“${command}” was refused: ${mark.trim()}`, {
        detail: { command, mark: mark.trim() },
      });
    });
  }

  /** Goes on after another person, from whatever state the console was left in. */
  resume(signal?: AbortSignal): Promise<void> {
    this.#suspendedAtMs = undefined;
    this.#options.observer.resumed();
    return this.attach(signal);
  }

  /** Leaves the session when nobody else is in it, and closes the port. Twice is fine. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { port, platform, timers } = this.#options;
    if (
      this.#endReason === undefined &&
      this.#prompt !== undefined &&
      !this.suspended &&
      !this.#busy
    ) {
      this.#busy = true;
      await this.#type(platform.exit + platform.lineEnd).catch(() => {});
      // Bytes in a driver's buffer do not survive the close.
      await new Promise<void>((resolve) => timers.after(this.#pacing.settleMs, resolve));
    }
    this.#lost(new CraftportError('driver.not-connected', 'The session was closed'));
    await port.close();
  }

  async #exclusive<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(async () => {
      signal?.throwIfAborted();
      if (this.#endReason !== undefined) throw this.#endReason;
      this.#busy = true;
      this.#cancelIdle?.();
      this.#cancelKeepAlive?.();
      try {
        return await work();
      } catch (error) {
        // What the console shows now is not known; the next one begins with an attach.
        if (!isCode(error, 'driver.denied')) this.#prompt = undefined;
        throw error;
      } finally {
        this.#busy = false;
        this.#rest();
      }
    });
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #ready(signal: AbortSignal | undefined): Promise<void> {
    if (this.#suspendedAtMs !== undefined) this.#tryResume();
    if (this.#prompt !== undefined) {
      const extra = this.#typedBehindPrompt();
      if (extra !== undefined) this.#suspend(extra);
      if (this.#screen.current.trimEnd() === this.#prompt) return;
      // A log line stands where the prompt was: ask for a new one.
      await this.#type(this.#options.platform.lineEnd);
      const tail = await this.#settled(signal, this.#pacing.replyMs);
      if (tail.kind === 'prompt' && this.#screen.current.trimEnd() === this.#prompt) return;
    }
    await this.#attach(signal);
  }

  async #attach(signal: AbortSignal | undefined): Promise<void> {
    const { platform } = this.#options;
    this.#prompt = undefined;
    let interrupted = false;
    let signedIn = false;
    let woken = 0;
    let before: string | undefined;
    await this.#screen.quiet(this.#pacing.listenMs, this.#pacing.replyMs, signal, this.ended);
    for (let step = 0; step < MOST_STEPS; step++) {
      const tail = this.#tail();
      const line = this.#screen.current.trimEnd();
      let next: string;
      switch (tail.kind) {
        case 'pager':
          next = 'q';
          break;
        case 'wake':
          // The text must not wake twice: a second return would be an empty user name.
          this.#screen.clear();
          next = platform.lineEnd;
          break;
        case 'username':
        case 'password':
          if (signedIn) throw this.#refused();
          signedIn = true;
          await this.#signIn(tail.kind, signal);
          continue;
        case 'question':
          if (tail.answer === undefined) throw this.#outOfSync('It asks a question');
          next = tail.answer + platform.lineEnd;
          break;
        case 'prompt':
          if (!interrupted) {
            interrupted = true;
            next = platform.interrupt + platform.lineEnd;
          } else if (platform.leave[tail.mode] !== undefined) {
            next = (platform.leave[tail.mode] ?? '') + platform.lineEnd;
          } else if (line === before) {
            await this.#enter(tail.mode, line, signal);
            return;
          } else {
            before = line;
            next = platform.lineEnd;
          }
          break;
        case 'text':
          // Nothing yet, or something unknown: clear the line before return is pressed, for a
          // predecessor may have left half a command there.
          if (woken++ >= 3) throw this.#outOfSync('It shows no prompt that is known');
          next = (interrupted ? '' : platform.interrupt) + platform.lineEnd;
          interrupted = true;
          break;
      }
      await this.#type(next);
      await this.#settled(
        signal,
        tail.kind === 'text' ? this.#pacing.echoMs : this.#pacing.replyMs,
      ).catch((error: unknown) => {
        if (tail.kind !== 'text' || !isCode(error, 'driver.timeout')) throw error;
      });
    }
    throw this.#outOfSync('It does not come to rest');
  }

  /** From a steady prompt to the read mode. */
  async #enter(mode: string, line: string, signal: AbortSignal | undefined): Promise<void> {
    const { platform, credentials } = this.#options;
    this.#prompt = line;
    this.#hostName = /^[\w.-]+/.exec(line)?.[0];
    if (mode !== platform.readMode) {
      if (platform.raise?.from !== mode) throw this.#outOfSync(`It is in the mode ${mode}`);
      await this.#command(platform.raise.command, signal, async (tail) => {
        if (tail.kind !== 'password') return undefined;
        const secret = credentials.secret ?? credentials.password;
        if (secret === undefined) throw this.#refused();
        await this.#typeSecret(secret);
        const after = await this.#settled(signal, this.#pacing.replyMs);
        if (after.kind !== 'prompt' || after.mode !== platform.readMode) throw this.#refused();
        return 'done';
      });
      const tail = this.#tail();
      if (tail.kind !== 'prompt' || tail.mode !== platform.readMode) throw this.#refused();
      this.#prompt = this.#screen.current.trimEnd();
    }
    for (const command of platform.onReady) await this.#command(command, signal);
  }

  async #signIn(asked: 'username' | 'password', signal: AbortSignal | undefined): Promise<void> {
    const { credentials, platform } = this.#options;
    if (asked === 'username') {
      if (credentials.username === undefined || credentials.username === '') throw this.#refused();
      await this.#type(credentials.username + platform.lineEnd);
      const tail = await this.#settled(signal, this.#pacing.replyMs);
      if (tail.kind === 'username') throw this.#refused();
      if (tail.kind !== 'password') return;
    }
    if (credentials.password === undefined) throw this.#refused();
    const seen = this.#screen.lineCount;
    await this.#typeSecret(credentials.password);
    const tail = await this.#settled(signal, this.#pacing.replyMs);
    const said = this.#screen.linesSince(seen);
    const refused = said.some((line) =>
      platform.login.refused.some((pattern) => pattern.test(line)),
    );
    if (refused || tail.kind === 'username' || tail.kind === 'password') throw this.#refused();
  }

  /**
   * Types a command, checks its echo, presses return, reads to the prompt.
   * @param interim handles what may stand in between; `done` ends the reading
   */
  async #command(
    command: string,
    signal: AbortSignal | undefined,
    interim: (tail: Tail) => Promise<'done' | undefined> = () => Promise.resolve(undefined),
  ): Promise<CliOutput> {
    const { platform, observer, timers } = this.#options;
    const prompt = this.#prompt;
    await this.#typeEchoed(command, signal);
    this.#screen.clear();
    observer.frame('sent', command, `typed at ${prompt ?? 'a prompt'}`);
    await this.#type(platform.lineEnd, false);
    const startedMs = timers.nowMs();
    for (let pages = 0; ;) {
      const tooLong = (): boolean => timers.nowMs() - startedMs > this.#pacing.longestMs;
      const accept = (now: Tail): boolean => {
        const line = this.#screen.current.trimEnd();
        if (now.kind === 'prompt')
          return (
            line === prompt ||
            (command === platform.raise?.command && now.mode === platform.readMode)
          );
        // Somebody types behind the prompt that ended the output.
        return now.kind !== 'text' || (prompt !== undefined && behind(prompt, line));
      };
      const tail = await this.#settled(signal, this.#pacing.replyMs, accept, tooLong);
      if (tail.kind === 'prompt') break;
      if (tail.kind === 'pager') {
        if (++pages > MOST_PAGES) throw this.#outOfSync('Its pager does not end');
        await this.#type(' ', false);
        continue;
      }
      if ((await interim(tail)) === 'done') break;
      const extra = this.#typedBehindPrompt();
      if (extra !== undefined) this.#suspend(extra);
      throw this.#outOfSync('It asks a question');
    }
    // The first line is the rest of the line that was typed.
    const lines = this.#screen.linesSince(0).slice(1);
    const text = this.#mask(lines.join('\n'));
    observer.frame('received', text, `${lines.length} lines`);
    const output = cleanOutput(platform, lines);
    for (const note of output.notes) observer.note(this.#mask(note));
    return output;
  }

  async #typeEchoed(command: string, signal: AbortSignal | undefined): Promise<void> {
    const { platform } = this.#options;
    const before = this.#screen.current.trimEnd();
    const wanted = squeeze(before + command);
    for (let attempt = 0; attempt < 2; attempt++) {
      if (attempt > 0) {
        await this.#type(platform.eraseLine, false);
        await this.#screen.quiet(
          this.#pacing.settleMs * 2,
          this.#pacing.echoMs,
          signal,
          this.ended,
        );
      }
      await this.#type(command, false);
      const seen = await this.#screen
        .wait({
          settleMs: Math.min(10, this.#pacing.settleMs),
          silenceMs: this.#pacing.echoMs,
          signal,
          ended: this.ended,
          judge: () => (squeeze(this.#screen.current) === wanted ? true : undefined),
        })
        .catch((error: unknown) => {
          if (isCode(error, 'driver.timeout')) return false;
          throw error;
        });
      if (seen) return;
    }
    await this.#type(platform.eraseLine, false);
    const extra = this.#typedBehindPrompt();
    if (extra !== undefined) this.#suspend(extra);
    throw this.#outOfSync('It does not echo what is typed');
  }

  #tail(): Tail {
    return classifyTail(this.#options.platform, this.#screen.current, this.#screen.lastLine);
  }

  /** Waits until something other than text stands at the end, and stays there. */
  #settled(
    signal: AbortSignal | undefined,
    silenceMs: number,
    accept: (tail: Tail) => boolean = (tail) => tail.kind !== 'text',
    giveUp: () => boolean = () => false,
  ): Promise<Tail> {
    return this.#screen.wait({
      giveUp,
      settleMs: this.#pacing.settleMs,
      silenceMs,
      signal,
      ended: this.ended,
      judge: () => {
        const tail = this.#tail();
        return accept(tail) ? tail : undefined;
      },
    });
  }

  async #type(text: string, told = true): Promise<void> {
    const { port, observer } = this.#options;
    if (this.#endReason !== undefined) throw this.#endReason;
    if (told) observer.frame('sent', printable(text), 'typed');
    try {
      this.#screen.sending();
      await port.send(Uint8Array.from(text, (char) => char.charCodeAt(0)));
    } catch (cause) {
      const lost = asLost(cause, port.name);
      this.#lost(lost);
      throw lost;
    }
  }

  async #typeSecret(secret: string): Promise<void> {
    if (/[^\x20-\x7e\xa0-\xff]/.test(secret))
      throw new CraftportError('driver.login-refused', 'The password holds control characters');
    this.#options.observer.frame('sent', MASK, 'typed a password');
    await this.#type(secret + this.#options.platform.lineEnd, false);
  }

  async #read(): Promise<void> {
    const { port } = this.#options;
    try {
      for await (const bytes of port.incoming) {
        if (this.#endReason !== undefined) return;
        this.#screen.push(bytes);
        if (!this.#busy) this.#watchIdle();
      }
      this.#lost(new CraftportError('transport.lost', `${port.name} closed`));
    } catch (cause) {
      this.#lost(asLost(cause, port.name));
    }
  }

  /** Bytes that nobody here asked for: a log line, or another person. */
  #watchIdle(): void {
    this.#cancelIdle?.();
    this.#cancelIdle = this.#options.timers.after(this.#pacing.settleMs, () => {
      if (this.#busy || this.suspended) return;
      const seen = cleanOutput(this.#options.platform, this.#screen.linesSince(0));
      for (const note of seen.notes) this.#options.observer.note(this.#mask(note));
      const extra = this.#typedBehindPrompt();
      if (extra === undefined) {
        this.#screen.clear();
        return;
      }
      try {
        this.#suspend(extra);
      } catch {
        // Nobody waits for it here; the observer was told.
      }
    });
  }

  /** What stands behind our prompt although we typed nothing. */
  #typedBehindPrompt(): string | undefined {
    const prompt = this.#prompt;
    if (prompt === undefined) return undefined;
    const lines = [...this.#screen.linesSince(0).slice(-50), this.#screen.current.trimEnd()];
    const typed = lines.find((line) => behind(prompt, line));
    return typed?.slice(prompt.length).trim();
  }

  #suspend(typed: string): never {
    this.#suspendedAtMs = this.#options.timers.nowMs();
    this.#screen.clear();
    this.#options.observer.suspended(this.#mask(typed).slice(0, 80));
    throw suspendedError();
  }

  /** @throws driver.suspended while the other person may still be there */
  #tryResume(): void {
    const tail = this.#tail();
    const quietMs = this.#options.timers.nowMs() - this.#screen.touchedMs;
    if (quietMs < this.#pacing.resumeMs || tail.kind !== 'prompt') throw suspendedError();
    this.#suspendedAtMs = undefined;
    this.#prompt = undefined;
    this.#options.observer.resumed();
  }

  #rest(): void {
    const { keepAliveMs } = this.#pacing;
    this.#cancelKeepAlive?.();
    if (this.#prompt !== undefined) this.#screen.clear();
    if (keepAliveMs === 0 || this.#endReason !== undefined) return;
    this.#cancelKeepAlive = this.#options.timers.after(keepAliveMs, () => {
      this.#exclusive(undefined, async () => {
        if (this.suspended || this.#prompt === undefined) return;
        await this.#type(this.#options.platform.lineEnd);
        await this.#settled(undefined, this.#pacing.replyMs);
      }).catch((error: unknown) => {
        if (!isCode(error, 'driver.timeout')) return;
        this.#lost(
          new CraftportError('transport.lost', 'The gear stopped answering', { cause: error }),
        );
        this.#options.port.close().catch(() => {});
      });
    });
  }

  #lost(reason: CraftportError): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = reason;
    this.#cancelIdle?.();
    this.#cancelKeepAlive?.();
    this.#end(reason);
  }

  #refused(): CraftportError {
    return new CraftportError('driver.login-refused', 'The gear refused the login, or wants one');
  }

  #outOfSync(what: string): CraftportError {
    const screen = this.#mask(
      [...this.#screen.linesSince(0), this.#screen.current].slice(-5).join(' ⏎ '),
    );
    return new CraftportError('driver.out-of-sync', `${what}: “${screen.trim().slice(-200)}”`);
  }

  #mask(text: string): string {
    const { password, secret } = this.#options.credentials;
    return [password, secret].reduce<string>(
      (masked, word) =>
        word === undefined || word.length < 3 ? masked : masked.replaceAll(word, MASK),
      maskConfiguration(text),
    );
  }
}

function suspendedError(): CraftportError {
  return new CraftportError('driver.suspended', 'Another person types on this console');
}

const squeeze = (text: string): string => text.replaceAll(/\s+/g, '');

const behind = (prompt: string, line: string): boolean =>
  line.length > prompt.length && line.startsWith(prompt) && line.slice(prompt.length).trim() !== '';

/** Control characters by name, for a transcript. */
const printable = (text: string): string =>
  text.replaceAll(/[\x00-\x1f]/g, (char) => `^${String.fromCharCode(char.charCodeAt(0) + 64)}`);

function asLost(cause: unknown, name: string): CraftportError {
  if (isCode(cause)) return cause;
  return new CraftportError('transport.lost', `${name} was lost`, { cause });
}
