// FreeTDM of one FreeSWITCH, live and read-only.
//
//   TRAP ───────────────┐                       ┌─▶ alarms that changed, spans they are on
//   signalling log line ┼─▶ site ── 40 ms ──────┤
//   channel event ──────┘            │          └─▶ asks for the channels again ─▶ channel
//   HEARTBEAT, Core-UUID             └ a burst of 31 lines is one change
//
// It never sends a command that changes something, nor one that is known to hang.

import { CraftportError, isCode } from '../../base/error.ts';
import type { Logger } from '../../base/logger.ts';
import { callOnChannel } from '../../codec/ftdm/call.ts';
import { signallingChange } from '../../codec/ftdm/signalling.ts';
import { alarmTrap } from '../../codec/ftdm/trap.ts';
import type { EslEvent } from '../../codec/esl/event.ts';
import { eslText, type EslFrame } from '../../codec/esl/frame.ts';
import { EslLink, type EslLinkOptions, type EslLinkState } from '../../session/esl/link.ts';
import type { GearDriver, GearObserver, GearReading } from '../../span/gear-driver.ts';
import { linkFinding, MODULE_ALARM, MODULE_MISSING } from './findings.ts';
import { AlarmTeller } from './alarm-teller.ts';
import { LiveChanges } from './live-changes.ts';
import { readChannels, readList, readSite, readSpan } from './reading.ts';
import { FreetdmSite } from './site.ts';
import type { Card } from './vocabulary.ts';
import { Wedges } from './wedges.ts';

export interface FreetdmDriverOptions extends Pick<
  EslLinkOptions,
  'openPort' | 'credentials' | 'timers' | 'newJobId' | 'limits' | 'frameLimits'
> {
  readonly card: Card;
  readonly logger: Logger;
  /** How long a command that takes a span's lock may take before the span counts as wedged. */
  readonly jobMs?: number;
}

const EVENTS = [
  'TRAP',
  'SHUTDOWN',
  'CHANNEL_CREATE',
  'CHANNEL_PROGRESS',
  'CHANNEL_PROGRESS_MEDIA',
  'CHANNEL_ANSWER',
  'CHANNEL_HANGUP_COMPLETE',
  'CHANNEL_DESTROY',
  'MODULE_LOAD',
  'MODULE_UNLOAD',
];
/** FreeTDM's own lines about signalling are of the level INFO. */
const LOG_LEVEL = 6;
/** More than the 10 s for which a stop of an analogue span holds its lock. */
const JOB_MS = 15_000;
/** More channels of a span than this are read with the whole span. */
const FEW_CHANNELS = 4;

export class FreetdmDriver implements GearDriver {
  readonly #options: FreetdmDriverOptions;
  readonly #site: FreetdmSite;
  readonly #link: EslLink;
  readonly #wedges: Wedges;
  readonly #changes: LiveChanges;
  readonly #abort = new AbortController();
  #observer: GearObserver | undefined;
  #alarms: AlarmTeller | undefined;
  #coreUuid: string | undefined;
  #identity: Readonly<Record<string, string>> = {};
  #isModuleMissing = false;

