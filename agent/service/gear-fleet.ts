// All gear of the site: one unit for each record, watched while it is enabled. Documents decide
// (service/gear.ts writes them); this follows.

import { BoundedCache } from '../base/bounded-cache.ts';
import type { Clock } from '../base/clock.ts';
import { CraftportError, isCode } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import type { Logger } from '../base/logger.ts';
import type { Timers } from '../base/timers.ts';
import { allDocuments } from '../document/all-documents.ts';
import type { DocumentScope } from '../document/document-store.ts';
import type { GearFamilies, HostKeyPin } from '../gear/gear-family.ts';
import { gearRecord, type GearRecord, isSameApproach, secretsOf } from '../gear/gear-record.ts';
import type { StoredGearState, StoredSpan } from '../gear/gear-store.ts';
import type { GearUnit } from '../gear/gear-unit.ts';
import { GearWatch, type GearWatchLimits } from '../gear/gear-watch.ts';
import { type KnownChannel, type LiveChanges, LiveGear } from '../gear/live-gear.ts';
import { spanFromJson } from '../gear/stored-span.ts';
import { Transcript } from '../gear/transcript.ts';
import type { AlarmLog } from './alarms.ts';
import { GearAlarms, LINK_ALARMS } from './gear-alarms.ts';
import { GearJournal, type GearJournalLimits } from './gear-journal.ts';
import type { Storage } from './storage.ts';

export const GEAR_SCOPE: DocumentScope = { kind: 'gear', accountId: undefined };

/** Who shows live state as it changes. Called within the turn of the change. */
export interface GearFeed {
  channel(unit: GearUnit, native: string, channel: KnownChannel): void;
  span(unit: GearUnit, native: string): void;
  gear(unit: GearUnit): void;
}

export interface GearFleetOptions {
  readonly storage: Storage;
  readonly families: GearFamilies;
  readonly alarms: AlarmLog;
  /** 32 hex digits that depend on the text alone. */
  readonly digest: (text: string) => string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly limits?: Partial<GearWatchLimits & GearJournalLimits>;
  /** Writes the first SSH host key that gear showed into its record. */
  readonly pinHostKey: (gearId: string, fingerprint: string) => Promise<unknown>;
}

const LOAD_AT_ONCE = 500;
const KNOWN_IDS = 20_000;

export class GearFleet {
  readonly #options: GearFleetOptions;
  readonly #units = new Map<string, GearUnit>();
  readonly #alarms: GearAlarms;
  readonly #journal: GearJournal;
  /** The work on each gear's unit, so that two changes of one record keep their order. */
  readonly #syncs = new Map<string, Promise<void>>();
  readonly #spanIds = new BoundedCache<string>(KNOWN_IDS);
  #feed: GearFeed | undefined;
  #running = false;

