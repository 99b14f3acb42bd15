// The baseline of the api bench: an Express that parses and answers JSON, and does nothing else.

import type { AddressInfo } from 'node:net';
import express from 'express';

const app = express();
let document: unknown = {};
app.put('/document', express.json({ limit: 8_000_000 }), (request, response) => {
  document = request.body as unknown;
  response.status(201).json(document);
});
app.get('/document', (_request, response) => {
  response.json(document);
});
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`bare express listening on http://127.0.0.1:${String(port)}`);
});
process.on('SIGTERM', () => process.exit(0));
