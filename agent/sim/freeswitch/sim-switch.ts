// A FreeSWITCH with spans of FreeTDM, as far as its event socket shows it: state, and what changes
// it. What it tells of that is in sim-teller.ts, its words in recorded.ts, its API commands in
// api.ts, the socket in event-socket.ts. It reads no code of the driver's.

import type { Clock } from '../../base/clock.ts';
import type { RandomBytes } from '../../base/ids.ts';
import { toHex } from '../../base/ids.ts';
import type { Timers } from '../../base/timers.ts';
import { type EventTemplate, SHUTDOWN } from './recorded.ts';
import {
  changeState,
  freshSpans,
  type SimAlarm,
  type SimCall,
  type SimChannel,
  type SimSpan,
  type SimSpanConfig,
} from './sim-span.ts';
import { type SimListener, SimTeller } from './sim-teller.ts';

export interface SimSwitchOptions {
  readonly spans: readonly SimSpanConfig[];
  readonly random: RandomBytes;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly host?: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
  /** How long the far end takes to notice that nothing comes over the D-channel. */
  readonly dChannelLossMs?: number;
  readonly dChannelBackMs?: number;
}

const HEARTBEAT_MS = 20_000;

export class SimSwitch {
  readonly #options: SimSwitchOptions;
  readonly #teller: SimTeller;
  readonly #cancels = new Set<() => void>();
  #spans: readonly SimSpan[];
  #coreUuid: string;
  #sessions = 0;
  #startedMs: number;
  #isLoaded = true;

  constructor(options: SimSwitchOptions) {
    this.#options = options;
    this.#spans = freshSpans(options.spans);
    this.#coreUuid = this.newUuid();
    this.#startedMs = options.clock.nowMs();
    this.#teller = new SimTeller(this);
  }

  get spans(): readonly SimSpan[] {
    return this.#spans;
  }

  get coreUuid(): string {
    return this.#coreUuid;
  }

  get host(): string {
    return this.#options.host ?? 'demo-pbx';
  }

  get ipv4(): string {
    return this.#options.ipv4 ?? '192.0.2.2';
  }

  get ipv6(): string {
    return this.#options.ipv6 ?? 'fd00::2';
  }

  /** Whether mod_freetdm is loaded. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  get nowMs(): number {
    return this.#options.clock.nowMs();
  }

  get steadyMs(): number {
    return this.#options.timers.nowMs();
  }

  get sessionsSinceStart(): number {
    return this.#sessions;
  }

  get upMs(): number {
    return this.nowMs - this.#startedMs;
  }

  listen(listener: SimListener): () => void {
    return this.#teller.listen(listener);
  }

  /** One event to everybody who subscribed it. @param extra lines after the template's */
  emit(
    name: string,
    template: EventTemplate,
    values: Readonly<Record<string, string | number>>,
    extra: readonly string[] = [],
    body?: string,
  ): void {
    this.#teller.emit(name, template, values, extra, body);
  }

  /** Begins the heartbeat. */
  start(): void {
    this.after(HEARTBEAT_MS, () => {
      this.#teller.heartbeat(this.upMs, this.calls.length, this.#sessions);
      this.start();
    });
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }

