// A dial string together with its legs in parts, for whoever shows them. The parts are put
// together only when asked for: most callers want the string alone.

import type { Headers } from './headers.ts';
import type { BridgeEndpoint, Dial, Leg } from './result.ts';
import type { Variable } from './variables.ts';

/** One leg as it was written. */
export interface WrittenLeg {
  readonly endpoint: BridgeEndpoint;
  readonly index: number;
  readonly target: string;
  /** The variables of its own block. */
  readonly own: readonly Variable[];
}

type Fields = Omit<Dial, 'legs'>;

/**
 * A class, because a getter in an object literal costs a hidden class for each object, and those
 * keep whole evaluations alive until the next full collection.
 */
export class WrittenDial implements Dial {
  readonly result: Dial['result'];
  readonly privacy_mode: Dial['privacy_mode'];
  readonly bypass_media_set: readonly string[];
  readonly raw: string;
  declare readonly dropped_bridge_indexes?: readonly number[];
  readonly #written: readonly WrittenLeg[];
  readonly #channel: readonly Variable[];

  /** @param channel the channel-wide variables, which every leg has in effect. */
  constructor(fields: Fields, written: readonly WrittenLeg[], channel: readonly Variable[]) {
    this.result = fields.result;
    this.privacy_mode = fields.privacy_mode;
    this.bypass_media_set = fields.bypass_media_set;
    this.raw = fields.raw;
    const { dropped_bridge_indexes: dropped = [] } = fields;
    if (dropped.length > 0) this.dropped_bridge_indexes = dropped;
    this.#written = written;
    this.#channel = channel;
  }

  get legs(): readonly Leg[] {
    return this.#written.map((leg) => toLeg(leg, this.#channel));
  }

  /** What goes out as JSON: the fields, and the legs in parts. */
  toJSON(): Dial {
    return Object.assign({}, this, { legs: this.legs });
  }
}

function toLeg({ endpoint, index, target, own }: WrittenLeg, channel: readonly Variable[]): Leg {
  return {
    target,
    vars: toVars(channel, own),
    bridge_index: index,
    resource_id: endpoint.resource_id,
    gateway_index: endpoint.gateway_index,
  };
}

/** What a leg has in effect: the channel-wide variables, and its own over them. */
function toVars(channel: readonly Variable[], leg: readonly Variable[]): Headers {
  const vars: Record<string, string> = {};
  for (const { name, value } of channel) vars[name] = value;
  for (const { name, value } of leg) vars[name] = value;
  return vars;
}
