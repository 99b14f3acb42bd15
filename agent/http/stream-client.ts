// One client of the event stream: the reply it reads, what it may see and how far it was told.
// What it does not read in time is found out here; what follows from that is the hub's business.

import type { ServerResponse } from 'node:http';
import type { Identity } from '../account/account.ts';
import { type EventView, viewKey } from './event-frames.ts';

/** Unread bytes above which a client waits for the latest instead of getting every one. */
const SLOW_BYTES = 65_536;
const RECONNECT_MS = 2_000;
/** Heartbeats in a row without a byte taken that cost a client its connection. */
const STALLED_BEATS = 2;

export interface StreamClientOptions {
  readonly response: ServerResponse;
  readonly identity: Identity;
  readonly view: EventView;
  /** Sequence of the last event it knows. */
  readonly position: number;
  readonly transientPosition: number;
  /** Unread bytes that are too many. */
  readonly bufferBytes: number;
}

export class StreamClient {
  readonly identity: Identity;
  readonly view: EventView;
  readonly viewKey: string;
  readonly #response: ServerResponse;
  readonly #bufferBytes: number;
  position: number;
  /** Up to where it was told transient events. */
  transientPosition: number;
  state: 'replaying' | 'live' | 'closed' = 'replaying';
  /** Bytes the system had taken at the last heartbeat. */
  #takenBytes = 0;
  /** Heartbeats in a row at which bytes waited and none had been taken. */
  #stalledBeats = 0;

  /** Sends the head of the reply. */
  constructor(options: StreamClientOptions) {
    this.#response = options.response;
    this.identity = options.identity;
    this.view = options.view;
    this.viewKey = viewKey(options.view);
    this.position = options.position;
    this.transientPosition = options.transientPosition;
    this.#bufferBytes = options.bufferBytes;
    const response = this.#response;
    response.once('close', () => (this.state = 'closed'));
    // A connection reset is the client's way of leaving; `close` follows.
    response.on('error', () => {});
    response.statusCode = 200;
    response.setHeader('content-type', 'text/event-stream');
    response.setHeader('cache-control', 'no-store');
    // Proxies that collect replies would hold events back.
    response.setHeader('x-accel-buffering', 'no');
    response.write(`retry: ${String(RECONNECT_MS)}\nid: ${String(this.position)}\n\n`);
  }

  /** As the state, which changes while others wait: the type checker cannot know that. */
  get isClosed(): boolean {
    return this.state === 'closed';
  }

  /** Whether what it was sent waits to be read, so that states should be left out. */
  get isSlow(): boolean {
    return this.#response.writableLength > SLOW_BYTES;
  }

  /** @returns false when more waits unread than may */
  send(chunk: Buffer): boolean {
    if (this.isClosed || chunk.length === 0) return true;
    this.#response.write(chunk);
    // A replayed piece may be larger than the limit; it alone does not make a client slow.
    return this.#response.writableLength <= this.#bufferBytes + chunk.length;
  }

  /** Until what was sent is read, or the client is gone. */
  async whenRead(): Promise<void> {
    const response = this.#response;
    if (this.isClosed || !response.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        response.off('drain', done);
        response.off('close', done);
        resolve();
      };
      response.on('drain', done);
      response.on('close', done);
    });
  }

  /** Ask once a heartbeat. @returns whether bytes wait and none was taken for some heartbeats */
  isStalled(): boolean {
    const { bytesWritten = 0, writableLength = 0 } = this.#response.socket ?? {};
    const takenBytes = bytesWritten - writableLength;
    const isStuck = this.#response.writableNeedDrain && takenBytes === this.#takenBytes;
    this.#stalledBeats = isStuck ? this.#stalledBeats + 1 : 0;
    this.#takenBytes = takenBytes;
    return this.#stalledBeats >= STALLED_BEATS;
  }

  /** Tells it why, and ends the reply. */
  end(reason: 'token' | 'stopping'): void {
    if (this.isClosed) return;
    this.state = 'closed';
    this.#response.end(`event: end\ndata: ${JSON.stringify({ reason })}\n\n`);
  }

  /** Cuts the connection; it may come back where it was. */
  cut(): void {
    this.state = 'closed';
    this.#response.destroy();
  }

  /** @param listener told once the connection is gone, whoever ended it */
  onClose(listener: () => void): void {
    this.#response.once('close', listener);
  }
}