  constructor(options: GearFleetOptions) {
    this.#options = options;
    const { alarms, logger, storage, timers } = options;
    const spanId = (gearId: string, native: string): string => this.spanId(gearId, native);
    this.#alarms = new GearAlarms({ alarms, spanId, logger });
    this.#journal = new GearJournal({
      storage,
      timers,
      logger,
      spanId,
      ...(options.limits === undefined ? {} : { limits: options.limits }),
      unit: (id) => this.#units.get(id),
      flushed: () => {
        for (const unit of this.#units.values()) this.#alarms.retry(unit);
      },
    });
  }

  /** @param feed told of what changes from now on */
  async start(feed: GearFeed): Promise<void> {
    this.#feed = feed;
    this.#running = true;
    const { states, spans } = await this.#options.storage.read.gearStates.loadAll();
    for await (const { id, doc, problem } of this.#documents())
      this.#put(
        gearRecord(id, doc),
        states.find(({ gearId }) => gearId === id),
        spans.filter(({ gearId }) => gearId === id),
        problem,
      );
    for (const gearId of new Set([...states, ...spans].map((stored) => stored.gearId)))
      if (!this.#units.has(gearId)) await this.#removeState(gearId);
  }

  /** Ends every conversation and writes what is left. Twice is fine. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(
      [...this.#units.values()].flatMap(({ watch }) => (watch === undefined ? [] : [watch.stop()])),
    );
    await this.#journal.stop();
  }

  get units(): Iterable<GearUnit> {
    return this.#units.values();
  }

  unit(gearId: string): GearUnit | undefined {
    return this.#units.get(gearId);
  }

  /** The id of a span: the same for as long as its gear and the gear's name of it are. */
  spanId(gearId: string, native: string): string {
    const key = JSON.stringify(['span', gearId, native]);
    const known = this.#spanIds.get(key);
    if (known !== undefined) return known;
    const id = this.#options.digest(key);
    this.#spanIds.set(key, id);
    return id;
  }

  /** Follows the stored record of one gear: watches it, in another way, or no more. */
  sync(gearId: string): Promise<void> {
    const before = this.#syncs.get(gearId) ?? Promise.resolve();
    const work = before.catch(() => undefined).then(() => this.#sync(gearId));
    this.#syncs.set(gearId, work);
    const forget = (): void => {
      if (this.#syncs.get(gearId) === work) this.#syncs.delete(gearId);
    };
    work.then(forget, forget);
    return work;
  }

  /**
   * Reads one gear now.
   * @throws driver.not-connected when it is not watched, and what the driver throws
   */
  async refresh(gearId: string): Promise<void> {
    const watch = this.#units.get(gearId)?.watch;
    if (watch === undefined)
      throw new CraftportError('driver.not-connected', 'The gear is not enabled');
    await watch.refresh();
  }

  async #sync(gearId: string): Promise<void> {
    if (!this.#running) return;
    const stored = await this.#options.storage.read.documents.load(GEAR_SCOPE, gearId);
    const unit = this.#units.get(gearId);
    if (stored === undefined) {
      if (unit === undefined) return;
      this.#units.delete(gearId);
      await unit.watch?.stop();
      this.#alarms.drop(gearId);
      this.#journal.forget(gearId);
      await this.#removeState(gearId);
      return;
    }
    const record = gearRecord(gearId, stored.doc);
    if (unit === undefined) {
      this.#put(record, undefined, []);
      return;
    }
    const isSame = isSameApproach(unit.record, record);
    unit.record = record;
    if (!isSame) {
      const { watch } = unit;
      unit.watch = undefined;
      await watch?.stop();
      unit.live.takeLink('connecting', undefined, this.#options.clock.nowMs());
      unit.problem = undefined;
      this.#watch(unit);
    }
    this.#stateChanged(unit);
  }

  #put(
    record: GearRecord,
    state: StoredGearState | undefined,
    spans: readonly StoredSpan[],
    problem?: string,
  ): void {
    const { clock, alarms } = this.#options;
    const live = new LiveGear(clock.nowMs());
    const readMs = state?.doc['read_ms'];
    const readAtMs = typeof readMs === 'number' ? readMs : undefined;
    const known = spans.map(({ doc }) => spanFromJson(doc, readAtMs ?? 0));
    live.restore(
      known,
      alarms
        .standing((source) => source.kind === 'gear' && source.gearId === record.id)
        .filter(({ name }) => !LINK_ALARMS.includes(name))
        .map(({ source, name, severity, explanation }) => ({
          span: source.kind === 'gear' ? source.span?.native : undefined,
          name,
          severity,
          explanation,
        })),
      { identity: (state?.doc['identity'] ?? {}) as Readonly<Record<string, string>>, readAtMs },
    );
    const unit: GearUnit = {
      id: record.id,
      record,
      live,
      transcript: new Transcript(),
      watch: undefined,
      problem,
      pollS: record.pollS ?? 0,
    };
    this.#units.set(record.id, unit);
    this.#journal.restored(record.id, known);
    this.#watch(unit);
  }

  /** Watches the unit as its record says; it is not watched before. */
  #watch(unit: GearUnit): void {
    const { families, clock, timers, logger, limits } = this.#options;
    const { record } = unit;
    const family = families.find(record.driver);
    if (family === undefined)
      unit.problem = `This program has no driver ${record.driver}; the gear is not watched`;
    unit.pollS = record.pollS ?? family?.defaultPollS ?? 0;
    if (family === undefined || unit.problem !== undefined || !record.enabled) {
      unit.live.dropAlarms();
      this.#alarms.drop(unit.id);
      return;
    }
    const { link, options } = record;
    unit.transcript.setSecrets(secretsOf({ password: link.password ?? '', options }));
    const child = logger.child('gear', { gearId: record.id, driver: record.driver });
    unit.watch = new GearWatch({
      createDriver: () =>
        family.create({
          gearId: record.id,
          link,
          options,
          logger: child,
          hostKey: this.#hostKeyPin(unit),
        }),
      live: unit.live,
      transcript: unit.transcript,
      pollMs: unit.pollS * 1000,
      clock,
      timers,
      logger: child,
      changed: (changes) => this.#changed(unit, changes),
      stateChanged: () => this.#stateChanged(unit),
      ...(limits === undefined ? {} : { limits }),
    });
    unit.watch.start();
  }

  #hostKeyPin(unit: GearUnit): HostKeyPin {
    const { pinHostKey, logger } = this.#options;
    return {
      pinned: () => unit.record.hostKey,
      seen: (fingerprint) => {
        if (unit.record.hostKey !== undefined) return;
        // Trusted from now on, also while the record is being written.
        unit.record = { ...unit.record, hostKey: fingerprint };
        pinHostKey(unit.id, fingerprint).catch((error: unknown) => {
          logger.error(() => 'a host key could not be kept', { gearId: unit.id, error });
        });
      },
    };
  }

  #changed(unit: GearUnit, { spans, channels, alarms }: LiveChanges): void {
    for (const native of spans) {
      this.#journal.note(unit.id, native);
      this.#feed?.span(unit, native);
    }
    for (const { span, channel } of channels) {
      this.#journal.note(unit.id, span);
      this.#feed?.channel(unit, span, channel);
    }
    if (alarms) this.#alarms.update(unit);
  }

  #stateChanged(unit: GearUnit): void {
    if (unit.watch !== undefined) this.#alarms.update(unit);
    this.#journal.noteState(unit.id);
    this.#feed?.gear(unit);
  }

  async #removeState(gearId: string): Promise<void> {
    await this.#options.storage.write((writers) => writers.gearStates.removeGear(gearId));
  }

  async *#documents(): AsyncGenerator<LoadedRecord> {
    const { documents } = this.#options.storage.read;
    for await (const rows of allDocuments(documents, GEAR_SCOPE, LOAD_AT_ONCE))
      for (const { id, doc } of rows) yield await this.#withSecrets(id, doc);
  }

  /** Lists are sealed; a driver needs the password. One that does not open spoils one gear. */
  async #withSecrets(id: string, sealed: JsonObject): Promise<LoadedRecord> {
    try {
      const stored = await this.#options.storage.read.documents.load(GEAR_SCOPE, id);
      return { id, doc: stored?.doc ?? sealed, problem: undefined };
    } catch (error) {
      if (!isCode(error, 'secret.unreadable')) throw error;
      return { id, doc: { ...sealed, password: '', options: {} }, problem: error.message };
    }
  }
}

interface LoadedRecord {
  readonly id: string;
  readonly doc: JsonObject;
  readonly problem: string | undefined;
}
