// Use cases of gear: records, a look at a link, a reading on demand, the conversation so far.

import type {
  GearFrameDoc,
  GearIdentificationDoc,
  GearIdentifyDoc,
  GearStateDoc,
} from '../../schemas/types.ts';
import { CraftportError, type FieldErrors, invalidFields, isCode } from '../base/error.ts';
import type { Actor } from '../base/change.ts';
import type { RandomBytes } from '../base/ids.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { Logger } from '../base/logger.ts';
import { isSecretKey } from '../base/mask.ts';
import type { Timers } from '../base/timers.ts';
import { NO_PRECONDITIONS } from '../document/precondition.ts';
import type { DocumentListRequest } from '../document/document-list.ts';
import type { ListedDocument, StoredDocument } from '../document/document-store.ts';
import type { SchemaSource } from '../document/validate.ts';
import {
  type GearApproach,
  type GearFamilies,
  type GearFamily,
  schemeOf,
} from '../gear/gear-family.ts';
import { gearRecord, withoutSecrets } from '../gear/gear-record.ts';
import { gearStateDocument } from '../gear/gear-state-document.ts';
import type { DialledSpans } from './dialled-spans.ts';
import { DocumentService, type DocumentTarget } from './documents.ts';
import { GEAR_SCOPE, type GearFleet } from './gear-fleet.ts';
import type { Storage } from './storage.ts';

export interface GearServiceOptions {
  readonly storage: Storage;
  readonly schemas: SchemaSource;
  readonly families: GearFamilies;
  readonly fleet: GearFleet;
  readonly dialled: DialledSpans;
  readonly random: RandomBytes;
  readonly timers: Timers;
  readonly logger: Logger;
}

export type GearTarget = Omit<DocumentTarget, 'scope'>;

/** A gear record with what is known of the gear. Secrets are not in it. */
export interface ShownGear {
  readonly id: string;
  readonly revision: string;
  readonly data: JsonObject;
}

const IDENTIFY_MS = 20_000;
const REFRESH_MS = 130_000;

export class GearService {
  readonly #options: GearServiceOptions;
  readonly #documents: DocumentService;

