// Cables: which FreeTDM span is wired to which port of other gear. Both ends are named by gear
// and the gear's own name of the span, so that a cable can be written down before the gear was
// ever read.

import type { CableDoc } from '../../schemas/types.ts';
import { invalidFields } from '../base/error.ts';
import type { RandomBytes } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { DocumentListRequest } from '../document/document-list.ts';
import type { DocumentScope, ListedDocument, StoredDocument } from '../document/document-store.ts';
import { mergePatch } from '../document/merge.ts';
import type { DocumentValidator } from '../document/validate.ts';
import { findingDocument } from '../gear/gear-state-document.ts';
import type { KnownSpan } from '../gear/live-gear.ts';
import { publicPart } from '../resource/resource-rules.ts';
import type { GearFinding } from '../span/gear-driver.ts';
import type { DialledSpans } from './dialled-spans.ts';
import { DocumentService, type DocumentTarget } from './documents.ts';
import type { GearFleet } from './gear-fleet.ts';
import type { Storage } from './storage.ts';

export interface CableServiceOptions {
  readonly storage: Storage;
  /** Of `cables`. */
  readonly validator: DocumentValidator;
  readonly fleet: GearFleet;
  readonly dialled: DialledSpans;
  readonly random: RandomBytes;
}

export type CableTarget = Omit<DocumentTarget, 'scope'>;

interface End {
  readonly gear_id: string;
  readonly span: string;
}

const SCOPE: DocumentScope = { kind: 'cable', accountId: undefined };
/** A site has dozens of cables; nobody lists thousands. */
const MAX_CABLES = 10_000;

export class CableService {
  readonly #options: CableServiceOptions;
  readonly #documents: DocumentService;
  /** One write at a time, so that two cables cannot take one end. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: CableServiceOptions) {
    this.#options = options;
    this.#documents = new DocumentService({
      storage: options.storage,
      random: options.random,
      check: (doc) => this.#check(doc),
    });
  }

  async list(request: DocumentListRequest): Promise<readonly ListedDocument[]> {
    await this.#options.dialled.load();
    return this.#documents.list(SCOPE, request);
  }

  /** @throws document.not-found */
  async fetch(id: string): Promise<StoredDocument> {
    await this.#options.dialled.load();
    return this.#documents.fetch(SCOPE, id);
  }

