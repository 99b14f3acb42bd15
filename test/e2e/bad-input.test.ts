// Bad input over the wire: always Crossbar's error, naming field and rule; never a stack, a
// crash or half a write.

import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  addAccount,
  type AgentProcess,
  startAgentProcess,
  useAgentProcess,
} from '../support/agent-process.ts';

const theAgent = useAgentProcess();
let agent: AgentProcess;
let path: string;
let token: string;
/** Sent in places from which they must not come into the log. */
const tokens: string[] = [];

beforeEach(async () => {
  agent = theAgent();
  path = `${await addAccount(agent)}/resources`;
  const signedIn = await agent.request('PUT', '/v2/api_auth', {
    api_key: agent.credentials.api_key,
  });
  token = String(signedIn.body['auth_token']);
});

interface RawReply {
  readonly status: number;
  readonly message: unknown;
  readonly data: unknown;
}

async function raw(
  method: string,
  target: string,
  body?: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawReply> {
  const response = await fetch(agent.url + target, {
    method,
    headers: { 'x-auth-token': token, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  expect(text).not.toMatch(/node_modules|\.js:\d+|at async/);
  const reply = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  if (text !== '') {
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(reply['request_id']).toBe(response.headers.get('x-request-id'));
    if (response.status >= 400)
      expect([reply['status'], reply['error']]).toEqual(['error', String(response.status)]);
  }
  return { status: response.status, message: reply['message'], data: reply['data'] };
}

const UPGRADE =
  'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n' +
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

/** `depth` arrays around nothing. */
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('bad input', () => {
  it('is told field by field and leaves nothing behind', async () => {
    const required = { message: 'Field is required but missing' };
    const invalid = (fields: object): RawReply => ({
      status: 400,
      message: 'validation error',
      data: fields,
    });
    const json = (message: unknown): object => ({ json: { invalid: { message, target: 'body' } } });
    const text = (clue: string): unknown => expect.stringContaining(clue);

    expect(await raw('PUT', path, '{"data":{"name":}}')).toEqual(
      invalid(json('invalid_json around 16')),
    );
    expect(await raw('PUT', path, '{"data":{"name":"x"')).toEqual(
      invalid(json(text('truncated_json'))),
    );
    expect(await raw('PUT', path, '{"name":"x"}')).toEqual(
      invalid({ data: { required: { ...required, value: 'data' } } }),
    );
    expect(await raw('PUT', path, '{"data":null}')).toEqual(
      invalid({ data: { required: { ...required, value: 'data' } } }),
    );
    expect(await raw('PUT', path, '{"data":"x"}')).toEqual(
      invalid({
        data: {
          type: {
            message: 'Value did not match type(s): object, array',
            target: 'object, array',
            value: 'x',
          },
        },
      }),
    );
    expect(await raw('PUT', path)).toEqual(
      invalid({
        name: { required: { ...required, value: 'name' } },
        gateways: { required: { ...required, value: 'gateways' } },
      }),
    );
    expect(await raw('PUT', path, '{"data":[]}')).toMatchObject({ status: 400 });
    expect(
      await raw(
        'PUT',
        path,
        '{"data":{"name":7,"gateways":[{"port":"x","password":"' +
          'p'.repeat(40) +
          '"}],"weight_cost":400}}',
      ),
    ).toEqual(
      invalid({
        name: {
          type: { message: 'Value did not match type(s): string', target: 'string', value: 7 },
        },
        'gateways.0.server': { required: { ...required, value: 'server' } },
        'gateways.0.port': {
          type: { message: 'Value did not match type(s): integer', target: 'integer', value: 'x' },
        },
        'gateways.0.password': {
          maxLength: expect.objectContaining({ target: 32, value: '********' }) as unknown,
        },
        weight_cost: { maximum: { message: 'Value must be at most 100', target: 100, value: 400 } },
      }),
    );
    expect(
      await raw('PUT', path, `{"data":{"name":"x","gateways":[],"deep":${nested(64)}}}`),
    ).toMatchObject({
      status: 400,
      data: { [`deep${'.0'.repeat(62)}`]: { maxDepth: { target: 64 } } },
    });
    expect(
      await raw('PUT', path, `{"data":{"name":"x","gateways":[],"deep":${nested(60)}}}`),
    ).toMatchObject({
      status: 201,
    });
    expect(await raw('PUT', path, `{"data":${nested(200_000)}}`)).toMatchObject({ status: 400 });
    expect(await raw('PUT', path, nested(200_000).slice(0, 150_000))).toMatchObject({
      status: 400,
    });
    expect(
      await raw(
        'PUT',
        path,
        '{"data":{"name":"x","gateways":[],"a":{"__proto__":{"enabled":false}}}}',
      ),
    ).toEqual(invalid({ 'a.__proto__': { forbidden: { message: text('not allowed') } } }));
    expect(await raw('PUT', path, '{"data":{"name":"a\\u0000b","gateways":[]}}')).toEqual(
      invalid({ name: { invalid: { message: text('NUL') } } }),
    );
    expect(await raw('PUT', path, '{"data":{"name":"\\ud800","gateways":[]}}')).toMatchObject({
      status: 400,
    });
    expect(await raw('PUT', path, Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d))).toMatchObject({
      status: 400,
    });
    for (const id of ['', 'a b', 'a/b', '../x', 'x'.repeat(65), 'jobs', 'collection', 'é'])
      expect(
        await raw('PUT', path, JSON.stringify({ data: { id, name: 'x', gateways: [] } })),
      ).toMatchObject({ status: 400, data: { id: { pattern: {} } } });
    expect(await raw('PUT', path, '{"data":{"id":5,"name":"x","gateways":[]}}')).toMatchObject({
      status: 400,
      data: { id: { type: { target: 'string' } } },
    });
    // One create above was good on purpose; nothing else was stored.
    const listed = await agent.request('GET', path);
    expect(listed.body['page_size']).toBe(1);
  });

  it('is refused by size, type, method and path', async () => {
    const large = `{"data":{"name":"${'x'.repeat(8_000_000)}"}}`;
    expect(await raw('PUT', path, large)).toMatchObject({
      status: 413,
      data: { file: { maxSize: { target: 8_000_000 } } },
    });
    const doc = '{"data":{"name":"x","gateways":[]}}';
    const type = (value: string): Record<string, string> => ({ 'content-type': value });
    expect(await raw('PUT', path, doc, type('text/plain'))).toMatchObject({ status: 400 });
    expect(await raw('PUT', path, doc, type('multipart/form-data; boundary=x'))).toMatchObject({
      status: 400,
    });
    expect(await raw('PUT', path, doc, type('application/json; charset=utf-8'))).toMatchObject({
      status: 201,
    });
    expect(await raw('PUT', path, doc, type('application/x-www-form-urlencoded'))).toMatchObject({
      status: 201,
    });
    expect(await raw('GET', path, undefined, { accept: 'text/html' })).toMatchObject({
      status: 406,
    });
    expect(
      await raw('GET', path, undefined, {
        accept: 'application/json, text/javascript, */*; q=0.01',
      }),
    ).toMatchObject({ status: 200 });
    expect(await raw('DELETE', path)).toMatchObject({ status: 405, message: 'invalid_method' });
    expect(await raw('GET', '/v2/nothing')).toMatchObject({ status: 404, message: 'not_found' });
    expect(await raw('GET', `${path}/a/b/c/d`)).toMatchObject({
      status: 404,
      message: 'not_found',
    });
    expect(await raw('GET', `${path}/%00`)).toMatchObject({ status: 404 });
    expect(await raw('GET', `${path}/%zz`)).toMatchObject({ status: 400 });
    expect(await raw('GET', '/v1/accounts')).toMatchObject({ status: 410, message: 'gone' });
    expect(await raw('GET', '/nothing')).toMatchObject({ status: 404, message: 'not_found' });
    expect(await raw('POST', '/healthz')).toMatchObject({ status: 404, message: 'not_found' });
    expect(await raw('GET', `${path}?verb=DELETE`)).toMatchObject({ status: 200 });
    expect(await raw('GET', `${path}/?_=1580000000000`)).toMatchObject({ status: 200 });
  });

  it('that is no HTTP request is refused in an envelope too', async () => {
    const send = async (bytes: string): Promise<readonly [string, unknown]> => {
      const { hostname, port } = new URL(agent.url);
      const socket = connect(Number(port), hostname);
      socket.end(bytes);
      let text = '';
      for await (const piece of socket.setEncoding('utf8')) text += String(piece);
      const [head = '', body = '{}'] = text.split('\r\n\r\n', 2);
      return [
        head.split('\r\n', 1)[0] ?? '',
        (JSON.parse(body === '' ? '{}' : body) as RawReply).message,
      ];
    };
    expect([
      await send(`FROB ${path} HTTP/1.1\r\nhost: a\r\n\r\n`),
      await send(`GET ${path} HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`),
      await send(`GET ${path} HTTP/1.1\r\nno header\r\n\r\n`),
      await send(`GET http://[::1${path}?auth_token=${token} HTTP/1.1\r\nhost: a\r\n\r\n`),
      await send(`GET //[::1${path} HTTP/1.1\r\nhost: a\r\n${UPGRADE}\r\n`),
    ]).toEqual([
      ['HTTP/1.1 405 Method Not Allowed', 'invalid_method'],
      ['HTTP/1.1 431 Request Header Fields Too Large', 'headers_too_large'],
      ['HTTP/1.1 400 Bad Request', 'bad_request'],
      ['HTTP/1.1 400 Bad Request', 'bad_request'],
      ['HTTP/1.1 404 Not Found', undefined],
    ]);
    tokens.push(token);
  });

  it('is not read by the megabyte from whoever is not signed in', async () => {
    const large = `{"data":{"name":"${'x'.repeat(300_000)}","gateways":[]}}`;
    const unsigned = { 'x-auth-token': '' };
    expect(await raw('PUT', path, large, unsigned)).toMatchObject({
      status: 401,
      message: 'invalid_credentials',
    });
    expect(await raw('PUT', path, large, { 'x-auth-token': 'forged' })).toMatchObject({
      status: 401,
      message: 'invalid credentials',
    });
    expect(await raw('PUT', path, large)).toMatchObject({ status: 400, data: { name: {} } });
    expect(await raw('PUT', `${path}?auth_token=${token}`, large, unsigned)).toMatchObject({
      status: 400,
    });
    const inBody = JSON.stringify({ data: { name: 'x', gateways: [] }, auth_token: token });
    expect(await raw('PUT', path, inBody, unsigned)).toMatchObject({ status: 201 });
  });

  it('is answered before its end, and who never ends loses the connection', async () => {
    const { hostname, port } = new URL(agent.url);
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    /** Sends a header, then chunks for as long as they are taken. @returns status line and bytes */
    const pour = async (header: string): Promise<readonly [string, number]> => {
      const socket = connect(Number(port), hostname).setEncoding('utf8');
      let text = '';
      let sent = 0;
      const more = (): void => {
        while (!socket.destroyed && socket.write(chunk)) sent += chunk.length;
      };
      const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
      socket.on('error', () => undefined).on('data', (piece: string) => (text += piece));
      socket.write(`${header}\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n`);
      socket.on('drain', more);
      more();
      await closed;
      return [text.split('\r\n', 1)[0] ?? '', sent];
    };
    const put = `PUT ${path} HTTP/1.1\r\n`;
    for (const [header, status] of [
      [`${put}x-auth-token: ${token}`, '413 Payload Too Large'],
      [`${put}x-auth-token: forged`, '401 Unauthorized'],
      [`${put}content-type: text/plain`, '401 Unauthorized'],
      ['PUT /v2/api_auth HTTP/1.1', '413 Payload Too Large'],
    ] as const) {
      const [line, sent] = await pour(header.trimEnd());
      expect([line, sent < 100_000_000]).toEqual([`HTTP/1.1 ${status}`, true]);
    }

    // Nothing of what is announced has come yet.
    const socket = connect(Number(port), hostname).setEncoding('utf8');
    socket.write(`${put}x-auth-token: ${token}\r\nhost: a\r\ncontent-length: 9000000000\r\n\r\n`);
    const [reply] = (await once(socket, 'data')) as [string];
    expect(reply).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  it('that offers another protocol is answered in this one', async () => {
    const offer = { upgrade: 'h2c', connection: 'Upgrade, HTTP2-Settings', 'http2-settings': 'AA' };
    const status = await new Promise((resolve, reject) => {
      const headers = { ...offer, 'x-auth-token': token };
      httpRequest(agent.url + path, { method: 'PUT', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end('{"data":{"name":"x","gateways":[]}}');
    });
    expect(status).toBe(201);
  });

  it('is refused by token: missing, forged, expired and of another account', async () => {
    const none = { 'x-auth-token': '' };
    const unsigned = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${token.split('.')[1] ?? ''}.`;
    expect(await raw('GET', path, undefined, none)).toMatchObject({
      status: 401,
      message: 'invalid_credentials',
    });
    for (const forged of ['x', unsigned, `${token}x`, 'a.b.c', 'Bearer x', '\u00e9'])
      expect(await raw('GET', path, undefined, { 'x-auth-token': forged })).toMatchObject({
        status: 401,
        message: 'invalid credentials',
        data: {},
      });
    const unknown = '/v2/accounts/00000000000000000000000000000000/resources';
    expect(await raw('GET', unknown, undefined, none)).toMatchObject({
      status: 404,
      message: 'bad identifier',
    });
    expect(await raw('GET', '/v2/accounts/xyz/resources')).toMatchObject({ status: 404 });
    expect(
      await raw('GET', path, undefined, { 'x-auth-token': '', authorization: `Bearer ${token}` }),
    ).toMatchObject({ status: 200 });
    expect(await raw('GET', `${path}?auth_token=${token}`, undefined, none)).toMatchObject({
      status: 200,
    });
    // A body that does not parse is told before a token that does not hold.
    expect(await raw('PUT', path, '{', { 'x-auth-token': 'x' })).toMatchObject({ status: 400 });
    expect(await raw('DELETE', '/v2/token_auth')).toEqual({
      status: 200,
      message: undefined,
      data: undefined,
    });
    expect(await raw('GET', path)).toMatchObject({ status: 401, message: 'invalid credentials' });
  });

  it('does not take the cookie of the console from a foreign page', async () => {
    const cookie = `craftport_session=${token}`;
    const { port, host } = new URL(agent.url);
    // fetch does not let a test choose Host; Node's own client does.
    const status = (headers: Readonly<Record<string, string>>, method = 'GET'): Promise<number> =>
      new Promise((resolve, reject) => {
        httpRequest({ port, path, method, headers: { cookie, host, ...headers } }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        })
          .on('error', reject)
          .end();
      });
    expect([
      await status({}),
      await status({ origin: agent.url }),
      await status({ origin: 'https://evil.example' }),
      await status({ host: 'rebound.example' }),
      await status({}, 'PUT'),
      await status({ origin: agent.url }, 'PUT'),
    ]).toEqual([200, 200, 403, 403, 403, 400]);
  });

  it('leaves no planted password in a log, event, audit row or error, nor a token in the log', async () => {
    const planted = 'Pl4nted-Passw0rd';
    agent = await startAgentProcess();
    path = `/v2/accounts/${agent.credentials.account_id}/resources`;
    const doc = {
      name: 'x',
      gateways: [{ server: 's', password: planted, nested: { secret: planted } }],
    };
    const created = await agent.request('PUT', path, doc);
    expect(created.text).toContain(planted);
    const { id } = created.body['data'] as { id: string };
    await agent.request('PATCH', `${path}/${id}`, { name: 'y' });
    await agent.request('PATCH', `${path}/${id}`, { name: 5, gateways: [{ password: planted }] });
    await agent.request('PUT', path, { name: 'x', gateways: { password: planted } });
    await agent.request('PUT', path, { name: 'x', gateways: [], password: [planted] });
    const strayId = await agent.request('PUT', path, {
      id: { password: planted },
      name: 'x',
      gateways: [],
    });
    expect(strayId.text).not.toContain(planted);
    const error = await agent.request('PUT', path, {
      name: 5,
      gateways: [{ password: planted.repeat(9) }],
    });
    expect(error.text).not.toContain(planted);
    await agent.request('DELETE', `${path}/${id}`);
    await agent.end('SIGTERM');
    const { stderr } = agent.output;
    for (const secret of [planted, ...tokens]) expect(stderr).not.toContain(secret);
    for (const line of stderr.trim().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(String) as string });
    const { readdir, readFile } = await import('node:fs/promises');
    for (const file of await readdir(agent.dataDir, { withFileTypes: true }))
      if (file.isFile())
        expect([
          file.name,
          (await readFile(`${agent.dataDir}/${file.name}`)).includes(planted),
        ]).toEqual([file.name, false]);
  });
});
