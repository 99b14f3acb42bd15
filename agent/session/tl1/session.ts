// A conversation with one TL1 element over one open port (GR-831). One command is in flight at
// a time, because several elements drop the second; what waits is sent the moment the answer
// before ends, so that a slow line is never idle. A command is sent once. Nothing is sent again
// after silence or a lost cable; only an element that says it did nothing (RL, SARB) is asked
// again. What arrives unasked goes to the observer.

import { CraftportError, isCode } from '../../base/error.ts';
import { MASK } from '../../base/mask.ts';
import type { Timers } from '../../base/timers.ts';
import { encodeCommand, maskCommands, type Tl1Command } from '../../codec/tl1/command.ts';
import { Tl1Decoder } from '../../codec/tl1/decoder.ts';
import { denialClass } from '../../codec/tl1/denial.ts';
import type { Tl1Autonomous, Tl1Message, Tl1Response } from '../../codec/tl1/message.ts';
import type { Port } from '../../transport/port.ts';
import { AtagSequence, type AtagGap, type CtagSource } from './tags.ts';
import { judge } from './verdict.ts';

/** Times in milliseconds. */
export interface Tl1Pacing {
  /** Between an answer and the next command, for elements that drop what comes at once. */
  readonly gapMs: number;
  /** Silence after which an answer is given up; every byte received starts it anew. */
  readonly replyMs: number;
  /** The same after DELAY. */
  readonly delayedMs: number;
  /** However much arrives, no answer is awaited longer. */
  readonly longestMs: number;
  /** Idle time after which RTRV-HDR asks whether the element is still there; 0 for never. */
  readonly keepAliveMs: number;
  /** Pauses before asking a busy element again. */
  readonly laterMs: readonly number[];
}

export const TL1_PACING: Tl1Pacing = {
  gapMs: 0,
  replyMs: 15_000,
  delayedMs: 120_000,
  longestMs: 300_000,
  keepAliveMs: 45_000,
  laterMs: [2000, 5000, 10_000],
};

export interface Tl1SessionObserver {
  autonomous(message: Tl1Autonomous): void;
  /** Autonomous messages were lost, or the element counts anew: what was known is in doubt. */
  gap(gap: AtagGap): void;
  /** One message either way, with secrets masked. */
  frame(direction: 'sent' | 'received', text: string, decoded: string): void;
}

export interface Tl1SessionOptions {
  readonly port: Port;
  readonly ctags: CtagSource;
  readonly timers: Timers;
  readonly observer: Tl1SessionObserver;
  readonly pacing?: Partial<Tl1Pacing>;
  /** Target element when the port reaches several; empty for the one on this port. */
  readonly tid?: string;
}

/** CAN: a TL1 craft port forgets the line typed so far. */
const CANCEL_LINE = Uint8Array.of(0x18);
const LOGOUT_MS = 2000;

interface Waiting {
  readonly ctag: string;
  readonly code: string;
  readonly startedMs: number;
  delayed: boolean;
  settle: (
    outcome:
      { readonly response: Tl1Response } | { readonly error: unknown; readonly later: boolean },
  ) => void;
}

export class Tl1Session {
  /** Resolves with the reason when the port is gone or the session was closed. */
  readonly ended: Promise<CraftportError>;
  readonly #options: Tl1SessionOptions;
  readonly #pacing: Tl1Pacing;
  readonly #decoder = new Tl1Decoder();
  readonly #atags = new AtagSequence();
  #end: (reason: CraftportError) => void = () => {};
  #endReason: CraftportError | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting: Waiting | undefined;
  #cancelTimer: (() => void) | undefined;
  #cancelKeepAlive: (() => void) | undefined;
  #lastEndMs = -Infinity;
  /** Whether half a line of ours or a predecessor's may stand in the element's input. */
  #dirty = true;
  #user: string | undefined;
  #secret: string | undefined;

