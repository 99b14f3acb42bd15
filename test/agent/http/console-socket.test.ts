// The console over real WebSockets; the line behind it is real, its gear is in memory.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Account, Identity, Role } from '../../../agent/account/account.ts';
import { CraftportError } from '../../../agent/base/error.ts';
import { silentLogger } from '../../../agent/base/logger.ts';
import { mountConsoleSocket } from '../../../agent/http/console-socket.ts';
import { SharedLine } from '../../../agent/session/shared-line.ts';
import { memoryPair } from '../../../agent/transport/memory-port.ts';
import type { Port } from '../../../agent/transport/port.ts';

type Message = Readonly<Record<string, unknown>>;

let gear: Port;
let line: SharedLine;
let address: string;

const account = (parentId: string | undefined): Account =>
  ({ id: 'a', parentId, path: ['a'] }) as unknown as Account;

/** Tokens of this test: `name:role`, and `child:…` for one of another account. */
const identify = (token: string): Promise<Identity> => {
  const [name = '', role = ''] = token.split(':');
  if (role === '') return Promise.reject(new CraftportError('auth.bad-token', 'Forged'));
  return Promise.resolve({
    token,
    tokenId: token,
    account: account(name === 'child' ? 'master' : undefined),
    userId: name,
    method: 'cb_user_auth',
    role: role as Role,
    expiresS: Infinity,
  });
};

beforeEach(async () => {
  line = new SharedLine(() => {
    const [near, far] = memoryPair();
    gear = far;
    return Promise.resolve(near);
  });
  const server = createServer();
  const close = mountConsoleSocket(server, {
    identify,
    nameOf: (identity) => Promise.resolve(identity.userId ?? ''),
    lineOf: (id) => (id === 'gear1' ? line : undefined),
    mask: (_id, text) => text.replaceAll('s3cret', '********'),
    ownNames: [],
    logger: silentLogger,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  onTestFinished(() => {
    close();
    server.close();
  });
});

interface Window {
  readonly socket: WebSocket;
  /** The next message that fits; earlier ones are passed over. */
  next(fits: (message: Message) => boolean): Promise<Message>;
  say(message: Message): void;
}

function open(token: string, headers: Record<string, string> = {}, id = 'gear1'): Promise<Window> {
  const socket = new WebSocket(`ws://${address}/v2/gear/${id}/console`, {
    headers: token === '' ? headers : { 'x-auth-token': token, ...headers },
  });
  onTestFinished(() => socket.terminate());
  const waiting: Message[] = [];
  let wake = (): void => undefined;
  socket.on('message', (data: Buffer) => {
    waiting.push(JSON.parse(data.toString()) as Message);
    wake();
  });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () =>
      resolve({
        socket,
        async next(fits) {
          for (;;) {
            const message = waiting.shift();
            if (message !== undefined && fits(message)) return message;
            if (message === undefined) await new Promise<void>((done) => (wake = done));
          }
        },
        say: (message) => socket.send(JSON.stringify(message)),
      }),
    );
  });
}

const isType = (type: string) => (message: Message) => message['type'] === type;
const isHeldBy = (holder: string | null) => (message: Message) =>
  message['type'] === 'state' && message['holder'] === holder;

async function read(port: Port): Promise<string> {
  const next = await port.incoming[Symbol.asyncIterator]().next();
  return next.done === true ? 'ended' : Buffer.from(next.value).toString('latin1');
}

describe('the console of gear', () => {
  it('shows the conversation to several people, and lets one take it over', async () => {
    const [anna, bert] = [await open('anna:technician'), await open('bert:admin')];
    anna.say({ type: 'take_over' });
    expect(await anna.next(isHeldBy('anna'))).toMatchObject({ is_open: true, is_yours: true });
    expect(await bert.next(isHeldBy('anna'))).toMatchObject({ is_yours: false });
    anna.say({ type: 'input', data: 'show clock\r' });
    expect(await read(gear)).toBe('show clock\r');
    await gear.send(Buffer.from('12:00\xff', 'latin1'));
    for (const window of [anna, bert])
      expect(await window.next(isType('received'))).toMatchObject({ data: '12:00\xff' });
    bert.say({ type: 'take_over' });
    expect(await bert.next(isType('error'))).toMatchObject({
      code: 'transport.busy',
      message: 'anna has the line',
    });
    bert.say({ type: 'input', data: 'x' });
    expect(await bert.next(isType('error'))).toMatchObject({ code: 'auth.forbidden' });
  });

  it('gives the driver its port back with the hand-back, and hides its secrets', async () => {
    const anna = await open('anna:technician');
    anna.say({ type: 'take_over' });
    await anna.next(isHeldBy('anna'));
    const waiting = line.openForDriver(new AbortController().signal);
    anna.say({ type: 'hand_back' });
    const driver = await waiting;
    await anna.next(isHeldBy(null));
    await driver.send(Buffer.from('ACT-USER::C:1::s3cret;'));
    expect(await anna.next(isType('sent'))).toMatchObject({ data: 'ACT-USER::C:1::********;' });
  });

  it('keeps the line for who comes back soon', async () => {
    const anna = await open('anna:technician');
    anna.say({ type: 'take_over' });
    await anna.next(isHeldBy('anna'));
    anna.socket.terminate();
    const again = await open('anna:technician');
    expect(await again.next(isType('state'))).toMatchObject({ holder: 'anna', is_yours: true });
  });

  it.each([
    ['no token', '', {}, 'gear1', 401],
    ['a forged token', 'anna', {}, 'gear1', 401],
    ['a reader', 'anna:read_only', {}, 'gear1', 403],
    ['an account that is not the master', 'child:admin', {}, 'gear1', 403],
    [
      'a foreign page with the cookie',
      '',
      { cookie: 'craftport_session=anna:admin', origin: 'http://evil.example' },
      'gear1',
      403,
    ],
    ['gear without a line', 'anna:admin', {}, 'gear2', 404],
  ])('refuses %s', async (_who, token, headers, id, status) => {
    await expect(open(token, headers as Record<string, string>, id)).rejects.toThrow(
      `Unexpected server response: ${String(status)}`,
    );
  });

  it('lets the console page in with its cookie', async () => {
    const anna = await open('', {
      cookie: 'craftport_session=anna:admin',
      origin: `http://${address}`,
    });
    expect(await anna.next(isType('state'))).toMatchObject({ holder: null });
  });

  it.each<[string, string]>([
    ['no JSON', 'take_over'],
    ['no object', '"take_over"'],
    ['another type', '{"type":"reboot"}'],
    ['input that is no bytes', '{"type":"input","data":"\u2028"}'],
    ['input that is no text', '{"type":"input","data":{}}'],
  ])('answers %s with an error and goes on', async (_what, text) => {
    const anna = await open('anna:technician');
    anna.socket.send(text);
    expect(await anna.next(isType('error'))).toMatchObject({ code: 'request.invalid' });
    anna.say({ type: 'take_over' });
    await anna.next(isHeldBy('anna'));
  });

  it('sends a BREAK only for the typed words, and says where there is none', async () => {
    const anna = await open('anna:technician');
    anna.say({ type: 'take_over' });
    await anna.next(isHeldBy('anna'));
    anna.say({ type: 'break', confirmation: 'yes' });
    expect(await anna.next(isType('error'))).toMatchObject({ code: 'request.invalid' });
    anna.say({ type: 'break', confirmation: 'SEND BREAK' });
    expect(await anna.next(isType('error'))).toMatchObject({ code: 'transport.unsupported' });
  });
});
