// Gear as a technician meets it: the agent's own process, the demo FreeSWITCH on its event
// socket, and gear beside it that is down, silent or wrong.

import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../agent/base/clock.ts';
import { type DemoFreeSwitch, startDemoFreeSwitch } from '../../agent/sim/freeswitch/demo.ts';
import { SseClient, type SseMessage } from '../bench/support-sse-client.ts';
import { type AgentProcess, startAgentProcess } from '../support/agent-process.ts';
import { freePort } from '../support/free-port.ts';
import { dataOf, rowsOf } from '../support/gear-site.ts';

const PASSWORD = 'Kx7-very-own-password';

async function startSwitch(port?: number): Promise<DemoFreeSwitch> {
  const demo = await startDemoFreeSwitch({
    random: randomBytes,
    clock: systemClock,
    password: PASSWORD,
    isLively: false,
    ...(port === undefined ? {} : { port }),
  });
  onTestFinished(() => demo.stop());
  return demo;
}

/** Listens and does `onConnect`; what a port scanner would take for gear. */
async function listen(onConnect: (write: (text: string) => void) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    onConnect((text) => void socket.write(text));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `esl://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

const stateOf = async (agent: AgentProcess, id: string): Promise<Record<string, unknown>> =>
  dataOf(await agent.request('GET', `/v2/gear/${id}`))['state'] as Record<string, unknown>;

async function addGear(agent: AgentProcess, id: string, link: string, password = PASSWORD) {
  const record = { id, name: id, driver: 'freetdm', link, password };
  const reply = await agent.request('PUT', '/v2/gear', record);
  expect(reply.status, reply.text).toBe(201);
}

async function follow(agent: AgentProcess, topic: string): Promise<SseClient> {
  const signedIn = await agent.request('PUT', '/v2/api_auth', {
    api_key: agent.credentials.api_key,
  });
  const client = await SseClient.open(`${agent.url}/v2/events?topic=${topic}`, {
    'x-auth-token': String(signedIn.body['auth_token']),
  });
  onTestFinished(() => client.close());
  return client;
}

const parsed = ({
  event,
  data,
}: SseMessage): readonly [string, Readonly<Record<string, unknown>>] => [
  event,
  (JSON.parse(data) as { data: Readonly<Record<string, unknown>> }).data,
];

describe('the demo site', () => {
  it('has a gateway and a mux that a person makes misbehave at the socket of its FreeSWITCH', async () => {
    const agent = await startAgentProcess({ flags: ['--demo'] });
    await expect.poll(() => stateOf(agent, 'demo-tl1')).toMatchObject({ link: 'connected' });
    const record = dataOf(await agent.request('GET', '/v2/gear/demo-freeswitch'));
    const ask = (command: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect(Number(new URL(String(record['link'])).port), '127.0.0.1');
        let heard = '';
        socket.on('error', reject);
        socket.on('data', (bytes) => {
          heard += bytes.toString('latin1');
          const answer = /[+-](?:OK|USAGE)[^\n]*\n$/.exec(
            heard.split('api/response')[1] ?? '',
          )?.[0];
          if (answer === undefined) return;
          socket.end();
          resolve(answer);
        });
        socket.write(`auth ClueCon\n\napi craftport_demo ${command}\n\n`);
      });
    expect(await ask('mux dance')).toMatch(/^-USAGE: mux .*storm/);
    expect(await ask('mux alarm 3 LOS')).toBe('+OK\n');
    await expect
      .poll(async () => rowsOf(await agent.request('GET', '/v2/alarms?gear_id=demo-tl1')))
      .toMatchObject([{ name: expect.stringMatching(/LOS/) as string, state: 'active' }]);
    expect(await ask('gateway unplug 60')).toBe('+OK\n');
    await expect.poll(() => stateOf(agent, 'demo-ios')).toMatchObject({ link: 'down' });
    expect(await stateOf(agent, 'demo-tl1')).toMatchObject({ link: 'connected' });
  });

  it('has a FreeSWITCH that is read, and whose record follows it over a restart', async () => {
    const agent = await startAgentProcess({ flags: ['--demo'] });
    const connected = async (on: AgentProcess): Promise<string> => {
      await expect
        .poll(() => stateOf(on, 'demo-freeswitch'))
        .toMatchObject({
          link: 'connected',
          spans: 5,
          read_at: expect.any(String) as string,
        });
      return String(dataOf(await on.request('GET', '/v2/gear/demo-freeswitch'))['link']);
    };
    const link = await connected(agent);
    const spans = rowsOf(await agent.request('GET', '/v2/spans'));
    expect(spans.map(({ name, kind }) => [name, kind])).toEqual([
      ['E1_A', 'E1'],
      ['E1_B', 'E1'],
      ['FXO', 'FXO'],
      ['FXS', 'FXS'],
      ['T1_A', 'T1'],
    ]);
    // The demo's own resource dials into spans 1 and 2.
    expect(spans[0]?.['dialled_by']).toMatchObject([{ letter: 'A', gateway_index: 0 }]);
    expect(spans[1]?.['dialled_by']).toMatchObject([{ letter: 'a', gateway_index: 1 }]);
    await agent.request('PATCH', '/v2/gear/demo-freeswitch', { notes: 'Mine' });
    expect(await agent.end('SIGTERM')).toEqual([0, null]);
    const again = await startAgentProcess({ dataDir: agent.dataDir, flags: ['--demo'] });
    const newLink = await connected(again);
    expect(newLink).toMatch(/^esl:\/\/127\.0\.0\.1:\d+$/);
    const record = dataOf(await again.request('GET', '/v2/gear/demo-freeswitch'));
    expect([record['notes'], typeof link]).toEqual(['Mine', 'string']);
  });

  it('takes an alarm from its socket to the event stream, and its end', async () => {
    const agent = await startAgentProcess({ flags: ['--demo'] });
    await expect
      .poll(() => stateOf(agent, 'demo-freeswitch'))
      .toMatchObject({ link: 'connected', spans: 5 });
    const { port } = new URL(
      String(dataOf(await agent.request('GET', '/v2/gear/demo-freeswitch'))['link']),
    );
    const socket = connect(Number(port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    socket.write('auth ClueCon\n\napi craftport_demo quiet\n\n');
    const events = await follow(agent, 'alarm');
    const told = (): readonly (readonly [string, Readonly<Record<string, unknown>>])[] =>
      events.messages.map(parsed).filter(([, data]) => data['span'] === 'E1_B');
    socket.write('api craftport_demo alarm E1_B red\n\n');
    await events.until(() => told().length >= 1);
    expect(told()[0]?.[0]).toBe('alarm.raised');
    const active = rowsOf(await agent.request('GET', '/v2/alarms?state=active'));
    const raised = active.find(({ span }) => span === 'E1_B');
    expect(raised).toMatchObject({ gear_id: 'demo-freeswitch', count: 1, acknowledged: false });
    const id = String(raised?.['id']);
    const noted = await agent.request('PATCH', `/v2/alarms/${id}`, { note: 'Seen' });
    expect(dataOf(noted)).toMatchObject({ acknowledged: true, note: 'Seen' });
    socket.write('api craftport_demo clear E1_B\n\n');
    await events.until(() => told().some(([name]) => name === 'alarm.cleared'));
    expect(dataOf(await agent.request('GET', `/v2/alarms/${id}`))).toMatchObject({
      state: 'cleared',
      note: 'Seen',
    });
  });
});

describe('gear beside the agent', () => {
  it('that is down, silent, wrong or refuses the password is found out, and the rest goes on', async () => {
    const demo = await startSwitch();
    const agent = await startAgentProcess();
    const silent = await listen(() => {});
    const junk = await listen((write) => write('HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(200)));
    const huge = await listen((write) => write('Content-Length: 100000000\n\n'));
    const closed = await listen(() => {});
    await addGear(agent, 'good', demo.url);
    await addGear(agent, 'wrong-password', demo.url, 'Kx7-not-it');
    await addGear(agent, 'silent', silent);
    await addGear(agent, 'junk', junk);
    await addGear(agent, 'huge', huge);
    await addGear(agent, 'down', closed.replace(/\d+$/, '1'));
    await expect.poll(() => stateOf(agent, 'good')).toMatchObject({ link: 'connected', spans: 5 });
    // Silence is a finding after ten seconds.
    const patient = { timeout: 40_000 };
    for (const id of ['wrong-password', 'silent', 'junk', 'huge', 'down'])
      await expect
        .poll(async () => {
          const { link, findings } = await stateOf(agent, id);
          return [id, link === 'connected', (findings as readonly unknown[]).length > 0];
        }, patient)
        .toEqual([id, false, true]);
    const refreshed = await agent.request('PUT', '/v2/gear/good/refresh', {});
    expect(refreshed.status).toBe(201);
    const down = await agent.request('PUT', '/v2/gear/down/refresh', {});
    expect(down.status).toBeGreaterThanOrEqual(500);
    const alarms = rowsOf(await agent.request('GET', '/v2/alarms?state=active'));
    expect(alarms.filter(({ gear_id }) => gear_id === 'good')).toEqual([]);
    const shown = await Promise.all(
      [
        '/v2/gear',
        '/v2/gear/good',
        '/v2/gear/good/transcript',
        '/v2/gear/wrong-password/transcript',
        '/v2/spans',
        '/v2/audit',
        '/v2/alarms',
      ].map(async (path) => (await agent.request('GET', `${path}?paginate=false`)).text),
    );
    expect(shown[2]).toContain('auth ********');
    expect(await agent.end('SIGTERM')).toEqual([0, null]);
    const files = await readdir(agent.dataDir, { withFileTypes: true, recursive: true });
    const stored = await Promise.all(
      files
        .filter((file) => file.isFile())
        .map(async (file) => (await readFile(join(file.parentPath, file.name))).toString('latin1')),
    );
    for (const text of [...shown, agent.output.stdout, agent.output.stderr, ...stored])
      expect(/Kx7-(?:very|not)/.exec(text)?.[0]).toBeUndefined();
  });

  it('keeps its values with their age when its server goes, and comes back by itself', async () => {
    const port = await freePort();
    const demo = await startSwitch(port);
    const agent = await startAgentProcess();
    await addGear(agent, 'fs', demo.url);
    await expect.poll(() => stateOf(agent, 'fs')).toMatchObject({ link: 'connected', spans: 5 });
    const events = await follow(agent, 'gear,alarm');
    await demo.stop();
    await events.until(() => events.messages.some(({ event }) => event === 'alarm.raised'));
    const [span] = rowsOf(await agent.request('GET', '/v2/spans'));
    expect(span).toMatchObject({
      stale: true,
      signalling: 'unknown',
      last_known: { signalling: 'up' },
      channels: { total: 31 },
    });
    await startSwitch(port);
    await events.until(() => events.messages.some(({ event }) => event === 'alarm.cleared'));
    await expect
      .poll(async () => rowsOf(await agent.request('GET', '/v2/spans'))[0])
      .toMatchObject({ stale: false, signalling: 'up' });
  });
});
