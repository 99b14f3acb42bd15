// What of live gear goes to disk, and the durable events that go with it. Written in one
// transaction for all gear, a second after something that people want to know later, and every
// half minute for the rest; channels alone change a thousand times a second.

import type { NewEvent } from '../base/change.ts';
import { isCode } from '../base/error.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { Logger } from '../base/logger.ts';
import type { Timers } from '../base/timers.ts';
import type { GearUnit } from '../gear/gear-unit.ts';
import type { KnownSpan } from '../gear/live-gear.ts';
import { spanToJson } from '../gear/stored-span.ts';
import type { Storage } from './storage.ts';

export interface GearJournalOptions {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly unit: (gearId: string) => GearUnit | undefined;
  readonly spanId: (gearId: string, native: string) => string;
  /** Told after each attempt: a good time to try again what else failed. */
  readonly flushed: () => void;
  readonly limits?: Partial<GearJournalLimits>;
}

export interface GearJournalLimits {
  /** From a milestone to its event: what comes meanwhile is one event. */
  readonly soonMs: number;
  /** From any other change to its snapshot. */
  readonly snapshotMs: number;
}

const LIMITS: GearJournalLimits = { soonMs: 1_000, snapshotMs: 30_000 };
/** An age alone is worth a write this often. */
const AGE_MS = 60_000;

/** The values whose changes are told in durable events. */
type Milestones = Readonly<Record<string, JsonValue>>;

interface Pending {
  readonly spans: Set<string>;
  ageWrittenMs: number;
}

export class GearJournal {
  readonly #options: GearJournalOptions;
  readonly #limits: GearJournalLimits;
  readonly #pending = new Map<string, Pending>();
  /** Milestones as last told, by gear and span. */
  readonly #told = new Map<string, Map<string, Milestones>>();
  readonly #toldConnected = new Map<string, boolean>();
  #cancel: (() => void) | undefined;
  #dueMs = Infinity;
  #flushing: Promise<void> | undefined;
  #stopped = false;