  constructor(options: Tl1SessionOptions) {
    this.#options = options;
    this.#pacing = { ...TL1_PACING, ...options.pacing };
    this.ended = new Promise((resolve) => (this.#end = resolve));
    void this.#read();
    this.#rest();
  }

  /** What stands in the buffer and ends no message: another dialect's prompt, a banner. */
  get pending(): string {
    return this.#decoder.pending;
  }

  /**
   * Signs in with ACT-USER, once.
   * @throws driver.login-refused when the element refuses; the caller must not try again by itself
   */
  async login(user: string, password: string, signal?: AbortSignal): Promise<void> {
    this.#secret = password;
    try {
      await this.send({ code: 'ACT-USER', aid: user, blocks: [[], [password]] }, signal);
    } catch (error) {
      const code = isCode(error, 'driver.denied') ? String(error.detail['code']) : undefined;
      if (code === undefined || code === 'RL' || denialClass(code) === 'later') throw error;
      throw new CraftportError('driver.login-refused', `The element refused the login (${code})`, {
        detail: { code },
        cause: error,
      });
    }
    this.#user = user;
  }

  /**
   * Sends one command and returns its answer: COMPLD, PRTL (partly done) or RTRV.
   * @throws driver.denied (detail.code has the element's code), driver.timeout,
   * driver.unexpected-reply, transport.lost, codec.malformed for a command that cannot be written
   */
  send(command: Tl1Command, signal?: AbortSignal): Promise<Tl1Response> {
    const addressed = { ...command, tid: command.tid ?? this.#options.tid ?? '' };
    const sent = this.#queue.then(() => this.#exchange(addressed, signal));
    this.#queue = sent.catch(() => {});
    return sent;
  }

  /** Signs out if signed in, waits at most two seconds for it, closes the port. Twice is fine. */
  async close(): Promise<void> {
    if (this.#endReason === undefined && this.#user !== undefined) {
      const user = this.#user;
      this.#user = undefined;
      const leave = new AbortController();
      const cancel = this.#options.timers.after(LOGOUT_MS, () => leave.abort());
      await this.send({ code: 'CANC-USER', aid: user }, leave.signal).catch(() => {});
      cancel();
    }
    this.#lost(new CraftportError('driver.not-connected', 'The session was closed'));
    await this.#options.port.close();
  }

  async #exchange(command: Tl1Command, signal: AbortSignal | undefined): Promise<Tl1Response> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#once(command, signal);
      } catch (error) {
        const pauseMs = this.#pacing.laterMs[attempt];
        if (!(error instanceof Later)) throw error;
        if (pauseMs === undefined) throw error.reason;
        await this.#pause(pauseMs, signal);
      }
    }
  }

