// "If I dial this, what happens, and why?" Answers from the stored resources, with drafts laid
// over them. Nothing is dialled and nothing stored.

import type { Account } from '../account/account.ts';
import { type FieldErrors, invalidFields } from '../base/error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { PatternCache } from '../pattern/pattern-cache.ts';
import type { CompiledSet } from '../routing/compiled-set.ts';
import { evaluateRoute } from '../routing/evaluate.ts';
import { flatRate, type FlatRateResult } from '../routing/flat-rate.ts';
import { type InboundResult, recogniseInbound } from '../routing/inbound.ts';
import type { RouteResult } from '../routing/result.ts';
import type { RouteSets } from './route-sets.ts';

export interface RouteServiceOptions {
  readonly sets: RouteSets;
  readonly patterns: PatternCache;
  /** 0 (included) to 1 (excluded), for the gateway strategy `random`. */
  readonly random: () => number;
  /** A monotonic clock in milliseconds. */
  readonly nowMs: () => number;
  readonly loadAccount: (id: string) => Promise<Account | undefined>;
}

export interface RouteAnswer extends RouteResult {
  readonly flat_rate: FlatRateResult;
  /** What the evaluation itself took, in microseconds. */
  readonly timing_us: number;
}

export interface InboundAnswer extends InboundResult {
  readonly timing_us: number;
}

const MAX_DRAFTS = 1_000;

interface Drafts {
  readonly global: ReadonlyMap<string, JsonObject>;
  readonly local: ReadonlyMap<string, JsonObject>;
  /** `stepswitch` settings to use instead of the stored ones; undefined: none. */
  readonly config: JsonObject | undefined;
}

export class RouteService {
  readonly #options: RouteServiceOptions;

  constructor(options: RouteServiceOptions) {
    this.#options = options;
  }

  /**
   * @param account the account that calls, from the path; undefined on the global path
   * @param data the request, with optional drafts: `resources` and `local_resources` (documents
   * with `id`), `config` (stepswitch settings) and `accounts` (`{id: {realm}}`)
   * @throws request.invalid
   */
  async evaluate(account: Account | undefined, data: JsonObject): Promise<RouteAnswer> {
    assertNumber(data);
    const drafts = readDrafts(data);
    const request = await this.#completeRequest(account, data);
    const huntId = textOf(request['hunt_account_id']);
    const hunted = huntId === undefined ? undefined : await this.#huntAccount(request, huntId);
    // A stranger's resources are no resources (Kazoo looks no further).
    const isStranger = huntId !== undefined && hunted === undefined;
    const set = await this.#setFor(hunted?.id, drafts, isStranger);
    const overlay = huntId === undefined ? drafts.global : drafts.local;
    const stored = await this.#storedBehind(hunted?.id, overlay, isStranger);
    const { random, nowMs, patterns } = this.#options;
    return withOverlay(set, isStranger ? new Map() : overlay, stored, () => {
      const started = nowMs();
      const result = evaluateRoute(request, set, { random, nowMs, explain: true });
      const timing = Math.round((nowMs() - started) * 1000);
      const first = result.endpoints[0];
      const resource =
        first === undefined
          ? undefined
          : (overlay.get(first.resource_id) ?? stored.get(first.resource_id));
      const { config } = set;
      return {
        ...result,
        flat_rate: flatRate(result.normalized_number, {
          numbers: set.numbers,
          patterns,
          resourceLookup: config.resourceFlatRateLookup,
          ...(resource === undefined ? {} : { resource }),
        }),
        timing_us: timing,
      };
    });
  }

  /**
   * Which resource and gateway a call from outside comes from: the global ones first, then
   * those of the account.
   * @throws request.invalid
   */
  async recognise(account: Account | undefined, data: JsonObject): Promise<InboundAnswer> {
    if (textOf(data['ip']) === undefined && textOf(data['realm']) === undefined)
      throw invalidFields({
        ip: { required: { message: 'Field is required but missing', value: 'ip' } },
      });
    const { sets, nowMs } = this.#options;
    const all = [await sets.load(undefined)];
    if (account !== undefined) all.push(await sets.load(account.id));
    const started = nowMs();
    const result = recogniseInbound(data, all, { explain: true });
    return { ...result, timing_us: Math.round((nowMs() - started) * 1000) };
  }

