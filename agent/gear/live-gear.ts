// One gear as it is known now, in memory. Drivers report; this decides what became different
// and what a reading may overwrite: a report that came while a reading was under way is newer
// than what the reading says of the same thing. Pure but for being the one copy.

import type { GearFinding, GearLinkState, GearReading } from '../span/gear-driver.ts';
import { type KnownInterval, PerformanceLog } from './performance-log.ts';
import type { AlarmReport, ChannelReport, SpanReport } from '../span/span.ts';

export interface KnownChannel {
  readonly report: ChannelReport;
  /** Unix milliseconds of the reading or report. */
  readonly readMs: number;
  /** Which came first; the clock may be set. */
  readonly turn: number;
}

export interface KnownSpan {
  readonly report: SpanValues;
  readonly readMs: number;
  readonly turn: number;
  /** By the gear's channel number. */
  readonly channels: ReadonlyMap<number, KnownChannel>;
  /** Set: readings since then did not have it any more. */
  readonly missingSinceMs: number | undefined;
}

/** A span without its channels. */
export type SpanValues = Omit<SpanReport, 'channels'>;

export interface ReadError {
  readonly code: string;
  readonly message: string;
  readonly atMs: number;
}

/** What became different by one report. */
export interface LiveChanges {
  /** Native names of spans whose own values, or the channels as a whole, changed. */
  readonly spans: ReadonlySet<string>;
  readonly channels: readonly { readonly span: string; readonly channel: KnownChannel }[];
  readonly alarms: boolean;
}

/** Gear that reports more than any shelf holds is broken or hostile; the rest is left out. */
export const LIMITS = { spans: 1024, channels: 1024, alarms: 4096, findings: 256 } as const;
/** A span that readings lack stays known for a day. */
export const FORGET_MISSING_MS = 86_400_000;

const NOTHING: LiveChanges = { spans: new Set(), channels: [], alarms: false };

export class LiveGear {
  readonly #spans = new Map<string, KnownSpan>();
  /** Standing alarms by span and name. */
  readonly #alarms = new Map<string, AlarmReport>();
  /** In which turn each alarm was last reported by itself, also when it cleared. */
  readonly #alarmTurns = new Map<string, number>();
  readonly #performance = new PerformanceLog();
  #turn = 0;
  #link: GearLinkState = 'connecting';
  #linkSinceMs: number;
  #linkFinding: GearFinding | undefined;
  #findings: readonly GearFinding[] = [];
  #identity: Readonly<Record<string, string>> = {};
  #readAtMs: number | undefined;
  #readTookMs: number | undefined;
  #lastError: ReadError | undefined;

  constructor(nowMs: number) {
    this.#linkSinceMs = nowMs;
  }

  /** What was known when the agent last ran. */
  restore(
    spans: readonly KnownSpan[],
    alarms: readonly AlarmReport[],
    state: Pick<LiveState, 'identity' | 'readAtMs'>,
  ): void {
    for (const span of spans) this.#spans.set(span.report.native, span);
    for (const alarm of alarms) this.#alarms.set(alarmKeyOf(alarm), alarm);
    this.#identity = state.identity;
    this.#readAtMs = state.readAtMs;
  }

  get spans(): ReadonlyMap<string, KnownSpan> {
    return this.#spans;
  }

  /** Counters of a span, newest first. */
  performance(native: string): readonly KnownInterval[] {
    return this.#performance.of(native);
  }

