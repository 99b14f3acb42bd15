// What cannot be read as HTTP at all never reaches Express. Node would answer with a bare status
// line; clients that wait for an envelope get one.

import type { RequestListener, Server } from 'node:http';
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
    const answer = ANSWERS[error.code ?? ''] ?? MALFORMED;
    const { status } = answer;
    const { headers, body } = replyOf(answer, facts, random);
    const head = [
      `HTTP/1.1 ${status}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ];
    if (status.startsWith('405')) head.push('allow: GET, PUT, POST, PATCH, DELETE, OPTIONS');
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  });
}

/**
 * Answers requests for what is neither a path nor a URL; `serve` gets the others. Express would
 * have Node write such a target to the standard error, with the token that may be in it.
 */
export function withReadableTargets(
  serve: RequestListener,
  facts: AgentFacts,
  random: RandomBytes,
): RequestListener {
  return (request, response) => {
    const { url = '' } = request;
    if (url.startsWith('/') || url === '*' || URL.canParse(url)) {
      serve(request, response);
      return;
    }
    const { headers, body } = replyOf(MALFORMED, facts, random);
    response.writeHead(400, headers).end(body);
  };
}

interface Reply {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function replyOf({ status, message, text }: Answer, facts: AgentFacts, random: RandomBytes): Reply {
  const requestId = newId(random);
  const meta = { requestId, authToken: undefined };
  const code = Number.parseInt(status, 10);
  const body = JSON.stringify(errorEnvelope(meta, facts, code, message, { message: text }));
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'x-request-id': requestId,
    connection: 'close',
  };
  return { headers, body };
}
