// Gear behind SSH, through the record, a driver and a real connection.

import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../agent/base/clock.ts';
import { consoleFamily } from '../../agent/driver/console/family.ts';
import { bindFamily, sharedOpener } from '../../agent/gear-drivers.ts';
import { SharedLines } from '../../agent/session/shared-lines.ts';
import { freePort } from '../support/free-port.ts';
import { dataOf, NEWEST_FIRST, openGearSite, rowsOf } from '../support/gear-site.ts';
import { startSshServer } from '../support/ssh-server.ts';

const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;

it('keeps the first host key of gear, sends nothing to another, and takes a new one from a person', async () => {
  const lines = new SharedLines(() => undefined);
  onTestFinished(() => lines.close());
  const family = bindFamily(consoleFamily({ backOffMs: [20] }), sharedOpener(lines), systemClock);
  const { api, store, events } = await openGearSite({ families: [family] });
  const port = await freePort();
  const first = await startSshServer(port);
  onTestFinished(() => first.stop());
  const gear = async (): Promise<Readonly<Record<string, unknown>>> =>
    dataOf(await api.request('GET', '/v2/gear/gw'));
  const link = async (): Promise<unknown> => ((await gear())['state'] as { link: string }).link;
  const revision = async (): Promise<unknown> =>
    (await api.request('GET', '/v2/gear/gw')).body['revision'];

  const created = await api.request('PUT', '/v2/gear', {
    id: 'gw',
    name: 'Gateway',
    driver: 'console',
    link: `ssh://127.0.0.1:${String(port)}`,
    username: 'craft',
    password: 'right',
  });
  expect(dataOf(created)).not.toHaveProperty('host_key');
  await expect.poll(async () => (await gear())['host_key']).toMatch(FINGERPRINT);
  const trusted = String((await gear())['host_key']);
  // A change of the record as any other: revision, audit row, event.
  expect(await revision()).not.toBe(created.body['revision']);
  const audit = await store.read.audit.page({ noun: 'gear' }, NEWEST_FIRST, 10);
  expect(audit.rows).toHaveLength(2);
  expect(JSON.stringify(audit.rows[0])).toContain(trusted);
  await expect.poll(() => events.filter(({ name }) => name === 'gear.changed')).toHaveLength(1);
  await expect.poll(link).toBe('connected');

  // A form that does not know the field does not take the trust away.
  const form = Object.entries(await gear()).filter(([key]) => key !== 'host_key');
  await api.request('POST', '/v2/gear/gw', { ...Object.fromEntries(form), notes: 'Rack 3' });
  expect((await gear())['host_key']).toBe(trusted);

  await first.stop();
  const second = await startSshServer(port);
  onTestFinished(() => second.stop());
  const alarms = async (): Promise<readonly unknown[]> =>
    rowsOf(await api.request('GET', '/v2/alarms?state=active')).map(({ name }) => name);
  await expect.poll(alarms).toContain('SSH host key changed');
  expect(second.passwords).toEqual([]);
  expect((await gear())['host_key']).toBe(trusted);
  const { findings } = (await gear())['state'] as { findings: { code: string; message: string }[] };
  expect(findings[0]).toMatchObject({ code: 'gear.transport-untrusted' });
  const shown = /shows the host key (\S+) instead of/.exec(findings[0]?.message ?? '')?.[1];
  expect(shown).toMatch(FINGERPRINT);
  expect(shown).not.toBe(trusted);
  const refreshed = await api.request('PUT', '/v2/gear/gw/refresh');
  expect(refreshed.status).toBe(502);

  expect((await api.request('PATCH', '/v2/gear/gw', { host_key: 'anything' })).status).toBe(400);
  await api.request('PATCH', '/v2/gear/gw', { host_key: shown });
  await expect.poll(link).toBe('connected');
  await expect.poll(alarms).toEqual([]);
  expect(second.passwords).toEqual(['right']);

  // Another host has another key.
  const elsewhere = await api.request('PATCH', '/v2/gear/gw', {
    link: 'ssh://127.0.0.1:1',
    password: 'right',
  });
  expect(dataOf(elsewhere)).not.toHaveProperty('host_key');
});
