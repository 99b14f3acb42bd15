// PUT /v2/routes and /v2/accounts/{id}/routes: where a call would go, and why not elsewhere.

import type { JsonValue } from '../base/json.ts';
import type { Asker, RouteService } from '../service/routes.ts';
import { identityOf, objectOf } from './call-parts.ts';
import type { Access, Call, Reply, Route } from './route.ts';

export function routeEvaluationRoutes(routes: RouteService): Route[] {
  const at = (prefix: string, access: Access): readonly Route[] => [
    {
      path: `${prefix}/routes`,
      methods: {
        PUT: {
          access,
          // Asking changes nothing.
          role: 'read_only',
          summary: 'Evaluate a call: ordered endpoints, dial string, and why not the others',
          handle: async (call) =>
            replyOf(await routes.evaluate(askerOf(call), objectOf(call.data))),
        },
      },
    },
    {
      path: `${prefix}/routes/inbound`,
      methods: {
        PUT: {
          access,
          role: 'read_only',
          summary: 'Recognise an inbound call: address, port and realm to resource and gateway',
          handle: async (call) =>
            replyOf(await routes.recognise(askerOf(call), objectOf(call.data))),
        },
      },
    },
  ];
  return [...at('/v2/accounts/:account_id', 'account'), ...at('/v2', 'superduper')];
}

function askerOf(call: Call): Asker {
  return { account: call.account, holder: identityOf(call).account };
}

function replyOf(answer: object): Reply {
  // Plain data by construction; the result types are interfaces without an index.
  return { data: answer as JsonValue, revision: 'automatic' };
}
