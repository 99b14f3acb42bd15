// Requests that offer another protocol, as Java's HttpClient does with each new connection.

import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect as connectPlain, type AddressInfo, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { generate } from 'selfsigned';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answerAsPlain, isForWebSocket } from '../../../agent/http/declined-upgrade.ts';

const echo: RequestListener = (request, response) => {
  const pieces: string[] = [];
  request
    .setEncoding('utf8')
    .on('data', (piece: string) => pieces.push(piece))
    .on('end', () => {
      const { method, url, headers } = request;
      const { upgrade = null, connection = null, 'x-auth-token': token = null } = headers;
      response.end(JSON.stringify([method, url, upgrade, connection, token, pieces.join('')]));
    });
};

async function serve(server: Server, connect: (port: number) => Socket): Promise<Socket> {
  server.on('upgrade', (request, socket, head) => {
    if (isForWebSocket(request)) socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    else answerAsPlain(server, request, socket, head);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port).setEncoding('utf8');
  onTestFinished(() => {
    socket.destroy();
    server.close();
    server.closeAllConnections();
  });
  return socket;
}

async function nextReply(socket: Socket): Promise<unknown> {
  let text = '';
  for (;;) {
    const [piece] = (await once(socket, 'data')) as [string];
    text += piece;
    if (text.endsWith(']')) return JSON.parse(text.slice(text.indexOf('\r\n\r\n')));
  }
}

const OFFER =
  'host: a\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n';

async function expectAnswers(socket: Socket): Promise<void> {
  socket.write(`GET /v2/a?b=1 HTTP/1.1\r\n${OFFER}x-auth-token: t\r\n\r\n`);
  expect(await nextReply(socket)).toEqual(['GET', '/v2/a?b=1', null, null, 't', '']);
  // A body that comes in pieces, on the same connection.
  socket.write(`PUT /v2/a HTTP/1.1\r\n${OFFER}content-length: 10\r\n\r\n01234`);
  socket.write('56789');
  expect(await nextReply(socket)).toEqual(['PUT', '/v2/a', null, null, null, '0123456789']);
  socket.write('GET /v2/b HTTP/1.1\r\nhost: a\r\n\r\n');
  expect(await nextReply(socket)).toEqual(['GET', '/v2/b', null, null, null, '']);
}

describe('a request that offers another protocol', () => {
  it('is answered as if it did not, over and over on one connection', async () => {
    await expectAnswers(await serve(createServer(echo), (port) => connectPlain(port, '127.0.0.1')));
  });

  it('is answered over TLS too', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'agent' }]);
    await expectAnswers(
      await serve(createSecureServer({ key, cert }, echo), (port) =>
        connectSecure({ port, host: '127.0.0.1', rejectUnauthorized: false }),
      ),
    );
  });

  it('gets its WebSocket where it asks for one', async () => {
    const socket = await serve(createServer(echo), (port) => connectPlain(port, '127.0.0.1'));
    socket.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: WebSocket\r\n\r\n');
    expect(await once(socket, 'data')).toEqual(['HTTP/1.1 101 Switching Protocols\r\n\r\n']);
  });
});
