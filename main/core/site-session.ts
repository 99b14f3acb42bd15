// Signed-in requests to one site. The token lives here and nowhere else: it is added on the way
// out and taken out of what comes back. A reply of 401 means that nothing was done, so that
// request alone is sent again, once, after a new sign-in.

import { createHash } from 'node:crypto';
import { CraftportError } from '../../agent/base/error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../agent/base/json.ts';
import {
  type AgentReply,
  type AgentRequest,
  type AgentTarget,
  requestAgent,
} from './agent-request.ts';
import { type AgentSocket, openAgentSocket, type SocketListener } from './agent-socket.ts';
import type { SiteSecret } from './vault.ts';

export interface SessionOptions {
  /** The site as it is now; its address and pin may change. */
  target(): AgentTarget;
  /** @throws vault.unreadable */
  loadSecret(): Promise<SiteSecret | undefined>;
}

export class SiteSession {
  readonly #options: SessionOptions;
  #token: string | undefined;
  #signingIn: Promise<string | undefined> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** The token in use, to be taken out of what the page sees. */
  get token(): string | undefined {
    return this.#token;
  }

  /** @throws agent.unreachable, agent.pin-changed, agent.untrusted, auth.rate-limited */
  async send(request: AgentRequest): Promise<AgentReply> {
    const token = this.#token ?? (await this.#signIn(request.connectMs));
    const reply = await this.#sendWith(request, token);
    if (reply.status !== 401 || token === undefined) return reply;
    const fresh = await this.#renew(token);
    if (fresh === undefined) return reply;
    await discard(reply);
    return this.#sendWith(request, fresh);
  }

  /**
   * Opens a WebSocket. A 401 means that nothing was opened: once more with a new token.
   * @throws as send; auth.missing when nobody is signed in, auth.forbidden, document.not-found
   */
  async connect(path: string, listener: SocketListener): Promise<AgentSocket> {
    const token = this.#token ?? (await this.#signIn());
    const first = await this.#openSocket(path, token, listener);
    if (!('refused' in first)) return first;
    const fresh =
      first.refused === 401 && token !== undefined ? await this.#renew(token) : undefined;
    const second = fresh === undefined ? first : await this.#openSocket(path, fresh, listener);
    if (!('refused' in second)) return second;
    throw socketRefusalOf(second.refused);
  }

  /** Tries a sign-in. @throws auth.wrong, auth.rate-limited, agent.* */
  async signInWith(secret: SiteSecret): Promise<void> {
    this.#token = await this.#requestToken(secret);
  }

  /** Ends the token at the agent, as far as the agent answers. */
  async signOut(): Promise<void> {
    const token = this.#token;
    this.#token = undefined;
    if (token === undefined) return;
    const request = { method: 'DELETE', path: '/v2/token_auth', headers: {}, timeoutMs: 3_000 };
    await this.#sendWith(request, token).then(discard, () => undefined);
  }

  #sendWith(request: AgentRequest, token: string | undefined): Promise<AgentReply> {
    const headers =
      token === undefined ? request.headers : { ...request.headers, 'x-auth-token': token };
    return requestAgent(this.#options.target(), { ...request, headers });
  }

  #openSocket(
    path: string,
    token: string | undefined,
    listener: SocketListener,
  ): ReturnType<typeof openAgentSocket> {
    return openAgentSocket(this.#options.target(), { path, token }, listener);
  }

  /** Another request may have renewed it meanwhile. */
  async #renew(stale: string): Promise<string | undefined> {
    if (this.#token === stale) this.#token = undefined;
    return this.#token ?? this.#signIn();
  }

  /** However many requests wait for it, one sign-in is sent. */
  #signIn(connectMs?: number): Promise<string | undefined> {
    this.#signingIn ??= this.#signInFromVault(connectMs).finally(() => {
      this.#signingIn = undefined;
    });
    return this.#signingIn;
  }

  async #signInFromVault(connectMs?: number): Promise<string | undefined> {
    const secret = await this.#options.loadSecret();
    if (secret === undefined) return undefined;
    try {
      this.#token = await this.#requestToken(secret, connectMs);
    } catch (error) {
      // Deleted at the agent: the page shows that a sign-in is needed.
      if (!(error instanceof CraftportError) || error.code !== 'auth.wrong') throw error;
      this.#token = undefined;
    }
    return this.#token;
  }

  async #requestToken(secret: SiteSecret, connectMs?: number): Promise<string> {
    const { account, username, password } = secret;
    const credentials = createHash('sha1')
      .update(`${username.toLowerCase()}:${password}`)
      .digest('hex');
    const data = { credentials, method: 'sha', account_realm: account, account_name: account };
    const reply = await putJson(this.#options.target(), '/v2/user_auth', data, connectMs);
    const token = reply.body['auth_token'];
    if (reply.status === 201 && typeof token === 'string' && token !== '') return token;
    throw refusalOf(reply.status);
  }
}

/** @throws agent.* */
export async function putJson(
  target: AgentTarget,
  path: string,
  data: JsonObject,
  connectMs?: number,
): Promise<{ readonly status: number; readonly body: JsonObject }> {
  const reply = await requestAgent(target, {
    method: 'PUT',
    path,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ data }),
    timeoutMs: 30_000,
    ...(connectMs === undefined ? {} : { connectMs }),
  });
  const text = await readText(reply, 1_000_000);
  let body: JsonValue = null;
  try {
    body = JSON.parse(text) as JsonValue;
  } catch {
    // Judged below: whatever this is, it is no agent.
  }
  if (!isJsonObject(body) || typeof body['status'] !== 'string')
    throw new CraftportError('agent.incompatible', 'What answers at this address is no agent');
  return { status: reply.status, body };
}

/** What the agent said no with, before anybody was signed in. */
export function refusalOf(status: number): CraftportError {
  if (status === 429)
    return new CraftportError('auth.rate-limited', 'Too many attempts in a short time');
  if (status === 401 || status === 400)
    return new CraftportError('auth.wrong', 'The agent refused the sign-in');
  return new CraftportError('agent.incompatible', `The agent answered ${String(status)}`);
}

function socketRefusalOf(status: number): CraftportError {
  if (status === 401) return new CraftportError('auth.missing', 'A sign-in is needed');
  if (status === 403) return new CraftportError('auth.forbidden', 'This sign-in may not do that');
  if (status === 404) return new CraftportError('document.not-found', 'This gear has no console');
  return new CraftportError('agent.incompatible', `The agent answered ${String(status)}`);
}

/** @param limit bytes @throws agent.incompatible when there are more */
export async function readText(reply: AgentReply, limit: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of reply.body) {
    size += piece.length;
    if (size > limit)
      throw new CraftportError(
        'agent.incompatible',
        `The reply is over ${String(limit)} bytes long`,
      );
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

async function discard(reply: AgentReply): Promise<void> {
  await readText(reply, 1_000_000).catch(() => undefined);
}
