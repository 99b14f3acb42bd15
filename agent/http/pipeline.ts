// One request, in Crossbar's order of checks (reference §1.8):
//
//   body (400/413) → token (401) → path, method (404/405) → account in path (404)
//   → signed in (401) → permitted (403) → handler: validation (400) and execution (404/409/412)
//
// Express reads the body; everything said on the wire is decided here.

import type { Express, NextFunction, Request, Response } from 'express';
import type { IncomingMessage } from 'node:http';
import type { Identity, Role } from '../account/account.ts';
import { isMasterAccount, reaches, type Account } from '../account/account.ts';
import type { Actor } from '../base/change.ts';
import { CraftportError, isCode } from '../base/error.ts';
import { newId, type RandomBytes } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { Logger } from '../base/logger.ts';
import { assertPreconditions } from '../document/precondition.ts';
import { readBodies } from './body-readers.ts';
import { type Envelope, parseEnvelope } from './body.ts';
import { setCorsHeaders, wantsCors } from './cors.ts';
import {
  type AgentFacts,
  errorEnvelope,
  type Rendering,
  sendEmpty,
  sendJson,
  successEnvelope,
} from './envelope.ts';
import { toKnownError } from './known-error.ts';
import { canonicalUrl } from './path-aliases.ts';
import { toProblem } from './problem.ts';
import {
  isSignIn,
  parseQuery,
  preconditionsOf,
  remoteOf,
  renderingOf,
  requestIdOf,
  trimSlash,
  uploadOf,
} from './request-facts.ts';
import type { Access, Call, Endpoint, Method, Reply, Route } from './route.ts';
import { type RouteMatch, RouteTable } from './route-table.ts';
import { assertSameSite } from './same-site.ts';
import { setSessionCookie } from './session-cookie.ts';
import { sendStreamed } from './streamed-data.ts';
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

const METHODS: readonly Method[] = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'];
const ROLE_RANK: Readonly<Record<Role, number>> = { read_only: 0, technician: 1, admin: 2 };
/** What a route without a `role` asks for. */
const defaultRole = (method: Method): Role => (method === 'GET' ? 'read_only' : 'technician');

/** What is known of a request before its route is. */
interface Draft {
  readonly requestId: string;
  readonly rendering: Rendering;
  readonly query: Readonly<Record<string, string>>;
  envelope: Envelope;
  /** What came of the credential that the request carries outside its body. */
  signIn: SignInOutcome | undefined;
  identity: Identity | undefined;
  /** Whether the identity is that of the console's cookie. */
  isCookie: boolean;
  /** Whether the body was left unread. */
  isCut: boolean;
  methods: readonly Method[];
  /** Pattern of the route, once it is known. */
  route: string | undefined;
}

interface SignInOutcome {
  readonly credential: Credential;
  /** undefined: a stale cookie, or a bad token where it does no harm. */
  readonly identity: Identity | undefined;
  readonly error: Error | undefined;
}

const EMPTY_ENVELOPE: Envelope = { data: {}, members: {} };

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
  const paths = ['/v2', ...outside];
  app.use(paths, async (request, response, next) => {
    pipeline.observe(request, response);
    await pipeline.recognise(request);
    next();
  });
  readBodies(app, paths, {
    isSignedIn: (request) => pipeline.isSignedIn(request),
    refusalOf: (request) => pipeline.refusalOf(request),
  });
  app.use(paths, async (request, _response, next) => {
    await pipeline.admit(request);
    next();
  });
  app.use((request, response) => pipeline.run(request, response));
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    pipeline.answerError(error, request, response);
  });
}

class Pipeline {
  readonly #routes: RouteTable;
  readonly #options: PipelineOptions;
  readonly #drafts = new WeakMap<Request, Draft>();
  /** By a credential outside the body. */
  readonly #signedIn = new WeakSet<object>();

  constructor(routes: RouteTable, options: PipelineOptions) {
    this.#routes = routes;
    this.#options = options;
  }

