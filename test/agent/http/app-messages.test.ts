// Express must find its requests and responses as it would make them, and nothing left to change.

import express from 'express';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { messageClasses } from '../../../agent/http/app-messages.ts';

describe('messages of an Express app', () => {
  it('have its prototypes before Express sees them, and its methods after', async () => {
    const app = express();
    const seen: unknown[] = [];
    app.get('/a', (request, response) => {
      seen.push(request.get('x-asked'), request.app === app, response.app === app);
      response.status(202).json({ path: request.path });
    });
    const before: unknown[] = [];
    const server = createServer(messageClasses(app), (request, response) => {
      before.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response));
      app(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const reply = await fetch(`http://127.0.0.1:${String(port)}/a`, {
        headers: { 'x-asked': 'yes' },
      });
      expect(reply.status).toBe(202);
      expect(await reply.json()).toEqual({ path: '/a' });
      expect(seen).toEqual(['yes', true, true]);
      expect(before[0]).toBe(app.request);
      expect(before[1]).toBe(app.response);
    } finally {
      server.close();
    }
  });
});
