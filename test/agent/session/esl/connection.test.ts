import { expect, it, onTestFinished } from 'vitest';
import {
  EslConnection,
  type EslConnectionOptions,
} from '../../../../agent/session/esl/connection.ts';
import { memoryPair } from '../../../../agent/transport/memory-port.ts';
import type { Port } from '../../../../agent/transport/port.ts';
import { FakeTimers } from '../../../support/fake-timers.ts';

const NEVER = new AbortController().signal;
const PASSWORD = 'Hidden0-pw';
const GREETING = 'Content-Type: auth/request\n\n';
const reply = (text: string): string => `Content-Type: command/reply\nReply-Text: ${text}\n\n`;
const output = (text: string): string =>
  `Content-Type: api/response\nContent-Length: ${String(text.length)}\n\n${text}`;
const event = (name: string, headers: Readonly<Record<string, string>>, body = ''): string => {
  const lines = Object.entries({ 'Event-Name': name, ...headers }).map((pair) => pair.join(': '));
  const text =
    body === ''
      ? `${lines.join('\n')}\n\n`
      : `${lines.join('\n')}\nContent-Length: ${String(body.length)}\n\n${body}`;
  return `Content-Length: ${String(text.length)}\nContent-Type: text/event-plain\n\n${text}`;
};

/** The server's end, whose every byte a test decides. */
interface Server {
  readonly port: Port;
  readonly timers: FakeTimers;
  readonly events: string[];
  readonly frames: string[];
  say(text: string): Promise<void>;
  /** The next line the client sends. */
  heard(): Promise<string>;
  open(over?: Partial<EslConnectionOptions>): Promise<EslConnection>;
}

function serve(): Server {
  const [near, port] = memoryPair();
  const timers = new FakeTimers();
  const events: string[] = [];
  const frames: string[] = [];
  const incoming = port.incoming[Symbol.asyncIterator]();
  onTestFinished(() => port.close());
  return {
    port,
    timers,
    events,
    frames,
    say: (text) => port.send(Uint8Array.from(Buffer.from(text, 'latin1'))),
    heard: async () => {
      const next = await incoming.next();
      return next.done === true ? 'closed' : Buffer.from(next.value).toString('latin1').trimEnd();
    },
    open: (over = {}) =>
      EslConnection.open(
        {
          openPort: () => Promise.resolve(near),
          credentials: { username: undefined, password: PASSWORD },
          timers,
          observer: {
            event: ({ name }) => events.push(name),
            frame: (direction, text, decoded) => frames.push(`${direction} ${decoded} ${text}`),
          },
          ...over,
        },
        NEVER,
      ),
  };
}

async function signedIn(server: Server): Promise<EslConnection> {
  const opening = server.open();
  await server.say(GREETING);
  expect(await server.heard()).toBe(`auth ${PASSWORD}`);
  await server.say(reply('+OK accepted'));
  return opening;
}

it('signs in, and gives each reply to whoever asked, with events in between', async () => {
  const server = serve();
  const connection = await signedIn(server);
  const [first, second] = [connection.api('status'), connection.command('event plain ALL')];
  expect(await server.heard()).toBe('api status');
  expect(await server.heard()).toBe('event plain ALL');
  // Cut where it hurts: inside a head, inside a body.
  const said = event('HEARTBEAT', {}) + output('up') + event('TRAP', {}) + reply('+OK');
  for (let at = 0; at < said.length; at += 7) await server.say(said.slice(at, at + 7));
  expect(await Promise.all([first, second])).toEqual(['up', '+OK']);
  expect(server.events).toEqual(['HEARTBEAT', 'TRAP']);
  await connection.close();
  await connection.close();
  expect(server.timers.pending).toBe(0);
});

it('tries a wrong password once, and its refusal does not hold it', async () => {
  const server = serve();
  const opening = server.open({ credentials: { username: 'anna', password: PASSWORD } });
  await server.say(GREETING);
  expect(await server.heard()).toBe(`userauth anna:${PASSWORD}`);
  await server.say(reply('-ERR invalid'));
  const error: unknown = await opening.catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'driver.login-refused' });
  expect(JSON.stringify(error) + String(error)).not.toContain(PASSWORD);
  expect(await server.heard().catch(() => 'closed')).toBe('closed');
});

it('says why it was sent away: by address, by silence, by something that is no event socket', async () => {
  const refused = serve();
  const opening = refused.open();
  await refused.say('Content-Type: text/rude-rejection\nContent-Length: 0\n\n');
  await expect(opening).rejects.toMatchObject({ code: 'driver.access-refused' });

  const silent = serve();
  const waiting = silent.open({ signInMs: 5000 });
  await silent.timers.whenWaiting(5000);
  silent.timers.advance(5000);
  await expect(waiting).rejects.toMatchObject({ code: 'driver.timeout' });

  const other = serve();
  const puzzled = other.open();
  await other.say('Content-Type: text/html\n\n');
  await expect(puzzled).rejects.toMatchObject({ code: 'driver.out-of-sync' });
});

it('ends with a command that is not answered in time, for later answers would wait behind it', async () => {
  const server = serve();
  const connection = await signedIn(server);
  const [hung, behind] = [connection.api('ftdm list'), connection.api('status')];
  const outcomes = Promise.allSettled([hung, behind]);
  await server.timers.whenWaiting(10_000);
  server.timers.advance(10_000);
  expect(await outcomes).toMatchObject([
    { status: 'rejected', reason: { code: 'driver.timeout' } },
    { status: 'rejected', reason: { code: 'driver.timeout' } },
  ]);
  expect(connection.isOpen).toBe(false);
  await expect(connection.api('status')).rejects.toMatchObject({ code: 'driver.timeout' });
});

it('hears the output of its own background job, whosever come before, and loses it with the line', async () => {
  const server = serve();
  const connection = await signedIn(server);
  const ids = ['1', '2'].map((digit) => `00000000-0000-4000-8000-00000000000${digit}`);
  const jobs = await Promise.all(
    ids.map(async (id) => {
      const job = connection.background('ftdm dump 1', id);
      expect(await server.heard()).toBe(`bgapi ftdm dump 1\nJob-UUID: ${id}`);
      await server.say(reply(`+OK Job-UUID: ${id}`));
      return job;
    }),
  );
  await server.say(event('BACKGROUND_JOB', { 'Job-UUID': 'somebody-else' }, 'theirs'));
  await server.say(event('BACKGROUND_JOB', { 'Job-UUID': ids[1] ?? '' }, 'ours'));
  expect(await jobs[1]?.output).toBe('ours');
  await server.port.close();
  await expect(jobs[0]?.output).rejects.toMatchObject({ code: 'transport.lost' });
  expect(await connection.ended).toMatchObject({ code: 'transport.lost' });
});

it('does not take a reply that nothing asked for for an answer to what comes next', async () => {
  const server = serve();
  const connection = await signedIn(server);
  await server.say(output('surprise'));
  expect(await connection.ended).toMatchObject({ code: 'driver.out-of-sync' });
});
