// The spans and their channels, live: read once, then changed by events in place. Changes are
// gathered and told once a frame, whatever their number; a span that did not change is the same
// object as before, so that nothing of it is drawn again.

import {
  type Client,
  isObject,
  type Json,
  type JsonObject,
  textOf,
} from '../../agent/client/index.ts';
import { isSame } from './document.ts';

export interface ShelfChannel {
  readonly timeslot: number;
  readonly number: number;
  readonly type: string;
  readonly state: ChannelState;
  readonly alarm: boolean;
  readonly nativeState: string;
  readonly call: string;
}

export type ChannelState = 'idle' | 'busy' | 'blocked' | 'out_of_service' | 'unknown';
export const CHANNEL_STATES: readonly ChannelState[] = [
  'idle',
  'busy',
  'blocked',
  'out_of_service',
  'unknown',
];

export interface ShelfSpan {
  readonly id: string;
  readonly doc: JsonObject;
  /** In order of time slot. */
  readonly channels: readonly ShelfChannel[];
}

export function toShelfChannel(doc: JsonObject): ShelfChannel {
  const { call } = doc;
  const state = textOf(doc['state']);
  return {
    timeslot: Number(doc['timeslot'] ?? 0),
    number: Number(doc['number'] ?? 0),
    type: textOf(doc['type'], 'unknown'),
    state: CHANNEL_STATES.find((known) => known === state) ?? 'unknown',
    alarm: doc['alarm'] === true,
    nativeState: textOf(doc['native_state']),
    call: isObject(call)
      ? `${textOf(call['direction'])} ${textOf(call['caller'], '?')} → ${textOf(call['called'], '?')}`
      : '',
  };
}

/** The spans of one gear. */
export interface ShelfGroup {
  readonly gearId: string;
  readonly spans: readonly ShelfSpan[];
}

const NATURAL = new Intl.Collator('en', { numeric: true });

/** Spans by gear: those with channels first, each gear's by name as people count (2 before 10). */
export function groupsOf(shelf: readonly ShelfSpan[]): readonly ShelfGroup[] {
  const byGear = new Map<string, ShelfSpan[]>();
  for (const span of shelf) {
    const gearId = textOf(span.doc['gear_id']);
    byGear.set(gearId, [...(byGear.get(gearId) ?? []), span]);
  }
  const hasChannels = (spans: readonly ShelfSpan[]): boolean =>
    spans.some(({ channels }) => channels.length > 0);
  return [...byGear]
    .map(([gearId, spans]) => ({
      gearId,
      spans: spans.sort((a, b) => NATURAL.compare(textOf(a.doc['name']), textOf(b.doc['name']))),
    }))
    .sort(
      (a, b) =>
        Number(hasChannels(b.spans)) - Number(hasChannels(a.spans)) ||
        NATURAL.compare(a.gearId, b.gearId),
    );
}

/** Names of gear by id, for headings. @throws ClientError */
export async function loadGearNames(client: Client): Promise<ReadonlyMap<string, string>> {
  const { data } = await client.request('/v2/gear', { query: { paginate: false } });
  return new Map(objects(data).map((doc) => [textOf(doc['id']), textOf(doc['name'])]));
}

/** The shelf as it is read again and again, with what events said meanwhile. */
export interface ShelfReader {
  /** @throws ClientError */
  readonly read: () => Promise<readonly ShelfSpan[]>;
  /** What an event says; a reading that is under way may be older. */
  readonly note: (change: ShelfChange) => void;
}

export function createShelfReader(client: Client): ShelfReader {
  let last: readonly ShelfSpan[] = [];
  const underway = new Set<ShelfChange[]>();
  return {
    read: async () => {
      const noted: ShelfChange[] = [];
      underway.add(noted);
      try {
        last = keepingSame(last, withChanges(await loadShelf(client), noted));
        return last;
      } finally {
        underway.delete(noted);
      }
    },
    note: (change) => {
      for (const noted of underway) noted.push(change);
    },
  };
}

/** `after`, with the very objects of `before` wherever nothing that is shown is different. */
export function keepingSame(
  before: readonly ShelfSpan[],
  after: readonly ShelfSpan[],
): readonly ShelfSpan[] {
  const known = new Map(before.map((span) => [span.id, span]));
  return after.map((span) => {
    const old = known.get(span.id);
    if (old === undefined) return span;
    const doc = isSameDoc(old.doc, span.doc) ? old.doc : span.doc;
    const channels = span.channels.map((channel, index) => {
      const other = old.channels[index];
      return other !== undefined && isSameChannel(other, channel) ? other : channel;
    });
    const areSame =
      channels.length === old.channels.length &&
      channels.every((channel, index) => channel === old.channels[index]);
    if (areSame && doc === old.doc) return old;
    return { id: span.id, doc, channels: areSame ? old.channels : channels };
  });
}

