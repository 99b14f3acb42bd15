// Which gateways of which resources dial into which span. Resources of all accounts are read
// once; after that the store tells what changed. Resources that disagree about the order of one
// span, or name a span that no gear has, are findings: nothing is changed.

import type { DialledByDoc } from '../../schemas/types.ts';
import type { DomainEvent } from '../base/change.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { Logger } from '../base/logger.ts';
import type { Timers } from '../base/timers.ts';
import type { GearUnit } from '../gear/gear-unit.ts';
import { spansDialledAs } from '../span/dialled-span.ts';
import type { GearFinding } from '../span/gear-driver.ts';
import type { Storage } from './storage.ts';

export interface DialledSpansOptions {
  readonly storage: Storage;
  readonly units: () => Iterable<GearUnit>;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Told when what dials into spans may be another. */
  readonly changed: () => void;
}

/** One freetdm gateway. */
interface Dialler {
  readonly span: string;
  /** The media server, as the gateway names it. */
  readonly server: string | undefined;
  readonly doc: DialledByDoc;
}

/** A dialler and the spans of one gear that it reaches. */
interface Reach {
  readonly dialler: Dialler;
  readonly natives: readonly string[];
}

const ENDPOINT_TYPE = 'freetdm';
/** The driver whose spans such gateways dial into. */
const DRIVER = 'freetdm';
const LOAD_AT_ONCE = 500;
/** Resources that change together are read together. */
const SETTLE_MS = 100;

export class DialledSpans {
  readonly #options: DialledSpansOptions;
  /** By account and resource. */
  readonly #diallers = new Map<string, readonly Dialler[]>();
  readonly #dirty = new Map<
    string,
    { readonly accountId: string | undefined; readonly id: string }
  >();
  readonly #unsubscribe: () => void;
  /** What reaches each gear, worked out when somebody asks. */
  readonly #reached = new Map<string, readonly Reach[]>();
  #loaded: Promise<void> | undefined;
  #refreshing: Promise<void> = Promise.resolve();
  #cancel: (() => void) | undefined;

  constructor(options: DialledSpansOptions) {
    this.#options = options;
    this.#unsubscribe = options.storage.onEvents((events) => this.#note(events));
  }

  stop(): void {
    this.#unsubscribe();
    this.#cancel?.();
  }

  /** Brings the index up to date. */
  async load(): Promise<void> {
    this.#loaded ??= this.#loadAll();
    try {
      await this.#loaded;
    } catch (error) {
      this.#loaded = undefined;
      throw error;
    }
    // One after the other: a document that another caller is reading is not up to date yet.
    const before = this.#refreshing.catch(() => undefined);
    this.#refreshing = before.then(() => this.#refresh());
    await this.#refreshing;
  }

  /** Spans or records of gear are not what they were. */
  forget(): void {
    this.#reached.clear();
  }

  /** What dials into a span, as far as the index knows. */
  into(unit: GearUnit, native: string): readonly DialledByDoc[] {
    return this.#reaching(unit)
      .filter(({ natives }) => natives.includes(native))
      .map(({ dialler }) => dialler.doc);
  }

  /** Findings about one span. */
  aboutSpan(unit: GearUnit, native: string): readonly GearFinding[] {
    const enabled = this.into(unit, native).filter((doc) => doc.enabled);
    if (new Set(enabled.map(({ letter }) => letter)).size < 2) return [];
    const named = (letter: 'a' | 'A'): string =>
      enabled
        .filter((doc) => doc.letter === letter)
        .map((doc) => doc.resource_name ?? doc.resource_id)
        .join(', ');
    return [
      {
        code: 'span.order-disagreement',
        span: native,
        message: `${named('a')} takes channels upwards and ${named('A')} downwards: calls meet in the middle of the span`,
      },
    ];
  }

  /**
   * Findings about gear: spans that resources name and that it does not have. A name may be a group
   * of channels, of which FreeTDM's socket tells nothing: that is said, not warned of.
   */
  aboutGear(unit: GearUnit): readonly GearFinding[] {
    if (unit.live.state.readAtMs === undefined) return [];
    return this.#reaching(unit)
      .filter(({ natives, dialler }) => natives.length === 0 && dialler.doc.enabled)
      .map(({ dialler: { span, doc } }) => {
        const who = `the resource ${doc.resource_name ?? doc.resource_id} dials into ${span}`;
        return /^\d+$/.test(span) || knowsGroups(unit)
          ? {
              code: 'span.unknown-in-resource',
              span,
              message: `Warning: ${who}, and the gear has no span of that name or number`,
            }
          : {
              code: 'span.cannot-be-checked',
              span,
              message: `Cannot be checked: ${who}, which is no span; whether it is a group of channels only freetdm.conf says`,
            };
      });
  }

