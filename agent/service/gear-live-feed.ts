// Live gear as transient events: `channel.changed`, `span.updated`, `gear.state`. Each is made
// when it is sent, from what is known then.

import type { NewEvent } from '../base/change.ts';
import type { JsonObject } from '../base/json.ts';
import type { Timers } from '../base/timers.ts';
import type { GearUnit } from '../gear/gear-unit.ts';
import { channelDocument } from '../gear/span-document.ts';
import type { DialledSpans } from './dialled-spans.ts';
import type { GearFeed, GearFleet } from './gear-fleet.ts';
import type { GearService } from './gear.ts';
import type { SpanService } from './spans.ts';

export interface GearLiveFeedOptions {
  readonly fleet: GearFleet;
  readonly spans: SpanService;
  readonly gear: GearService;
  readonly dialled: DialledSpans;
  readonly timers: Timers;
  readonly publish: (key: string, make: () => NewEvent | undefined) => void;
}

/** A span whose channels change is told again this often: its counts are another. */
const COUNTS_MS = 1_000;

export class GearLiveFeed implements GearFeed {
  readonly #options: GearLiveFeedOptions;
  /** Spans whose counts are to be told, by id. */
  readonly #counts = new Map<string, () => void>();
  #cancel: (() => void) | undefined;

  constructor(options: GearLiveFeedOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#cancel?.();
  }

  channel(
    unit: GearUnit,
    native: string,
    { report }: { readonly report: { number: number } },
  ): void {
    const { fleet, publish, timers } = this.#options;
    const spanId = fleet.spanId(unit.id, native);
    const { number } = report;
    publish(`channel ${spanId} ${String(number)}`, () => {
      const channel = unit.live.spans.get(native)?.channels.get(number);
      return channel === undefined
        ? undefined
        : {
            name: 'channel.changed',
            data: {
              gear_id: unit.id,
              span_id: spanId,
              span: native,
              channel: channelDocument(channel) as unknown as JsonObject,
            },
          };
    });
    this.#counts.set(spanId, () => this.#publishSpan(unit, native, spanId));
    this.#cancel ??= timers.after(COUNTS_MS, () => {
      this.#cancel = undefined;
      for (const tell of this.#counts.values()) tell();
      this.#counts.clear();
    });
  }

  span(unit: GearUnit, native: string): void {
    this.#options.dialled.forget();
    this.#publishSpan(unit, native, this.#options.fleet.spanId(unit.id, native));
  }

  gear(unit: GearUnit): void {
    const { publish, gear } = this.#options;
    publish(`gear ${unit.id}`, () => {
      const state = gear.state(unit.id);
      return state === undefined
        ? undefined
        : {
            name: 'gear.state',
            data: { id: unit.id, name: unit.record.name, state: state as unknown as JsonObject },
          };
    });
  }

  /** Everything that depends on the resources. */
  all(): void {
    for (const unit of this.#options.fleet.units) {
      for (const native of unit.live.spans.keys()) this.span(unit, native);
      this.gear(unit);
    }
  }

  #publishSpan(unit: GearUnit, native: string, id: string): void {
    const { publish, spans } = this.#options;
    publish(`span ${id}`, () => {
      const span = unit.live.spans.get(native);
      return span === undefined
        ? undefined
        : { name: 'span.updated', data: spans.describe(unit, span) as unknown as JsonObject };
    });
  }
}