/** Whatever was read is newer; only what it says counts. */
function isSameDoc(a: JsonObject, b: JsonObject): boolean {
  return isSame({ ...a, read_at: '' }, { ...b, read_at: '' });
}

function isSameChannel(a: ShelfChannel, b: ShelfChannel): boolean {
  return (Object.keys(a) as (keyof ShelfChannel)[]).every((key) => a[key] === b[key]);
}

/** What is at the other end of a span's cable, and what the two ends disagree on. */
export interface CableEnd {
  readonly cableId: string;
  readonly gearId: string;
  /** The other end's own name of its span. */
  readonly span: string;
  readonly findings: readonly string[];
}

/** By span id: both ends of each cable. @throws ClientError */
export async function loadCables(
  client: Client,
): Promise<ReadonlyMap<string, readonly CableEnd[]>> {
  const { data } = await client.request('/v2/cables', { query: { paginate: false } });
  const ends = new Map<string, CableEnd[]>();
  for (const cable of objects(data)) {
    const sides = [
      [cable['freetdm_span_id'], cable['device']],
      [cable['device_span_id'], cable['freetdm']],
    ] as const;
    const findings = objects(cable['findings'] ?? []).map((each) => textOf(each['message']));
    for (const [spanId, far] of sides) {
      if (typeof spanId !== 'string' || !isObject(far)) continue;
      const end: CableEnd = {
        cableId: textOf(cable['id']),
        gearId: textOf(far['gear_id']),
        span: textOf(far['span']),
        findings,
      };
      ends.set(spanId, [...(ends.get(spanId) ?? []), end]);
    }
  }
  return ends;
}

/** Reads all spans, and then their channels, few at a time. @throws ClientError */
export async function loadShelf(client: Client): Promise<readonly ShelfSpan[]> {
  const { data } = await client.request('/v2/spans', { query: { paginate: false, sort: 'name' } });
  const spans = objects(data);
  const shelf: ShelfSpan[] = spans.map((doc) => ({ id: textOf(doc['id']), doc, channels: [] }));
  const queue = [...shelf.entries()];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, span] = next;
      const reply = await client.request(`/v2/spans/${encodeURIComponent(span.id)}/channels`, {
        query: { paginate: false },
      });
      shelf[index] = { ...span, channels: objects(reply.data).map(toShelfChannel) };
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  return shelf;
}

/** One `channel.changed` or `span.updated`, of a span that is known. */
export interface ShelfChange {
  readonly spanId: string;
  readonly channel?: ShelfChannel;
  readonly doc?: JsonObject;
}

/** @returns undefined for an event that says nothing about the shelf */
export function shelfChangeOf(name: string, data: JsonObject): ShelfChange | undefined {
  if (name === 'channel.changed' && isObject(data['channel']))
    return { spanId: textOf(data['span_id']), channel: toShelfChannel(data['channel']) };
  if (name === 'span.updated') {
    const doc = isObject(data['span']) ? data['span'] : data;
    const id = textOf(doc['id'], textOf(data['span_id']));
    return { spanId: id, doc };
  }
  return undefined;
}

/** Applies what came since the last frame. */
export function withChanges(
  shelf: readonly ShelfSpan[],
  changes: readonly ShelfChange[],
): readonly ShelfSpan[] {
  if (changes.length === 0) return shelf;
  const bySpan = new Map<string, { channels: Map<number, ShelfChannel>; doc: JsonObject }>();
  for (const { spanId, channel, doc } of changes) {
    const entry = bySpan.get(spanId) ?? { channels: new Map<number, ShelfChannel>(), doc: {} };
    bySpan.set(spanId, entry);
    if (channel !== undefined) entry.channels.set(channel.number, channel);
    if (doc !== undefined) entry.doc = { ...entry.doc, ...doc };
  }
  return keepingSame(
    shelf,
    shelf.map((span) => {
      const change = bySpan.get(span.id);
      if (change === undefined) return span;
      return {
        id: span.id,
        doc: { ...span.doc, ...change.doc },
        channels: span.channels.map((channel) => change.channels.get(channel.number) ?? channel),
      };
    }),
  );
}

function objects(data: Json): readonly JsonObject[] {
  return Array.isArray(data) ? (data as readonly Json[]).filter(isObject) : [];
}