  /** Diallers that mean this gear, each with the spans of it they reach. */
  #reaching(unit: GearUnit): readonly Reach[] {
    if (unit.record.driver !== DRIVER) return [];
    const known = this.#reached.get(unit.id);
    if (known !== undefined) return known;
    const others = [...this.#options.units()].filter(({ record }) => record.driver === DRIVER);
    const spans = [...unit.live.spans.values()].map(({ report }) => report);
    const reaching = [...this.#diallers.values()].flatMap((diallers) =>
      diallers
        .filter((dialler) => isMeant(unit, dialler, others))
        .map((dialler) => ({
          dialler,
          natives: spansDialledAs(dialler.span, spans).map(({ native }) => native),
        })),
    );
    this.#reached.set(unit.id, reaching);
    return reaching;
  }

  async #loadAll(): Promise<void> {
    const { gateways } = this.#options.storage.read;
    this.#diallers.clear();
    let last: { readonly accountId: string | undefined; readonly id: string } | undefined;
    for (;;) {
      const found = await gateways.mentioning(ENDPOINT_TYPE, last, LOAD_AT_ONCE);
      for (const { accountId, id, doc } of found) this.#put(accountId, id, doc);
      last = found.at(-1);
      if (last === undefined) return;
    }
  }

  async #refresh(): Promise<void> {
    for (let first = firstOf(this.#dirty); first !== undefined; first = firstOf(this.#dirty)) {
      const { accountId } = first;
      const taken = [...this.#dirty]
        .filter(([, dirty]) => dirty.accountId === accountId)
        .slice(0, LOAD_AT_ONCE);
      for (const [key] of taken) this.#dirty.delete(key);
      try {
        const scope = { kind: 'resource', accountId } as const;
        const ids = taken.map(([, { id }]) => id);
        const stored = await this.#options.storage.read.documents.loadManySealed(scope, ids);
        const live = new Map(stored.map(({ id, doc }) => [id, doc]));
        for (const id of ids) this.#put(accountId, id, live.get(id));
      } catch (error) {
        for (const [key, dirty] of taken) this.#dirty.set(key, dirty);
        throw error;
      }
    }
  }

  #put(accountId: string | undefined, id: string, doc: JsonObject | undefined): void {
    const diallers = doc === undefined ? [] : diallersOf(accountId, id, doc);
    const key = keyOf(accountId, id);
    this.#reached.clear();
    if (diallers.length === 0) this.#diallers.delete(key);
    else this.#diallers.set(key, diallers);
  }

  #note(events: readonly DomainEvent[]): void {
    let isNoted = false;
    for (const { name, accountId, data } of events)
      if (name.startsWith('resource.') && typeof data['id'] === 'string') {
        this.#dirty.set(keyOf(accountId, data['id']), { accountId, id: data['id'] });
        isNoted = true;
      }
    if (!isNoted || this.#cancel !== undefined) return;
    this.#cancel = this.#options.timers.after(SETTLE_MS, () => {
      this.#cancel = undefined;
      this.load().then(this.#options.changed, (error: unknown) => {
        this.#options.logger.warn(() => 'resources could not be read', { error });
      });
    });
  }
}

/**
 * A gateway's `server` names the media server. Where that fits one of several, the others are
 * not meant; where it fits none (`localhost` is common), all are.
 */
function isMeant(unit: GearUnit, { server }: Dialler, all: readonly GearUnit[]): boolean {
  if (all.length < 2 || server === undefined) return true;
  const fits = ({ record }: GearUnit): boolean =>
    record.name === server || hostOf(record.link.url) === server;
  return !all.some(fits) || fits(unit);
}

/** Whether the gear tells the groups of its spans. */
function knowsGroups(unit: GearUnit): boolean {
  return [...unit.live.spans.values()].some(
    ({ report: { detail } }) => detail['group'] !== undefined || detail['groups'] !== undefined,
  );
}

function hostOf(link: string): string | undefined {
  return URL.canParse(link) ? new URL(link).hostname : undefined;
}

function diallersOf(
  accountId: string | undefined,
  id: string,
  doc: JsonObject,
): readonly Dialler[] {
  const gateways = Array.isArray(doc['gateways']) ? (doc['gateways'] as readonly JsonValue[]) : [];
  return gateways.flatMap((gateway, index) => {
    if (!isJsonObject(gateway) || gateway['endpoint_type'] !== ENDPOINT_TYPE) return [];
    const { span, server, channel_selection: selection } = gateway;
    const isDescending = selection === 'descending';
    return [
      {
        // A missing span is span 1, as in dial strings (routing/target.ts).
        span: typeof span === 'string' && span !== '' ? span : '1',
        server: typeof server === 'string' && server !== '' ? server : undefined,
        doc: {
          resource_id: id,
          ...(typeof doc['name'] === 'string' ? { resource_name: doc['name'] } : {}),
          ...(accountId === undefined ? {} : { account_id: accountId }),
          gateway_index: index,
          channel_selection: isDescending ? 'descending' : 'ascending',
          letter: isDescending ? 'A' : 'a',
          enabled: doc['enabled'] !== false && gateway['enabled'] !== false,
        },
      },
    ];
  });
}

function firstOf<Value>(map: ReadonlyMap<string, Value>): Value | undefined {
  for (const value of map.values()) return value;
  return undefined;
}

function keyOf(accountId: string | undefined, id: string): string {
  return `${accountId ?? ''}/${id}`;
}