  async #once(command: Tl1Command, signal: AbortSignal | undefined): Promise<Tl1Response> {
    const { ctags, observer, port, timers } = this.#options;
    const gapMs = this.#pacing.gapMs - (timers.nowMs() - this.#lastEndMs);
    if (gapMs > 0) await this.#pause(gapMs, signal);
    signal?.throwIfAborted();
    if (this.#endReason !== undefined) throw this.#endReason;
    const ctag = ctags.take();
    const text = encodeCommand(command, ctag);
    this.#cancelKeepAlive?.();
    observer.frame('sent', this.#mask(text), `${command.code} ${ctag}`);
    const outcome = new Promise<Parameters<Waiting['settle']>[0]>((settle) => {
      this.#waiting = {
        ctag,
        code: command.code,
        startedMs: timers.nowMs(),
        delayed: false,
        settle,
      };
    });
    const abort = (): void => this.#settle({ error: signal?.reason, later: false });
    signal?.addEventListener('abort', abort, { once: true });
    this.#await();
    const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
    port
      .send(this.#dirty ? Uint8Array.of(...CANCEL_LINE, ...bytes) : bytes)
      .catch((cause: unknown) => {
        this.#lost(asLost(cause, port.name));
      });
    this.#dirty = false;
    const settled = await outcome;
    signal?.removeEventListener('abort', abort);
    this.#lastEndMs = timers.nowMs();
    this.#rest();
    if ('response' in settled) return settled.response;
    if (settled.later) throw new Later(settled.error);
    throw settled.error;
  }

  async #read(): Promise<void> {
    const { port } = this.#options;
    try {
      for await (const bytes of port.incoming) {
        if (this.#endReason !== undefined) return;
        const messages = this.#decoder.push(bytes);
        if (this.#waiting !== undefined) this.#await();
        for (const message of messages) this.#take(message);
      }
      this.#lost(new CraftportError('transport.lost', `${port.name} closed`));
    } catch (cause) {
      this.#lost(asLost(cause, port.name));
    }
  }

  #take(message: Tl1Message): void {
    this.#options.observer.frame('received', this.#mask(message.raw), describe(message));
    if (message.kind === 'malformed') this.#dirty = true;
    if (message.kind === 'autonomous') {
      const gap = this.#atags.take(message.atag);
      if (gap !== undefined) this.#options.observer.gap(gap);
      this.#options.observer.autonomous(message);
      return;
    }
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const verdict = judge(message, waiting.ctag, waiting.code);
    switch (verdict.kind) {
      case 'other':
        return;
      case 'progress':
        waiting.delayed ||= verdict.delayed;
        this.#await();
        return;
      case 'done': {
        this.#settle({ response: verdict.response });
        return;
      }
      case 'later':
      case 'failed': {
        this.#settle({ error: verdict.error, later: verdict.kind === 'later' });
        return;
      }
    }
  }

  /** Starts the time for the answer (again), within the longest time of all. */
  #await(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const { timers } = this.#options;
    const waitMs = waiting.delayed ? this.#pacing.delayedMs : this.#pacing.replyMs;
    const leftMs = waiting.startedMs + this.#pacing.longestMs - timers.nowMs();
    this.#cancelTimer?.();
    this.#cancelTimer = timers.after(Math.max(0, Math.min(waitMs, leftMs)), () => {
      this.#dirty = true;
      for (const message of this.#decoder.reset())
        this.#options.observer.frame('received', this.#mask(message.raw), describe(message));
      const seconds = Math.round((timers.nowMs() - waiting.startedMs) / 1000);
      const text = `No answer to ${waiting.code} in ${seconds} s`;
      this.#settle({ error: new CraftportError('driver.timeout', text), later: false });
    });
  }

  #settle(outcome: Parameters<Waiting['settle']>[0]): void {
    this.#cancelTimer?.();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.settle(outcome);
  }

  /** Asks an idle element for its header now and then: also how a dead line is found. */
  #rest(): void {
    this.#cancelKeepAlive?.();
    if (this.#pacing.keepAliveMs === 0 || this.#endReason !== undefined) return;
    this.#cancelKeepAlive = this.#options.timers.after(this.#pacing.keepAliveMs, () => {
      this.send({ code: 'RTRV-HDR' }).catch((error: unknown) => {
        if (!isCode(error, 'driver.timeout')) return;
        this.#lost(
          new CraftportError('transport.lost', 'The element stopped answering', { cause: error }),
        );
        this.#options.port.close().catch(() => {});
      });
    });
  }

  async #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const cancel = this.#options.timers.after(ms, resolve);
      const stop = (reason: unknown): void => {
        cancel();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- an abort reason is anything
        reject(reason);
      };
      signal?.addEventListener('abort', () => stop(signal.reason), { once: true });
      void this.ended.then(stop);
    });
  }

  #lost(reason: CraftportError): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = reason;
    this.#cancelKeepAlive?.();
    this.#settle({ error: reason, later: false });
    this.#end(reason);
  }

  #mask(text: string): string {
    const masked = maskCommands(text);
    const secret = this.#secret;
    return secret === undefined || secret.length < 3 ? masked : masked.replaceAll(secret, MASK);
  }
}

/** An element that did nothing because it was busy. */
class Later extends Error {
  readonly reason: unknown;

  constructor(reason: unknown) {
    super('later');
    this.reason = reason;
  }
}

function asLost(cause: unknown, name: string): CraftportError {
  if (isCode(cause)) return cause;
  return new CraftportError('transport.lost', `${name} was lost`, { cause });
}

function describe(message: Tl1Message): string {
  switch (message.kind) {
    case 'response':
      return `${message.completionText} ${message.ctag}, ${message.text.length} lines`;
    case 'autonomous':
      return `${message.verb} ${message.atag} (${message.alarmCode})`;
    case 'acknowledgment':
      return `${message.code} ${message.ctag}`;
    case 'malformed':
      return `not readable: ${message.reason}`;
    case 'noise':
      return 'no TL1';
  }
}
