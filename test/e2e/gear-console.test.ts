// Gear on a serial line: a real agent, a real pair of pseudo-terminals, and a person who takes
// the line over at the console. The test plays the gear at the other end of the cable.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { checkSessionLog } from '../../agent/log/session-log.ts';
import { openSerial } from '../../agent/transport/serial-port.ts';
import { startAgentProcess } from '../support/agent-process.ts';
import { startCable } from '../support/foreign-peer.ts';
import { hasPeer } from '../support/peer.ts';
import { tempDir } from '../support/temp-dir.ts';
import { take } from '../agent/transport/port.contract.ts';

const LINE = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' } as const;

describe.runIf(hasPeer('socat', '-V'))('gear on a serial line', () => {
  it('is worked on at the console, logged masked, and known as taken', async () => {
    const folder = await tempDir();
    const [near, far] = [join(folder, 'near'), join(folder, 'far')];
    const cable = await startCable(near, far);
    onTestFinished(() => cable.stop());
    const gear = await openSerial(far, LINE)(new AbortController().signal);
    onTestFinished(() => gear.close());

    const agent = await startAgentProcess();
    const link = `serial://${near}?baud=9600`;
    const record = { id: 'gw', name: 'GW', driver: 'console', link };
    expect((await agent.request('PUT', '/v2/gear', record)).status).toBe(201);
    await expect
      .poll(async () => (await agent.request('GET', '/v2/gear/gw')).body['data'])
      .toMatchObject({ state: { link: 'connected' } });

    // The port is the agent's: a probe of it is refused, not shared.
    const probe = await agent.request('PUT', '/v2/serial_ports/probe', { link });
    expect([probe.status, probe.body['message']]).toEqual([502, expect.anything()]);
    expect((await agent.request('GET', '/v2/serial_ports')).status).toBe(200);

    const { api_key } = agent.credentials;
    const signedIn = await agent.request('PUT', '/v2/api_auth', { api_key });
    const socket = new WebSocket(`${agent.url.replace('http', 'ws')}/v2/gear/gw/console`, {
      headers: { 'x-auth-token': String(signedIn.body['auth_token']) },
    });
    onTestFinished(() => socket.terminate());
    const messages: Record<string, unknown>[] = [];
    socket.on('message', (text: Buffer) =>
      messages.push(JSON.parse(text.toString()) as Record<string, unknown>),
    );
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    const say = (message: object): void => socket.send(JSON.stringify(message));
    const shown = (): string =>
      messages
        .filter(({ type }) => type === 'received')
        .map(({ data }) => data)
        .join('');
    const holder = (): unknown => messages.findLast(({ type }) => type === 'state')?.['holder'];
    say({ type: 'take_over' });
    await expect.poll(holder).toBe('an API key');
    say({ type: 'input', data: 'enable\r' });
    expect(Buffer.from(await take(gear, 7)).toString()).toBe('enable\r');
    await gear.send(Buffer.from('Password: '));
    await expect.poll(shown).toBe('Password: ');
    say({ type: 'input', data: 'hunter2\r' });
    expect(Buffer.from(await take(gear, 8)).toString()).toBe('hunter2\r');
    await gear.send(Buffer.from('\r\nGW#'));
    await expect.poll(shown).toBe('Password: \r\nGW#');
    say({ type: 'hand_back' });
    await expect.poll(holder).toBe(null);

    await agent.end('SIGTERM');
    const [name = ''] = await readdir(join(agent.dataDir, 'audit'));
    const log = join(agent.dataDir, 'audit', name);
    expect(await checkSessionLog(log)).toMatchObject({ ok: true });
    const text = await readFile(log, 'utf8');
    expect(text).not.toContain('hunter2');
    expect(text).toContain('"dir":"tx","data":"enable\\r","by":"an API key"');
  });
});
