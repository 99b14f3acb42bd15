// One request, in Crossbar's order of checks (reference §1.8):
//
//   body (400/413) → token (401) → path, method (404/405) → account in path (404)
//   → signed in (401) → permitted (403) → handler: validation (400) and execution (404/409/412)
//
// Express reads the body; everything said on the wire is decided here.

import type { Express, NextFunction, Request, Response } from 'express';
import type { IncomingMessage } from 'node:http';
import type { Account, Identity } from '../account/account.ts';
import type { Actor } from '../base/change.ts';
import { CraftportError, isCode } from '../base/error.ts';
import type { RandomBytes } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import { answer, answerError } from './answer.ts';
import { bodyReader } from './body-readers.ts';
import { parseEnvelope } from './body.ts';
import { setCorsHeaders, wantsCors } from './cors.ts';
import { type AgentFacts, sendEmpty } from './envelope.ts';
import { canonicalUrl } from './path-aliases.ts';
import { assertPermitted, assertReadable, effectiveMethod } from './permission.ts';
import {
  type Draft,
  Drafts,
  echoedToken,
  EMPTY_ENVELOPE,
  type SignInOutcome,
} from './request-draft.ts';
import { isSignIn, preconditionsOf, remoteOf, trimSlash, uploadOf } from './request-facts.ts';
import { type Call, type Method, METHODS, type Route } from './route.ts';
import { type RouteMatch, RouteTable } from './route-table.ts';
import { assertSameSite } from './same-site.ts';
import { type Credential, findCredential, isSameCredential } from './token-source.ts';

/** What the pipeline asks of the services. */
export interface PipelineServices {
  /** @throws auth.bad-token, auth.wrong, auth.rate-limited */
  identify(credential: Credential, actor: Actor): Promise<Identity>;
  /** The live account. @throws account.not-found */
  loadAccount(id: string): Promise<Account>;
}

export interface PipelineOptions {
  readonly services: PipelineServices;
  readonly agent: AgentFacts;
  readonly random: RandomBytes;
  readonly logger: Logger;
  /** Rows of a page when the client does not say; default 50. */
  readonly defaultPageSize?: () => number;
  /** Host names of this machine that nobody else can re-point, lower case. */
  readonly ownNames?: readonly string[];
  /** Told of every request to the API when its reply is over. */
  readonly observe?: (request: ObservedRequest) => void;
}

/** What may be counted of a request: nothing a client chooses freely. */
export interface ObservedRequest {
  /** The method on the wire; `other` for those the API has not. */
  readonly method: Method | 'OPTIONS' | 'other';
  /** Pattern of the route; undefined: there is none at the path. */
  readonly route: string | undefined;
  readonly status: number;
  readonly durationMs: number;
  /** Whether the reply was a stream, whose duration says nothing. */
  readonly isStream: boolean;
}

/**
 * Adds the API's routes to an Express app, and its answers to errors and to whatever no route
 * is there for: to be mounted last.
 */
export function mountApi(app: Express, routes: readonly Route[], options: PipelineOptions): void {
  const pipeline = new Pipeline(new RouteTable(routes), options);
  app.use('/v1', () => {
    throw new CraftportError('request.version-gone', 'API version 1 is not supported');
  });
  // Of the API, though outside /v2: /metrics, /openapi.json.
  const outside = routes.map((route) => route.path).filter((path) => !path.startsWith('/v2/'));
  const paths = ['/v2', ...outside].map((path) => path.toLowerCase());
  const isOfApi = (path: string): boolean => {
    const lower = path.toLowerCase();
    return paths.some((one) => lower === one || lower.startsWith(`${one}/`));
  };
  const readBody = bodyReader({
    isSignedIn: (request) => pipeline.isSignedIn(request),
    refusalOf: (request) => pipeline.refusalOf(request),
  });
  // One layer: each more of Express' costs a request about what reading its body does.
  app.use(async (request, response) => {
    if (isOfApi(request.path)) {
      pipeline.observe(request, response);
      await pipeline.recognise(request);
      await readBody(request, response);
      await pipeline.admit(request);
    }
    await pipeline.run(request, response);
  });
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    pipeline.answerError(error, request, response);
  });
}

class Pipeline {
  readonly #routes: RouteTable;
  readonly #options: PipelineOptions;
  readonly #drafts: Drafts;
  /** By a credential outside the body. */
  readonly #signedIn = new WeakSet<object>();

  constructor(routes: RouteTable, options: PipelineOptions) {
    this.#routes = routes;
    this.#options = options;
    this.#drafts = new Drafts(options.random);
  }

  observe(request: Request, response: Response): void {
    const { observe } = this.#options;
    if (observe === undefined) return;
    const startedMs = performance.now();
    response.once('close', () => {
      const known = [...METHODS, 'OPTIONS' as const].find((method) => method === request.method);
      observe({
        method: known ?? 'other',
        route: this.#drafts.of(request).route,
        status: response.statusCode,
        durationMs: performance.now() - startedMs,
        isStream: response.getHeader('content-type') === 'text/event-stream',
      });
    });
  }

