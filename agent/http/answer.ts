// From what a handler answers, or from what went wrong, to the reply on the wire.

import type { Request, Response } from 'express';
import type { CraftportError } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import type { Logger } from '../base/logger.ts';
import { assertPreconditions } from '../document/precondition.ts';
import { setCorsHeaders, wantsCors } from './cors.ts';
import {
  type AgentFacts,
  errorEnvelope,
  sendEmpty,
  sendJson,
  successEnvelope,
} from './envelope.ts';
import { toKnownError } from './known-error.ts';
import { toProblem } from './problem.ts';
import { type Draft, echoedToken } from './request-draft.ts';
import type { Call, Reply } from './route.ts';
import { setSessionCookie } from './session-cookie.ts';
import { sendStreamed } from './streamed-data.ts';

interface ErrorFacts {
  readonly agent: AgentFacts;
  readonly logger: Logger;
}

/** Answers an error in Crossbar's words; one that nobody knows is logged and is a 500. */
export function answerError(
  error: unknown,
  draft: Draft,
  response: Response,
  { agent, logger }: ErrorFacts,
): void {
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
  if (problem.status === 429) response.setHeader('retry-after', retryAfterS(known));
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

/** Whole seconds. */
function retryAfterS(error: CraftportError | undefined): string {
  const waitS = error?.detail['retryAfterS'];
  return typeof waitS === 'number' ? String(waitS) : '60';
}

/** Sends the reply of a handler, headers and conditions included. */
export async function answer(
  call: Call,
  reply: Reply,
  draft: Draft,
  request: Request,
  response: Response,
  agent: AgentFacts,
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
      if (ifNoneMatch !== undefined && [reply.etag, '*'].some((tag) => ifNoneMatch.includes(tag))) {
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
      return successEnvelope(facts, agent, undefined, revision, envelope);
    };
    await sendStreamed(response, status, stream.pieces, members, draft.rendering);
    return;
  }
  sendJson(
    response,
    status,
    successEnvelope(facts, agent, reply.data, reply.revision, reply.envelope),
    draft.rendering,
  );
}

function setStandardHeaders(response: Response, draft: Draft): void {
  response.setHeader('x-request-id', draft.requestId);
  response.setHeader('vary', 'accept, accept-language');
  response.setHeader('content-language', 'en');
  response.setHeader('x-content-type-options', 'nosniff');
}
