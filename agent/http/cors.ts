// CORS as Crossbar answers it (reference §1.5). `*` is safe because tokens travel in a header
// that a foreign page does not have; the console's cookie is checked for Origin elsewhere.

import type { IncomingMessage, ServerResponse } from 'node:http';

const ALLOW_HEADERS =
  'content-type, depth, user-agent, x-http-method-override, x-file-size, x-requested-with, if-modified-since, x-file-name, cache-control, x-auth-token, x-kazoo-cluster-id, if-match, if-none-match, idempotency-key, x-request-id, authorization, last-event-id';
const EXPOSE_HEADERS =
  'content-type, x-auth-token, x-request-id, x-kazoo-cluster-id, location, etag';

/** Whether the request comes from a page of another origin, or asks what one may do. */
export function wantsCors(request: IncomingMessage): boolean {
  const { headers } = request;
  return (
    headers.origin !== undefined ||
    headers['access-control-request-method'] !== undefined ||
    headers['access-control-request-headers'] !== undefined
  );
}

/** @param methods what the URL allows. */
export function setCorsHeaders(response: ServerResponse, methods: readonly string[]): void {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-allow-methods', ['OPTIONS', ...methods].join(', '));
  response.setHeader('access-control-allow-headers', ALLOW_HEADERS);
  response.setHeader('access-control-expose-headers', EXPOSE_HEADERS);
  response.setHeader('access-control-max-age', '86400');
}
