// A WebSocket to an agent (the console of gear), over a connection whose certificate was
// compared first, as with every request.

import { WebSocket } from 'ws';
import { CraftportError } from '../../agent/base/error.ts';
import { type AgentTarget, connectAgent } from './agent-request.ts';

export interface AgentSocket {
  say(text: string): void;
  close(): void;
}

export interface SocketListener {
  text(text: string): void;
  /** Once, whoever ended it. */
  end(code: number, reason: string): void;
}

/** Longest message of the agent's. */
const MAX_MESSAGE_BYTES = 1_048_576;
const OPEN_MS = 15_000;

/**
 * @returns the socket once it is open, or the status with which the agent refused it
 * @throws agent.unreachable, agent.pin-changed, agent.untrusted
 */
export async function openAgentSocket(
  target: AgentTarget,
  request: { readonly path: string; readonly token: string | undefined },
  listener: SocketListener,
): Promise<AgentSocket | { readonly refused: number }> {
  const socket = await connectAgent(target);
  const { host } = new URL(target.address);
  return new Promise((resolve, reject) => {
    // The scheme says nothing here: the connection is made already.
    const webSocket = new WebSocket(`ws://${host}${request.path}`, {
      createConnection: () => socket,
      headers: request.token === undefined ? {} : { 'x-auth-token': request.token },
      handshakeTimeout: OPEN_MS,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
    });
    let isOpen = false;
    webSocket.on('unexpected-response', (_request, reply) => {
      socket.destroy();
      resolve({ refused: reply.statusCode ?? 0 });
    });
    webSocket.on('error', (cause) => {
      if (!isOpen)
        reject(
          new CraftportError('agent.unreachable', `${host} does not answer: ${cause.message}`, {
            cause,
            detail: { sent: false },
          }),
        );
    });
    webSocket.on('open', () => {
      isOpen = true;
      resolve({
        say: (text) => webSocket.send(text),
        close: () => {
          webSocket.close();
          // Whether or not the other end says goodbye.
          setTimeout(() => webSocket.terminate(), 1_000).unref();
        },
      });
    });
    webSocket.on('message', (data) => {
      listener.text((data as Buffer).toString('utf8'));
    });
    webSocket.on('close', (code, reason) => {
      if (isOpen) listener.end(code, reason.toString('utf8').slice(0, 200));
    });
  });
}
