// What the pipeline learns of one request on its way, from the first header to the route.

import type { Request } from 'express';
import type { Identity } from '../account/account.ts';
import { newId, type RandomBytes } from '../base/ids.ts';
import type { Envelope } from './body.ts';
import type { Rendering } from './envelope.ts';
import { parseQuery, renderingOf, requestIdOf } from './request-facts.ts';
import type { Method } from './route.ts';
import type { Credential } from './token-source.ts';

/** What is known of a request before its route is. */
export interface Draft {
  readonly requestId: string;
  readonly rendering: Rendering;
  readonly query: Readonly<Record<string, string>>;
  envelope: Envelope;
  /** What came of the credential that the request carries outside its body. */
  signIn: SignInOutcome | undefined;
  identity: Identity | undefined;
  /** Whether the identity is that of the console's cookie. */
  isCookie: boolean;
  methods: readonly Method[];
  /** Pattern of the route, once it is known. */
  route: string | undefined;
}

export interface SignInOutcome {
  readonly credential: Credential;
  /** undefined: a stale cookie, or a bad token where it does no harm. */
  readonly identity: Identity | undefined;
  readonly error: Error | undefined;
}

export const EMPTY_ENVELOPE: Envelope = { data: {}, members: {} };

/** The drafts of the requests under way. */
export class Drafts {
  readonly #random: RandomBytes;
  readonly #drafts = new WeakMap<Request, Draft>();

  /** @param random for ids of requests that bring none */
  constructor(random: RandomBytes) {
    this.#random = random;
  }

  /** The same draft for the same request each time. */
  of(request: Request): Draft {
    const known = this.#drafts.get(request);
    if (known !== undefined) return known;
    const query = parseQuery(request);
    const draft: Draft = {
      requestId: requestIdOf(request) ?? newId(this.#random),
      rendering: renderingOf(request, query),
      query,
      envelope: EMPTY_ENVELOPE,
      signIn: undefined,
      identity: undefined,
      isCookie: false,
      methods: [],
      route: undefined,
    };
    this.#drafts.set(request, draft);
    return draft;
  }
}

/** A page that signs in with the cookie must never see a token: no script of it could leak it. */
export function echoedToken(draft: Draft): string | undefined {
  return draft.isCookie ? undefined : draft.identity?.token;
}
