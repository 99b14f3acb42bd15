// Keeps two connections to one event socket for as long as it is wanted:
//
//   wait ─▶ commands: sign in, BACKGROUND_JOB ─▶ events: sign in, subscribe ─▶ connected
//    ▲          │ refused, unreachable                │                           │ either ends
//    └──────────┴─────────── back-off ────────────────┴───────────────────────────┘
//
// Commands and events are apart because a command blocks what else comes on its connection.
// Events are always read, also when nobody wants them: a server that cannot deliver drops the
// client, and logs that it does. A refused password is not tried again for a while: a second
// try with the same one can only lock something.

import { CraftportError, isCode } from '../../base/error.ts';
import type { Timers } from '../../base/timers.ts';
import type { EslEvent } from '../../codec/esl/event.ts';
import type { EslFrame, EslLimits } from '../../codec/esl/frame.ts';
import type { OpenPort } from '../../transport/port.ts';
import { type BackgroundJob, EslConnection, type EslCredentials } from './connection.ts';
import { deadline } from '../../base/deadline.ts';

export type EslLinkState =
  | { readonly kind: 'connecting' }
  | {
      readonly kind: 'connected';
      /** Of this run of FreeSWITCH; another one after a restart. */
      readonly coreUuid: string | undefined;
      /** What the server does not let this user have: `log`. */
      readonly missing: readonly string[];
    }
  | { readonly kind: 'down'; readonly error: Error };

export interface EslLinkObserver {
  state(state: EslLinkState): void;
  event(event: EslEvent): void;
  log(frame: EslFrame): void;
  frame(direction: 'sent' | 'received', text: string, decoded: string): void;
}

export interface EslLinkOptions {
  readonly openPort: OpenPort;
  readonly credentials: EslCredentials;
  readonly timers: Timers;
  readonly observer: EslLinkObserver;
  /** `TRAP`, `CHANNEL_CREATE`, …; HEARTBEAT is always asked for. */
  readonly events: readonly string[];
  /** 0–7; undefined: no log lines. */
  readonly logLevel: number | undefined;
  /** The Job-UUID of each command that may hang: never used before. */
  readonly newJobId: () => string;
  readonly limits?: Partial<EslLinkLimits>;
  readonly frameLimits?: EslLimits;
}

export interface EslLinkLimits {
  readonly signInMs: number;
  readonly replyMs: number;
  /** HEARTBEAT comes every 20 s; a connection that says nothing for longer is half open. */
  readonly silenceMs: number;
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
  /** After a refusal, doubled each time up to ten times itself. */
  readonly refusedRetryMs: number;
}

const LIMITS: EslLinkLimits = {
  signInMs: 10_000,
  replyMs: 10_000,
  silenceMs: 65_000,
  firstRetryMs: 1_000,
  lastRetryMs: 30_000,
  refusedRetryMs: 60_000,
};

export class EslLink {
  readonly #options: EslLinkOptions;
  readonly #limits: EslLinkLimits;
  readonly #abort = new AbortController();
  #state: EslLinkState = { kind: 'connecting' };
  #commands: EslConnection | undefined;
  #running: Promise<void> | undefined;
  #settled: (() => void)[] = [];

