// Two pieces of gear under one agent: one misbehaves in each way a person can make it, and the
// agent says what is wrong and finds back, while it goes on reading the other.

import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../agent/base/clock.ts';
import { iosFamily } from '../../agent/driver/ios/family.ts';
import { tl1Family } from '../../agent/driver/tl1/family.ts';
import { bindFamily, sharedOpener } from '../../agent/gear-drivers.ts';
import { SharedLines } from '../../agent/session/shared-lines.ts';
import { behaviourOf } from '../../agent/sim/behaviour-words.ts';
import { type GearServer, serveGear } from '../../agent/sim/gear-server.ts';
import { IosGateway } from '../../agent/sim/ios-gateway.ts';
import { Tl1Mux } from '../../agent/sim/tl1-mux.ts';
import { dataOf, type GearSite, openGearSite, rowsOf } from '../support/gear-site.ts';

const LOGIN = { username: 'craft', password: 'pass1' };
const [BACK_OFF_MS, SPANS] = [[20], { mux: 4, gateway: 3 }];

type Name = 'mux' | 'gateway';

interface Site {
  readonly api: GearSite['api'];
  readonly mux: GearServer;
  readonly gateway: GearServer;
}

/** Longer than any machine needs. */
const PATIENT_MS = 20_000;

/** @param hasty whose drivers give an answer up soon, for troubles that are told by that alone */
async function openSite(hasty?: Name): Promise<Site> {
  const lines = new SharedLines(() => undefined);
  onTestFinished(() => lines.close());
  const opener = sharedOpener(lines);
  const tl1 = tl1Family({
    backOffMs: BACK_OFF_MS,
    pacing: { replyMs: hasty === 'mux' ? 300 : PATIENT_MS, keepAliveMs: 0 },
  });
  const ios = iosFamily({
    backOffMs: BACK_OFF_MS,
    pacing: {
      settleMs: 4,
      listenMs: 5,
      leftOverMs: 50,
      echoMs: hasty === 'gateway' ? 200 : PATIENT_MS,
      replyMs: hasty === 'gateway' ? 400 : PATIENT_MS,
      resumeMs: 300,
      keepAliveMs: 0,
    },
  });
  const { api } = await openGearSite({
    families: [bindFamily(tl1, opener, systemClock), bindFamily(ios, opener, systemClock)],
  });
  const mux = await serveGear(new Tl1Mux({ ...LOGIN, t1Count: 4 }), 0);
  onTestFinished(() => mux.stop());
  const gateway = await serveGear(new IosGateway(LOGIN), 0);
  onTestFinished(() => gateway.stop());
  const add = (id: Name, driver: string, { port }: GearServer): Promise<unknown> =>
    api.request('PUT', '/v2/gear', {
      id,
      name: id,
      driver,
      link: `tcp://127.0.0.1:${String(port)}`,
      ...LOGIN,
    });
  await add('mux', 'tl1', mux);
  await add('gateway', 'ios', gateway);
  const site = { api, mux, gateway };
  for (const name of ['mux', 'gateway'] as const)
    await expect.poll(() => refresh(site, name)).toBe(201);
  return site;
}

/** What the agent says: the code of a failed reading, a finding, an alarm, or that all is well. */
async function said({ api }: Site, name: Name): Promise<string> {
  const state = dataOf(await api.request('GET', `/v2/gear/${name}`))['state'] as {
    link: string;
    findings: readonly { code: string }[];
    last_error?: { code: string };
  };
  const alarms = rowsOf(await api.request('GET', `/v2/alarms?state=active&gear_id=${name}`));
  const spoken = [
    ...state.findings.map(({ code }) => code),
    ...(state.last_error === undefined ? [] : [state.last_error.code]),
    ...alarms.map((alarm) => String(alarm['name'])),
  ];
  return [state.link, ...spoken].join(' ');
}

const refresh = async ({ api }: Site, name: Name): Promise<number> =>
  (await api.request('PUT', `/v2/gear/${name}/refresh`)).status;

const spansOf = async ({ api }: Site, name: Name): Promise<number> =>
  rowsOf(await api.request('GET', '/v2/spans')).filter(({ gear_id }) => gear_id === name).length;