  /** The account of the path calls, and hunts its own resources unless the request says so. */
  async #completeRequest(account: Account | undefined, data: JsonObject): Promise<JsonObject> {
    const accountId = account?.id ?? textOf(data['account_id']);
    const known =
      account ?? (accountId === undefined ? undefined : await this.#options.loadAccount(accountId));
    const draft = isJsonObject(data['accounts']) ? data['accounts'][accountId ?? ''] : undefined;
    const realm =
      (draft !== undefined && isJsonObject(draft) ? textOf(draft['realm']) : undefined) ??
      known?.realm;
    return {
      ...(realm === undefined ? {} : { account_realm: realm }),
      ...(account === undefined ? {} : { hunt_account_id: account.id }),
      ...data,
      ...(account === undefined ? {} : { account_id: account.id }),
    };
  }

  /** The hunt account, if it is the calling account or an ancestor of it. */
  async #huntAccount(request: JsonObject, huntId: string): Promise<Account | undefined> {
    const callerId = textOf(request['account_id']);
    const caller = callerId === undefined ? undefined : await this.#options.loadAccount(callerId);
    return caller?.path.includes(huntId) === true ? this.#options.loadAccount(huntId) : undefined;
  }

  async #setFor(
    accountId: string | undefined,
    drafts: Drafts,
    isStranger: boolean,
  ): Promise<CompiledSet> {
    const { sets } = this.#options;
    if (isStranger) return sets.compileEmpty();
    return drafts.config === undefined
      ? await sets.load(accountId)
      : await sets.compileAll(accountId, drafts.config);
  }

  async #storedBehind(
    accountId: string | undefined,
    overlay: ReadonlyMap<string, JsonObject>,
    isStranger: boolean,
  ): Promise<ReadonlyMap<string, JsonObject>> {
    if (isStranger || overlay.size === 0) return new Map();
    return this.#options.sets.stored(accountId, [...overlay.keys()]);
  }
}

/**
 * Puts the drafts into the set, asks, and puts back what stood there. Nothing awaits in
 * between, so nobody else ever sees a draft.
 */
function withOverlay<T>(
  set: CompiledSet,
  overlay: ReadonlyMap<string, JsonObject>,
  stored: ReadonlyMap<string, JsonObject>,
  ask: () => T,
): T {
  try {
    for (const [id, doc] of overlay) set.put(id, doc);
    return ask();
  } finally {
    for (const id of overlay.keys()) {
      const before = stored.get(id);
      if (before === undefined) set.remove(id);
      else set.put(id, before);
    }
  }
}

/** @throws request.invalid */
function assertNumber(data: JsonObject): void {
  const number = data['number'];
  if (typeof number === 'string' && number.trim() !== '') return;
  throw invalidFields({
    number:
      number === undefined || number === ''
        ? { required: { message: 'Field is required but missing', value: 'number' } }
        : {
            type: {
              message: 'Value did not match type(s): string',
              target: 'string',
              value: number,
            },
          },
  });
}

/** @throws request.invalid */
function readDrafts(data: JsonObject): Drafts {
  const config = data['config'];
  if (config !== undefined && !isJsonObject(config))
    throw invalidFields(typeError('config', 'object', config));
  return {
    global: readDocuments('resources', data['resources']),
    local: readDocuments('local_resources', data['local_resources']),
    config,
  };
}

function readDocuments(
  field: string,
  value: JsonValue | undefined,
): ReadonlyMap<string, JsonObject> {
  const drafts = new Map<string, JsonObject>();
  if (value === undefined) return drafts;
  if (!Array.isArray(value)) throw invalidFields(typeError(field, 'array', value));
  const items = value as readonly JsonValue[];
  if (items.length > MAX_DRAFTS)
    throw invalidFields({
      [field]: {
        maxItems: {
          message: `The list is more than ${String(MAX_DRAFTS)} items`,
          target: MAX_DRAFTS,
        },
      },
    });
  items.forEach((item, index) => {
    if (!isJsonObject(item))
      throw invalidFields(typeError(`${field}.${String(index)}`, 'object', item));
    const { _id: kazooId, id = kazooId, ...doc } = item;
    drafts.set(typeof id === 'string' ? id : `draft-${String(index)}`, doc);
  });
  return drafts;
}

function typeError(path: string, target: string, value: JsonValue): FieldErrors {
  return {
    [path]: { type: { message: `Value did not match type(s): ${target}`, target, value } },
  };
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
