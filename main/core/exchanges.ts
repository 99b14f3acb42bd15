// The page's requests under way, by the number that the page gave them. Replies come whole, but
// event streams come as pushes, piece by piece, until either side ends them.

import { CraftportError } from '../../agent/base/error.ts';
import type { IpcAnswer, IpcConnect, IpcPush, IpcSend } from '../../schemas/ipc.ts';
import type { AgentReply } from './agent-request.ts';
import type { AgentSocket } from './agent-socket.ts';
import {
  assertPageRequest,
  assertSocketPath,
  replyHeaders,
  requestHeaders,
  withoutToken,
} from './page-request.ts';
import { readText, type SiteSession } from './site-session.ts';

/** A reply that is no stream is held whole; the agent's largest lists are far below. */
const MAX_REPLY_BYTES = 128_000_000;
const MAX_EXCHANGES = 500;

export class Exchanges {
  readonly #push: (push: IpcPush) => void;
  readonly #running = new Map<number, AbortController>();
  readonly #sockets = new Map<number, AgentSocket>();

  constructor(push: (push: IpcPush) => void) {
    this.#push = push;
  }

  /** @throws ipc.refused, agent.*, auth.rate-limited, vault.unreadable */
  async send(request: IpcSend, session: SiteSession): Promise<IpcAnswer> {
    assertPageRequest(request);
    const { exchange, method, path, body } = request;
    const controller = this.#begin(exchange);
    let isStream = false;
    try {
      const reply = await session.send({
        method,
        path,
        headers: requestHeaders(request.headers),
        signal: controller.signal,
        ...(body === undefined ? {} : { body }),
      });
      isStream = reply.headers['content-type']?.startsWith('text/event-stream') === true;
      const answer = { status: reply.status, headers: replyHeaders(reply.headers) };
      if (isStream) {
        void this.#stream(exchange, reply, controller.signal);
        return answer;
      }
      const token = session.token;
      const text = await readText(reply, MAX_REPLY_BYTES);
      return { ...answer, text: withoutToken(text, [token, session.token]) };
    } finally {
      if (!isStream) this.#running.delete(exchange);
    }
  }

  /**
   * Opens a WebSocket; what comes is pushed until either side ends it.
   * @throws ipc.refused, agent.*, auth.*, document.not-found, vault.unreadable
   */
  async connect({ exchange, path }: IpcConnect, session: SiteSession): Promise<void> {
    assertSocketPath(path);
    const controller = this.#begin(exchange);
    const end = (): void => {
      this.#running.delete(exchange);
      this.#sockets.delete(exchange);
    };
    try {
      const socket = await session.connect(path, {
        text: (text) =>
          this.#push({
            kind: 'socket.text',
            exchange,
            text: withoutToken(text, [session.token]),
          }),
        end: (code, reason) => {
          end();
          this.#push({ kind: 'socket.end', exchange, code, reason });
        },
      });
      this.#sockets.set(exchange, socket);
      controller.signal.addEventListener('abort', () => socket.close(), { once: true });
      if (controller.signal.aborted) socket.close();
    } catch (error) {
      end();
      throw error;
    }
  }

  /** @throws ipc.refused when there is no such socket (any more) */
  say(exchange: number, text: string): void {
    const socket = this.#sockets.get(exchange);
    if (socket === undefined) throw new CraftportError('ipc.refused', 'The socket is closed');
    socket.say(text);
  }

  /** @throws ipc.refused */
  #begin(exchange: number): AbortController {
    if (this.#running.has(exchange) || this.#running.size >= MAX_EXCHANGES)
      throw new CraftportError('ipc.refused', 'The exchange is taken, or too many are under way');
    const controller = new AbortController();
    this.#running.set(exchange, controller);
    return controller;
  }

  abort(exchange: number): void {
    this.#running.get(exchange)?.abort();
  }

  abortAll(): void {
    for (const controller of this.#running.values()) controller.abort();
  }

  async #stream(exchange: number, reply: AgentReply, signal: AbortSignal): Promise<void> {
    let error: string | undefined;
    try {
      for await (const bytes of reply.body) {
        if (signal.aborted) break;
        this.#push({ kind: 'stream.chunk', exchange, bytes });
      }
    } catch (cause) {
      error = cause instanceof Error ? cause.message : 'The connection broke';
    } finally {
      this.#running.delete(exchange);
      this.#push({ kind: 'stream.end', exchange, ...(error === undefined ? {} : { error }) });
    }
  }
}
