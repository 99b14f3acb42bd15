// The page's requests under way, by the number that the page gave them. Replies come whole, but
// event streams come as pushes, piece by piece, until either side ends them.

import { CraftportError } from '../../agent/base/error.ts';
import type { IpcAnswer, IpcPush, IpcSend } from '../../schemas/ipc.ts';
import type { AgentReply } from './agent-request.ts';
import { assertPageRequest, replyHeaders, requestHeaders, withoutToken } from './page-request.ts';
import { readText, type SiteSession } from './site-session.ts';

/** A reply that is no stream is held whole; the agent's largest lists are far below. */
const MAX_REPLY_BYTES = 128_000_000;
const MAX_EXCHANGES = 500;

export class Exchanges {
  readonly #push: (push: IpcPush) => void;
  readonly #running = new Map<number, AbortController>();

  constructor(push: (push: IpcPush) => void) {
    this.#push = push;
  }

  /** @throws ipc.refused, agent.*, auth.rate-limited, vault.unreadable */
  async send(request: IpcSend, session: SiteSession): Promise<IpcAnswer> {
    assertPageRequest(request);
    const { exchange, method, path, body } = request;
    if (this.#running.has(exchange) || this.#running.size >= MAX_EXCHANGES)
      throw new CraftportError('ipc.refused', 'The exchange is taken, or too many are under way');
    const controller = new AbortController();
    this.#running.set(exchange, controller);
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
