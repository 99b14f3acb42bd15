// The reply: Crossbar's envelope around `data`, its headers, and how both are written. Node's
// own setHeader and end are used on purpose: Express appends a charset to the content type,
// and one Kazoo SDK does not parse errors unless it is exactly `application/json`.

import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { JsonObject, JsonValue } from '../base/json.ts';

export interface EnvelopeFacts {
  readonly requestId: string;
  /** Echoed when the request carried a valid token or created one. */
  readonly authToken: string | undefined;
}

export interface AgentFacts {
  /** 22 characters: base64url of an md5, as Kazoo names its nodes. */
  readonly node: string;
  readonly version: string;
  nowMs(): number;
}

/** How the reply is to be written, from the query and headers of the request. */
export interface Rendering {
  readonly pretty: boolean;
  /** A JavaScript identifier to call with the reply, or undefined. */
  readonly jsonp: string | undefined;
}

/** Kazoo's name of a node: base64url(md5(name)) without padding. */
export function nodeIdOf(name: string): string {
  return createHash('md5').update(name).digest('base64url');
}

/** 32 hex digits over the rows of a list, so that a conditional GET can answer 304. */
export function revisionOfRows(rows: JsonValue): string {
  return createHash('md5').update(JSON.stringify(rows)).digest('hex');
}

function addCommonMembers(
  envelope: Record<string, JsonValue>,
  facts: EnvelopeFacts,
  agent: AgentFacts,
): void {
  envelope.timestamp = `${new Date(agent.nowMs()).toISOString().slice(0, 19)}Z`;
  envelope.version = agent.version;
  envelope.node = agent.node;
  envelope.request_id = facts.requestId;
  if (facts.authToken !== undefined) envelope.auth_token = facts.authToken;
}

/** Members that are undefined are left out; Kazoo never writes null for them. */
export function successEnvelope(
  facts: EnvelopeFacts,
  agent: AgentFacts,
  data: JsonValue | undefined,
  revision: string | undefined,
  extra: JsonObject = {},
): JsonObject {
  const envelope: Record<string, JsonValue> = {};
  if (data !== undefined) envelope.data = data;
  if (revision !== undefined) envelope.revision = revision;
  Object.assign(envelope, extra);
  addCommonMembers(envelope, facts, agent);
  envelope.status = 'success';
  return envelope;
}

export function errorEnvelope(
  facts: EnvelopeFacts,
  agent: AgentFacts,
  status: number,
  message: string,
  data: JsonValue,
): JsonObject {
  const envelope: Record<string, JsonValue> = { data, error: String(status), message };
  addCommonMembers(envelope, facts, agent);
  envelope.status = 'error';
  return envelope;
}

/** Writes a JSON reply with its exact content type. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: JsonObject,
  rendering: Rendering,
): void {
  const json = rendering.pretty ? JSON.stringify(body, null, 2) : JSON.stringify(body);
  // U+2028 and U+2029 end a line in older JavaScript but not in JSON.
  const text =
    rendering.jsonp === undefined
      ? json
      : `${rendering.jsonp}(${json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')});`;
  const bytes = Buffer.from(text);
  response.statusCode = status;
  response.setHeader(
    'content-type',
    rendering.jsonp === undefined ? 'application/json' : 'application/javascript',
  );
  response.setHeader('content-length', bytes.length);
  response.end(bytes);
}

/** Writes a reply without a body (304, 412, preflight). */
export function sendEmpty(response: ServerResponse, status: number): void {
  response.statusCode = status;
  if (status !== 304) response.setHeader('content-length', 0);
  response.end();
}
