// The seam everything above a wire sees. A port knows bytes and no dialect.

export interface Port {
  /** `/dev/serial/by-id/…`, `tcp://127.0.0.1:8021`, `memory:`. */
  readonly name: string;
  /** Ends on close; throws transport.lost when the other side goes away. */
  readonly incoming: AsyncIterable<Uint8Array>;
  send(bytes: Uint8Array): Promise<void>;
  /** Twice is fine. */
  close(): Promise<void>;
  /**
   * Holds the line low, where the wire has such a thing. It can stop running gear: only a
   * person asks for it. @throws transport.lost, transport.unsupported
   */
  readonly sendBreak?: (ms: number) => Promise<void>;
}

/** @throws transport.not-found, transport.open-failed, transport.permission, transport.busy */
export type OpenPort = (signal: AbortSignal) => Promise<Port>;