  constructor(options: GearServiceOptions) {
    this.#options = options;
    const { storage, random } = options;
    this.#documents = new DocumentService({
      storage,
      random,
      check: (doc) => this.#check(doc),
      settle: (next, current, sent) => keepHostKey(keepSecrets(next, current, sent), current, sent),
    });
  }

  families(): readonly GearFamily[] {
    return this.#options.families.all;
  }

  async list(request: DocumentListRequest): Promise<readonly ListedDocument[]> {
    await this.#options.dialled.load();
    return this.#documents.list(GEAR_SCOPE, request);
  }

  /** @throws document.not-found */
  async fetch(id: string): Promise<ShownGear> {
    const stored = await this.#documents.fetch(GEAR_SCOPE, id);
    await this.#options.dialled.load();
    return this.#shown(stored);
  }

  /** @throws request.invalid, document.conflict, document.revision-mismatch */
  async create(target: GearTarget, data: JsonObject): Promise<ShownGear> {
    if (data['id'] === 'identify')
      throw invalidFields({ id: { forbidden: { message: 'This id is a word of the API' } } });
    return this.#followed(await this.#documents.create(scoped(target), withoutState(data)));
  }

  /** @throws request.invalid, document.not-found, document.revision-mismatch */
  async replace(target: GearTarget, id: string, data: JsonObject): Promise<ShownGear> {
    return this.#followed(await this.#documents.replace(scoped(target), id, withoutState(data)));
  }

  /** @throws request.invalid, document.not-found, document.revision-mismatch */
  async patch(target: GearTarget, id: string, data: JsonObject): Promise<ShownGear> {
    return this.#followed(await this.#documents.patch(scoped(target), id, withoutState(data)));
  }

  /** @throws document.not-found, document.revision-mismatch */
  async remove(target: GearTarget, id: string, how: 'soft' | 'hard'): Promise<ShownGear> {
    return this.#followed(await this.#documents.remove(scoped(target), id, how));
  }

  /**
   * Keeps the first SSH host key that gear showed: a change of the record as any other.
   * @throws document.not-found
   */
  pinHostKey(id: string, fingerprint: string): Promise<ShownGear> {
    const by: Actor = { method: 'agent', requestId: 'host-key' };
    return this.patch({ preconditions: NO_PRECONDITIONS, by }, id, { host_key: fingerprint });
  }

  /**
   * Reads the gear now.
   * @throws document.not-found, driver.*, transport.*
   */
  async refresh(id: string): Promise<ShownGear> {
    await this.#documents.fetch(GEAR_SCOPE, id);
    const { fleet } = this.#options;
    await this.#within(REFRESH_MS, 'No reading', () => fleet.refresh(id));
    return this.fetch(id);
  }

  /**
   * One look at saved gear, over a connection of its own.
   * @throws document.not-found, driver.*, transport.*
   */
  async identify(id: string): Promise<GearIdentificationDoc> {
    const stored = await this.#documents.fetch(GEAR_SCOPE, id);
    const { driver, link, options, hostKey } = gearRecord(id, stored.doc);
    const family = this.#options.families.get(driver);
    const { logger } = this.#options;
    const pin = { pinned: () => hostKey, seen: () => undefined };
    return this.#look(family, { gearId: id, link, options, logger, hostKey: pin });
  }

  /**
   * One look at a link that is not saved, by the driver named or by all that speak over it; the
   * best guess first.
   * @throws request.invalid
   */
  async identifyLink(data: JsonObject): Promise<readonly GearIdentificationDoc[]> {
    const { schemas, families, logger } = this.#options;
    const asked = schemas.validator('gear_identify').validate(data) as unknown as GearIdentifyDoc;
    const named = asked.driver === undefined ? undefined : families.get(asked.driver);
    const schemes = named?.schemes ?? [...new Set(families.all.flatMap((one) => one.schemes))];
    const scheme = schemeOf(asked.link, schemes);
    const options = (asked.options ?? {}) as JsonObject;
    for (const family of named === undefined ? families.speaking(scheme) : [named])
      family.checkLink(asked.link);
    if (named !== undefined) this.#checkOptions(named, options);
    const link = { url: asked.link, username: asked.username, password: asked.password };
    const found: GearIdentificationDoc[] = [];
    // One after the other: craft ports take one session at a time.
    for (const family of named === undefined ? families.speaking(scheme) : [named])
      try {
        found.push(await this.#look(family, { gearId: undefined, link, options, logger }));
      } catch (error) {
        if (!isCode(error)) throw error;
        const { code, message } = error;
        found.push({
          driver: family.name,
          score: 0,
          identity: {},
          evidence: '',
          error: { code, message },
        });
      }
    return found.sort((a, b) => b.score - a.score);
  }

  /** Oldest first, secrets masked. @throws document.not-found */
  async transcript(id: string): Promise<readonly GearFrameDoc[]> {
    await this.#documents.fetch(GEAR_SCOPE, id);
    return this.#options.fleet.unit(id)?.transcript.frames ?? [];
  }

  /** A row of the list. */
  row(id: string, doc: JsonObject): JsonObject {
    const state = this.state(id);
    return {
      ...withoutSecrets(doc),
      has_password: hasPassword(doc),
      id,
      ...(state === undefined ? {} : { state: state as unknown as JsonObject }),
    };
  }

  /** What is known of the gear now; undefined: it is not of the fleet (yet, or any more). */
  state(id: string): GearStateDoc | undefined {
    const { fleet, dialled } = this.#options;
    const unit = fleet.unit(id);
    return unit === undefined ? undefined : gearStateDocument(unit, dialled.aboutGear(unit));
  }

  async #followed(stored: StoredDocument): Promise<ShownGear> {
    await this.#options.fleet.sync(stored.id);
    this.#options.dialled.forget();
    return this.#shown(stored);
  }

  #shown({ id, revision, doc }: StoredDocument): ShownGear {
    return { id, revision, data: this.row(id, doc) };
  }

  #check(doc: JsonObject): JsonObject {
    const { schemas, families } = this.#options;
    const checked = schemas.validator('gear').validate(doc);
    const { driver, link, options } = gearRecord('', checked);
    const family = families.get(driver);
    schemeOf(link.url, family.schemes);
    family.checkLink(link.url);
    const settled = this.#checkOptions(family, options);
    return checked['options'] === undefined ? checked : { ...checked, options: settled };
  }

  /** @throws request.invalid at `options.…` */
  #checkOptions(family: GearFamily, options: JsonObject): JsonObject {
    const { optionsSchema } = family;
    if (optionsSchema === undefined) {
      const [key] = Object.keys(options);
      if (key === undefined) return options;
      throw invalidFields({
        [`options.${key}`]: {
          additionalProperties: { message: `The driver ${family.name} has no options` },
        },
      });
    }
    try {
      return this.#options.schemas.validator(optionsSchema).validate(options);
    } catch (error) {
      if (!isCode(error, 'request.invalid')) throw error;
      const fields = Object.entries(error.detail['fields'] as FieldErrors);
      throw invalidFields(
        Object.fromEntries(
          fields.map(([path, rules]) => [path === 'data' ? 'options' : `options.${path}`, rules]),
        ),
      );
    }
  }

  async #look(family: GearFamily, approach: GearApproach): Promise<GearIdentificationDoc> {
    const seen = await this.#within(IDENTIFY_MS, 'No answer', (signal) =>
      family.identify(approach, signal),
    );
    return { driver: family.name, ...seen };
  }

  /** Ends in time whatever `work` does. @throws what `work` throws, driver.timeout */
  async #within<T>(
    ms: number,
    what: string,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    let cancel = (): void => {};
    const late = new Promise<never>((_resolve, reject) => {
      cancel = this.#options.timers.after(ms, () => {
        const error = new CraftportError('driver.timeout', `${what} within ${String(ms / 1000)} s`);
        controller.abort(error);
        reject(error);
      });
    });
    try {
      return await Promise.race([work(controller.signal), late]);
    } finally {
      cancel();
    }
  }
}