  constructor(options: GearJournalOptions) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
  }

  /** Takes what is on disk as told. */
  restored(gearId: string, spans: Iterable<KnownSpan>): void {
    this.#told.set(
      gearId,
      new Map([...spans].map((span) => [span.report.native, milestonesOf(span)])),
    );
  }

  /** Values of the span, or of its channels, are not what is on disk. */
  note(gearId: string, native: string): void {
    this.#pendingOf(gearId).spans.add(native);
    const unit = this.#options.unit(gearId);
    const span = unit?.live.spans.get(native);
    const told = this.#told.get(gearId)?.get(native);
    const isMilestone = span === undefined ? told !== undefined : !isSame(told, milestonesOf(span));
    this.#schedule(isMilestone ? this.#limits.soonMs : this.#limits.snapshotMs);
  }

  /** Link or age of the gear changed. */
  noteState(gearId: string): void {
    this.#pendingOf(gearId);
    const unit = this.#options.unit(gearId);
    const isConnected = unit?.watch !== undefined && unit.live.state.link === 'connected';
    this.#schedule(
      isConnected === (this.#toldConnected.get(gearId) ?? false)
        ? this.#limits.snapshotMs
        : this.#limits.soonMs,
    );
  }

  forget(gearId: string): void {
    this.#pending.delete(gearId);
    this.#told.delete(gearId);
    this.#toldConnected.delete(gearId);
  }

  /** Writes what is left. Twice is fine. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#flushing;
    await this.#flush(true);
  }

  #pendingOf(gearId: string): Pending {
    const known = this.#pending.get(gearId);
    if (known !== undefined) return known;
    const pending: Pending = { spans: new Set(), ageWrittenMs: -Infinity };
    this.#pending.set(gearId, pending);
    return pending;
  }

  #schedule(ms: number): void {
    if (this.#stopped) return;
    const { timers } = this.#options;
    const atMs = timers.nowMs() + ms;
    if (atMs >= this.#dueMs) return;
    this.#cancel?.();
    this.#dueMs = atMs;
    this.#cancel = timers.after(ms, () => {
      this.#dueMs = Infinity;
      // One after the other: what the first tells must not be told by the second again.
      const flushing = (this.#flushing ?? Promise.resolve())
        .then(() => this.#flush(false))
        .finally(() => {
          if (this.#flushing === flushing) this.#flushing = undefined;
          this.#options.flushed();
        });
      this.#flushing = flushing;
    });
  }

  async #flush(isLast: boolean): Promise<void> {
    const { storage, unit: unitOf, spanId, timers, logger } = this.#options;
    const nowMs = timers.nowMs();
    const events: NewEvent[] = [];
    const writes: { readonly unit: GearUnit; readonly natives: readonly string[] }[] = [];
    const commits: (() => void)[] = [];
    for (const [gearId, pending] of this.#pending) {
      const unit = unitOf(gearId);
      if (unit === undefined) continue;
      const natives = [...pending.spans];
      const connected = this.#connection(unit);
      const isAged = isLast || nowMs - pending.ageWrittenMs >= AGE_MS;
      if (natives.length === 0 && connected === undefined && !isAged) continue;
      if (connected !== undefined) {
        events.push(connected.event);
        commits.push(connected.commit);
      }
      pending.spans.clear();
      for (const native of natives) {
        const step = this.#step(unit, native, spanId(gearId, native));
        if (step?.event !== undefined) events.push(step.event);
        if (step !== undefined) commits.push(step.commit);
      }
      writes.push({ unit, natives });
      commits.push(() => {
        pending.ageWrittenMs = nowMs;
      });
    }
    if (writes.length === 0) return;
    // Taken now: what changes while the transaction waits for its turn is of the next one.
    const rows = writes.map(({ unit, natives }) => toRows(unit, natives));
    try {
      await storage.write(async (writers) => {
        for (const { gearId, state, spans, gone } of rows) {
          await writers.gearStates.saveState({ gearId, doc: state });
          if (spans.length > 0) await writers.gearStates.saveSpans(spans);
          if (gone.length > 0) await writers.gearStates.removeSpans(gearId, gone);
        }
        for (const event of events) writers.emit(event);
      });
      for (const commit of commits) commit();
    } catch (error) {
      for (const { unit, natives } of writes)
        for (const native of natives) this.#pending.get(unit.id)?.spans.add(native);
      if (!isCode(error, 'store.closed'))
        logger.warn(() => 'the state of gear could not be stored', { error });
      if (!isLast) this.#schedule(this.#limits.snapshotMs);
    }
  }

  #connection(
    unit: GearUnit,
  ): { readonly event: NewEvent; readonly commit: () => void } | undefined {
    const { id, watch, live, record } = unit;
    const { link, linkFinding } = live.state;
    const isConnected = watch !== undefined && link === 'connected';
    if (isConnected === (this.#toldConnected.get(id) ?? false)) return undefined;
    return {
      event: {
        name: isConnected ? 'gear.connected' : 'gear.disconnected',
        data: {
          id,
          name: record.name,
          ...(isConnected || linkFinding === undefined
            ? {}
            : { reason: linkFinding.code, message: linkFinding.message }),
        },
      },
      commit: () => this.#toldConnected.set(id, isConnected),
    };
  }

  /** The durable event of one span, if there is something to tell. */
  #step(
    unit: GearUnit,
    native: string,
    id: string,
  ): { readonly event: NewEvent | undefined; readonly commit: () => void } | undefined {
    const told = this.#told.get(unit.id) ?? new Map<string, Milestones>();
    this.#told.set(unit.id, told);
    const before = told.get(native);
    const span = unit.live.spans.get(native);
    const about = { id, gear_id: unit.id, native };
    if (span === undefined)
      return before === undefined
        ? undefined
        : {
            event: { name: 'span.removed', data: about },
            commit: () => told.delete(native),
          };
    const after = milestonesOf(span);
    const commit = (): void => void told.set(native, after);
    if (before === undefined)
      return { event: { name: 'span.added', data: { ...about, ...after } }, commit };
    if (isSame(before, after)) return { event: undefined, commit };
    const changes: Record<string, JsonObject> = {};
    for (const key of Object.keys(after))
      if (JSON.stringify(before[key]) !== JSON.stringify(after[key]))
        changes[key] = { before: before[key] ?? null, after: after[key] ?? null };
    return { event: { name: 'span.changed', data: { ...about, changes } }, commit };
  }
}

function milestonesOf({ report, missingSinceMs }: KnownSpan): Milestones {
  return {
    signalling: report.signalling,
    running: report.running,
    admin: report.admin,
    status: report.status === undefined ? [] : report.status.names,
    order: { ...report.order },
    missing: missingSinceMs !== undefined,
  };
}

function isSame(a: Milestones | undefined, b: Milestones): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

function toRows(
  { id, live }: GearUnit,
  natives: readonly string[],
): {
  readonly gearId: string;
  readonly state: JsonObject;
  readonly spans: readonly { gearId: string; native: string; doc: JsonObject }[];
  readonly gone: readonly string[];
} {
  const { identity, readAtMs } = live.state;
  return {
    gearId: id,
    state: { identity, ...(readAtMs === undefined ? {} : { read_ms: readAtMs }) },
    spans: natives.flatMap((native) => {
      const span = live.spans.get(native);
      return span === undefined ? [] : [{ gearId: id, native, doc: spanToJson(span) }];
    }),
    gone: natives.filter((native) => !live.spans.has(native)),
  };
}
