// What a router file hands over: paths, methods and handlers as data. The pipeline
// (pipeline.ts) runs the checks in Crossbar's order and calls `handle`; the OpenAPI document
// is built from the same table.

import type { Actor } from '../base/change.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account, Identity, Role } from '../account/account.ts';
import type { Preconditions } from '../document/precondition.ts';

export type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

/** In the order in which replies name them. */
export const METHODS: readonly Method[] = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'];

/**
 * Who may call: anybody; any valid token; tokens that reach the account in the path (its own
 * subtree); tokens of the master account only.
 */
export type Access = 'open' | 'token' | 'account' | 'superduper';

/** One request, parsed and checked. */
export interface Call {
  readonly requestId: string;
  /** The effective verb, after `verb` tunnelling. */
  readonly method: Method;
  /** Request path without query and without trailing slash. */
  readonly path: string;
  /** Decoded path parameters by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Query parameters; of a repeated one the last. */
  readonly query: Readonly<Record<string, string>>;
  /** Members of the envelope beside `data`, names lower-cased, `-` as `_`, nulls dropped. */
  readonly envelope: JsonObject;
  /** `data` of the envelope: an object or an array; `{}` without a body. */
  readonly data: JsonObject | readonly JsonValue[];
  /** Request headers, lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** If-Match and If-None-Match, for services to check where they write. */
  readonly preconditions: Preconditions;
  /** A CSV or NDJSON upload, not yet read; `data` is `{}` then. */
  readonly upload: Upload | undefined;
  readonly remote: string;
  /** The verified token. Always there unless access is `open`. */
  readonly identity: Identity | undefined;
  /** The token that the reply repeats; undefined: none, as for the console's cookie. */
  readonly echoedToken?: string | undefined;
  /** The account in the path. Always there when the path has `:account_id`. */
  readonly account: Account | undefined;
  /** Rows of a page when the query does not say; undefined: 50. */
  readonly defaultPageSize?: number;
  /** For audit rows. */
  readonly actor: Actor;
}

export interface Upload {
  readonly type: 'text/csv' | 'application/x-ndjson';
  readonly stream: IncomingMessage;
}

/** What a handler answers; the envelope and headers are made from it. */
export interface Reply {
  /** Default 200, and 201 for PUT. */
  readonly status?: number;
  readonly data?: JsonValue;
  /** `N-<32hex>` of one document, md5 of a list, or `automatic`. */
  readonly revision?: string;
  /** Quoted into ETag on GET; conditional requests compare with it. */
  readonly etag?: string;
  /** Path of the created thing. */
  readonly location?: string;
  /** Further envelope members: page_size, next_start_key, warnings, … */
  readonly envelope?: JsonObject;
  /** The token to show at the top level; default: the one of the request. `null`: none. */
  readonly authToken?: string | null;
  /** `data` too large to hold at once; `data`, `revision` and `envelope` are ignored. */
  readonly stream?: DataStream;
  /** Writes the reply itself (CSV, event stream, metrics); everything else is ignored then. */
  readonly raw?: (response: ServerResponse) => void | Promise<void>;
}

/** The `data` of a reply, written as it is read. */
export interface DataStream {
  /** Its JSON text. */
  readonly pieces: AsyncIterable<string>;
  /** What is known after the last piece. */
  readonly end: () => Pick<Reply, 'revision' | 'envelope'>;
}

export interface Endpoint {
  readonly access: Access;
  /** The least role; default: GETs need read_only, everything else technician. */
  readonly role?: Role;
  /** Media types of the reply; default: JSON. */
  readonly produces?: readonly string[];
  /** One line for the OpenAPI document. */
  readonly summary: string;
  /** Name of the schema of `data`, for the OpenAPI document. */
  readonly schema?: string;
  /** Name of the schema of the reply's `data` where it is another, for the OpenAPI document. */
  readonly replies?: { readonly schema: string; readonly isList?: boolean };
  /** Query parameters and what they do, for the OpenAPI document. */
  readonly query?: Readonly<Record<string, string>>;
  /** Request headers of its own and what they do, for the OpenAPI document. */
  readonly headers?: Readonly<Record<string, string>>;
  handle(call: Call): Promise<Reply>;
}

export interface Route {
  /** With parameters: `/v2/accounts/:account_id/resources/:resource_id`. */
  readonly path: string;
  readonly methods: Readonly<Partial<Record<Method, Endpoint>>>;
}
