// "If I dial this, what happens, and why?" Answers from the stored resources, with drafts laid
// over them. Nothing is dialled and nothing stored.

import { type Account, isMasterAccount, reaches } from '../account/account.ts';
import { CraftportError, type FieldErrors, invalidFields } from '../base/error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { CompiledSet } from '../routing/compiled-set.ts';
import { evaluateRoute } from '../routing/evaluate.ts';
import { flatRate, type FlatRateResult } from '../routing/flat-rate.ts';
import { type InboundResult, readInboundRequest, recogniseInbound } from '../routing/inbound.ts';
import { type Invite, invitesOf } from '../routing/invite.ts';
import type { RouteResult, Skip } from '../routing/result.ts';
import type { RouteSets } from './route-sets.ts';

export interface RouteServiceOptions {
  readonly sets: RouteSets;
  /** 0 (included) to 1 (excluded), for the gateway strategy `random`. */
  readonly random: () => number;
  /** A monotonic clock in milliseconds. */
  readonly nowMs: () => number;
  readonly loadAccount: (id: string) => Promise<Account | undefined>;
  readonly findAccountByRealm: (realm: string) => Promise<Account | undefined>;
}

/** Who asks, and from where. */
export interface Asker {
  /** The account of the path; undefined on the global path. */
  readonly account: Account | undefined;
  /** The account of the token: it sees resources of its own subtree, the master's sees all. */
  readonly holder: Account;
}

export interface RouteAnswer extends RouteResult {
  /** What each SIP leg puts on the wire. */
  readonly invites: readonly Invite[];
  readonly flat_rate: FlatRateResult;
  /** What the evaluation itself took, in microseconds. */
  readonly timing_us: number;
}

export interface InboundAnswer extends InboundResult {
  readonly timing_us: number;
}

