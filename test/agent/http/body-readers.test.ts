import express from 'express';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { bodyReader } from '../../../agent/http/body-readers.ts';

it('a body that takes too long without a token loses its connection', async () => {
  const readBody = bodyReader({
    isSignedIn: (request) => request.headers['x-auth-token'] !== undefined,
    refusalOf: () => new Error('not signed in'),
    unsignedMs: 50,
  });
  const app = express();
  app.use(async (request, response) => {
    await readBody(request, response);
    response.end('read');
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const open = (header: string): ReturnType<typeof connect> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket
      .setEncoding('utf8')
      .write(`PUT / HTTP/1.1\r\nhost: a\r\n${header}content-length: 4\r\n\r\n{`);
    return socket;
  };
  const signed = open('x-auth-token: t\r\n');
  const unsigned = open('');
  unsigned.resume();
  await once(unsigned, 'close');
  signed.write('   ');
  const [reply] = (await once(signed, 'data')) as [string];
  expect(reply).toMatch(/read$/);
});
