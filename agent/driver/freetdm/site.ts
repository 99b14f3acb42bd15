// What one FreeTDM is known to be, kept between readings, so that an event needs no reading to
// be understood. Each method takes what was just heard; what it means is in alarms.ts and
// span-report.ts.

import { BoundedCache } from '../../base/bounded-cache.ts';
import type { ChannelRecord } from '../../codec/ftdm/channel-dump.ts';
import type { CallOnChannel } from '../../codec/ftdm/call.ts';
import type { ChannelAddress } from '../../codec/ftdm/core.ts';
import type { SignallingChange } from '../../codec/ftdm/signalling.ts';
import type { ListedSpan } from '../../codec/ftdm/span-list.ts';
import type { AlarmTrap } from '../../codec/ftdm/trap.ts';
import type { AlarmReport, CallReport, ChannelReport, SpanReport } from '../../span/span.ts';
import { spanAlarms, wedgedAlarm } from './alarms.ts';
import { type ChannelFacts, emptyRecord, type SpanFacts, unknownSpan } from './facts.ts';
import { channelReport, channelTimeslot, type ReportOptions, spanReport } from './span-report.ts';
import type { Card } from './vocabulary.ts';

/** Calls whose direction is remembered: more than a full shelf of channels. */
const MAX_CALLS = 4096;

export class FreetdmSite implements ReportOptions {
  readonly card: Card;
  readonly #spans = new Map<number, SpanFacts>();
  readonly #directions = new BoundedCache<CallReport['direction']>(MAX_CALLS);

  constructor(card: Card) {
    this.card = card;
  }

