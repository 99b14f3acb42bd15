// What cannot be read as HTTP at all never reaches Express. Node would answer with a bare status
// line; clients that wait for an envelope get one.

import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { newId, type RandomBytes } from '../base/ids.ts';
import { type AgentFacts, errorEnvelope } from './envelope.ts';

interface Answer {
  readonly status: string;
  readonly message: string;
  readonly text: string;
}

const MALFORMED: Answer = {
  status: '400 Bad Request',
  message: 'bad_request',
  text: 'The request is malformed',
};
const ANSWERS: Readonly<Record<string, Answer>> = {
  HPE_INVALID_METHOD: {
    status: '405 Method Not Allowed',
    message: 'invalid_method',
    text: 'method not allowed',
  },
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    message: 'headers_too_large',
    text: 'The headers are too large',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    message: 'request_timeout',
    text: 'The request took too long to arrive',
  },
};

/** Answers malformed requests on a connection that has carried nothing yet; others just end. */
export function answerMalformedRequests(
  server: Server,
  facts: AgentFacts,
  random: RandomBytes,
): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // A reply under way must not get another one in its middle.
    const isFresh = 'bytesWritten' in socket && socket.bytesWritten === 0;
    if (!socket.writable || !isFresh || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const { status, message, text } = ANSWERS[error.code ?? ''] ?? MALFORMED;
    const requestId = newId(random);
    const body = JSON.stringify(
      errorEnvelope(
        { requestId, authToken: undefined },
        facts,
        Number.parseInt(status, 10),
        message,
        { message: text },
      ),
    );
    const head = [
      `HTTP/1.1 ${status}`,
      'content-type: application/json',
      `content-length: ${String(Buffer.byteLength(body))}`,
      `x-request-id: ${requestId}`,
      'connection: close',
    ];
    if (status.startsWith('405')) head.push('allow: GET, PUT, POST, PATCH, DELETE, OPTIONS');
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  });
}