  observe(request: Request, response: Response): void {
    const { observe } = this.#options;
    if (observe === undefined) return;
    const startedMs = performance.now();
    response.once('close', () => {
      const known = [...METHODS, 'OPTIONS' as const].find((method) => method === request.method);
      observe({
        method: known ?? 'other',
        route: this.#draftOf(request).route,
        status: response.statusCode,
        durationMs: performance.now() - startedMs,
        isStream: response.getHeader('content-type') === 'text/event-stream',
      });
    });
  }

  /** Tries the credential outside the body; what comes of it is told when the body is read. */
  async recognise(request: Request): Promise<void> {
    if (request.method === 'OPTIONS') return;
    const draft = this.#draftOf(request);
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
    const draft = this.#draftOf(request);
    draft.isCut = true;
    return (
      draft.signIn?.error ??
      new CraftportError('auth.missing', 'A large body needs a token outside of it')
    );
  }

  /** Body, then token: both are refused before the path is looked at. */
  async admit(request: Request): Promise<void> {
    if (request.method === 'OPTIONS') return;
    const draft = this.#draftOf(request);
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
    const draft = this.#draftOf(request);
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
    const call: Call = {
      ...toCall(request, draft, method, account),
      parameters,
      ...(defaultPageSize === undefined ? {} : { defaultPageSize }),
    };
    const reply = await endpoint.handle(call);
    await this.#answer(call, reply, draft, request, response);
  }

  answerError(error: unknown, request: Request, response: Response): void {
    const draft = this.#draftOf(request);
    const { logger, agent } = this.#options;
    const known = toKnownError(error);
    if (known === undefined)
      logger.error(() => 'request failed', { requestId: draft.requestId, error });
    if (response.headersSent) {
      // Too late for an error reply: a cut stream is the only honest signal left.
      response.destroy();
      return;
    }
    setStandardHeaders(response, draft);
    setCorsHeaders(response, draft.methods);
    const problem =
      known === undefined
        ? { status: 500, body: { message: 'internal_error', data: {} } }
        : toProblem(known);
    if (problem.status === 405) response.setHeader('allow', draft.methods.join(', '));
    if (problem.status === 429) response.setHeader('retry-after', '60');
    if (known?.code === 'request.too-large' || draft.isCut)
      response.setHeader('connection', 'close');
    if (problem.body === undefined) {
      sendEmpty(response, problem.status);
      return;
    }
    const { message, data } = problem.body;
    const facts = { requestId: draft.requestId, authToken: echoedToken(draft) };
    sendJson(
      response,
      problem.status,
      errorEnvelope(facts, agent, problem.status, message, data),
      draft.rendering,
    );
  }

