// Offers of another protocol. Whoever listens for WebSockets gets every request with an `Upgrade`
// from Node, also those that would rather speak HTTP/2 (`h2c`): Java's HttpClient offers that with
// each new connection, curl with --http2. A server may ignore the offer (RFC 9110 §7.8), and does.
// Node can be told so from version 24 on; until then such a request is given back to it without
// the offer.

import { type IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Fields that say nothing without the offer. */
const OFFERING = ['upgrade', 'http2-settings'];

export function isForWebSocket(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === 'websocket';
}

/**
 * Has the server read the request once more, as one that offers nothing.
 * @param head what came after the request's header: its body, and requests behind it
 */
export function answerAsPlain(
  server: Server,
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
): void {
  const { method = '', url = '', httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    const kept = name.toLowerCase() === 'connection' ? withoutOffer(value) : value;
    if (!OFFERING.includes(name.toLowerCase()) && kept !== '') lines.push(`${name}: ${kept}`);
  }
  const header = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  socket.unshift(Buffer.concat([header, head]));
  // What a server's own sockets come with: http.Server is no parent of https.Server.
  server.emit(server instanceof Server ? 'connection' : 'secureConnection', socket);
}

function withoutOffer(connection: string): string {
  return connection
    .split(',')
    .map((option) => option.trim())
    .filter((option) => !OFFERING.includes(option.toLowerCase()))
    .join(', ');
}