  constructor(options: FreetdmDriverOptions) {
    this.#options = options;
    this.#site = new FreetdmSite(options.card);
    this.#wedges = new Wedges(() => this.#observer?.changed('a command that hung has answered'));
    this.#changes = new LiveChanges(options.timers, {
      tell: (spans) => this.#tell(spans),
      read: (spans, channels) => this.#readAgain(spans, channels),
    });
    const { openPort, credentials, timers, newJobId, limits, frameLimits } = options;
    this.#link = new EslLink({
      openPort,
      credentials,
      timers,
      newJobId,
      ...(limits === undefined ? {} : { limits }),
      ...(frameLimits === undefined ? {} : { frameLimits }),
      events: EVENTS,
      logLevel: LOG_LEVEL,
      observer: {
        state: (state) => this.#takeState(state),
        event: (event) => this.#takeEvent(event),
        log: (frame) => this.#takeLog(frame),
        frame: (direction, text, decoded) => this.#observer?.frame(direction, text, decoded),
      },
    });
  }

  start(observer: GearObserver): void {
    if (this.#observer !== undefined) return;
    this.#observer = observer;
    this.#alarms = new AlarmTeller((report) => observer.alarm(report));
    this.#link.start();
  }

  async read(signal: AbortSignal): Promise<GearReading> {
    if (this.#observer === undefined)
      throw new CraftportError('driver.not-connected', 'The driver was not started');
    const findings = await readSite(this.#parts, signal);
    if (Object.keys(this.#identity).length === 0) await this.#readIdentity(signal);
    this.#isModuleMissing = findings.includes(MODULE_MISSING);
    const alarms = this.#currentAlarms();
    this.#alarms?.told(alarms);
    return { identity: this.#identity, spans: this.#site.reports(), alarms, findings };
  }

  async stop(): Promise<void> {
    this.#abort.abort(new CraftportError('driver.not-connected', 'The driver was stopped'));
    this.#changes.stop();
    await this.#link.stop();
  }

  get #parts(): Parameters<typeof readSite>[0] {
    const { timers, jobMs = JOB_MS } = this.#options;
    return { link: this.#link, site: this.#site, wedges: this.#wedges, timers, jobMs };
  }

  async #readIdentity(signal: AbortSignal): Promise<void> {
    const version = (await this.#link.api('version', signal)).trim();
    const host = (await this.#link.api('hostname', signal)).trim();
    this.#identity = {
      product: 'FreeSWITCH',
      version: /^FreeSWITCH Version (\S+)/.exec(version)?.[1] ?? version,
      host,
      ...(this.#coreUuid === undefined ? {} : { core_uuid: this.#coreUuid }),
    };
  }

  #takeState(state: EslLinkState): void {
    switch (state.kind) {
      case 'connecting':
        this.#observer?.link('connecting', undefined);
        return;
      case 'down':
        this.#changes.drop();
        if (!this.#abort.signal.aborted) this.#observer?.link('down', linkFinding(state.error));
        return;
      case 'connected':
        this.#takeCore(state.coreUuid);
        this.#observer?.link('connected', undefined);
        this.#observer?.changed('connected');
    }
  }

  /** A wedge lasts as long as the run of FreeSWITCH that has it; unnamed runs are all new. */
  #takeCore(uuid: string | undefined): void {
    if (uuid !== undefined && uuid === this.#coreUuid) return;
    this.#coreUuid = uuid;
    this.#identity = {};
    this.#wedges.clear();
    this.#site.forget();
  }

  #takeEvent(event: EslEvent): void {
    const core = event.headers.first('Core-UUID');
    if (core !== undefined && this.#coreUuid !== undefined && core !== this.#coreUuid) {
      this.#takeCore(core);
      this.#observer?.changed('FreeSWITCH was restarted');
      return;
    }
    switch (event.name) {
      case 'TRAP': {
        const trap = alarmTrap(event);
        if (trap === undefined) return;
        if (this.#site.takeTrap(trap)) this.#changes.span(trap.spanId);
        else this.#observer?.changed('an alarm on a channel that was not known');
        return;
      }
      case 'MODULE_LOAD':
      case 'MODULE_UNLOAD':
        if (event.headers.entries.some(([name, value]) => isModuleHeader(name, value)))
          this.#observer?.changed('mod_freetdm was loaded or unloaded');
        return;
      default: {
        const call = callOnChannel(event);
        if (call === undefined) return;
        this.#site.takeCall(call);
        this.#changes.channel(call);
      }
    }
  }

  #takeLog(frame: EslFrame): void {
    const change = signallingChange(frame);
    if (change === undefined) return;
    this.#observer?.frame('received', eslText(frame.body), 'signalling changed');
    if (this.#site.takeSignalling(change)) this.#changes.span(change.spanId);
    else this.#observer?.changed('signalling of a channel that was not known');
  }

  /** Told once for a burst. */
  #tell(spans: readonly number[]): void {
    this.#alarms?.tell(this.#currentAlarms());
    for (const id of spans) {
      const report = this.#site.report(id);
      if (report !== undefined) this.#observer?.span(report);
    }
  }

  /** What follows from a change (calls that an alarm ends, …) is asked for, once for a burst. */
  async #readAgain(
    spans: readonly number[],
    channels: ReadonlyMap<number, readonly number[]>,
  ): Promise<void> {
    const { signal } = this.#abort;
    const parts = this.#parts;
    try {
      const whole = new Set(spans);
      for (const [id, few] of channels) if (few.length > FEW_CHANNELS) whole.add(id);
      if (spans.length > 0) await readList(parts, signal);
      await Promise.all([
        ...[...whole].map((id) => readSpan(parts, id, signal)),
        ...[...channels]
          .filter(([id]) => !whole.has(id))
          .map(([id, few]) => readChannels(parts, id, few, signal)),
      ]);
      this.#tell([...whole]);
      for (const [spanId, few] of channels) if (!whole.has(spanId)) this.#tellChannels(spanId, few);
      if (this.#wedges.spans.length > 0) this.#observer?.changed('a span does not answer');
    } catch (error) {
      // What is expected to go wrong, the next reading tells better.
      if (!isCode(error)) this.#options.logger.error(() => 'a change cannot be read', { error });
    }
  }

  #tellChannels(spanId: number, channels: readonly number[]): void {
    const span = this.#site.span(spanId);
    for (const channelId of channels) {
      const report = this.#site.channelReport({ spanId, channelId });
      if (span !== undefined && report !== undefined) this.#observer?.channel(span.name, report);
    }
  }

  #currentAlarms(): ReturnType<FreetdmSite['alarms']> {
    return this.#isModuleMissing ? [MODULE_ALARM] : this.#site.alarms();
  }
}

function isModuleHeader(name: string, value: string): boolean {
  return /^(?:name|key|filename|module)$/i.test(name) && /freetdm|^ftdm$/i.test(value);
}
