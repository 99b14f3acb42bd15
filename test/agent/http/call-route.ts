// Calls a handler as the pipeline would, without the pipeline.

import type { Account, Identity } from '../../../agent/account/account.ts';
import type { JsonObject, JsonValue } from '../../../agent/base/json.ts';
import type { Call, Method, Reply, Route } from '../../../agent/http/route.ts';
import { visitor } from '../service/site.ts';

export interface CallDetails {
  readonly data?: JsonObject | readonly JsonValue[];
  readonly identity?: Identity;
  readonly account?: Account;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** @param path as in the route table, with its parameters unnamed */
export async function callRoute(
  routes: readonly Route[],
  method: Method,
  path: string,
  details: CallDetails = {},
): Promise<Reply> {
  const endpoint = routes.find((route) => route.path === path)?.methods[method];
  if (endpoint === undefined) throw new Error(`No ${method} ${path}`);
  const { identity } = details;
  const call: Call = {
    requestId: 'request',
    method,
    path,
    parameters: {},
    query: {},
    envelope: {},
    data: {},
    headers: {},
    preconditions: {},
    upload: undefined,
    remote: '192.0.2.7',
    account: undefined,
    ...details,
    identity,
    actor: {
      ...visitor,
      ...(identity === undefined
        ? {}
        : {
            method: identity.method,
            accountId: identity.account.id,
            ...(identity.userId === undefined ? {} : { userId: identity.userId }),
          }),
    },
  };
  return endpoint.handle(call);
}