  constructor(options: EslLinkOptions) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
  }

  get state(): EslLinkState {
    return this.#state;
  }

  /** Twice is fine. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Twice is fine. */
  async stop(): Promise<void> {
    this.#abort.abort(new CraftportError('driver.not-connected', 'The link was stopped'));
    await this.#running;
  }

  /**
   * The output of a command that answers at once.
   * @throws driver.not-connected, driver.timeout, driver.denied, transport.lost, or why the
   * link is down
   */
  async api(command: string, signal?: AbortSignal): Promise<string> {
    return (await this.#connected(signal)).api(command, signal);
  }

  /** Starts a command that may hang, under a job id of ours. @throws as `api` */
  async background(command: string, signal?: AbortSignal): Promise<BackgroundJob> {
    const connection = await this.#connected(signal);
    return connection.background(command, this.#options.newJobId(), signal);
  }

  /** Waits out a connecting that is under way; a link that is down says why at once. */
  async #connected(signal: AbortSignal | undefined): Promise<EslConnection> {
    if (this.#state.kind === 'connecting' && this.#running !== undefined) {
      const { signInMs, replyMs } = this.#limits;
      const limit = deadline(
        this.#options.timers,
        2 * (signInMs + replyMs),
        'the event socket to connect',
        signal,
      );
      try {
        await limit.race(new Promise<void>((resolve) => this.#settled.push(resolve)));
      } finally {
        limit.cancel();
      }
    }
    const { state } = this;
    if (state.kind === 'down') throw state.error;
    if (this.#commands === undefined)
      throw new CraftportError('driver.not-connected', 'The event socket is not connected');
    return this.#commands;
  }

  async #run(): Promise<void> {
    const { timers } = this.#options;
    const { firstRetryMs, lastRetryMs, refusedRetryMs } = this.#limits;
    let failures = 0;
    let refusals = 0;
    const isStopping = (): boolean => this.#abort.signal.aborted;
    while (!isStopping()) {
      this.#set({ kind: 'connecting' });
      let connectedAtMs: number | undefined;
      const error = await this.#session(() => (connectedAtMs = timers.nowMs()));
      if (isStopping()) break;
      this.#set({ kind: 'down', error });
      const wasRefused = isCode(error, 'driver.login-refused', 'driver.access-refused');
      // A connection that held for a while starts the back-off anew.
      if (connectedAtMs !== undefined && timers.nowMs() - connectedAtMs > lastRetryMs) failures = 0;
      if (wasRefused) refusals += 1;
      else if (connectedAtMs !== undefined) refusals = 0;
      failures += 1;
      await this.#wait(
        wasRefused
          ? Math.min(refusedRetryMs * 2 ** (refusals - 1), refusedRetryMs * 10)
          : Math.min(firstRetryMs * 2 ** (failures - 1), lastRetryMs),
      );
    }
    this.#set({
      kind: 'down',
      error: new CraftportError('driver.not-connected', 'The link was stopped'),
    });
  }

  /** Connects, stays until something ends, and closes both connections. @returns why it ended */
  async #session(onConnected: () => void): Promise<Error> {
    const signal = this.#abort.signal;
    const open: EslConnection[] = [];
    const aborted = new Promise<Error>((resolve) =>
      signal.addEventListener('abort', () => resolve(signal.reason as Error), { once: true }),
    );
    const watch = new SilenceWatch(this.#options.timers, this.#limits.silenceMs);
    try {
      const commands = await this.#open({}, signal);
      open.push(commands);
      await subscribe(commands, 'event plain BACKGROUND_JOB', signal);
      // The jobs of everybody are told; only those of this command concern us.
      await subscribe(commands, 'filter Job-Command ftdm', signal);
      const coreUuid = (await commands.api('global_getvar core_uuid', signal)).trim();
      const missing: string[] = [];
      const events = await this.#open(
        {
          event: (event) => this.#options.observer.event(event),
          log: (frame) => this.#options.observer.log(frame),
          heard: () => watch.heard(),
        },
        signal,
      );
      open.push(events);
      const names = ['HEARTBEAT', ...this.#options.events];
      await subscribe(events, `event plain ${names.join(' ')}`, signal);
      if (this.#options.logLevel !== undefined) {
        const reply = await events.command(`log ${String(this.#options.logLevel)}`, signal);
        if (!reply.startsWith('+OK')) missing.push('log');
      }
      this.#commands = commands;
      this.#set({
        kind: 'connected',
        coreUuid: /^[0-9a-f-]{36}$/.test(coreUuid) ? coreUuid : undefined,
        missing,
      });
      onConnected();
      return await Promise.race([commands.ended, events.ended, watch.silent, aborted]);
    } catch (error) {
      return error as Error;
    } finally {
      this.#commands = undefined;
      watch.stop();
      await Promise.all(open.map((connection) => connection.close()));
    }
  }

  #open(
    observer: {
      event?: (event: EslEvent) => void;
      log?: (frame: EslFrame) => void;
      heard?: () => void;
    },
    signal: AbortSignal,
  ): Promise<EslConnection> {
    const { openPort, credentials, timers, frameLimits } = this.#options;
    return EslConnection.open(
      {
        openPort,
        credentials,
        timers,
        observer: {
          ...observer,
          frame: (direction, text, decoded) =>
            this.#options.observer.frame(direction, text, decoded),
        },
        signInMs: this.#limits.signInMs,
        replyMs: this.#limits.replyMs,
        ...(frameLimits === undefined ? {} : { limits: frameLimits }),
      },
      signal,
    );
  }

  #set(state: EslLinkState): void {
    this.#state = state;
    if (state.kind !== 'connecting') for (const resolve of this.#settled.splice(0)) resolve();
    this.#options.observer.state(state);
  }

  #wait(ms: number): Promise<void> {
    const { signal } = this.#abort;
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const done = (): void => {
        cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = this.#options.timers.after(ms, done);
      signal.addEventListener('abort', done);
    });
  }
}

async function subscribe(
  connection: EslConnection,
  line: string,
  signal: AbortSignal,
): Promise<void> {
  const reply = await connection.command(line, signal);
  if (!reply.startsWith('+OK'))
    throw new CraftportError('driver.denied', `FreeSWITCH answers \`${line}\` with “${reply}”`, {
      detail: { command: line, reply },
    });
}

/** Resolves when nothing was heard for too long. */
class SilenceWatch {
  readonly silent: Promise<Error>;
  #resolve: (error: Error) => void = () => {};
  #heardAtMs: number;
  #cancel: () => void;
  readonly #timers: Timers;
  readonly #limitMs: number;

  constructor(timers: Timers, limitMs: number) {
    this.#timers = timers;
    this.#limitMs = limitMs;
    this.#heardAtMs = timers.nowMs();
    this.silent = new Promise((resolve) => (this.#resolve = resolve));
    this.#cancel = timers.after(limitMs, () => this.#look());
  }

  heard(): void {
    this.#heardAtMs = this.#timers.nowMs();
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const leftMs = this.#heardAtMs + this.#limitMs - this.#timers.nowMs();
    if (leftMs > 0) this.#cancel = this.#timers.after(leftMs, () => this.#look());
    else
      this.#resolve(
        new CraftportError(
          'driver.timeout',
          `FreeSWITCH said nothing for ${String(this.#limitMs / 1000)} s, not even its heartbeat`,
        ),
      );
  }
}