/** It misbehaves, the agent says so, the other is read all the while, and it is well again. */
async function endure(site: Site, name: Name, words: string, says: RegExp): Promise<void> {
  const other: Name = name === 'mux' ? 'gateway' : 'mux';
  const behaviour = behaviourOf(words);
  if (behaviour === undefined) throw new Error(`${words} is no behaviour`);
  site[name].behave(behaviour);
  const reading = refresh(site, name);
  expect(await refresh(site, other), `${words}: the other`).toBe(201);
  expect(await spansOf(site, other), words).toBe(SPANS[other]);
  await reading;
  await expect.poll(() => said(site, name), { message: words }).toMatch(says);
  if (behaviour.kind === 'typist') site[name].behave({ kind: 'typist', text: '\r' });
  if (behaviour.kind.startsWith('alarm'))
    for (let span = 1; span <= SPANS[name]; span++)
      for (const alarm of ['LOS', 'AIS'] as const)
        site[name].behave({ kind: 'alarm', span, name: alarm, raised: false });
  await expect.poll(() => refresh(site, name), { message: `${words}: read again` }).toBe(201);
  await expect.poll(() => said(site, name), { message: words }).toBe('connected');
  expect(await spansOf(site, name), words).toBe(SPANS[name]);
}

it('a TL1 mux in every trouble: the agent says so, finds back, and reads the gateway meanwhile', async () => {
  const hasty = await openSite('mux');
  for (const words of ['half-frame', 'silence 0.8', 'wrong-ctag'])
    await endure(hasty, 'mux', words, /driver\.timeout/);

  const site = await openSite();
  for (const [words, says] of [
    ['storm 200', /^connected(?: AIS| LOS){4}$/],
    ['alarm 2 LOS', /LOS/],
    ['reboot 0', /^connect/],
    ['unplug 0.3', /^connect|Link down/],
    ['late 0.2', /^connected$/],
    ['lost-report', /^connected$/],
    ['type who is there; "/*', /^connected/],
  ] as const)
    await endure(site, 'mux', words, says);

  site.mux.behave({ kind: 'slips', span: 2, count: 40 });
  // Counters are read once a quarter of an hour; a driver made anew reads them at once.
  await site.api.request('PATCH', '/v2/gear/mux', { poll_interval_s: 299 });
  await expect.poll(() => refresh(site, 'mux')).toBe(201);
  const spans = rowsOf(await site.api.request('GET', '/v2/spans'));
  const id = String(spans.find(({ native }) => native === 'DS1-2')?.['id']);
  const bins = rowsOf(await site.api.request('GET', `/v2/spans/${id}/performance`));
  expect((bins[0]?.['counters'] as { CSS: number }).CSS).toBeGreaterThanOrEqual(40);
}, 60_000);

it('an IOS gateway in every trouble: the agent says so, finds back, and reads the mux meanwhile', async () => {
  const hasty = await openSite('gateway');
  for (const words of ['half-frame', 'silence 1'])
    await endure(hasty, 'gateway', words, /driver\.(?:timeout|out-of-sync)/);

  const site = await openSite();
  for (const [words, says] of [
    ['storm 50', /LOS/],
    ['alarm 2 LOS', /LOS/],
    ['reboot 0', /^connect/],
    ['unplug 0.3', /^connect|Link down/],
    ['late 0.2', /^connected$/],
    ['log-lines 5', /^connected$/],
    ['type show c', /driver\.suspended|gear\.suspended/],
  ] as const)
    await endure(site, 'gateway', words, says);

  site.gateway.behave({ kind: 'slips', span: 2, count: 40 });
  expect(await refresh(site, 'gateway')).toBe(201);
  const spans = rowsOf(await site.api.request('GET', '/v2/spans'));
  const id = String(spans.find(({ native }) => native === 'T1 0/2/1')?.['id']);
  const bins = rowsOf(await site.api.request('GET', `/v2/spans/${id}/performance`));
  expect(bins[0]).toMatchObject({ age: 0, elapsed_s: 428, counters: { CSS: 40 } });
}, 60_000);
