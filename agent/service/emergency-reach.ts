// The standing check that every account can call for help: each emergency number of the
// configured countries needs an enabled, dialable resource, the account's own or the system's.
// Asked again when resources, settings or accounts change; a number that cannot be dialled is a
// critical alarm of the account until it can.

import type { Account } from '../account/account.ts';
import type { AlarmNotice, AlarmSource } from '../alarm/alarm.ts';
import type { DomainEvent } from '../base/change.ts';
import type { Logger } from '../base/logger.ts';
import type { Timers } from '../base/timers.ts';
import { type EmergencyNumber, emergencyNumbers } from '../number/emergency-numbers.ts';
import type { CompiledSet } from '../routing/compiled-set.ts';
import {
  canReach,
  documentsFor,
  NOBODY,
  reachObstacles,
  readReachCaller,
} from '../routing/reach.ts';
import { RouteSets, type RouteSetsOptions } from './route-sets.ts';
import type { Storage } from './storage.ts';

/** Where findings go: the alarm log. */
export interface AlarmSink {
  /** Alarms that stand now. */
  standing(of: (source: AlarmSource) => boolean): readonly Pick<AlarmNotice, 'source' | 'name'>[];
  /** Takes what stands and what does not; what says nothing new is free. */
  tell(notices: readonly AlarmNotice[]): Promise<void>;
}

export interface EmergencyReachOptions {
  readonly storage: Pick<Storage, 'read' | 'onEvents'>;
  /** The compiled resources of a store, up to date: those that may carry emergency numbers. */
  readonly loadSet: (accountId: string | undefined) => Promise<CompiledSet>;
  /** `number_manager`, as it is now. */
  readonly numberSettings: () => object;
  /** Tells that settings changed. @returns the way to stop */
  readonly onSettings: (listener: () => void) => () => void;
  readonly alarms: AlarmSink;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** Changes within this time are looked at together. */
export const COALESCE_MS = 300;
/** After a check, so many times what it took pass before the next: a tenth of the time at most. */
const REST_FACTOR = 9;
const LONGEST_REST_MS = 30_000;
const RETRY_MS = 10_000;
const PAGE = 200;

// Of the documents that are looked at in passing.
const MOST_PATTERNS = 1_000;

/**
 * The resources that may carry an emergency number, compiled. They are few, and the check asks
 * for them on every start, when nobody has asked for a route yet.
 */
export function emergencyRouteSets(options: Omit<RouteSetsOptions, 'keeps'>): RouteSets {
  const { settings, patterns } = options;
  return new RouteSets({
    ...options,
    patterns: patterns.smaller(MOST_PATTERNS),
    keeps(set) {
      const numbers = emergencyNumbers(settings().numberManager);
      return documentsFor(
        numbers.map(({ number }) => number),
        set,
      );
    },
  });
}

const PREFIX = 'emergency number ';

export class EmergencyReach {
  readonly #options: EmergencyReachOptions;
  #stops: (() => void)[] = [];
  #cancelTimer: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;
  #restMs = 0;
  /** What to look at: all accounts, or these. */
  #isAllDirty = false;
  readonly #dirty = new Set<string>();
  /** Numbers that the system's resources reach for anybody, until those or settings change. */
  #global: ReadonlySet<string> | undefined;

  constructor(options: EmergencyReachOptions) {
    this.#options = options;
  }

  /** Looks at every account soon, and at what changes from now on. */
  start(): void {
    const { storage, onSettings } = this.#options;
    this.#stops = [
      storage.onEvents((events) => this.#note(events)),
      onSettings(() => this.#noteAll()),
    ];
    this.#noteAll();
  }

  /** Twice is fine. Resolves when no check is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const stop of this.#stops.splice(0)) stop();
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    await this.settled();
  }

  /** Resolves when the check that is under way, if any, is over. */
  async settled(): Promise<void> {
    await this.#running;
  }

  #note(events: readonly DomainEvent[]): void {
    for (const { name, accountId } of events) {
      const isResource = name.startsWith('resource.');
      if (!isResource && !name.startsWith('account.')) continue;
      if (accountId !== undefined) this.#dirty.add(accountId);
      else if (isResource) this.#noteAll();
    }
    if (this.#dirty.size > 0) this.#schedule(COALESCE_MS + this.#restMs);
  }

  #noteAll(): void {
    this.#global = undefined;
    this.#isAllDirty = true;
    this.#schedule(COALESCE_MS + this.#restMs);
  }

