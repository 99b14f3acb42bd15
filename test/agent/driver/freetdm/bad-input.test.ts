// What a technician meets: FreeSWITCH down, wrong password, access list, another program on the
// port. Each is a finding within its time limit, over real TCP.

import { randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '../../../../agent/base/logger.ts';
import { systemTimers } from '../../../../agent/base/timers.ts';
import {
  FreetdmDriver,
  type FreetdmDriverOptions,
} from '../../../../agent/driver/freetdm/driver.ts';
import { openTcp } from '../../../../agent/transport/tcp-port.ts';
import { FakeTimers } from '../../../support/fake-timers.ts';
import { recording } from '../../../support/freetdm-recordings.ts';
import { GearLog } from '../../../support/gear-log.ts';

interface Peer {
  readonly port: number;
  /** What came, of all connections. */
  readonly heard: string[];
  readonly connections: number;
}

/** A program on a port that does with each connection what it is told. */
async function peer(serve: (socket: Socket) => void): Promise<Peer> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => heard.push(bytes.toString()));
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    get connections() {
      return connections;
    },
  };
}

function driverTo(
  port: number,
  options: Partial<Pick<FreetdmDriverOptions, 'timers' | 'limits'>> & { password?: string } = {},
): [FreetdmDriver, GearLog] {
  const { password = 'secret-of-the-socket', timers = systemTimers, limits } = options;
  const driver = new FreetdmDriver({
    openPort: openTcp({ host: '127.0.0.1', port }),
    credentials: { username: undefined, password },
    timers,
    newJobId: randomUUID,
    card: 'unknown',
    logger: silentLogger,
    limits: { ...LIMITS, ...limits },
  });
  const log = new GearLog();
  driver.start(log);
  onTestFinished(() => driver.stop());
  return [driver, log];
}

const LIMITS = { signInMs: 400, replyMs: 400, firstRetryMs: 30, refusedRetryMs: 60_000 };
const GREETING = 'Content-Type: auth/request\n\n';
const ACCEPTED = 'Content-Type: command/reply\nReply-Text: +OK accepted\n\n';

/** Greets, and says this to the password. */
const answering = (answer: string | Uint8Array) => (socket: Socket) => {
  socket.write(GREETING);
  socket.once('data', () => socket.write(answer));
};

describe('what is wrong with the link is a finding', () => {
  const cases: readonly [string, (socket: Socket) => void, string][] = [
    [
      'a wrong password',
      answering(recording('esl/auth-bad.out').bytes.slice(28)),
      'gear.login-refused',
    ],
    [
      'an access list',
      (s) => void s.end(recording('esl/acl-rejected.out').bytes),
      'gear.acl-refused',
    ],
    ['silence', () => undefined, 'gear.no-reply'],
    ['a connection that closes', (s) => void s.end(), 'gear.unreachable'],
    ['a web server', (s) => void s.write('HTTP/1.1 400 Bad Request\r\n\r\n'), 'codec.malformed'],
    ['a server of SSH', (s) => void s.write('SSH-2.0-OpenSSH_9.2p1\r\n'), 'codec.malformed'],
    ['zeros without end', (s) => void s.write(Buffer.alloc(200_000)), 'codec.too-large'],
    [
      'a frame of 100 MB',
      (s) => void s.write('Content-Type: auth/request\nContent-Length: 104857600\n\n'),
      'codec.too-large',
    ],
    [
      'a reply to nothing',
      (s) => void s.write(`Content-Type: command/reply\nReply-Text: +OK\n\n`),
      'driver.out-of-sync',
    ],
    [
      'a frame of a type that is none',
      (s) => void s.write('Content-Type: text/html\n\n'),
      'driver.out-of-sync',
    ],
    ['junk after the sign-in', answering(`${ACCEPTED}junk\n\n`), 'codec.malformed'],
    ['a sign-in that is never answered', (s) => void s.write(GREETING), 'gear.no-reply'],
  ];

  it.each(cases)('%s', async (_what, serve, code) => {
    const { port } = await peer(serve);
    const [driver, log] = driverTo(port);
    const read = driver.read(new AbortController().signal);
    await expect(read).rejects.toMatchObject({ name: 'CraftportError' });
    await log.until(
      () => log.links.some(({ state, finding }) => state === 'down' && finding?.code === code),
      code,
    );
    const said = JSON.stringify([log.links, await read.catch((error: unknown) => String(error))]);
    expect(said).not.toContain('secret-of-the-socket');
  });

  it('nobody there', async () => {
    const { port } = await peer(() => undefined);
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const free = (gone.address() as AddressInfo).port;
    await new Promise((resolve) => gone.close(resolve));
    expect(free).not.toBe(port);
    const [driver, log] = driverTo(free);
    await expect(driver.read(new AbortController().signal)).rejects.toMatchObject({
      code: 'transport.open-failed',
    });
    await log.untilLink('down');
    expect(log.links.find(({ state }) => state === 'down')?.finding).toMatchObject({
      code: 'gear.unreachable',
      message: expect.stringContaining('nothing listens there') as string,
    });
  });
});

describe('a refused sign-in', () => {
  it('is tried once, and not again while it waits', async () => {
    const { port, heard } = await peer((socket) => {
      socket.write(GREETING);
      socket.once('data', () => socket.end(recording('esl/auth-bad.out').bytes.slice(28)));
    });
    const timers = new FakeTimers();
    const [driver, log] = driverTo(port, { password: 'wrong', timers });
    await log.untilLink('down');
    for (let time = 0; time < 5; time += 1)
      await expect(driver.read(new AbortController().signal)).rejects.toMatchObject({
        code: 'driver.login-refused',
      });
    // Nothing else waits to be tried: not for the back-off of other failures.
    expect(timers.pending).toBe(1);
    timers.advance(LIMITS.refusedRetryMs - 1);
    expect(timers.pending).toBe(1);
    expect(heard).toEqual(['auth wrong\n\n']);
    timers.advance(1);
    await log.until(() => log.links.filter(({ state }) => state === 'down').length === 2, 'again');
    expect(heard).toEqual(['auth wrong\n\n', 'auth wrong\n\n']);
  });

  it('while failures of the line are tried again', async () => {
    const tried = await peer((socket) => void socket.end());
    const [, log] = driverTo(tried.port);
    await log.until(() => log.links.filter(({ state }) => state === 'down').length >= 3, 'three');
    expect(tried.connections).toBeGreaterThanOrEqual(3);
  });
});

describe('stopping', () => {
  it('ends at once in the middle of a sign-in, and a reading with it', async () => {
    const { port } = await peer(() => undefined);
    const [driver] = driverTo(port, { limits: { ...LIMITS, signInMs: 3_600_000 } });
    const read = driver.read(new AbortController().signal);
    read.catch(() => undefined);
    // Were it to wait for the sign-in, this would not end.
    await driver.stop();
    await driver.stop();
    await expect(read).rejects.toMatchObject({ name: 'CraftportError' });
  });
});
