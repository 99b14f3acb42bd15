// Requests to an agent's API: envelope, errors and pages, over a fetch it is given.

import { ClientError, isObject, type Json, type JsonObject, kindOf } from './client-error.ts';
import type { ClientAnswer, ClientFetch } from './fetch.ts';

export type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

export interface ClientRequest {
  readonly method?: Method;
  /** Appended to the path; undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as `{"data": …}`. */
  readonly data?: Json;
  /** Sent as it is, in place of `data`. */
  readonly upload?: { readonly type: 'text/csv' | 'application/x-ndjson'; readonly text: string };
  /** Only when the document still has this revision. */
  readonly ifMatch?: string | undefined;
  /** The same request with the same key is done once, however often it is sent. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface ClientReply {
  readonly data: Json;
  readonly revision: string | undefined;
  readonly nextStartKey: string | undefined;
  /** Patterns that do not compile, and the like: accepted all the same. */
  readonly warnings: readonly Json[];
}

export interface Client {
  /** @param path `/v2/…` @throws ClientError */
  request(path: string, request?: ClientRequest): Promise<ClientReply>;
  /** A reply that is no envelope (CSV). @throws ClientError */
  text(path: string, request?: ClientRequest): Promise<string>;
}

export function createClient(fetch: ClientFetch): Client {
  const send = async (path: string, request: ClientRequest): Promise<ClientAnswer> => {
    const { upload, data, ifMatch, idempotencyKey, signal } = request;
    const body = upload?.text ?? (data === undefined ? undefined : JSON.stringify({ data }));
    try {
      return await fetch(addressOf(path, request), {
        method: request.method ?? 'GET',
        headers: {
          ...(body === undefined ? {} : { 'content-type': upload?.type ?? 'application/json' }),
          ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': `"${idempotencyKey}"` }),
        },
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (cause) {
      if (signal?.aborted === true) throw cause;
      throw new ClientError('unreachable', 'The agent does not answer', { cause });
    }
  };
  return {
    async request(path, request = {}) {
      const answer = await send(path, request);
      const envelope = await readEnvelope(answer);
      if (answer.status >= 200 && answer.status < 300) return toReply(envelope);
      throw toError(answer.status, envelope);
    },
    async text(path, request = {}) {
      const answer = await send(path, request);
      if (answer.status >= 200 && answer.status < 300) return readText(answer);
      throw toError(answer.status, await readEnvelope(answer));
    },
  };
}

/** `/v2/x` and a query → `/v2/x?a=b` */
export function addressOf(path: string, request: Pick<ClientRequest, 'query'>): string {
  const query = Object.entries(request.query ?? {}).flatMap(([key, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(key)}=${encodeURIComponent(value)}`],
  );
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}

async function readText(answer: ClientAnswer): Promise<string> {
  try {
    return await answer.text();
  } catch (cause) {
    throw new ClientError('unreachable', 'The reply broke off', { cause });
  }
}

async function readEnvelope(answer: ClientAnswer): Promise<JsonObject> {
  const text = await readText(answer);
  if (text === '') return {};
  try {
    const value = JSON.parse(text) as unknown;
    if (isObject(value)) return value;
  } catch (cause) {
    throw new ClientError('broken', 'What answered is no agent', { status: answer.status, cause });
  }
  throw new ClientError('broken', 'What answered is no agent', { status: answer.status });
}

function toReply(envelope: JsonObject): ClientReply {
  const { data, revision, next_start_key: next, warnings } = envelope;
  return {
    data: data ?? null,
    revision: typeof revision === 'string' ? revision : undefined,
    nextStartKey: typeof next === 'string' || typeof next === 'number' ? String(next) : undefined,
    warnings: Array.isArray(warnings) ? (warnings as readonly Json[]) : [],
  };
}

function toError(status: number, { data, message, request_id: id }: JsonObject): ClientError {
  return new ClientError(
    kindOf(status),
    typeof message === 'string' ? message : `Status ${String(status)}`,
    { status, data: data ?? null, requestId: typeof id === 'string' ? id : undefined },
  );
}