  get alarms(): readonly AlarmReport[] {
    return [...this.#alarms.values()];
  }

  get state(): LiveState {
    return {
      link: this.#link,
      linkSinceMs: this.#linkSinceMs,
      identity: this.#identity,
      findings:
        this.#linkFinding === undefined ? this.#findings : [this.#linkFinding, ...this.#findings],
      linkFinding: this.#linkFinding,
      readAtMs: this.#readAtMs,
      readTookMs: this.#readTookMs,
      lastError: this.#lastError,
    };
  }

  takeLink(link: GearLinkState, finding: GearFinding | undefined, nowMs: number): void {
    if (link !== this.#link) this.#linkSinceMs = nowMs;
    this.#link = link;
    // Trying again does not make the reason for the last failure untrue.
    if (link !== 'connecting' || finding !== undefined) this.#linkFinding = finding;
  }

  /** Nobody looks any more: whether they stand is not known. */
  dropAlarms(): void {
    this.#alarms.clear();
    this.#alarmTurns.clear();
  }

  takeError(error: ReadError): void {
    this.#lastError = error;
  }

  /** Asked before a reading begins: what is reported from then on stays. */
  get turn(): number {
    return this.#turn;
  }

  /**
   * @param sinceTurn `turn` as it was when the reading began
   * @param tookMs how long it took
   */
  takeReading(reading: GearReading, sinceTurn: number, tookMs: number, nowMs: number): LiveChanges {
    const spans = new Set<string>();
    const channels: LiveChanges['channels'][number][] = [];
    const seen = new Set<string>();
    for (const report of reading.spans.slice(0, LIMITS.spans)) {
      seen.add(report.native);
      const known = this.#spans.get(report.native);
      if (known !== undefined && known.missingSinceMs === undefined && known.turn > sinceTurn)
        continue;
      const changes = this.#setSpan(report, sinceTurn, nowMs);
      for (const name of changes.spans) spans.add(name);
      channels.push(...changes.channels);
    }
    for (const [native, known] of this.#spans) {
      if (seen.has(native) || known.turn > sinceTurn) continue;
      if (known.missingSinceMs === undefined)
        this.#spans.set(native, { ...known, missingSinceMs: nowMs });
      else if (nowMs - known.missingSinceMs < FORGET_MISSING_MS) continue;
      else this.#spans.delete(native);
      spans.add(native);
    }
    if (reading.performance !== undefined) this.#performance.take(reading.performance, nowMs);
    this.#identity = reading.identity;
    this.#findings = withExcess(reading);
    this.#readAtMs = nowMs;
    this.#readTookMs = tookMs;
    this.#lastError = undefined;
    return { spans, channels, alarms: this.#setAlarms(reading.alarms, sinceTurn) };
  }

  takeSpan(report: SpanReport, nowMs: number): LiveChanges {
    if (!this.#spans.has(report.native) && this.#spans.size >= LIMITS.spans) return NOTHING;
    return this.#setSpan(report, Infinity, nowMs);
  }

  /** A channel of a span that is not known yet says nothing: the next reading has both. */
  takeChannel(native: string, report: ChannelReport, nowMs: number): LiveChanges {
    const span = this.#spans.get(native);
    if (span === undefined) return NOTHING;
    const known = span.channels.get(report.number);
    if (known === undefined && span.channels.size >= LIMITS.channels) return NOTHING;
    const channel: KnownChannel = { report, readMs: nowMs, turn: (this.#turn += 1) };
    // The map is this span's own: readers get it within one turn only.
    (span.channels as Map<number, KnownChannel>).set(report.number, channel);
    if (known !== undefined && isSameChannel(known.report, report)) return NOTHING;
    return { ...NOTHING, channels: [{ span: native, channel }] };
  }

  takeAlarm(report: AlarmReport): LiveChanges {
    const key = alarmKeyOf(report);
    const known = this.#alarms.get(key);
    if (known === undefined && this.#alarms.size >= LIMITS.alarms) return NOTHING;
    if (this.#alarmTurns.size >= LIMITS.alarms) this.#alarmTurns.clear();
    this.#alarmTurns.set(key, (this.#turn += 1));
    if (report.severity === 'cleared') this.#alarms.delete(key);
    else this.#alarms.set(key, report);
    const isSame =
      report.severity === 'cleared'
        ? known === undefined
        : known?.severity === report.severity && known.explanation === report.explanation;
    return isSame ? NOTHING : { ...NOTHING, alarms: true };
  }

  /** @param sinceTurn channels reported after this keep what was reported */
  #setSpan(report: SpanReport, sinceTurn: number, nowMs: number): LiveChanges {
    const { channels: reported, ...values } = report;
    const turn = (this.#turn += 1);
    const known = this.#spans.get(values.native);
    const channels = new Map<number, KnownChannel>();
    const changed: LiveChanges['channels'][number][] = [];
    for (const channel of reported.slice(0, LIMITS.channels)) {
      const before = known?.channels.get(channel.number);
      if (before !== undefined && before.turn > sinceTurn) {
        channels.set(channel.number, before);
        continue;
      }
      const next: KnownChannel = { report: channel, readMs: nowMs, turn };
      channels.set(channel.number, next);
      if (before === undefined || !isSameChannel(before.report, channel))
        changed.push({ span: values.native, channel: next });
    }
    this.#spans.set(values.native, {
      report: values,
      readMs: nowMs,
      turn,
      channels,
      missingSinceMs: undefined,
    });
    const isSame =
      known !== undefined &&
      known.missingSinceMs === undefined &&
      JSON.stringify(known.report) === JSON.stringify(values) &&
      known.channels.size === channels.size;
    return {
      spans: isSame ? NOTHING.spans : new Set([values.native]),
      channels: changed,
      alarms: false,
    };
  }

  #setAlarms(reported: readonly AlarmReport[], sinceTurn: number): boolean {
    const isNewer = (key: string): boolean => (this.#alarmTurns.get(key) ?? -1) > sinceTurn;
    const standing = new Map<string, AlarmReport>();
    for (const report of reported.slice(0, LIMITS.alarms)) {
      const key = alarmKeyOf(report);
      if (report.severity !== 'cleared' && !isNewer(key)) standing.set(key, report);
    }
    for (const [key, report] of this.#alarms) if (isNewer(key)) standing.set(key, report);
    const isSame =
      standing.size === this.#alarms.size &&
      [...standing].every(([key, report]) => {
        const known = this.#alarms.get(key);
        return known?.severity === report.severity && known.explanation === report.explanation;
      });
    this.#alarms.clear();
    for (const [key, report] of standing) this.#alarms.set(key, report);
    for (const [key, turn] of this.#alarmTurns) if (turn <= sinceTurn) this.#alarmTurns.delete(key);
    return !isSame;
  }
}

export interface LiveState {
  readonly link: GearLinkState;
  readonly linkSinceMs: number;
  readonly identity: Readonly<Record<string, string>>;
  /** That of the link first. */
  readonly findings: readonly GearFinding[];
  readonly linkFinding: GearFinding | undefined;
  readonly readAtMs: number | undefined;
  readonly readTookMs: number | undefined;
  readonly lastError: ReadError | undefined;
}

function alarmKeyOf({ span, name }: AlarmReport): string {
  return JSON.stringify([span ?? null, name]);
}

function withExcess({ spans, alarms, findings }: GearReading): readonly GearFinding[] {
  const kept = findings.slice(0, LIMITS.findings);
  const isWithin =
    alarms.length <= LIMITS.alarms &&
    spans.length <= LIMITS.spans &&
    spans.every(({ channels }) => channels.length <= LIMITS.channels);
  if (isWithin) return kept;
  const message = `The gear reports more than ${String(LIMITS.spans)} spans, ${String(LIMITS.channels)} channels of a span or ${String(LIMITS.alarms)} alarms; the rest is left out`;
  return [{ code: 'gear.too-much', span: undefined, message }, ...kept];
}

function isSameChannel(a: ChannelReport, b: ChannelReport): boolean {
  return (
    a.state === b.state &&
    a.nativeState === b.nativeState &&
    a.alarm === b.alarm &&
    a.type === b.type &&
    a.timeslot === b.timeslot &&
    a.call?.direction === b.call?.direction &&
    a.call?.caller === b.call?.caller &&
    a.call?.called === b.call?.called &&
    a.call?.id === b.call?.id
  );
}
