// Watches one gear: starts its driver, reads everything at its interval, and takes what the
// driver reports in between at once. Nothing a driver does or fails to do reaches another gear.
//
//   start ─▶ driver.start ─ link, span, channel, alarm ─▶ LiveGear ─▶ told
//     │                                                      ▲
//     └▶ wait ─ interval, connected, changed, refresh ─▶ read ┘   one at a time, with a limit

import { CraftportError, isCode } from '../base/error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Timers } from '../base/timers.ts';
import type { GearDriver, GearObserver, GearReading } from '../span/gear-driver.ts';
import type { LiveChanges, LiveGear } from './live-gear.ts';
import type { Transcript } from './transcript.ts';

export interface GearWatchOptions {
  /** Makes a driver; again when the last one hung. */
  createDriver(): GearDriver;
  readonly live: LiveGear;
  readonly transcript: Transcript;
  readonly pollMs: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Told within the turn of the report. */
  changed(changes: LiveChanges): void;
  /** Told of anything else that replies show: link, findings, a reading done or failed. */
  stateChanged(): void;
  readonly limits?: Partial<GearWatchLimits>;
}

export interface GearWatchLimits {
  /** A driver ends a reading in its own time; this is for one that does not. */
  readonly readMs: number;
  /** How long a driver has after it was told to give up. */
  readonly giveUpMs: number;
  /** A driver that stops slower than this is left behind. */
  readonly stopMs: number;
  /** Between the beginnings of two readings, whoever asks. */
  readonly gapMs: number;
}

const LIMITS: GearWatchLimits = { readMs: 120_000, giveUpMs: 5_000, stopMs: 5_000, gapMs: 1_000 };

type Waiter = (error?: unknown) => void;

export class GearWatch {
  readonly #options: GearWatchOptions;
  readonly #limits: GearWatchLimits;
  #driver: GearDriver | undefined;
  /** Counts drivers: what an earlier one still says is not heard. */
  #generation = 0;
  #running = false;
  #reading = false;
  #abort: AbortController | undefined;
  #cancelNext: (() => void) | undefined;
  #nextAtMs = Infinity;
  #lastStartMs = -Infinity;
  /** Want a reading that begins from now on. */
  #waiters: Waiter[] = [];

