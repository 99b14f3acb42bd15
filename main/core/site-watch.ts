// Watches all sites of the book: one small request to each every few seconds, a few sites at a
// time (site-schedule.ts). What it learns is told in batches and kept for the next start.

import { isCode } from '../../agent/base/error.ts';
import { type Clock, systemClock } from '../../agent/base/clock.ts';
import { systemTimers, type Timers } from '../../agent/base/timers.ts';
import type { IpcSiteFacts, IpcSiteHealth } from '../../schemas/ipc.ts';
import type { LastKnown } from './last-known.ts';
import { type Candidate, waitAfter, type WatchPace, whoIsNext } from './site-schedule.ts';

/** What a site answered. `signed-out`: it answers, but nobody is signed in. */
export type SiteAnswer =
  { readonly kind: 'facts'; readonly facts: IpcSiteFacts } | { readonly kind: 'signed-out' };

export interface SiteWatchOptions {
  readonly known: LastKnown;
  /** Ids of the sites in the book. */
  sites(): readonly string[];
  /** Asks one site; ends in bounded time. @throws agent.*, auth.*, vault.unreadable */
  ask(siteId: string, signal: AbortSignal): Promise<SiteAnswer>;
  tell(health: readonly IpcSiteHealth[]): void;
  reportBug(error: unknown): void;
  readonly timers?: Timers;
  readonly clock?: Clock;
  /** From 0 to 1. */
  readonly random?: () => number;
}

interface Watched extends Candidate {
  isTrying: boolean;
  dueMs: number;
  failures: number;
  isWanted: boolean;
  state: IpcSiteHealth['state'];
  reason: IpcSiteHealth['reason'];
}

/** Changes of one moment are told together. */
const TELL_AFTER_MS = 100;
const SAVE_AFTER_MS = 15_000;

export class SiteWatch {
  readonly #options: SiteWatchOptions;
  readonly #timers: Timers;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #watched = new Map<string, Watched>();
  #pace: WatchPace | undefined;
  #abort = new AbortController();
  #news = new Set<string>();
  #cancelTurn: (() => void) | undefined;
  #cancelTell: (() => void) | undefined;
  #cancelSave: (() => void) | undefined;

  constructor(options: SiteWatchOptions) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.follow();
  }

  /** What is known of every site, in the order of the book. */
  list(): readonly IpcSiteHealth[] {
    return [...this.#watched.values()].map((site) => this.#healthOf(site));
  }

  /** Begins, or changes the pace. Sites that are late for it are asked at once. */
  start(pace: WatchPace): void {
    const isFaster = this.#pace !== pace && pace === 'shown';
    this.#pace = pace;
    if (isFaster)
      for (const site of this.#watched.values())
        if (site.failures === 0) site.dueMs = Math.min(site.dueMs, this.#timers.nowMs());
    this.#turn();
  }

  /** The book changed. */
  follow(): void {
    const ids = new Set(this.#options.sites());
    for (const id of this.#watched.keys())
      if (!ids.has(id)) {
        this.#watched.delete(id);
        this.#options.known.forget(id);
        this.#saveSoon();
      }
    for (const id of ids)
      if (!this.#watched.has(id))
        this.#watched.set(id, {
          id,
          isTrying: false,
          dueMs: this.#timers.nowMs(),
          failures: 0,
          isWanted: false,
          state: 'unknown',
          reason: undefined,
        });
    this.#turn();
  }

  /** Somebody does not want to wait. */
  tryNow(ids: readonly string[]): void {
    for (const id of ids) {
      const site = this.#watched.get(id);
      if (site === undefined || site.isTrying) continue;
      site.isWanted = true;
      this.#changed(site);
    }
    this.#turn();
  }

  /** Ends what is under way; `start` begins again. Twice is fine. */
  pause(): void {
    this.#pace = undefined;
    this.#cancelTurn?.();
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  /** Ends it for good, and keeps what is known. */
  async stop(): Promise<void> {
    this.pause();
    this.#cancelTell?.();
    this.#cancelSave?.();
    await this.#options.known.save();
  }

  #turn(): void {
    if (this.#pace === undefined) return;
    this.#cancelTurn?.();
    const nowMs = this.#timers.nowMs();
    for (const site of whoIsNext(this.#watched.values(), nowMs)) void this.#ask(site);
    const waits = [...this.#watched.values()]
      .filter(({ isTrying, dueMs }) => !isTrying && dueMs > nowMs)
      .map(({ dueMs }) => dueMs - nowMs);
    // Those that are due and found no place are taken when one of the others ends.
    if (waits.length > 0)
      this.#cancelTurn = this.#timers.after(Math.min(...waits), () => this.#turn());
  }

  async #ask(site: Watched): Promise<void> {
    const { signal } = this.#abort;
    site.isTrying = true;
    site.isWanted = false;
    this.#changed(site);
    try {
      const answer = await this.#options.ask(site.id, signal);
      if (this.#watched.get(site.id) !== site) return;
      site.reason = undefined;
      if (answer.kind === 'facts') {
        site.failures = 0;
        site.state = 'online';
        const { facts } = answer;
        this.#options.known.set(site.id, { atMs: this.#clock.nowMs(), facts });
        this.#saveSoon();
      } else {
        // Each attempt may be a refused sign-in, and the agent counts them.
        site.failures += 1;
        site.state = 'signed-out';
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isCode(error)) this.#options.reportBug(error);
      site.failures += 1;
      site.state = 'offline';
      site.reason = isCode(error)
        ? { code: error.code, message: error.message }
        : { code: 'bug', message: 'Something went wrong inside the desktop' };
    } finally {
      site.isTrying = false;
      const pace = this.#pace ?? 'background';
      site.dueMs = this.#timers.nowMs() + waitAfter(site.failures, pace, this.#random());
      this.#changed(site);
      this.#turn();
    }
  }

  #healthOf(site: Watched): IpcSiteHealth {
    const known = this.#options.known.get(site.id);
    // Pages count down by the clock on the wall.
    const nextTryAtMs = this.#clock.nowMs() + Math.max(0, site.dueMs - this.#timers.nowMs());
    return {
      id: site.id,
      state: site.state,
      isTrying: site.isTrying || site.isWanted,
      ...(site.isTrying || site.isWanted ? {} : { nextTryAtMs }),
      ...(site.reason === undefined ? {} : { reason: site.reason }),
      ...(known === undefined ? {} : { known }),
    };
  }

  #changed(site: Watched): void {
    this.#news.add(site.id);
    this.#cancelTell ??= this.#timers.after(TELL_AFTER_MS, () => {
      this.#cancelTell = undefined;
      const news = this.#news;
      this.#news = new Set();
      this.#options.tell(
        [...this.#watched.values()]
          .filter(({ id }) => news.has(id))
          .map((each) => this.#healthOf(each)),
      );
    });
  }

  #saveSoon(): void {
    this.#cancelSave ??= this.#timers.after(SAVE_AFTER_MS, () => {
      this.#cancelSave = undefined;
      void this.#options.known.save();
    });
  }
}
