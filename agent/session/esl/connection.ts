// One signed-in connection to an event socket.
//
//   port ─▶ frames ─▶ auth ─▶ replies, in the order of the commands ─▶ whoever asked
//                       └──▶ events and log lines ─▶ observer        (jobs: by their id)
//
// A command that hangs blocks its connection, events included: who asks for what may hang uses
// `background`, and events are read on a connection of their own.

import { CraftportError, isCode } from '../../base/error.ts';
import type { Timers } from '../../base/timers.ts';
import { encodeCommand } from '../../codec/esl/command.ts';
import { decodePlainEvent, type EslEvent } from '../../codec/esl/event.ts';
import {
  type EslFrame,
  EslFrameReader,
  type EslLimits,
  ESL_LIMITS,
  eslText,
} from '../../codec/esl/frame.ts';
import type { OpenPort, Port } from '../../transport/port.ts';
import { deadline } from '../../base/deadline.ts';
import { lost, outOfSync, rejected, signInRefused } from './refusals.ts';

export interface EslCredentials {
  /** `user@domain` of the directory; undefined: the socket's own password. */
  readonly username: string | undefined;
  readonly password: string;
}

export interface EslObserver {
  event?(event: EslEvent): void;
  log?(frame: EslFrame): void;
  /** Any bytes at all: the other end lives. */
  heard?(): void;
  /** One frame, for a transcript. @param decoded what it is, in a few words */
  frame?(direction: 'sent' | 'received', text: string, decoded: string): void;
}

export interface EslConnectionOptions {
  readonly openPort: OpenPort;
  readonly credentials: EslCredentials;
  readonly timers: Timers;
  readonly observer: EslObserver;
  readonly limits?: EslLimits;
  /** For connecting and signing in together. */
  readonly signInMs?: number;
  readonly replyMs?: number;
}

export interface BackgroundJob {
  readonly id: string;
  /** The output, whenever it comes; rejects when the connection ends before. */
  readonly output: Promise<string>;
}

interface Waiting {
  readonly command: string;
  readonly isApi: boolean;
  resolve(text: string): void;
  reject(error: Error): void;
}

const SIGN_IN_MS = 10_000;
const REPLY_MS = 10_000;
/** What a transcript shows of a long reply. */
const SHOWN_CHARACTERS = 16_384;

export class EslConnection {
  readonly #port: Port;
  readonly #options: EslConnectionOptions;
  readonly #waiting: Waiting[] = [];
  readonly #jobs = new Map<string, Waiting>();
  readonly #reader: EslFrameReader;
  #greeted: (() => void) | undefined;
  #notice: string | undefined;
  #failure: Error | undefined;
  /** Why the connection ended; never rejects. */
  readonly ended: Promise<Error>;
  #end: (error: Error) => void = () => {};

  private constructor(port: Port, options: EslConnectionOptions) {
    this.#port = port;
    this.#options = options;
    this.#reader = new EslFrameReader(options.limits ?? ESL_LIMITS);
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  /**
   * Connects and signs in. One attempt, one password.
   * @throws transport.*, driver.login-refused, driver.access-refused, driver.timeout,
   * driver.out-of-sync, codec.*
   */
  static async open(options: EslConnectionOptions, signal: AbortSignal): Promise<EslConnection> {
    const { timers, openPort, signInMs = SIGN_IN_MS } = options;
    const limit = deadline(timers, signInMs, 'the event socket to accept the sign-in', signal);
    let connection: EslConnection | undefined;
    try {
      const opening = openPort(limit.signal);
      opening.then(
        (port) => (limit.signal.aborted ? port.close() : undefined),
        () => undefined,
      );
      connection = new EslConnection(await limit.race(opening), options);
      await limit.race(connection.#signIn());
      return connection;
    } catch (error) {
      await connection?.close();
      throw error;
    } finally {
      limit.cancel();
    }
  }

  get isOpen(): boolean {
    return this.#failure === undefined;
  }

  /**
   * Runs a command that answers at once. One that does not answer in time ends the connection,
   * because every later answer would wait behind it.
   * @returns its output @throws driver.timeout, driver.denied, transport.lost
   */
  api(command: string, signal?: AbortSignal): Promise<string> {
    return this.#withinReplyTime(`api ${command}`, true, signal);
  }

  /** Any other command. @returns the reply's text @throws as `api` */
  command(line: string, signal?: AbortSignal): Promise<string> {
    return this.#withinReplyTime(line, false, signal);
  }

  /**
   * Runs a command in a thread of its own on the server, so that it may hang without harm to
   * this connection. BACKGROUND_JOB must be subscribed on it.
   * @param id of the job, a UUID that was never used
   * @throws as `api`, for the acceptance of the job
   */
  async background(command: string, id: string, signal?: AbortSignal): Promise<BackgroundJob> {
    const output = new Promise<string>((resolve, reject) => {
      this.#jobs.set(id, { command, isApi: true, resolve, reject });
    });
    // Nobody may be listening any more when it fails.
    output.catch(() => undefined);
    try {
      const reply = await this.#withinReplyTime(`bgapi ${command}`, false, signal, [
        ['Job-UUID', id],
      ]);
      if (!reply.startsWith('+OK')) throw denied(command, reply);
    } catch (error) {
      this.#jobs.delete(id);
      throw error;
    }
    return { id, output };
  }