  #schedule(afterMs: number): void {
    if (this.#isStopped || this.#cancelTimer !== undefined || this.#running !== undefined) return;
    this.#cancelTimer = this.#options.timers.after(afterMs, () => {
      this.#cancelTimer = undefined;
      this.#running = this.#run().finally(() => {
        this.#running = undefined;
        if (this.#isAllDirty || this.#dirty.size > 0) this.#schedule(COALESCE_MS + this.#restMs);
      });
    });
  }

  async #run(): Promise<void> {
    const { timers, logger } = this.#options;
    const isAll = this.#isAllDirty;
    const ids = [...this.#dirty];
    this.#isAllDirty = false;
    this.#dirty.clear();
    // What was noted while an earlier check was reading may have been overwritten by it.
    if (isAll) this.#global = undefined;
    const startedMs = timers.nowMs();
    try {
      await (isAll ? this.#checkAll() : this.#checkSome(ids));
      const tookMs = timers.nowMs() - startedMs;
      this.#restMs = Math.min(LONGEST_REST_MS, tookMs * REST_FACTOR);
    } catch (error) {
      // What stood still stands; nothing is taken for reachable that was not looked at.
      logger.error(() => 'the check of emergency numbers failed', { error });
      if (isAll) this.#isAllDirty = true;
      for (const id of ids) this.#dirty.add(id);
      this.#restMs = RETRY_MS;
    }
  }

  async #checkAll(): Promise<void> {
    const { accounts } = this.#options.storage.read;
    const master = await accounts.loadMaster();
    if (master === undefined) return;
    const seen = new Set<string>();
    let page: readonly Account[] = [master];
    while (page.length > 0 && !this.#isStopped) {
      for (const account of page) await this.#check(account);
      for (const { id } of page) seen.add(id);
      const last = page.at(-1);
      const start =
        last === undefined || last === master ? {} : { start: { id: last.id, isInclusive: false } };
      page = await accounts.listDescendants(master, { ...start, limit: PAGE });
    }
    if (this.#isStopped) return;
    const gone = this.#standing((id) => !seen.has(id));
    await this.#options.alarms.tell(gone.map(cleared));
  }

  async #checkSome(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      if (this.#isStopped) return;
      const account = await this.#options.storage.read.accounts.load(id);
      if (account !== undefined) await this.#check(account);
      else await this.#options.alarms.tell(this.#standing((other) => other === id).map(cleared));
    }
  }

  /** Tells what stands for one account; a disabled one calls nobody. */
  async #check(account: Account): Promise<void> {
    if (this.#hasStopped()) return;
    const { alarms, numberSettings } = this.#options;
    const wanted = account.enabled ? emergencyNumbers(numberSettings()) : [];
    const global = await this.#reachedByAll();
    const source: AlarmSource = { kind: 'account', path: account.path };
    const raised: AlarmNotice[] = [];
    for (const number of wanted) {
      if (global.has(number.number)) continue;
      const why = await this.#whyNot(account, number);
      if (why === undefined) continue;
      raised.push({ source, name: nameOf(number), severity: 'critical', explanation: why });
    }
    // A stop cuts the loading of resources short: what is not there may only not be loaded.
    if (this.#hasStopped()) return;
    const standing = this.#standing((id) => id === account.id);
    const names = new Set(raised.map(({ name }) => name));
    const over = standing.filter(({ name }) => !names.has(name)).map(cleared);
    if (raised.length + over.length > 0) await alarms.tell([...raised, ...over]);
  }

  /** @returns the explanation, or undefined when the number is reached. */
  async #whyNot(account: Account, wanted: EmergencyNumber): Promise<string | undefined> {
    const { loadSet } = this.#options;
    const { number } = wanted;
    const caller = readReachCaller(account.doc);
    const own = await loadSet(account.id);
    if (canReach(number, caller, own)) return undefined;
    const global = await loadSet(undefined);
    if (caller.external !== undefined && canReach(number, caller, global)) return undefined;
    const reasons = [...reachObstacles(number, caller, own)];
    const above = reachObstacles(number, caller, global);
    // The system's resources are the master account's to know by name.
    if (account.parentId === undefined) reasons.push(...above);
    else if (above.length > 0) reasons.push('Resources of the system carry it and are not usable.');
    const why =
      reasons.length === 0 ? 'No resource has a rule or class for it.' : reasons.join(' ');
    return (
      `The emergency number ${number} (${wanted.countries.join(', ')}) cannot be dialled ` +
      `from the account ${JSON.stringify(account.name)}. ${why}`
    );
  }

  /** Caller-id rules aside, so what is reached here is reached by every account. */
  async #reachedByAll(): Promise<ReadonlySet<string>> {
    if (this.#global !== undefined) return this.#global;
    const { loadSet, numberSettings } = this.#options;
    const set = await loadSet(undefined);
    const numbers = emergencyNumbers(numberSettings()).map(({ number }) => number);
    this.#global = new Set(numbers.filter((number) => canReach(number, NOBODY, set)));
    return this.#global;
  }

  /** A call, because it may change while something is awaited. */
  #hasStopped(): boolean {
    return this.#isStopped;
  }

  #standing(of: (accountId: string) => boolean): readonly Pick<AlarmNotice, 'source' | 'name'>[] {
    const found = this.#options.alarms.standing(
      (source) => source.kind === 'account' && of(source.path.at(-1) ?? ''),
    );
    return found.filter(({ name }) => name.startsWith(PREFIX));
  }
}

function nameOf({ number }: EmergencyNumber): string {
  return `${PREFIX}${number} unreachable`;
}

function cleared({ source, name }: Pick<AlarmNotice, 'source' | 'name'>): AlarmNotice {
  return { source, name, severity: 'cleared', explanation: '' };
}
