// A request as a command that a person can run. The token is a variable, never the real one; so
// is the file with the certificate of an agent that made its own.

import type { Json } from '../../agent/client/index.ts';

export interface CurlRequest {
  readonly method: string;
  readonly path: string;
  readonly data?: Json;
}

/** For a POSIX shell; the body is in single quotes, in which nothing is special but the quote. */
export function curlOf(address: string, { method, path, data }: CurlRequest): string {
  const lines = [
    `curl -X ${method} ${quote(address + path)}`,
    ...(address.startsWith('https:') ? [`--cacert "$AGENT_CERTIFICATE"`] : []),
    `-H "X-Auth-Token: $AUTH_TOKEN"`,
    ...(data === undefined
      ? []
      : [`-H 'Content-Type: application/json'`, `--data ${quote(JSON.stringify({ data }))}`]),
  ];
  return lines.join(' \\\n  ');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