function scoped(target: GearTarget): DocumentTarget {
  return { ...target, scope: GEAR_SCOPE };
}

/** What replies show beside the document may come back with it. */
function withoutState(data: JsonObject): JsonObject {
  const { options } = data;
  const isShown = ([key]: readonly [string, unknown]): boolean =>
    key !== 'state' && !key.startsWith('has_');
  const kept = Object.fromEntries(Object.entries(data).filter(isShown));
  if (options === undefined || !isJsonObject(options)) return kept;
  return { ...kept, options: Object.fromEntries(Object.entries(options).filter(isShown)) };
}

/** What a form leaves out stays trusted, but not for another host. */
function keepHostKey(next: JsonObject, current: JsonObject, sent: JsonObject): JsonObject {
  const { host_key: trusted, link } = current;
  if (Object.hasOwn(sent, 'host_key') || trusted === undefined) return next;
  return hostOf(next['link']) === hostOf(link)
    ? { ...next, host_key: trusted }
    : Object.fromEntries(Object.entries(next).filter(([key]) => key !== 'host_key'));
}

function hostOf(link: JsonValue | undefined): string | undefined {
  return typeof link === 'string' && URL.canParse(link) ? new URL(link).host : undefined;
}

function hasPassword(doc: JsonObject): boolean {
  const { password } = doc;
  return typeof password === 'string' && password !== '';
}

/**
 * Secrets are never returned, so a client cannot send them back: what it leaves out stays. But
 * not with another link or driver, or whoever may write a link could have the password sent to
 * a host of their own.
 */
function keepSecrets(next: JsonObject, current: JsonObject, sent: JsonObject): JsonObject {
  const isSameWay = next['link'] === current['link'] && next['driver'] === current['driver'];
  const keep = (
    after: JsonObject,
    before: JsonObject,
    given: JsonObject,
    path: string,
  ): JsonObject => {
    const kept: Record<string, JsonObject[string]> = { ...after };
    for (const [key, value] of Object.entries(before)) {
      if (!isSecretKey(key) || value === '' || Object.hasOwn(given, key)) continue;
      if (!isSameWay)
        throw invalidFields({
          [path + key]: {
            required: { message: 'With another link or driver this has to be given again' },
          },
        });
      kept[key] = value;
    }
    return kept;
  };
  const part = (doc: JsonObject): JsonObject =>
    doc['options'] !== undefined && isJsonObject(doc['options']) ? doc['options'] : {};
  const options = keep(part(next), part(current), part(sent), 'options.');
  const settled = keep(next, current, sent, '');
  return Object.keys(options).length === 0 ? settled : { ...settled, options };
}
