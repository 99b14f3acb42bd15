// The hub of Server-Sent Events. Every client has a position, the sequence up to which it was
// told everything it may see, and is in one of two states:
//
//   open ──▶ replaying ── ring holds the rest ──▶ live ──▶ closed
//               ▲  reads the journal in pieces      │ told every 50 ms what is new in the ring
//               └────── ring does not reach back ───┘
//
// Beside these go transient events (transient-frames.ts): states that change too often for the
// journal. They have no id, the latest of a key stands for those before it, and a client that
// reads slowly gets fewer of them.
//
// A client leaves `replaying` and goes on live from the same position in one turn, so nothing is
// lost or sent twice between the two. What a client does not read in time costs it the
// connection, never the agent its memory: it reconnects with Last-Event-ID and is replayed.

import type { ServerResponse } from 'node:http';
import { isMasterAccount, type Identity } from '../account/account.ts';
import type { DomainEvent, NewEvent } from '../base/change.ts';
import type { Clock } from '../base/clock.ts';
import { CraftportError } from '../base/error.ts';
import type { Logger } from '../base/logger.ts';
import type { EventReader } from '../document/event-store.ts';
import { AccountPaths } from './account-paths.ts';
import {
  type EventFrame,
  type EventView,
  FrameRing,
  gapBytes,
  heartbeatBytes,
  joinFrames,
  type PathOf,
  toFrame,
} from './event-frames.ts';
import { JournalPieces, PIECE_EVENTS } from './journal-pieces.ts';
import { StreamClient } from './stream-client.ts';
import { TransientFrames } from './transient-frames.ts';

export interface EventStreamOptions {
  readonly events: EventReader;
  /** As the store's: tells of events after they are on disk. */
  onEvents(listener: (events: readonly DomainEvent[]) => void): () => void;
  /** Ids from the master account down to this one; undefined when there is none. */
  pathOf(accountId: string): Promise<readonly string[] | undefined>;
  /** Whether a token is still good (not revoked, its account enabled); asked at heartbeats. */
  isStillGood(identity: Identity): Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<EventStreamLimits>;
}

export interface EventStreamLimits {
  /** How long events wait for others to share a chunk. */
  readonly joinMs: number;
  readonly heartbeatMs: number;
  readonly clients: number;
  /** Of one account other than the master account. */
  readonly clientsPerAccount: number;
  /** Unread bytes that cost a client its connection. */
  readonly bufferBytes: number;
  /** Events kept in memory for clients that are a little behind. */
  readonly ringEvents: number;
  readonly ringBytes: number;
}

const LIMITS: EventStreamLimits = {
  joinMs: 50,
  heartbeatMs: 15_000,
  clients: 1_000,
  clientsPerAccount: 200,
  bufferBytes: 1_000_000,
  ringEvents: 8_192,
  ringBytes: 8_000_000,
};

export interface EventStreamCounters {
  readonly clients: number;
  /** Clients dropped because they did not read. */
  readonly dropped: number;
  /** Clients told of a gap. */
  readonly gaps: number;
}