  async #answer(
    call: Call,
    reply: Reply,
    draft: Draft,
    request: Request,
    response: Response,
  ): Promise<void> {
    setStandardHeaders(response, draft);
    if (wantsCors(request)) setCorsHeaders(response, draft.methods);
    if (reply.raw !== undefined) {
      await reply.raw(response);
      return;
    }
    if (reply.location !== undefined) response.setHeader('location', reply.location);
    if (call.method === 'GET') {
      response.setHeader('expires', 'Fri, 01 Jan 1999 00:00:00 GMT');
      if (reply.etag !== undefined) {
        response.setHeader('etag', `"${reply.etag}"`);
        const { ifMatch, ifNoneMatch } = call.preconditions;
        if (ifMatch !== undefined) assertPreconditions({ ifMatch }, reply.etag);
        if (
          ifNoneMatch !== undefined &&
          [reply.etag, '*'].some((tag) => ifNoneMatch.includes(tag))
        ) {
          sendEmpty(response, 304);
          return;
        }
      }
    }
    let token = reply.authToken === undefined ? call.echoedToken : reply.authToken;
    if (draft.isCookie && typeof token === 'string') {
      // The page's token was replaced: the new one goes where the old one was.
      setSessionCookie(response, { token, isSecure: 'encrypted' in request.socket });
      token = null;
    }
    const facts = { requestId: draft.requestId, authToken: token ?? undefined };
    const status = reply.status ?? (call.method === 'PUT' ? 201 : 200);
    const { stream } = reply;
    if (stream !== undefined) {
      const members = (): JsonObject => {
        const { revision, envelope } = stream.end();
        return successEnvelope(facts, this.#options.agent, undefined, revision, envelope);
      };
      await sendStreamed(response, status, stream.pieces, members, draft.rendering);
      return;
    }
    sendJson(
      response,
      status,
      successEnvelope(facts, this.#options.agent, reply.data, reply.revision, reply.envelope),
      draft.rendering,
    );
  }

  async #accountOf(parameters: RouteMatch['parameters']): Promise<Account | undefined> {
    const id = parameters['account_id'];
    return id === undefined ? undefined : this.#options.services.loadAccount(id);
  }

  #draftOf(request: Request): Draft {
    const known = this.#drafts.get(request);
    if (known !== undefined) return known;
    const query = parseQuery(request);
    const draft: Draft = {
      requestId: requestIdOf(request) ?? newId(this.#options.random),
      rendering: renderingOf(request, query),
      query,
      envelope: EMPTY_ENVELOPE,
      signIn: undefined,
      isCut: false,
      identity: undefined,
      isCookie: false,
      methods: [],
      route: undefined,
    };
    this.#drafts.set(request, draft);
    return draft;
  }
}

function setStandardHeaders(response: Response, draft: Draft): void {
  response.setHeader('x-request-id', draft.requestId);
  response.setHeader('vary', 'accept, accept-language');
  response.setHeader('content-language', 'en');
  response.setHeader('x-content-type-options', 'nosniff');
}

/** A page that signs in with the cookie must never see a token: no script of it could leak it. */
function echoedToken(draft: Draft): string | undefined {
  return draft.isCookie ? undefined : draft.identity?.token;
}

/** `verb` is honoured on POST only: a link can never delete (reference §1.7). */
function effectiveMethod(request: Request, draft: Draft): Method | undefined {
  const verb = draft.query['verb'] ?? draft.envelope.members['verb'];
  const wanted =
    request.method === 'POST' && typeof verb === 'string' ? verb.toUpperCase() : request.method;
  return METHODS.find((method) => method === wanted);
}

/**
 * @throws auth.missing (401), auth.forbidden (403)
 */
export function assertPermitted(
  endpoint: Endpoint,
  method: Method,
  identity: Identity | undefined,
  account: Account | undefined,
): void {
  if (endpoint.access === 'open') return;
  if (identity === undefined) throw new CraftportError('auth.missing', 'A token is needed');
  const isAllowed: Readonly<Record<Exclude<Access, 'open'>, boolean>> = {
    token: true,
    account: account !== undefined && reaches(identity.account, account),
    superduper: isMasterAccount(identity.account),
  };
  const needed = endpoint.role ?? defaultRole(method);
  if (!isAllowed[endpoint.access] || ROLE_RANK[identity.role] < ROLE_RANK[needed])
    throw new CraftportError('auth.forbidden', 'This token may not do that');
}

/** @throws request.not-acceptable (406), request.unsupported-type (415) */
function assertReadable(request: Request, draft: Draft, endpoint: Endpoint): void {
  const accepted = endpoint.produces ?? ['application/json', 'application/javascript'];
  if (draft.query['accept'] === undefined && request.accepts([...accepted]) === false)
    throw new CraftportError('request.not-acceptable', 'Replies are JSON');
}

function toCall(
  request: Request,
  draft: Draft,
  method: Method,
  account: Account | undefined,
): Omit<Call, 'parameters'> {
  const { identity } = draft;
  return {
    requestId: draft.requestId,
    method,
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
    account,
    actor: actorOf(request, draft, identity),
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