  get spanIds(): readonly number[] {
    return [...this.#spans.keys()];
  }

  span(id: number): SpanFacts | undefined {
    return this.#spans.get(id);
  }

  direction(session: string): CallReport['direction'] {
    return this.#directions.get(session) ?? 'unknown';
  }

  /** Another run of FreeSWITCH: nothing of the last one holds. */
  forget(): void {
    this.#spans.clear();
    this.#directions.clear();
  }

  /**
   * The spans of the core and which of them run.
   * @param all every id there is; spans without one are gone
   */
  takeRunning(all: ReadonlySet<number>, started: ReadonlySet<number>): void {
    for (const id of this.#spans.keys()) if (!all.has(id)) this.#spans.delete(id);
    for (const id of all)
      this.#spans.set(id, {
        ...(this.#spans.get(id) ?? unknownSpan(id)),
        running: started.has(id) ? 'started' : 'stopped',
      });
  }

  takeWedged(id: number): void {
    const span = this.#spans.get(id);
    if (span !== undefined) this.#spans.set(id, { ...span, running: 'wedged' });
  }

  takeList(listed: readonly ListedSpan[]): void {
    const byId = new Map(listed.map((span) => [span.id, span]));
    for (const [id, span] of this.#spans) {
      const own = byId.get(id);
      this.#spans.set(id, { ...span, listed: own, name: own?.name ?? span.name });
    }
  }

  /** A dump of a whole span: channels that it lacks are gone. */
  takeDump(id: number, records: readonly ChannelRecord[]): void {
    const span = this.#spans.get(id) ?? unknownSpan(id);
    const channels = new Map<number, ChannelFacts>();
    for (const record of records)
      if (record.spanId === id)
        channels.set(record.channelId, {
          record,
          isSuspended: span.channels.get(record.channelId)?.isSuspended ?? false,
        });
    this.#spans.set(id, { ...span, channels });
  }

  /** A dump of one channel. */
  takeChannel(record: ChannelRecord): void {
    this.#update(record, (facts) => ({ ...facts, record }));
  }

  takeSuspended(suspended: readonly ChannelAddress[]): void {
    const keys = new Set(suspended.map(keyOf));
    for (const span of this.#spans.values())
      for (const { record, isSuspended } of span.channels.values())
        if (isSuspended !== keys.has(keyOf(record)))
          this.#update(record, (facts) => ({ ...facts, isSuspended: !isSuspended }));
  }

  /**
   * What the core's lists say of a span that does not answer itself.
   * @param channels all of its channels, for one that was never read
   */
  takeCore(
    id: number,
    channels: readonly number[],
    states: ReadonlyMap<string, string>,
    alarmed: ReadonlySet<string>,
  ): void {
    const span = this.#spans.get(id) ?? unknownSpan(id);
    const facts = new Map(span.channels);
    for (const channelId of channels)
      if (!facts.has(channelId))
        facts.set(channelId, { record: emptyRecord(id, channelId), isSuspended: false });
    for (const [channelId, { record, isSuspended }] of facts) {
      const key = keyOf(record);
      const state = states.get(key) ?? 'DOWN';
      const isAlarmed = alarmed.has(key);
      facts.set(channelId, {
        isSuspended,
        record: {
          ...record,
          state,
          isAlarmed,
          alarms: isAlarmed ? record.alarms : [],
          session: state === 'DOWN' ? undefined : record.session,
        },
      });
    }
    this.#spans.set(id, { ...span, channels: facts });
  }

  /** @returns whether the channel is known; if not, only a reading helps */
  takeTrap({ spanId, channelId, spanName, isAlarmed, alarms }: AlarmTrap): boolean {
    const span = this.#spans.get(spanId);
    if (span !== undefined && spanName !== '' && span.name.startsWith('#'))
      this.#spans.set(spanId, { ...span, name: spanName });
    return this.#update({ spanId, channelId }, ({ record, isSuspended }) => ({
      record: { ...record, isAlarmed, alarms },
      isSuspended,
    }));
  }

  /** @returns whether the channel is known */
  takeSignalling(change: SignallingChange): boolean {
    return this.#update(change, ({ record, isSuspended }) => ({
      record: { ...record, signallingStatus: change.status },
      isSuspended,
    }));
  }

  takeCall({ uuid, direction }: CallOnChannel): void {
    this.#directions.set(uuid, direction);
  }

  /** Sessions on channels of which it is not known which way they go. */
  get hasUndirectedCalls(): boolean {
    for (const span of this.#spans.values())
      for (const { record } of span.channels.values())
        if (record.session !== undefined && this.#directions.get(record.session) === undefined)
          return true;
    return false;
  }

  report(id: number): SpanReport | undefined {
    const span = this.#spans.get(id);
    return span === undefined ? undefined : spanReport(span, this);
  }

  channelReport({ spanId, channelId }: ChannelAddress): ChannelReport | undefined {
    const span = this.#spans.get(spanId);
    const channel = span?.channels.get(channelId);
    if (span === undefined || channel === undefined) return undefined;
    return channelReport(span, channel, channelTimeslot(span, channel), this);
  }

  reports(): readonly SpanReport[] {
    return [...this.#spans.values()]
      .sort((a, b) => a.id - b.id)
      .map((span) => spanReport(span, this));
  }

  alarms(): readonly AlarmReport[] {
    return [...this.#spans.values()].flatMap((span) => [
      ...spanAlarms(span, this.card).map(({ report }) => report),
      ...(span.running === 'wedged' ? [wedgedAlarm(span.name)] : []),
    ]);
  }

  #update(
    { spanId, channelId }: ChannelAddress,
    change: (facts: ChannelFacts) => ChannelFacts,
  ): boolean {
    const span = this.#spans.get(spanId);
    const facts = span?.channels.get(channelId);
    if (span === undefined || facts === undefined) return false;
    // The map is this span's own.
    (span.channels as Map<number, ChannelFacts>).set(channelId, change(facts));
    return true;
  }
}

/** `1:16` */
export function keyOf({ spanId, channelId }: ChannelAddress): string {
  return `${String(spanId)}:${String(channelId)}`;
}
