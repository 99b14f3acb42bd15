// The resources of each store, compiled for routing: loaded on the first question, then kept up
// to date one document at a time as the store tells of changes. Passwords are masked before they
// come here: nothing is dialled from these sets, and answers made from them are shown.

import { BoundedCache } from '../base/bounded-cache.ts';
import type { DomainEvent } from '../base/change.ts';
import type { JsonObject } from '../base/json.ts';
import { maskSecrets } from '../base/mask.ts';
import { nextTurn } from '../base/next-turn.ts';
import { allDocuments } from '../document/all-documents.ts';
import type { DocumentScope, NewDocument } from '../document/document-store.ts';
import { Numbers } from '../number/numbers.ts';
import { readNumberTables } from '../number/tables.ts';
import type { PatternCache } from '../pattern/pattern-cache.ts';
import { CompiledSet } from '../routing/compiled-set.ts';
import { readRoutingConfig } from '../routing/config.ts';
import { WARM_UP_ROUNDS } from '../routing/warm-up.ts';
import type { Storage } from './storage.ts';

const MAX_SETS = 200;
// Compiled in one go, some 10 ms: other calls wait no longer.
const LOAD_AT_ONCE = 100;

/** The settings that routing depends on, as they are now. */
export interface RouteSettings {
  /** `stepswitch` */
  readonly stepswitch: object;
  /** `number_manager` */
  readonly numberManager: object;
}

export interface RouteSetsOptions {
  readonly storage: Storage;
  readonly patterns: PatternCache;
  readonly settings: () => RouteSettings;
  /** Tells that settings changed. @returns the way to stop */
  readonly onSettings: (listener: () => void) => () => void;
  /**
   * Which documents of a set are kept; all of them without it. A few are compiled at a time and
   * forgotten again, so that sets of which little is kept cost little memory.
   */
  readonly keeps?: (set: CompiledSet) => ReadonlySet<string>;
  /** Run over a set that was loaded, some rounds with other work in between. */
  readonly warmUp?: (set: CompiledSet) => void;
}

interface KeptSet {
  readonly set: Promise<CompiledSet>;
  /** Ids that changed since they were compiled. */
  readonly dirty: Set<string>;
}

export class RouteSets {
  readonly #options: RouteSetsOptions;
  readonly #kept = new BoundedCache<KeptSet>(MAX_SETS);
  readonly #stops: (() => void)[];
  #isStopped = false;

  constructor(options: RouteSetsOptions) {
    this.#options = options;
    this.#stops = [
      options.storage.onEvents((events) => this.#note(events)),
      options.onSettings(() => this.#kept.clear()),
    ];
  }

  /** Also cuts short what is being loaded: a set so made must not be used. */
  stop(): void {
    this.#isStopped = true;
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** The compiled resources of a store, up to date. @param accountId undefined: the global ones */
  async load(accountId: string | undefined): Promise<CompiledSet> {
    const key = accountId ?? '';
    let kept = this.#kept.get(key);
    if (kept === undefined) {
      // Listening (in #note) begins with this entry, so nothing is missed while it loads.
      const compiled = this.compileAll(accountId, {});
      kept = { set: compiled.then((set) => this.#warmed(set)), dirty: new Set() };
      this.#kept.set(key, kept);
      kept.set.catch(() => this.#kept.delete(key));
    }
    const set = await kept.set;
    await this.#refresh(set, kept.dirty, accountId);
    return set;
  }

  /** A set without resources. */
  compileEmpty(isGlobal = false, overrides: object = {}): CompiledSet {
    const { patterns, settings } = this.#options;
    const { stepswitch, numberManager } = settings();
    return new CompiledSet({
      config: readRoutingConfig({ ...stepswitch, ...overrides }),
      numbers: new Numbers(readNumberTables(numberManager), patterns),
      patterns,
      global: isGlobal,
    });
  }

  /** A set of its own, with other settings than the present ones. */
  async compileAll(accountId: string | undefined, overrides: object): Promise<CompiledSet> {
    const set = this.compileEmpty(accountId === undefined, overrides);
    for await (const documents of this.#documents(accountId))
      for (const { id, doc } of this.#worthKeeping(documents, set)) set.put(id, doc);
    return set;
  }

  /** The stored documents of these ids, masked. */
  async stored(
    accountId: string | undefined,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, JsonObject>> {
    const found = await this.#options.storage.read.documents.loadManySealed(
      scopeOf(accountId),
      ids,
    );
    return new Map(found.map(({ id, doc }) => [id, maskSecrets(doc) as JsonObject]));
  }

  async #warmed(set: CompiledSet): Promise<CompiledSet> {
    const { warmUp } = this.#options;
    if (warmUp === undefined) return set;
    for (let round = 0; round < WARM_UP_ROUNDS; round++) {
      warmUp(set);
      await nextTurn();
    }
    return set;
  }

  #worthKeeping(documents: readonly NewDocument[], set: CompiledSet): readonly NewDocument[] {
    const { keeps } = this.#options;
    if (keeps === undefined) return documents;
    const few = new CompiledSet(set);
    for (const { id, doc } of documents) few.put(id, doc);
    const kept = keeps(few);
    return documents.filter(({ id }) => kept.has(id));
  }

  async #refresh(
    set: CompiledSet,
    dirty: Set<string>,
    accountId: string | undefined,
  ): Promise<void> {
    while (dirty.size > 0) {
      const ids = [...dirty].slice(0, LOAD_AT_ONCE);
      for (const id of ids) dirty.delete(id);
      let live: ReadonlyMap<string, JsonObject>;
      try {
        live = await this.stored(accountId, ids);
      } catch (error) {
        for (const id of ids) dirty.add(id);
        throw error;
      }
      for (const id of ids) if (!live.has(id)) set.remove(id);
      const documents = [...live].map(([id, doc]) => ({ id, doc }));
      const kept = new Map(this.#worthKeeping(documents, set).map(({ id, doc }) => [id, doc]));
      for (const id of live.keys()) {
        const doc = kept.get(id);
        if (doc === undefined) set.remove(id);
        else set.put(id, doc);
      }
    }
  }

  async *#documents(accountId: string | undefined): AsyncGenerator<readonly NewDocument[]> {
    const { documents } = this.#options.storage.read;
    for await (const rows of allDocuments(documents, scopeOf(accountId), LOAD_AT_ONCE)) {
      if (this.#isStopped) return;
      yield rows.map(({ id, doc }) => ({ id, doc: maskSecrets(doc) as JsonObject }));
    }
  }

  #note(events: readonly DomainEvent[]): void {
    for (const { name, accountId, data } of events)
      if (name.startsWith('resource.') && typeof data['id'] === 'string')
        this.#kept.get(accountId ?? '')?.dirty.add(data['id']);
  }
}

function scopeOf(accountId: string | undefined): DocumentScope {
  return { kind: 'resource', accountId };
}