  /** Tries the credential outside the body; what comes of it is told when the body is read. */
  async recognise(request: Request): Promise<void> {
    if (request.method === 'OPTIONS') return;
    const draft = this.#drafts.of(request);
    const credential = findCredential(request.headers, draft.query, EMPTY_ENVELOPE);
    if (credential === undefined) return;
    draft.signIn = await this.#signIn(request, draft, credential);
    if (draft.signIn.identity !== undefined) this.#signedIn.add(request);
  }

  isSignedIn(request: IncomingMessage): boolean {
    return this.#signedIn.has(request);
  }

  /** The answer to a body that is too large for somebody who is not signed in. */
  refusalOf(request: Request): Error {
    return (
      this.#drafts.of(request).signIn?.error ??
      new CraftportError('auth.missing', 'A large body needs a token outside of it')
    );
  }

  /** Body, then token: both are refused before the path is looked at. */
  async admit(request: Request): Promise<void> {
    if (request.method === 'OPTIONS') return;
    const draft = this.#drafts.of(request);
    const body: unknown = request.body;
    if (body instanceof Uint8Array) draft.envelope = parseEnvelope(body);
    const credential = findCredential(request.headers, draft.query, draft.envelope);
    if (credential === undefined) return;
    const known = draft.signIn;
    const outcome =
      known !== undefined && isSameCredential(known.credential, credential)
        ? known
        : await this.#signIn(request, draft, credential);
    if (outcome.error !== undefined) throw outcome.error;
    draft.identity = outcome.identity;
    draft.isCookie = credential.kind === 'cookie' && outcome.identity !== undefined;
  }

  async #signIn(request: Request, draft: Draft, credential: Credential): Promise<SignInOutcome> {
    const outcome = (identity?: Identity, error?: Error): SignInOutcome => ({
      credential,
      identity,
      error,
    });
    try {
      if (credential.kind === 'cookie') assertSameSite(request, this.#options.ownNames);
      const actor = actorOf(request, draft, undefined);
      return outcome(await this.#options.services.identify(credential, actor));
    } catch (error) {
      const isBad = isCode(error, 'auth.bad-token');
      // A page left open over night must still show its sign-in: a stale cookie is no cookie.
      // Signing in works with whatever token the client still holds.
      if (isBad && (credential.kind === 'cookie' || isSignIn(request))) return outcome();
      if (!(error instanceof Error)) throw error;
      return outcome(undefined, error);
    }
  }

  /** Path, method, permission, handler, reply. */
  async run(request: Request, response: Response): Promise<void> {
    const draft = this.#drafts.of(request);
    request.url = canonicalUrl(request.url, draft.identity?.account.id, request.method);
    const found = this.#routes.find(request.url);
    if (found === undefined)
      throw new CraftportError('request.unknown-path', 'There is nothing at this path');
    const { route, parameters } = found;
    draft.route = route.path;
    draft.methods = METHODS.filter((method) => route.methods[method] !== undefined);
    if (request.method === 'OPTIONS' && wantsCors(request)) {
      setCorsHeaders(response, draft.methods);
      sendEmpty(response, 200);
      return;
    }
    const method = effectiveMethod(request, draft);
    const endpoint = method === undefined ? undefined : route.methods[method];
    if (method === undefined || endpoint === undefined)
      throw new CraftportError('request.method-not-allowed', `${request.method} is not allowed`);
    const account = await this.#accountOf(parameters);
    const identity = draft.identity;
    assertPermitted(endpoint, method, identity, account);
    assertReadable(request, draft, endpoint);
    const defaultPageSize = this.#options.defaultPageSize?.();
    const call = toCall(request, draft, { method, account, parameters, defaultPageSize });
    const reply = await endpoint.handle(call);
    await answer(call, reply, draft, request, response, this.#options.agent);
  }

  answerError(error: unknown, request: Request, response: Response): void {
    answerError(error, this.#drafts.of(request), response, this.#options);
  }

  async #accountOf(parameters: RouteMatch['parameters']): Promise<Account | undefined> {
    const id = parameters['account_id'];
    return id === undefined ? undefined : this.#options.services.loadAccount(id);
  }
}

function toCall(
  request: Request,
  draft: Draft,
  found: {
    readonly method: Method;
    readonly account: Account | undefined;
    readonly parameters: RouteMatch['parameters'];
    readonly defaultPageSize: number | undefined;
  },
): Call {
  const { identity } = draft;
  const { defaultPageSize } = found;
  return {
    requestId: draft.requestId,
    method: found.method,
    parameters: found.parameters,
    path: trimSlash(request.path),
    query: draft.query,
    envelope: draft.envelope.members,
    data: draft.envelope.data,
    headers: request.headers,
    preconditions: preconditionsOf(request),
    upload: uploadOf(request),
    remote: remoteOf(request),
    identity,
    echoedToken: echoedToken(draft),
    account: found.account,
    actor: actorOf(request, draft, identity),
    ...(defaultPageSize === undefined ? {} : { defaultPageSize }),
  };
}

/** Whom audit rows name. */
function actorOf(request: Request, draft: Draft, identity: Identity | undefined): Actor {
  return {
    method: identity?.method ?? 'none',
    requestId: draft.requestId,
    remote: remoteOf(request),
    ...(identity === undefined ? {} : { accountId: identity.account.id }),
    ...(identity?.userId === undefined ? {} : { userId: identity.userId }),
  };
}
