// Spans of all gear as clients see them: what the gear says, what people wrote beside it, and
// what dials into it.

import type { ChannelDoc, SpanDoc, SpanLocalDoc, SpanPerformanceDoc } from '../../schemas/types.ts';
import type { Actor } from '../base/change.ts';
import type { Clock } from '../base/clock.ts';
import { CraftportError } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import { allDocuments } from '../document/all-documents.ts';
import type { DocumentScope } from '../document/document-store.ts';
import { mergePatch } from '../document/merge.ts';
import { assertPreconditions, type Preconditions } from '../document/precondition.ts';
import type { DocumentValidator } from '../document/validate.ts';
import type { GearUnit } from '../gear/gear-unit.ts';
import type { KnownSpan } from '../gear/live-gear.ts';
import { channelDocument, performanceDocument, spanDocument } from '../gear/span-document.ts';
import { publicPart } from '../resource/resource-rules.ts';
import type { DialledSpans } from './dialled-spans.ts';
import type { GearFleet } from './gear-fleet.ts';
import type { Storage } from './storage.ts';

export interface SpanServiceOptions {
  readonly storage: Storage;
  readonly fleet: GearFleet;
  readonly dialled: DialledSpans;
  /** Of `spans.local`. */
  readonly validator: DocumentValidator;
  readonly clock: Clock;
}

const SCOPE: DocumentScope = { kind: 'span', accountId: undefined };
const LOAD_AT_ONCE = 500;

interface Local {
  readonly doc: SpanLocalDoc;
  readonly revision: string;
}

export class SpanService {
  readonly #options: SpanServiceOptions;
  /** What people wrote, by span id. */
  readonly #locals = new Map<string, Local>();

  constructor(options: SpanServiceOptions) {
    this.#options = options;
  }

  /** Reads what people wrote. */
  async load(): Promise<void> {
    const { documents } = this.#options.storage.read;
    for await (const rows of allDocuments(documents, SCOPE, LOAD_AT_ONCE))
      for (const { id, doc, revision } of rows) this.#locals.set(id, { doc, revision });
  }

  async list(): Promise<readonly SpanDoc[]> {
    await this.#options.dialled.load();
    return [...this.#options.fleet.units].flatMap((unit) =>
      [...unit.live.spans.values()].map((span) => this.describe(unit, span)),
    );
  }

  /** @throws document.not-found */
  async fetch(id: string): Promise<SpanDoc> {
    await this.#options.dialled.load();
    const { unit, span } = this.#find(id);
    return this.describe(unit, span);
  }

  /** In order of time slot. @throws document.not-found */
  channels(id: string): readonly ChannelDoc[] {
    return [...this.#find(id).span.channels.values()]
      .map(channelDocument)
      .sort((a, b) => a.timeslot - b.timeslot || a.number - b.number);
  }

  /** Counters of a span in 15-minute intervals, newest first. @throws document.not-found */
  performance(id: string): readonly SpanPerformanceDoc[] {
    const { unit, span } = this.#find(id);
    return unit.live.performance(span.report.native).map(performanceDocument);
  }

  /** The revision of what people wrote; undefined: nothing yet. */
  revisionOf(id: string): string | undefined {
    return this.#locals.get(id)?.revision;
  }

  describe(unit: GearUnit, span: KnownSpan): SpanDoc {
    const { fleet, dialled, clock } = this.#options;
    const { native } = span.report;
    const id = fleet.spanId(unit.id, native);
    return spanDocument(
      unit,
      span,
      {
        id,
        local: this.#locals.get(id)?.doc ?? {},
        dialledBy: dialled.into(unit, native),
        findings: dialled.aboutSpan(unit, native),
      },
      clock.nowMs(),
    );
  }

  /**
   * Changes what people wrote; nothing of it reaches the gear.
   * @throws document.not-found, request.invalid, document.revision-mismatch
   */
  async patch(
    id: string,
    data: JsonObject,
    preconditions: Preconditions,
    by: Actor,
  ): Promise<SpanDoc> {
    const { storage, validator } = this.#options;
    this.#find(id);
    const written = await storage.write(async (writers) => {
      const current = await writers.documents.load(SCOPE, id);
      assertPreconditions(preconditions, current?.revision);
      const doc = validator.validate(mergePatch(current?.doc ?? {}, publicPart(data)));
      const next =
        current === undefined
          ? await writers.documents.insert(SCOPE, id, doc, by)
          : await writers.documents.replace(SCOPE, current, doc, by);
      writers.record({
        actor: by,
        event: 'span.described',
        noun: 'span',
        id,
        revision: next.revision,
        ...(current === undefined ? {} : { before: current.doc }),
        after: doc,
      });
      return next;
    });
    this.#locals.set(id, { doc: written.doc, revision: written.revision });
    return this.fetch(id);
  }

  /** @throws document.not-found */
  #find(id: string): { readonly unit: GearUnit; readonly span: KnownSpan } {
    const { fleet } = this.#options;
    for (const unit of fleet.units)
      for (const span of unit.live.spans.values())
        if (fleet.spanId(unit.id, span.report.native) === id) return { unit, span };
    throw new CraftportError('document.not-found', `There is no span ${id}`, { detail: { id } });
  }
}
