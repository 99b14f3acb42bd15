import type { Express } from 'express';

/** `GET /healthz`: that the process answers, for service managers. No token, no facts. */
export function mountHealth(app: Express, version: string): void {
  const body = Buffer.from(JSON.stringify({ status: 'ok', version }));
  app.get('/healthz', (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.setHeader('cache-control', 'no-store');
    response.end(body);
  });
}
