// GET /openapi.json. The document is no envelope: tools read it as it is.

import type { SchemaSource } from '../document/validate.ts';
import { buildOpenApi } from './openapi.ts';
import type { Route } from './route.ts';

/** @param routes every other route; the document lists its own too. */
export function openApiRoutes(
  routes: readonly Route[],
  schemas: SchemaSource,
  version: string,
): Route[] {
  let json: string | undefined;
  const own: Route = {
    path: '/openapi.json',
    methods: {
      GET: {
        access: 'token',
        summary: 'This description of the API, as OpenAPI 3.1',
        handle: () => {
          json ??= JSON.stringify(buildOpenApi([...routes, own], schemas, version));
          const body = json;
          return Promise.resolve({
            raw: (response) => {
              response.setHeader('content-type', 'application/json');
              response.end(body);
            },
          });
        },
      },
    },
  };
  return [own];
}