  /** A timer that ends with the switch. */
  after(ms: number, run: () => void): void {
    const cancel = this.#options.timers.after(ms, () => {
      this.#cancels.delete(cancel);
      run();
    });
    this.#cancels.add(cancel);
  }

  newUuid(): string {
    const hex = toHex(this.#options.random(16));
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `a${hex.slice(17, 20)}`,
      hex.slice(20),
    ].join('-');
  }

  /** By name, or by number as FreeTDM takes it. */
  span(nameOrId: string): SimSpan | undefined {
    const byName = this.#spans.find(({ config }) => config.name === nameOrId);
    // The look-up falls back to atoi(): `2foo` is span 2.
    return byName ?? this.#spans.find(({ id }) => id === Number.parseInt(nameOrId, 10));
  }

  /** Sets the alarms of a whole span, or of some channels: one TRAP a channel. */
  setAlarms(name: string, alarms: readonly SimAlarm[], channels?: readonly number[]): void {
    const span = this.#required(name);
    const concerned = span.channels.filter(({ number }) => channels?.includes(number) ?? true);
    for (const channel of concerned) this.#setAlarm(span, channel, alarms);
    if (span.config.stack !== 'isdn') {
      this.#analogSignalling(span);
      return;
    }
    const { dChannelLossMs = 12_000, dChannelBackMs = 3_000 } = this.#options;
    const d = span.channels.find(({ number }) => number === span.config.dChannel);
    if (d === undefined || !concerned.includes(d)) return;
    if (alarms.length > 0)
      this.after(dChannelLossMs, () => {
        if (d.alarms.length > 0) this.setDChannel(name, 'DOWN');
      });
    else
      this.after(dChannelBackMs, () => {
        if (d.alarms.length === 0) this.setDChannel(name, 'UP');
      });
  }

  /** The D-channel comes or goes without any alarm: only the log and the list tell. */
  setDChannel(name: string, status: 'UP' | 'DOWN'): void {
    const span = this.#required(name);
    if (span.channels.every(({ signalling }) => signalling === status)) return;
    const id = String(span.id);
    this.#teller.log(
      6,
      'ftmod_libpri.c',
      status === 'UP' ? 'on_dchan_up' : 'on_dchan_down',
      2478,
      `Span ${id} D-Channel ${status}!`,
    );
    for (const channel of span.channels) {
      channel.signalling = status;
      if (status === 'DOWN' && channel.call !== undefined)
        this.hangUp(channel.call.uuid, 'NORMAL_TEMPORARY_FAILURE');
      this.#teller.log(
        6,
        'mod_freetdm.c',
        'on_clear_channel_signal',
        2785,
        `${id}:${String(channel.number)} signalling changed to :${status}`,
      );
    }
    this.#teller.log(
      5,
      'ftmod_libpri.c',
      'ftdm_libpri_set_span_sig_status',
      2520,
      `${id}:Signaling link status changed to ${status}`,
    );
  }

  /** A stop that deadlocked: the span and the list never answer again. */
  wedge(name: string): void {
    this.#required(name).isWedged = true;
  }

  setStarted(name: string, isStarted: boolean): void {
    this.#required(name).isStarted = isStarted;
  }

  setLoaded(isLoaded: boolean): void {
    this.#isLoaded = isLoaded;
    if (isLoaded) this.#spans = freshSpans(this.#options.spans);
  }

  /** Everybody is told and cut off; a new run begins, with nothing of the last. */
  reboot(): void {
    this.#teller.emit('SHUTDOWN', SHUTDOWN, {});
    this.#teller.shutDown();
    this.stop();
    this.#spans = freshSpans(this.#options.spans);
    this.#coreUuid = this.newUuid();
    this.#sessions = 0;
    this.#startedMs = this.nowMs;
    this.start();
    // Each channel tells its present alarms when the module is loaded.
    for (const span of this.#spans)
      for (const channel of span.channels) this.#teller.trap(span, channel);
  }

  /**
   * A call that begins, rings and is answered.
   * @returns its id, or undefined when no channel of the span is free
   */
  placeCall(
    name: string,
    call: Pick<SimCall, 'direction' | 'caller' | 'called'> & { readonly callerName?: string },
    order: 'a' | 'A' = 'a',
  ): string | undefined {
    const span = this.#required(name);
    const free = span.channels.filter(
      (channel) =>
        channel.type !== 'DQ921' &&
        channel.state === 'DOWN' &&
        channel.signalling === 'UP' &&
        !channel.isSuspended &&
        channel.alarms.length === 0,
    );
    const channel = order === 'a' ? free[0] : free.at(-1);
    if (channel === undefined || !span.isStarted) return undefined;
    this.#sessions += 1;
    const placed: SimCall = {
      callerName: '',
      ...call,
      uuid: this.newUuid(),
      session: this.#sessions,
      createdMs: this.nowMs,
      answeredMs: undefined,
    };
    channel.call = placed;
    const steps = stepsOf(span, placed.direction);
    this.#step(channel, steps[0] ?? 'UP');
    this.#teller.call('CHANNEL_CREATE', span, channel, placed, '');
    steps
      .slice(1, -1)
      .forEach((state, index) =>
        this.#during(channel, placed, 60 * (index + 1), () => this.#step(channel, state)),
      );
    this.#during(channel, placed, 60 * steps.length + 400, () => {
      this.#step(channel, 'UP');
      placed.answeredMs = this.nowMs;
      this.#teller.call('CHANNEL_ANSWER', span, channel, placed, '');
    });
    return placed.uuid;
  }

  /** @returns whether there was such a call */
  hangUp(uuid: string, cause = 'NORMAL_CLEARING'): boolean {
    for (const span of this.#spans)
      for (const channel of span.channels)
        if (channel.call?.uuid === uuid) {
          this.#end(span, channel, channel.call, cause);
          return true;
        }
    return false;
  }

  get calls(): readonly {
    readonly span: SimSpan;
    readonly channel: SimChannel;
    readonly call: SimCall;
  }[] {
    return this.#spans.flatMap((span) =>
      span.channels.flatMap((channel) =>
        channel.call === undefined ? [] : [{ span, channel, call: channel.call }],
      ),
    );
  }

  #setAlarm(span: SimSpan, channel: SimChannel, alarms: readonly SimAlarm[]): void {
    const wasAlarmed = channel.alarms.length > 0;
    channel.alarms = alarms;
    channel.isSuspended = alarms.length > 0;
    const where = `[s${String(span.id)}c${String(channel.number)}][${String(span.id)}:${String(channel.number)}]`;
    if (alarms.length > 0 && channel.call !== undefined)
      this.#end(span, channel, channel.call, 'NORMAL_UNSPECIFIED', 'RESTART');
    this.#teller.trap(span, channel);
    if (span.config.stack === 'isdn' && alarms.length > 0 !== wasAlarmed)
      this.#teller.log(
        4,
        'ftmod_libpri.c',
        'process_event',
        alarms.length > 0 ? 2111 : 2122,
        `${where} channel ${alarms.length > 0 ? 'has alarms!' : 'alarms cleared!'}`,
      );
  }

  /** Analogue signalling is up unless the channel is in alarm. */
  #analogSignalling(span: SimSpan): void {
    for (const channel of span.channels)
      channel.signalling = channel.alarms.length > 0 ? 'DOWN' : 'UP';
  }

  #step(channel: SimChannel, state: string): void {
    changeState(channel, state, this.steadyMs);
  }

  /** Something that happens later in a call, unless the call is over then. */
  #during(channel: SimChannel, call: SimCall, ms: number, run: () => void): void {
    this.after(ms, () => {
      if (channel.call === call) run();
    });
  }

  #end(span: SimSpan, channel: SimChannel, call: SimCall, cause: string, via?: string): void {
    this.#teller.call('CHANNEL_HANGUP_COMPLETE', span, channel, call, cause);
    const last =
      via !== undefined && span.config.stack === 'isdn'
        ? [via]
        : span.config.stack === 'isdn'
          ? ['HANGUP', 'HANGUP_COMPLETE']
          : ['HANGUP'];
    for (const state of last) this.#step(channel, state);
    channel.call = undefined;
    this.#step(channel, 'DOWN');
  }

  #required(name: string): SimSpan {
    const span = this.span(name);
    if (span === undefined) throw new RangeError(`The simulated FreeTDM has no span ${name}`);
    return span;
  }
}

/** States on the way to UP, which is the last. */
function stepsOf({ config }: SimSpan, direction: SimCall['direction']): readonly string[] {
  if (config.stack === 'isdn')
    return direction === 'outbound'
      ? ['DIALING', 'PROCEED', 'PROGRESS_MEDIA', 'UP']
      : ['RING', 'PROCEED', 'PROGRESS', 'PROGRESS_MEDIA', 'UP'];
  if (direction === 'inbound') return ['RING', 'PROGRESS', 'PROGRESS_MEDIA', 'UP'];
  return [config.type === 'FXS' ? 'GENRING' : 'DIALING', 'UP'];
}
