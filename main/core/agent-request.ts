// One request to an agent, on a connection of its own.
//
//   connect ──▶ TLS ──▶ certificate = pin? ──▶ request ──▶ reply
//                              └─ no: closed, nothing was sent
//
// The certificate is compared by fingerprint, whatever it says about names and dates: the agent
// made it itself, and a person compared it. Connections are not shared, so that a write is never
// lost in one that the other end was closing, and never has to be sent twice.

import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { CraftportError } from '../../agent/base/error.ts';
import { isLoopbackHost } from './site-book.ts';

export interface AgentTarget {
  /** Origin: `https://10.0.0.7:8443`. */
  readonly address: string;
  /** SHA-256, `AB:CD:…`; undefined only for plain HTTP on loopback. */
  readonly pin: string | undefined;
}

export interface AgentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** Until TLS is up. Default 10 s. */
  readonly connectMs?: number;
  /** Until the first byte of the reply. Default 120 s: a large upload takes its time. */
  readonly timeoutMs?: number;
}

export interface AgentReply {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
}

const CONNECT_MS = 10_000;
const REPLY_MS = 120_000;

/**
 * @throws agent.unreachable (`detail.sent`: whether the request may have arrived),
 * agent.pin-changed (`detail.shown`), agent.untrusted
 */
export async function requestAgent(
  target: AgentTarget,
  request: AgentRequest,
): Promise<AgentReply> {
  const socket = await connectAgent(target, request);
  return exchange(new URL(target.address), socket, request);
}

/**
 * A connection whose other end showed the pinned certificate; nothing was sent on it.
 * @throws agent.unreachable, agent.pin-changed, agent.untrusted
 */
export async function connectAgent(
  target: AgentTarget,
  limits: Pick<AgentRequest, 'signal' | 'connectMs'> = {},
): Promise<Socket> {
  const url = new URL(target.address);
  const socket = await openSocket(url, limits);
  try {
    assertTrusted(url, target.pin, shownBy(socket));
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return socket;
}

/** The certificate an address shows; undefined: plain HTTP on loopback. Nothing is sent. */
export async function probeAgent(address: string): Promise<string | undefined> {
  const socket = await openSocket(new URL(address), {});
  const shown = shownBy(socket);
  socket.destroy();
  return shown;
}

function assertTrusted(url: URL, pin: string | undefined, shown: string | undefined): void {
  if (url.protocol === 'http:' && isLoopbackHost(url.hostname)) return;
  if (pin === undefined || shown === undefined)
    throw new CraftportError('agent.untrusted', 'The certificate has not been accepted', {
      detail: { shown },
    });
  if (pin !== shown)
    throw new CraftportError(
      'agent.pin-changed',
      'The certificate is not the one that was accepted; nothing was sent',
      { detail: { pin, shown } },
    );
}

function shownBy(socket: Socket): string | undefined {
  return 'getPeerX509Certificate' in socket
    ? (socket as ReturnType<typeof connectTls>).getPeerX509Certificate()?.fingerprint256
    : undefined;
}

function openSocket(
  url: URL,
  { signal, connectMs = CONNECT_MS }: Pick<AgentRequest, 'signal' | 'connectMs'>,
): Promise<Socket> {
  const isSecure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = Number(url.port === '' ? (isSecure ? 443 : 80) : url.port);
  return new Promise((resolve, reject) => {
    const socket = isSecure
      ? // Checked by fingerprint before a byte is sent; no session is resumed, as resuming would
        // skip the certificate.
        connectTls({ host, port, rejectUnauthorized: false, minVersion: 'TLSv1.2' })
      : connectPlain({ host, port });
    const fail = (error: unknown): void => {
      finish();
      socket.destroy();
      reject(signal?.aborted === true ? aborted(signal) : unreachable(url, false, error));
    };
    const abort = (): void => fail(signal?.reason);
    const timer = setTimeout(
      () => fail(new Error(`no connection for ${String(connectMs / 1000)} s`)),
      connectMs,
    );
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.off('error', fail).off('close', closed);
      // Whoever takes the socket over listens for itself; until then an error must not end the
      // program.
      socket.on('error', () => undefined);
    };
    const closed = (): void => fail(new Error('the connection was closed'));
    socket.on('error', fail).on('close', closed);
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      finish();
      resolve(socket);
    });
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
  });
}

function exchange(url: URL, socket: Socket, request: AgentRequest): Promise<AgentReply> {
  const { method, path, headers, body, signal, timeoutMs = REPLY_MS } = request;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      outgoing.destroy();
      socket.destroy();
      reject(signal?.aborted === true ? aborted(signal) : unreachable(url, true, error));
    };
    const outgoing = httpRequest({
      createConnection: () => socket,
      host: url.hostname,
      path,
      method,
      headers: {
        ...headers,
        host: url.host,
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      },
      ...(signal === undefined ? {} : { signal }),
    });
    const timer = setTimeout(
      () => fail(new Error(`no reply for ${String(timeoutMs / 1000)} s`)),
      timeoutMs,
    );
    outgoing.on('error', fail);
    outgoing.on('response', (incoming) => {
      clearTimeout(timer);
      resolve({
        status: incoming.statusCode ?? 0,
        headers: headersOf(incoming),
        body: bodyOf(url, incoming),
      });
    });
    outgoing.end(body);
  });
}

function headersOf(incoming: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

async function* bodyOf(url: URL, incoming: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of incoming) yield piece as Uint8Array;
  } catch (error) {
    throw unreachable(url, true, error);
  }
}

function unreachable(url: URL, sent: boolean, cause: unknown): CraftportError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CraftportError('agent.unreachable', `${url.host} does not answer: ${reason}`, {
    cause,
    detail: { sent },
  });
}

function aborted(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error('The request was given up');
}
