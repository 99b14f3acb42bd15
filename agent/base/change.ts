// Who did what: the shape of an audit row and of the event that tells of it. Both are written
// in the transaction of the change itself.

import type { JsonObject } from './json.ts';

/** Who caused a change, as far as the request (or the agent itself) knows. */
export interface Actor {
  /** The account of the token; undefined for the agent's own work. */
  readonly accountId?: string;
  /** The user of the token (`owner_id`), when a user signed in. */
  readonly userId?: string;
  /** `cb_api_auth`, `cb_user_auth`, `local` (craftport token), `console`, `agent`. */
  readonly method: string;
  readonly requestId: string;
  /** Remote address of the request. */
  readonly remote?: string;
}

export interface ChangeRecord {
  readonly actor: Actor;
  /** Past-tense event name: `resource.created`. Its first word is the topic. */
  readonly event: string;
  /** What kind of thing changed: `resource`, `account`, `token`, … */
  readonly noun: string;
  readonly id: string;
  /** The account it belongs to; undefined for global things. */
  readonly accountId?: string;
  readonly revision?: string;
  /** Public documents before and after. The store masks secrets; callers need not. */
  readonly before?: JsonObject;
  readonly after?: JsonObject;
  /** Further members of the event's data. */
  readonly data?: JsonObject;
}

/** An event as the journal keeps it and as /v2/events sends it. */
export interface DomainEvent {
  /** Grows by one; the SSE id. */
  readonly sequence: number;
  /** `resource.created` */
  readonly name: string;
  readonly atMs: number;
  readonly accountId?: string;
  readonly data: JsonObject;
}

/** An event about to be written; the journal gives sequence and time. */
export interface NewEvent {
  readonly name: string;
  readonly accountId?: string;
  readonly data: JsonObject;
}