  /** Twice is fine. */
  async close(): Promise<void> {
    this.#fail(lost('the connection was closed'));
    await this.#port.close();
  }

  async #signIn(): Promise<void> {
    const { username, password } = this.#options.credentials;
    const greeted = new Promise<void>((resolve) => (this.#greeted = resolve));
    void this.#read();
    const failed = this.ended.then((error) => Promise.reject(error));
    failed.catch(() => undefined);
    await Promise.race([greeted, failed]);
    const line = username === undefined ? `auth ${password}` : `userauth ${username}:${password}`;
    const reply = await this.#send(line, false);
    if (!reply.startsWith('+OK')) throw signInRefused(reply);
  }

  async #withinReplyTime(
    line: string,
    isApi: boolean,
    signal: AbortSignal | undefined,
    headers: readonly (readonly [string, string])[] = [],
  ): Promise<string> {
    const { timers, replyMs = REPLY_MS } = this.#options;
    const limit = deadline(timers, replyMs, `the reply to \`${line}\``, signal);
    try {
      return await limit.race(this.#send(line, isApi, headers));
    } catch (error) {
      if (isCode(error, 'driver.timeout') && this.isOpen) this.#giveUp(error);
      throw error;
    } finally {
      limit.cancel();
    }
  }

  #send(
    line: string,
    isApi: boolean,
    headers: readonly (readonly [string, string])[] = [],
  ): Promise<string> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const bytes = encodeCommand(line, headers);
    const reply = new Promise<string>((resolve, reject) => {
      this.#waiting.push({ command: line, isApi, resolve, reject });
    });
    this.#options.observer.frame?.('sent', eslText(bytes), line);
    this.#port.send(bytes).catch((error: unknown) => this.#giveUp(error as Error));
    return reply;
  }

  async #read(): Promise<void> {
    try {
      for await (const bytes of this.#port.incoming) {
        this.#options.observer.heard?.();
        for (const frame of this.#reader.push(bytes)) this.#take(frame);
        if (this.#reader.failure !== undefined) throw this.#reader.failure;
        if (!this.isOpen) break;
      }
      this.#giveUp(lost(this.#notice ?? 'the server closed the connection'));
    } catch (error) {
      const hasParted = this.#notice !== undefined && isCode(error, 'transport.lost');
      this.#giveUp(hasParted ? lost(this.#notice ?? '') : (error as Error));
    }
  }

  #take(frame: EslFrame): void {
    const { observer } = this.#options;
    const { contentType } = frame;
    switch (contentType) {
      case 'text/event-plain': {
        const event = decodePlainEvent(frame.body);
        this.#show(frame, `event ${event.name}`);
        if (event.name === 'BACKGROUND_JOB') this.#takeJob(event);
        observer.event?.(event);
        return;
      }
      case 'log/data':
        observer.log?.(frame);
        return;
      case 'api/response':
        this.#show(frame, `reply to ${this.#waiting[0]?.command ?? 'nothing'}`);
        this.#answer(eslText(frame.body), true);
        return;
      case 'command/reply':
        this.#show(frame, `reply to ${this.#waiting[0]?.command ?? 'nothing'}`);
        this.#answer(frame.headers.first('Reply-Text') ?? '', false);
        return;
      case 'auth/request':
        this.#show(frame, 'asks for a password');
        this.#greeted?.();
        return;
      case 'text/disconnect-notice':
        this.#show(frame, 'closes the connection');
        this.#notice = eslText(frame.body).split('\n')[0] ?? '';
        return;
      case 'text/rude-rejection':
        this.#show(frame, 'refuses this address');
        this.#giveUp(rejected());
        return;
      default:
        this.#show(frame, 'unknown');
        this.#giveUp(outOfSync(`a frame of the type “${contentType.slice(0, 40)}” came`));
    }
  }

  #answer(text: string, isOutput: boolean): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#giveUp(outOfSync('a reply came that nothing had asked for'));
    else if (isOutput === waiting.isApi) waiting.resolve(text);
    // `api` is refused with a command's reply (no permission); nothing else is crosswise.
    else if (waiting.isApi) waiting.reject(denied(waiting.command, text));
    else this.#giveUp(outOfSync(`\`${waiting.command}\` was answered with an output`));
  }

  #takeJob({ headers, body }: EslEvent): void {
    const id = headers.first('Job-UUID') ?? '';
    // Everybody's jobs are told to everybody.
    this.#jobs.get(id)?.resolve(body);
    this.#jobs.delete(id);
  }

  #show(frame: EslFrame, decoded: string): void {
    const { observer } = this.#options;
    if (observer.frame === undefined) return;
    const head = frame.headers.entries.map(([name, value]) => `${name}: ${value}\n`).join('');
    const body = eslText(frame.body.subarray(0, SHOWN_CHARACTERS));
    observer.frame('received', `${head}\n${body}`, decoded);
  }

  #giveUp(error: Error): void {
    this.#fail(error);
    void this.#port.close();
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    for (const waiting of [...this.#waiting.splice(0), ...this.#jobs.values()])
      waiting.reject(error);
    this.#jobs.clear();
    this.#end(error);
  }
}

function denied(command: string, reply: string): CraftportError {
  return new CraftportError(
    'driver.denied',
    `FreeSWITCH answers \`${command}\` with “${reply.slice(0, 200)}”`,
    { detail: { command, reply: reply.slice(0, 200) } },
  );
}