  constructor(options: GearWatchOptions) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
  }

  /** Twice is fine. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#startDriver();
    this.#readIn(this.#options.pollMs);
  }

  /** Ends within `stopMs` whatever the driver does. Twice is fine. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    this.#cancelNext?.();
    this.#abort?.abort(notWatched());
    for (const done of this.#waiters.splice(0)) done(notWatched());
    await this.#stopDriver();
  }

  /**
   * Reads as soon as the gap to the last reading allows.
   * @returns when that reading is taken. @throws what the driver throws, driver.not-connected
   */
  refresh(): Promise<void> {
    if (!this.#running) return Promise.reject(notWatched());
    return new Promise((resolve, reject) => {
      this.#waiters.push((error) => {
        if (error === undefined) resolve();
        else reject(error instanceof Error ? error : new TypeError('A driver threw no error'));
      });
      this.#readIn(0);
    });
  }

  #startDriver(): void {
    const { live, transcript, clock, logger } = this.#options;
    this.#generation += 1;
    const generation = this.#generation;
    const isHeard = (): boolean => this.#running && generation === this.#generation;
    const observer: GearObserver = {
      link: (state, finding) => {
        if (!isHeard()) return;
        const wasConnected = live.state.link === 'connected';
        live.takeLink(state, finding, clock.nowMs());
        if (state === 'connected' && !wasConnected) this.#readIn(0);
        this.#options.stateChanged();
      },
      changed: (reason) => {
        if (!isHeard()) return;
        logger.debug(() => 'gear asks to be read', { reason });
        this.#readIn(0);
      },
      span: (report) => {
        if (isHeard()) this.#options.changed(live.takeSpan(report, clock.nowMs()));
      },
      channel: (span, report) => {
        if (isHeard()) this.#options.changed(live.takeChannel(span, report, clock.nowMs()));
      },
      alarm: (report) => {
        if (isHeard()) this.#options.changed(live.takeAlarm(report));
      },
      frame: (direction, text, decoded) => {
        if (isHeard()) transcript.add(direction, text, decoded, clock.nowMs());
      },
    };
    try {
      this.#driver = this.#options.createDriver();
      this.#driver.start(observer);
    } catch (error) {
      this.#failed(error);
    }
  }

  async #stopDriver(): Promise<void> {
    const driver = this.#driver;
    this.#driver = undefined;
    this.#generation += 1;
    if (driver === undefined) return;
    let cancel = (): void => {};
    const late = new Promise<'late'>((resolve) => {
      cancel = this.#options.timers.after(this.#limits.stopMs, () => resolve('late'));
    });
    try {
      const outcome = await Promise.race([driver.stop(), late]);
      if (outcome === 'late') this.#options.logger.warn(() => 'a driver does not stop');
    } catch (error) {
      this.#options.logger.warn(() => 'a driver failed to stop', { error });
    } finally {
      cancel();
    }
  }

  #readIn(ms: number): void {
    if (!this.#running || this.#reading) return;
    const { timers } = this.#options;
    const nowMs = timers.nowMs();
    const atMs = Math.max(nowMs + ms, this.#lastStartMs + this.#limits.gapMs);
    if (atMs >= this.#nextAtMs) return;
    this.#cancelNext?.();
    this.#nextAtMs = atMs;
    this.#cancelNext = timers.after(atMs - nowMs, () => {
      this.#nextAtMs = Infinity;
      void this.#read();
    });
  }

  async #read(): Promise<void> {
    const { live, clock, timers, pollMs } = this.#options;
    const waiters = this.#waiters.splice(0);
    this.#reading = true;
    const startedMs = timers.nowMs();
    this.#lastStartMs = startedMs;
    const generation = this.#generation;
    const turn = live.turn;
    let error: unknown;
    try {
      const reading = await this.#readWithin();
      if (this.#running && generation === this.#generation) {
        const tookMs = Math.round(timers.nowMs() - startedMs);
        this.#options.changed(live.takeReading(reading, turn, tookMs, clock.nowMs()));
        this.#options.stateChanged();
      }
    } catch (reason) {
      error = reason;
      if (this.#running) this.#failed(reason);
    } finally {
      this.#reading = false;
      this.#abort = undefined;
    }
    for (const done of waiters) done(error);
    // Who asked while this was under way wants a reading that began later.
    this.#readIn(this.#waiters.length > 0 ? 0 : startedMs + pollMs - timers.nowMs());
  }

  /** @throws what the driver throws, DriverHung */
  async #readWithin(): Promise<GearReading> {
    const { timers } = this.#options;
    if (this.#driver === undefined) this.#startDriver();
    const driver = this.#driver;
    if (driver === undefined)
      throw new CraftportError('driver.not-connected', 'The driver does not start');
    const controller = new AbortController();
    this.#abort = controller;
    const cancels: (() => void)[] = [];
    const hung = new Promise<never>((_resolve, reject) => {
      cancels.push(
        timers.after(this.#limits.readMs, () => {
          controller.abort(new DriverHung(this.#limits.readMs));
          cancels.push(
            timers.after(this.#limits.giveUpMs, () => reject(new DriverHung(this.#limits.readMs))),
          );
        }),
      );
    });
    try {
      return await Promise.race([driver.read(controller.signal), hung]);
    } catch (error) {
      if (error instanceof DriverHung) {
        await this.#stopDriver();
        if (this.#running) this.#startDriver();
      }
      throw error;
    } finally {
      for (const cancel of cancels) cancel();
    }
  }

  #failed(error: unknown): void {
    const { live, clock, logger } = this.#options;
    const isExpected = isCode(error);
    if (!isExpected) logger.error(() => 'a driver failed', { error });
    live.takeError({
      code: isExpected ? error.code : 'driver.failed',
      message: isExpected ? error.message : 'The driver failed; the log says more',
      atMs: clock.nowMs(),
    });
    this.#options.stateChanged();
  }
}

/** A driver neither read nor gave up. */
class DriverHung extends CraftportError {
  constructor(limitMs: number) {
    super('driver.timeout', `No reading within ${String(limitMs / 1000)} s`);
  }
}

function notWatched(): CraftportError {
  return new CraftportError('driver.not-connected', 'The gear is not watched');
}