  /** @throws request.invalid, document.conflict, document.revision-mismatch */
  create(target: CableTarget, data: JsonObject): Promise<StoredDocument> {
    const sent = withoutState(data);
    return this.#inTurn(async () => {
      await this.#assertFree(this.#check(publicPart(sent)), undefined);
      return this.#documents.create(scoped(target), sent);
    });
  }

  /** @throws request.invalid, document.not-found, document.revision-mismatch */
  replace(target: CableTarget, id: string, data: JsonObject): Promise<StoredDocument> {
    const sent = withoutState(data);
    return this.#inTurn(async () => {
      await this.#assertFree(this.#check(publicPart(sent)), id);
      return this.#documents.replace(scoped(target), id, sent);
    });
  }

  /** @throws request.invalid, document.not-found, document.revision-mismatch */
  patch(target: CableTarget, id: string, data: JsonObject): Promise<StoredDocument> {
    const sent = withoutState(data);
    return this.#inTurn(async () => {
      const { doc } = await this.#documents.fetch(SCOPE, id);
      await this.#assertFree(this.#check(mergePatch(doc, publicPart(sent))), id);
      return this.#documents.patch(scoped(target), id, sent);
    });
  }

  /** @throws document.not-found, document.revision-mismatch */
  remove(target: CableTarget, id: string, how: 'soft' | 'hard'): Promise<StoredDocument> {
    return this.#inTurn(() => this.#documents.remove(scoped(target), id, how));
  }

  /** The document with the ids of its spans and what is wrong between them. */
  describe(id: string, doc: JsonObject): JsonObject {
    const { freetdm, device } = doc as unknown as CableDoc;
    const far = endOf(device);
    const { fleet } = this.#options;
    return {
      ...doc,
      id,
      freetdm_span_id: fleet.spanId(freetdm.gear_id, freetdm.span),
      ...(far === undefined ? {} : { device_span_id: fleet.spanId(far.gear_id, far.span) }),
      findings: this.#findings(freetdm, far).map(
        (finding) => findingDocument(finding) as unknown as JsonObject,
      ),
    };
  }

  #findings(near: End, far: End | undefined): readonly GearFinding[] {
    const ends = far === undefined ? [near] : [near, far];
    const gone = ends.filter((end) => this.#span(end) === undefined);
    const findings: GearFinding[] = gone.map(({ gear_id, span }) => ({
      code: 'cable.no-such-span',
      span,
      message: `Gear ${gear_id} has no span ${span}, or was not read yet`,
    }));
    if (gone.length > 0 || far === undefined) return findings;
    const order = this.#span(far)?.report.order;
    const dialled = this.#dialledOrder(near);
    // Each end hunts for the calls it places. From the same end, both seize one channel.
    if (order?.kind === 'known' && order.direction === dialled)
      findings.push({
        code: 'cable.same-order',
        span: near.span,
        message: `Both ends take channels in ${dialled} order and meet on the same channel (glare); one of them should run the other way`,
      });
    return findings;
  }

  /** The order of calls dialled into a span; undefined: none, or resources disagree. */
  #dialledOrder({ gear_id, span }: End): 'ascending' | 'descending' | undefined {
    const unit = this.#options.fleet.unit(gear_id);
    if (unit === undefined) return undefined;
    const selections = new Set(
      this.#options.dialled
        .into(unit, span)
        .filter((doc) => doc.enabled)
        .map((doc) => doc.channel_selection),
    );
    return selections.size === 1 ? [...selections][0] : undefined;
  }

  #span({ gear_id, span }: End): KnownSpan | undefined {
    return this.#options.fleet.unit(gear_id)?.live.spans.get(span);
  }

  /** @throws request.invalid */
  #check(doc: JsonObject): JsonObject {
    const checked = this.#options.validator.validate(doc);
    const { freetdm, device } = checked as unknown as CableDoc;
    const far = endOf(device);
    if (far === undefined && device.label === undefined)
      throw refused('device', 'required', 'The device is gear_id and span, or a label');
    if ((device.gear_id === undefined) !== (device.span === undefined))
      throw refused('device', 'required', 'gear_id and span go together');
    for (const [field, end] of [
      ['freetdm', freetdm],
      ['device', far],
    ] as const)
      if (end !== undefined && this.#options.fleet.unit(end.gear_id) === undefined)
        throw refused(`${field}.gear_id`, 'not_found', `There is no gear ${end.gear_id}`);
    if (far !== undefined && isSameEnd(freetdm, far))
      throw refused('device', 'unique', 'Both ends are the same span');
    return checked;
  }

  /** @throws request.invalid when another cable has one of the ends */
  async #assertFree(doc: JsonObject, ownId: string | undefined): Promise<void> {
    const { freetdm, device } = doc as unknown as CableDoc;
    const cables = await this.#documents.list(SCOPE, {
      sort: 'id',
      direction: 'ascending',
      start: undefined,
      end: undefined,
      nameContains: undefined,
      limit: MAX_CABLES,
    });
    for (const { id, doc: other } of cables) {
      if (id === ownId) continue;
      const { freetdm: near, device: far } = other as unknown as CableDoc;
      const taken = [near, endOf(far)];
      for (const [field, end] of [
        ['freetdm', freetdm],
        ['device', endOf(device)],
      ] as const)
        if (end !== undefined && taken.some((at) => at !== undefined && isSameEnd(at, end)))
          throw refused(field, 'unique', `The cable ${id} ends there already`);
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work, work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function scoped(target: CableTarget): DocumentTarget {
  return { ...target, scope: SCOPE };
}

/** What replies show beside the document may come back with it. */
function withoutState(data: JsonObject): JsonObject {
  const own = ['freetdm_span_id', 'device_span_id', 'findings'];
  return Object.fromEntries(Object.entries(data).filter(([key]) => !own.includes(key)));
}

function endOf(device: CableDoc['device']): End | undefined {
  const { gear_id, span } = device;
  return gear_id === undefined || span === undefined ? undefined : { gear_id, span };
}

function isSameEnd(a: End, b: End): boolean {
  return a.gear_id === b.gear_id && a.span === b.span;
}

function refused(field: string, rule: string, message: string): Error {
  return invalidFields({ [field]: { [rule]: { message } } });
}
