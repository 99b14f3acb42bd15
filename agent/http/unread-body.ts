// What is still to come of a body whose request is answered. Closing at once would often take the
// answer from a client that is still sending; reading on for ever would let anybody keep the agent
// busy.

import type { IncomingMessage } from 'node:http';

/** A body of the largest size that is read. */
const MAX_DISCARDED_BYTES = 8_000_000;
const MAX_DISCARD_MS = 10_000;
const LOOK_MS = 50;

/**
 * Has the rest of a body thrown away; one that goes on and on loses its connection. Counted where
 * the bytes arrive: Node does not hand over those of a request that is answered.
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  const { socket } = request;
  const lastByte = socket.bytesRead + MAX_DISCARDED_BYTES;
  const lastMs = performance.now() + MAX_DISCARD_MS;
  const watch = setInterval(() => {
    if (request.complete || request.destroyed) clearInterval(watch);
    else if (socket.bytesRead > lastByte || performance.now() > lastMs) socket.destroy();
  }, LOOK_MS);
  request.resume();
}