export class EventStream {
  readonly #options: EventStreamOptions;
  readonly #limits: EventStreamLimits;
  readonly #clients = new Set<StreamClient>();
  readonly #paths: AccountPaths;
  readonly #pieces: JournalPieces;
  readonly #transient = new TransientFrames();
  #ring = new FrameRing(0, 0, 0);
  #running = false;
  #unsubscribe: () => void = () => {};
  #heartbeat: NodeJS.Timeout | undefined;
  #flushTimer: NodeJS.Timeout | undefined;
  #flushing = false;
  #dropped = 0;
  #gaps = 0;

  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
    this.#paths = new AccountPaths((id) => options.pathOf(id));
    this.#pieces = new JournalPieces(options.events);
  }

  get counters(): EventStreamCounters {
    return { clients: this.#clients.size, dropped: this.#dropped, gaps: this.#gaps };
  }

  /** Reads the newest events into memory and listens for more. Twice is fine. */
  async start(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    const { events } = this.#options;
    const early: DomainEvent[] = [];
    let isReady = false;
    this.#unsubscribe = this.#options.onEvents((batch) => {
      if (isReady) this.#take(batch);
      else early.push(...batch);
    });
    const { newest } = await events.window();
    const { ringEvents, ringBytes } = this.#limits;
    // Whoever was connected before a restart comes back at once; most of them are a little behind.
    const from = Math.max(0, newest - Math.min(ringEvents, PIECE_EVENTS));
    const recent = await events.after(from, PIECE_EVENTS);
    this.#ring = new FrameRing(from, ringEvents, ringBytes);
    for (const event of recent) this.#ring.push(toFrame(event));
    if (recent.length === 0) this.#ring = new FrameRing(newest, ringEvents, ringBytes);
    isReady = true;
    this.#take(early);
    this.#heartbeat = setInterval(() => void this.#beat(), this.#limits.heartbeatMs);
    this.#heartbeat.unref();
  }

  /** Ends every stream. Twice is fine. */
  stop(): Promise<void> {
    this.#running = false;
    this.#unsubscribe();
    clearInterval(this.#heartbeat);
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    for (const client of this.#clients) this.#end(client, 'stopping');
    return Promise.resolve();
  }

  /** @throws stream.too-many, store.closed */
  assertRoom(identity: Identity): void {
    if (!this.#running) throw new CraftportError('store.closed', 'The agent is stopping');
    const { account } = identity;
    const own = isMasterAccount(account)
      ? 0
      : [...this.#clients].filter((client) => client.identity.account.id === account.id).length;
    if (this.#clients.size >= this.#limits.clients || own >= this.#limits.clientsPerAccount)
      throw new CraftportError('stream.too-many', 'Too many event streams are open');
  }

  /**
   * Sends events over `response` until either side ends it.
   * @param lastSeen sequence of the last event the client knows; undefined: from now on
   */
  open(
    response: ServerResponse,
    identity: Identity,
    topics: readonly string[] | undefined,
    lastSeen: number | undefined,
  ): void {
    const view: EventView = {
      accountId: isMasterAccount(identity.account) ? undefined : identity.account.id,
      topics,
    };
    const client = new StreamClient({
      response,
      identity,
      view,
      position: lastSeen ?? this.#ring.newest,
      transientPosition: this.#transient.newest,
      bufferBytes: this.#limits.bufferBytes,
    });
    this.#clients.add(client);
    client.onClose(() => this.#clients.delete(client));
    this.#replayInBackground(client);
  }

  /**
   * Tells whoever is connected of a state that is not worth keeping.
   * @param key what it is the state of; a later event of the key takes its place
   * @param make the event, when it is sent; undefined: nothing to tell any more
   */
  publish(key: string, make: () => NewEvent | undefined): void {
    if (this.#clients.size === 0) return;
    this.#transient.put(key, make, this.#options.clock.nowMs());
    this.#scheduleFlush();
  }

  #take(events: readonly DomainEvent[]): void {
    if (events.length === 0) return;
    for (const event of events) this.#ring.push(toFrame(event));
    this.#scheduleFlush();
  }

  #scheduleFlush(): void {
    if (!this.#running) return;
    this.#flushTimer ??= setTimeout(() => {
      this.#flushTimer = undefined;
      this.#flush().catch((error: unknown) => {
        this.#options.logger.error(() => 'events could not be sent', { error });
      });
    }, this.#limits.joinMs);
  }

  /** Tells live clients what is new. Those at the same place with the same view share bytes. */
  async #flush(): Promise<void> {
    if (this.#flushing) {
      this.#scheduleFlush();
      return;
    }
    this.#flushing = true;
    try {
      const { newest } = this.#ring;
      // All taken in one turn, so that every piece ends at `newest`.
      const pieces = new Map<number, readonly EventFrame[] | undefined>();
      for (const client of this.#clients)
        if (this.#isBehind(client) && !pieces.has(client.position))
          pieces.set(client.position, this.#ring.after(client.position));
      const longest = pieces.get(
        Math.min(...[...pieces].filter(([, piece]) => piece !== undefined).map(([at]) => at)),
      );
      const pathOf = await this.#paths.of(longest ?? []);
      const chunks = new Map<string, Buffer>();
      for (const client of this.#clients) {
        // A client that came in while the paths were looked up has the next turn.
        if (client.state !== 'live' || !pieces.has(client.position)) continue;
        const piece = pieces.get(client.position);
        if (piece === undefined) {
          this.#replayInBackground(client);
          continue;
        }
        const key = `${String(client.position)} ${client.viewKey}`;
        const chunk = chunks.get(key) ?? joinFrames(piece, client.view, pathOf);
        chunks.set(key, chunk);
        client.position = newest;
        this.#send(client, chunk);
      }
      await this.#flushTransient();
    } finally {
      this.#flushing = false;
    }
    this.#flushAgainIfDue();
  }

  /** Tells live clients the latest of what changed since they were told last. */
  async #flushTransient(): Promise<void> {
    const { newest } = this.#transient;
    const due = [...this.#clients].filter((client) => this.#isTransientDue(client));
    const pieces = new Map<number, readonly EventFrame[]>();
    for (const { transientPosition: at } of due)
      if (!pieces.has(at)) pieces.set(at, this.#transient.after(at));
    const pathOf = await this.#paths.of([...pieces.values()].flat());
    const chunks = new Map<string, Buffer>();
    for (const client of due) {
      if (client.isClosed) continue;
      const { transientPosition: at } = client;
      const key = `${String(at)} ${client.viewKey}`;
      const chunk = chunks.get(key) ?? joinFrames(pieces.get(at) ?? [], client.view, pathOf);
      chunks.set(key, chunk);
      client.transientPosition = newest;
      this.#send(client, chunk);
    }
    this.#transient.forget(
      Math.min(newest, ...[...this.#clients].map((client) => client.transientPosition)),
    );
  }

  #isTransientDue(client: StreamClient): boolean {
    return (
      client.state === 'live' && client.transientPosition < this.#transient.newest && !client.isSlow
    );
  }

  #flushAgainIfDue(): void {
    if ([...this.#clients].some((client) => this.#isBehind(client) || this.#isTransientDue(client)))
      this.#scheduleFlush();
  }

  #isBehind(client: StreamClient): boolean {
    return client.state === 'live' && client.position < this.#ring.newest;
  }

  #replayInBackground(client: StreamClient): void {
    client.state = 'replaying';
    this.#replay(client).catch((error: unknown) => {
      this.#options.logger.warn(() => 'a replay of events failed', { error });
      // The client's next attempt starts where this one ended.
      this.#cut(client);
    });
  }

  /** Brings a client from its position to the ring, and makes it live. */
  async #replay(client: StreamClient): Promise<void> {
    if (client.position > this.#ring.newest) {
      // An id from before the database was restored from a backup.
      const { oldest, newest } = await this.#options.events.window();
      this.#tellGap(client, client.position, oldest, newest, this.#ring.newest);
    }
    while (client.state === 'replaying') {
      const recent = this.#ring.after(client.position);
      const frames = recent ?? (await this.#readJournal(client));
      const pathOf = await this.#paths.of(frames);
      await this.#sendAndDrain(client, frames, pathOf);
      if (recent === undefined || client.isClosed) continue;
      client.state = 'live';
      if (this.#isBehind(client) || this.#isTransientDue(client)) this.#scheduleFlush();
    }
  }

  async #readJournal(client: StreamClient): Promise<readonly EventFrame[]> {
    const found = await this.#pieces.after(client.position);
    const first = found[0]?.sequence;
    if (first !== client.position + 1) {
      const { oldest, newest } = await this.#options.events.window();
      const resumeAt = first === undefined ? newest : first - 1;
      this.#tellGap(client, client.position, oldest, newest, resumeAt);
    }
    return found;
  }

  #tellGap(
    client: StreamClient,
    requested: number,
    oldest: number | undefined,
    newest: number,
    resumeAt: number,
  ): void {
    if (client.isClosed) return;
    this.#gaps += 1;
    client.position = resumeAt;
    this.#send(client, gapBytes(requested, oldest, newest, resumeAt));
  }

  async #sendAndDrain(
    client: StreamClient,
    frames: readonly EventFrame[],
    pathOf: PathOf,
  ): Promise<void> {
    if (client.isClosed) return;
    client.position = frames.at(-1)?.sequence ?? client.position;
    this.#send(client, joinFrames(frames, client.view, pathOf));
    await client.whenRead();
  }

  #send(client: StreamClient, chunk: Buffer): void {
    if (!client.send(chunk)) this.#drop(client);
  }

  #drop(client: StreamClient): void {
    this.#dropped += 1;
    this.#cut(client);
  }

  #cut(client: StreamClient): void {
    this.#clients.delete(client);
    client.cut();
  }

  #end(client: StreamClient, reason: 'token' | 'stopping'): void {
    client.end(reason);
    this.#clients.delete(client);
  }

  async #beat(): Promise<void> {
    const checks = new Map<string, Promise<boolean>>();
    const nowS = this.#options.clock.nowMs() / 1000;
    for (const client of [...this.#clients]) {
      const { identity } = client;
      if (client.isStalled()) {
        this.#drop(client);
        continue;
      }
      const check =
        checks.get(identity.tokenId) ??
        (identity.expiresS <= nowS ? Promise.resolve(false) : this.#check(identity));
      checks.set(identity.tokenId, check);
      if (!(await check)) this.#end(client, 'token');
      // Only a live client has been told everything up to its position.
      else if (client.state === 'live') this.#send(client, heartbeatBytes(client.position));
    }
    // A flush that failed (the store was busy) is made up for here.
    this.#flushAgainIfDue();
  }

  async #check(identity: Identity): Promise<boolean> {
    try {
      return await this.#options.isStillGood(identity);
    } catch (error) {
      this.#options.logger.warn(() => 'a token could not be checked again', { error });
      return true;
    }
  }
}
