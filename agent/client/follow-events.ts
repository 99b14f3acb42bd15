// Follows an agent's events for as long as it is asked to: reconnects with the last id it saw,
// waits longer after each failure, and says when events were lost.

import { ClientError, isObject, type JsonObject, kindOf } from './client-error.ts';
import { addressOf } from './client.ts';
import { EventParser, type StreamEvent } from './event-parser.ts';
import type { ClientFetch } from './fetch.ts';

export interface AgentEvent {
  /** Past tense: `job.progressed`, `resource.changed`. */
  readonly name: string;
  /** ISO 8601 */
  readonly at: string;
  readonly accountId: string | undefined;
  readonly data: JsonObject;
}

export type FollowState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** `retryMs`: until the next attempt. */
  | { readonly kind: 'waiting'; readonly error: ClientError; readonly retryMs: number };

export interface FollowOptions {
  readonly topics?: readonly string[];
  onEvent(event: AgentEvent): void;
  /** Events may be missing: what is shown must be read again. */
  onGap(): void;
  onState(state: FollowState): void;
  /** Bytes came, be it a heartbeat: the connection is alive. */
  onAlive?(): void;
  /** Calls back after so many ms. @returns what cancels it */
  wait(ms: number, then: () => void): () => void;
}

export interface Following {
  /** Does not wait any longer for the next attempt. */
  retry(): void;
  stop(): void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** The agent's heart beats every 15 s; a line silent for longer than two beats is dead. */
const SILENCE_MS = 40_000;

export function followEvents(fetch: ClientFetch, options: FollowOptions): Following {
  let lastId: string | undefined;
  let failures = 0;
  let isStopped = false;
  let cancelWait: (() => void) | undefined;
  let abort = new AbortController();

  const run = async (): Promise<void> => {
    options.onState({ kind: 'connecting' });
    abort = new AbortController();
    let error: ClientError;
    try {
      error = await read(abort);
    } catch (cause) {
      error =
        cause instanceof ClientError
          ? cause
          : new ClientError('unreachable', 'The agent does not answer', { cause });
    }
    if (stopped()) return;
    const retryMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
    failures += 1;
    options.onState({ kind: 'waiting', error, retryMs });
    if (!stopped()) cancelWait = options.wait(retryMs, start);
  };

  const start = (): void => {
    cancelWait?.();
    cancelWait = undefined;
    void run();
  };

  /** A function, because it changes while others wait. */
  const stopped = (): boolean => isStopped;

  /** @returns why the stream ended */
  const read = async (controller: AbortController): Promise<ClientError> => {
    const path = addressOf('/v2/events', { query: { topic: options.topics?.join(',') } });
    const answer = await fetch(path, {
      method: 'GET',
      headers: {
        accept: 'text/event-stream',
        ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
      },
      signal: controller.signal,
    });
    if (answer.status !== 200 || answer.body === undefined || answer.body === null)
      throw new ClientError(kindOf(answer.status), `Status ${String(answer.status)}`, {
        status: answer.status,
      });
    const isResumed = lastId !== undefined;
    if (!isResumed && failures > 0) options.onGap();
    failures = 0;
    options.onState({ kind: 'live' });
    const reader = answer.body.getReader();
    const parser = new EventParser();
    for (;;) {
      const cancelSilence = options.wait(SILENCE_MS, () => controller.abort());
      const { done, value } = await reader.read().finally(cancelSilence);
      if (done || stopped()) break;
      options.onAlive?.();
      const piece = parser.push(value ?? new Uint8Array());
      lastId = piece.lastId ?? lastId;
      for (const event of piece.events) {
        if (event.name === 'end') return endError(event);
        if (event.name === 'gap') options.onGap();
        else deliver(event);
      }
    }
    return new ClientError('unreachable', 'The stream of events ended');
  };

  const deliver = (event: StreamEvent): void => {
    const value = parse(event.data);
    if (value === undefined) return;
    const { at, account_id: accountId, data } = value;
    options.onEvent({
      name: event.name,
      at: typeof at === 'string' ? at : '',
      accountId: typeof accountId === 'string' ? accountId : undefined,
      data: isObject(data) ? data : {},
    });
  };

  start();
  return {
    retry: () => {
      if (cancelWait !== undefined && !isStopped) start();
    },
    stop: () => {
      isStopped = true;
      cancelWait?.();
      abort.abort();
    },
  };
}

function endError(event: StreamEvent): ClientError {
  return parse(event.data)?.['reason'] === 'token'
    ? new ClientError('signed-out', 'The token is not good any more', { status: 401 })
    : new ClientError('unreachable', 'The agent is stopping');
}

function parse(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