const MAX_DRAFTS = 1_000;
// Drafts are compiled in one go, some 30 µs a pattern, and other calls wait for that.
const MAX_DRAFT_PATTERNS = 5_000;
// All of them may match, and each makes a leg.
const MAX_DRAFT_GATEWAYS = 2_000;

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
   * @param asker the account of the path calls
   * @param data the request, with optional drafts: `resources` and `local_resources` (documents
   * with `id`), `config` (stepswitch settings) and `accounts` (`{id: {realm}}`)
   * @throws request.invalid, auth.forbidden (resources that the token may not see)
   */
  async evaluate(asker: Asker, data: JsonObject): Promise<RouteAnswer> {
    assertNumber(data);
    const drafts = readDrafts(data);
    const request = await this.#completeRequest(asker.account, data);
    const huntId = textOf(request['hunt_account_id']);
    const hunted = huntId === undefined ? undefined : await this.#huntAccount(request, huntId);
    assertMaySee(asker.holder, huntId, hunted);
    // A stranger's resources are no resources (Kazoo looks no further).
    const isStranger = huntId !== undefined && hunted === undefined;
    const set = await this.#setFor(hunted?.id, drafts, isStranger);
    const overlay = huntId === undefined ? drafts.global : drafts.local;
    const stored = await this.#storedBehind(hunted?.id, overlay, isStranger);
    const { random, nowMs } = this.#options;
    const answer = withOverlay(set, isStranger ? new Map() : overlay, stored, () => {
      const started = nowMs();
      const result = evaluateRoute(request, set, { random, nowMs, explain: true });
      const timing = Math.round((nowMs() - started) * 1000);
      return { ...result, flat_rate: flatRateOf(result, set), timing_us: timing };
    });
    const skipped = isStranger ? [...answer.skipped, STRANGER] : answer.skipped;
    return { ...answer, skipped, invites: invitesOf(answer.dial) };
  }

  /**
   * Which resource and gateway a call from outside comes from: the global ones first, then
   * those of the account of the path, of `account_id`, or of the realm. Who may not see global
   * resources learns that it is one of them, and no more.
   * @throws request.invalid
   */
  async recognise({ account, holder }: Asker, data: JsonObject): Promise<InboundAnswer> {
    if (textOf(data['ip']) === undefined && textOf(data['realm']) === undefined)
      throw invalidFields({
        ip: { required: { message: 'Field is required but missing', value: 'ip' } },
      });
    const { sets, nowMs } = this.#options;
    const owner = account ?? (await this.#inboundAccount(data));
    const global = await sets.load(undefined);
    const own = owner === undefined ? undefined : await sets.load(owner.id);
    const started = nowMs();
    const seesGlobal = isMasterAccount(holder);
    const first = recogniseInbound(data, [global], { explain: seesGlobal });
    let result = seesGlobal ? first : withoutGlobalDetail(first);
    if (result.match === null && own !== undefined) {
      const second = recogniseInbound(data, [own], { explain: true });
      result = { ...second, excluded: [...result.excluded, ...second.excluded] };
    }
    return { ...result, timing_us: Math.round((nowMs() - started) * 1000) };
  }

  /** The account that a call without one in its path is for, as far as it says. */
  #inboundAccount(data: JsonObject): Promise<Account | undefined> {
    const id = textOf(data['account_id']);
    if (id !== undefined) return this.#options.loadAccount(id);
    const realm = readInboundRequest(data).realm;
    return realm === undefined
      ? Promise.resolve(undefined)
      : this.#options.findAccountByRealm(realm);
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

/** @throws auth.forbidden */
function assertMaySee(holder: Account, huntId: string | undefined, hunted: Account | undefined) {
  const reachable =
    huntId === undefined
      ? isMasterAccount(holder)
      : hunted === undefined || reaches(holder, hunted);
  if (reachable) return;
  throw new CraftportError('auth.forbidden', 'The token may not see the resources asked for');
}

const STRANGER: Skip = {
  resource_id: null,
  gateway_index: null,
  part: 'hunt_account_id',
  reason: 'The hunt account is neither the calling account nor one above it: it lends nothing.',
};

/** Only a document of the global store, found whole (not by class), has lists that count. */
function flatRateOf(result: RouteResult, set: CompiledSet): FlatRateResult {
  const { config, numbers, patterns } = set;
  const first = set.global ? result.endpoints[0] : undefined;
  const resource = first === undefined ? undefined : set.document(first.resource_id);
  return flatRate(result.normalized_number, {
    numbers,
    patterns,
    config,
    ...(resource === undefined ? {} : { resource }),
  });
}

function withoutGlobalDetail({ result, match }: InboundResult): InboundResult {
  if (match === null) return { result, match, excluded: [] };
  const nothing = { realm: null, username: null, password: null };
  const none = { custom_sip_headers: {}, custom_channel_vars: {} };
  return { result, match: { ...match, ...nothing, ...none }, excluded: [] };
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
  assertAtMost(field, items.length, MAX_DRAFTS, 'items');
  items.forEach((item, index) => {
    if (!isJsonObject(item))
      throw invalidFields(typeError(`${field}.${String(index)}`, 'object', item));
    const { _id: kazooId, id = kazooId, ...doc } = item;
    drafts.set(typeof id === 'string' ? id : `draft-${String(index)}`, doc);
  });
  const total = (count: (draft: JsonValue) => number) =>
    items.reduce<number>((sum, item) => sum + count(item), 0);
  assertAtMost(field, total(countPatterns), MAX_DRAFT_PATTERNS, 'rules');
  assertAtMost(field, total(countGateways), MAX_DRAFT_GATEWAYS, 'gateways');
  return drafts;
}

/** @throws request.invalid */
function assertAtMost(field: string, count: number, most: number, what: string): void {
  if (count <= most) return;
  const message = `The list is more than ${String(most)} ${what}`;
  throw invalidFields({ [field]: { maxItems: { message, target: most } } });
}

function countGateways(draft: JsonValue): number {
  const gateways = isJsonObject(draft) ? draft['gateways'] : undefined;
  return Array.isArray(gateways) ? gateways.length : 0;
}

function countPatterns(draft: JsonValue): number {
  if (!isJsonObject(draft)) return 0;
  const lists = [draft['rules'], draft['cid_rules']];
  const count = (value: JsonValue | undefined) => (Array.isArray(value) ? value.length : 0);
  const classes = isJsonObject(draft['classifiers']) ? Object.keys(draft['classifiers']).length : 0;
  return lists.reduce<number>((sum, list) => sum + count(list), classes);
}

function typeError(path: string, target: string, value: JsonValue): FieldErrors {
  return {
    [path]: { type: { message: `Value did not match type(s): ${target}`, target, value } },
  };
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
