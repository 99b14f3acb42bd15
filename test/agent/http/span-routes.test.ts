import { describe, expect, it } from 'vitest';
import { CraftportError } from '../../../agent/base/error.ts';
import type { JsonObject } from '../../../agent/base/json.ts';
import { shippedCatalog } from '../../schemas/shipped-catalog.ts';
import { alarmReport, channel, e1, FakeFamily, type FakeGear } from '../../support/fake-gear.ts';
import {
  dataOf,
  type GearSite,
  NEWEST_FIRST,
  openGearSite,
  rowsOf,
} from '../../support/gear-site.ts';
import { BY } from '../../support/resource-api.ts';

const LINK = 'esl://127.0.0.1:8021';

async function openWithGear(): Promise<GearSite & { gear: FakeGear; span: string; path: string }> {
  const fake = new FakeFamily();
  const site = await openGearSite({ families: [fake.family] });
  await site.api.request('PUT', '/v2/gear', {
    id: 'fs',
    name: 'FreeSWITCH',
    driver: 'freetdm',
    link: LINK,
    poll_interval_s: 3600,
  });
  await site.api.request('PUT', '/v2/gear/fs/refresh', {});
  await expect.poll(() => site.events.filter(({ name }) => name === 'span.added')).toHaveLength(2);
  const span = String(rowsOf(await site.api.request('GET', '/v2/spans'))[0]?.['id']);
  return { ...site, gear: fake.at(LINK), span, path: `/v2/spans/${span}` };
}

async function putResource(site: GearSite, id: string, doc: JsonObject): Promise<void> {
  const scope = { kind: 'resource', accountId: undefined } as const;
  await site.store.write(async (writers) => {
    const current = await writers.documents.load(scope, id);
    if (current === undefined) await writers.documents.insert(scope, id, doc, BY);
    else await writers.documents.replace(scope, current, doc, BY);
    writers.record({ actor: BY, event: 'resource.changed', noun: 'resource', id });
  });
}

const tdm = (span: string, selection?: string): JsonObject => ({
  endpoint_type: 'freetdm',
  span,
  ...(selection === undefined ? {} : { channel_selection: selection }),
});

describe('/v2/spans', () => {
  it('shows every value with its age, as its schema says', async () => {
    const { api, path } = await openWithGear();
    const span = dataOf(await api.request('GET', path));
    expect(span).toMatchObject({
      gear_id: 'fs',
      native: 'span1',
      kind: 'E1',
      slots: 31,
      slot_set: '1-31',
      d_channel: 16,
      signalling: 'up',
      running: 'started',
      status: { bits: 1, names: ['NoAlarm'] },
      link: 'connected',
      stale: false,
      channels: { idle: 31, total: 31 },
    });
    expect(Date.parse(String(span['read_at']))).toBeGreaterThan(Date.now() - 60_000);
    shippedCatalog.validator('spans').validate(span as JsonObject, { strict: true });
    const channels = rowsOf(await api.request('GET', `${path}/channels`));
    expect(channels).toHaveLength(31);
    expect(channels[15]).toMatchObject({ timeslot: 16, type: 'D', state: 'idle', alarm: false });
    for (const row of channels)
      shippedCatalog.validator('channels').validate(row as JsonObject, { strict: true });
    const gear = dataOf(await api.request('GET', '/v2/gear/fs'))['state'] as JsonObject;
    shippedCatalog.validator('gear_state').validate(gear, { strict: true });
    expect((await api.request('GET', '/v2/spans/none')).status).toBe(404);
    expect((await api.request('GET', '/v2/spans/none/channels')).status).toBe(404);
  });

  it('are sorted, searched and paged', async () => {
    const { api, gear } = await openWithGear();
    gear.reading = { ...gear.reading, spans: ['b', 'a', 'd', 'c'].map((name) => e1(name)) };
    await api.request('PUT', '/v2/gear/fs/refresh', {});
    const names = async (query: string): Promise<unknown> =>
      rowsOf(await api.request('GET', `/v2/spans?${query}`)).map(({ name }) => name);
    expect(await names('')).toEqual(['a', 'b', 'c', 'd', 'span1', 'span2']);
    expect(await names('sort=-name&page_size=2')).toEqual(['span2', 'span1']);
    expect(await names('q=SPAN')).toEqual(['span1', 'span2']);
    expect(await names('filter_name=c')).toEqual(['c']);
    const first = await api.request('GET', '/v2/spans?page_size=4');
    const next = String(first.body['next_start_key']);
    expect(await names(`page_size=4&start_key=${next}`)).toEqual(['span1', 'span2']);
    expect(await names('start_key=d')).toEqual(['d', 'span1', 'span2']);
    expect((await api.request('GET', '/v2/spans?sort=colour')).status).toBe(404);
  });

  it('take names and notes of ours, and nothing else', async () => {
    const { api, path, events, store, restart } = await openWithGear();
    const named = await api.request('PATCH', path, { name: 'City 1', notes: 'Ring 555-1' });
    expect(dataOf(named)).toMatchObject({ name: 'City 1', notes: 'Ring 555-1', native: 'span1' });
    expect(events.at(-1)).toMatchObject({ name: 'span.described', data: { name: 'City 1' } });
    const revision = String(named.body['revision']);
    const stale = await api.request('PATCH', path, { name: 'x' }, { 'if-match': '"1-other"' });
    expect(stale.status).toBe(412);
    const back = await api.request('PATCH', path, { name: null }, { 'if-match': `"${revision}"` });
    expect(dataOf(back)).toMatchObject({ name: 'span1', notes: 'Ring 555-1' });
    const refused = await api.request('PATCH', path, { signalling: 'up', name: 5 });
    expect(Object.keys(dataOf(refused)).sort()).toEqual(['name', 'signalling']);
    expect((await api.request('PATCH', '/v2/spans/none', { name: 'x' })).status).toBe(404);
    const audit = await store.read.audit.page({ noun: 'span' }, NEWEST_FIRST, 10);
    expect(audit.rows.map(({ event }) => event)).toEqual(['span.described', 'span.described']);
    const again = await restart();
    expect(dataOf(await again.api.request('GET', path))).toMatchObject({ notes: 'Ring 555-1' });
  });

  it('take what the gear reports at once, and tell it as the latest state', async () => {
    const { api, gear, path, published, span } = await openWithGear();
    const call = { direction: 'inbound', caller: '+15551', called: '911', id: 'u' } as const;
    gear.observed.channel('span1', channel(3, { state: 'busy', call }));
    expect(rowsOf(await api.request('GET', `${path}/channels`))[2]).toMatchObject({
      state: 'busy',
      call,
    });
    expect(published.get(`channel ${span} 3`)?.()).toMatchObject({
      name: 'channel.changed',
      data: { gear_id: 'fs', span_id: span, span: 'span1', channel: { number: 3, state: 'busy' } },
    });
    expect(dataOf(await api.request('GET', path))['channels']).toMatchObject({ busy: 1, idle: 30 });
    await expect
      .poll(() => published.get(`span ${span}`)?.()?.data['channels'])
      .toMatchObject({ busy: 1 });
    gear.observed.span(e1('span1', { signalling: 'down', channels: [channel(1)] }));
    expect(published.get(`span ${span}`)?.()).toMatchObject({
      name: 'span.updated',
      data: { id: span, signalling: 'down', channels: { total: 1 } },
    });
    gear.observed.channel('never-seen', channel(1));
    gear.observed.link('down', { code: 'gear.acl', span: undefined, message: 'Not allowed here' });
    expect(published.get('gear fs')?.()?.data['state']).toMatchObject({
      link: 'down',
      findings: [{ code: 'gear.acl', message: 'Not allowed here' }],
    });
  });

  it('keep values and age when the link is lost, and say unknown where only the gear knows', async () => {
    const { api, gear, path, events } = await openWithGear();
    const before = dataOf(await api.request('GET', path));
    gear.observed.link('down', { code: 'gear.lost', span: undefined, message: 'Cable pulled' });
    const after = dataOf(await api.request('GET', path));
    expect(after).toMatchObject({
      link: 'down',
      stale: true,
      signalling: 'unknown',
      running: 'unknown',
      last_known: { signalling: 'up', running: 'started' },
      channels: { idle: 31 },
      read_at: before['read_at'],
    });
    await expect
      .poll(() => events.at(-1))
      .toMatchObject({
        name: 'gear.disconnected',
        data: { id: 'fs', reason: 'gear.lost', message: 'Cable pulled' },
      });
    const alarms = rowsOf(await api.request('GET', '/v2/alarms?state=active'));
    expect(alarms).toMatchObject([
      { name: 'Link down', gear_id: 'fs', severity: 'major', explanation: 'Cable pulled' },
    ]);
    gear.observed.link('connecting', undefined);
    gear.observed.link('connected', undefined);
    expect(dataOf(await api.request('GET', path))).toMatchObject({
      signalling: 'up',
      stale: false,
    });
    await expect
      .poll(async () => rowsOf(await api.request('GET', '/v2/alarms?state=active')))
      .toEqual([]);
  });

  it('tell milestones for good, one event for what changed in a second', async () => {
    const { gear, events, span } = await openWithGear();
    gear.observed.span(e1('span1', { signalling: 'down' }));
    gear.observed.span(e1('span1', { signalling: 'up' }));
    gear.observed.span(e1('span1', { signalling: 'down', detail: { any: 'thing' } }));
    for (let number = 1; number <= 31; number += 1)
      gear.observed.channel('span1', channel(number, { state: 'busy' }));
    await expect.poll(() => events.at(-1)?.name).toBe('span.changed');
    expect(events.at(-1)?.data).toEqual({
      id: span,
      gear_id: 'fs',
      native: 'span1',
      changes: { signalling: { before: 'up', after: 'down' } },
    });
    expect(events.filter(({ name }) => name === 'span.changed')).toHaveLength(1);
    expect(events.some(({ name }) => name.startsWith('channel.'))).toBe(false);
  });

  it('missing from a reading stay with a finding', async () => {
    const { api, gear, events } = await openWithGear();
    gear.reading = { ...gear.reading, spans: [e1('span1')] };
    await api.request('PUT', '/v2/gear/fs/refresh', {});
    const gone = rowsOf(await api.request('GET', '/v2/spans'))[1];
    expect(gone).toMatchObject({
      native: 'span2',
      stale: true,
      signalling: 'unknown',
      findings: [{ code: 'span.missing' }],
    });
    await expect
      .poll(() => events.at(-1))
      .toMatchObject({
        name: 'span.changed',
        data: { native: 'span2', changes: { missing: { before: false, after: true } } },
      });
  });

  it('show the counters of 15-minute intervals that gear told, and nothing it did not', async () => {
    const site = await openWithGear();
    const { api, gear, path } = site;
    const counters = async (): Promise<unknown> =>
      rowsOf(await api.request('GET', `${path}/performance`)).map(({ read_at: _, ...row }) => row);
    expect(await counters()).toEqual([]);
    const bin = {
      span: 'span1',
      age: undefined,
      elapsedS: undefined,
      kind: 'interval',
      intervals: 1,
      complete: undefined,
      end: 'near',
      other: {},
    } as const;
    gear.reading = {
      ...gear.reading,
      performance: [
        { ...bin, start: '07-14 11:45', counters: { ES: 3 }, complete: true },
        { ...bin, start: '07-14 12:00', counters: {}, other: { SESL: 1 } },
      ],
    };
    await api.request('PUT', '/v2/gear/fs/refresh');
    const shown = { kind: 'interval', intervals: 1, end: 'near' };
    const earlier = { ...shown, start: '07-14 11:45', complete: true, counters: { ES: 3 } };
    expect(await counters()).toEqual([
      { ...shown, sequence: 1, start: '07-14 12:00', counters: {}, other: { SESL: 1 } },
      { ...earlier, sequence: 2 },
    ]);
    // A reading without counters leaves them; one with the next interval adds it.
    gear.reading = {
      ...gear.reading,
      performance: [{ ...bin, start: '07-14 12:15', counters: { ES: 1 } }],
    };
    await api.request('PUT', '/v2/gear/fs/refresh');
    expect(await counters()).toHaveLength(3);
    expect((await api.request('GET', '/v2/spans/none/performance')).status).toBe(404);
  });

  it('say who dials into them, in which order, and when resources disagree', async () => {
    const site = await openWithGear();
    const { api, gear, path } = site;
    await putResource(site, 'r1', {
      name: 'City',
      enabled: true,
      gateways: [{ server: 'sip.example' }, tdm('1', 'descending')],
    });
    expect(dataOf(await api.request('GET', path))['dialled_by']).toEqual([
      {
        resource_id: 'r1',
        resource_name: 'City',
        gateway_index: 1,
        channel_selection: 'descending',
        letter: 'A',
        enabled: true,
      },
    ]);
    await putResource(site, 'r2', { name: 'Night', enabled: false, gateways: [tdm('span1')] });
    expect(dataOf(await api.request('GET', path))['findings']).toEqual([]);
    await putResource(site, 'r2', { name: 'Night', enabled: true, gateways: [tdm('span1')] });
    const disagreeing = dataOf(await api.request('GET', path));
    expect(disagreeing['dialled_by']).toHaveLength(2);
    expect(disagreeing['findings']).toMatchObject([{ code: 'span.order-disagreement' }]);
    await putResource(site, 'r3', { name: 'Typing error', gateways: [tdm('span3'), tdm('9')] });
    const gearState = async (): Promise<unknown> =>
      (dataOf(await api.request('GET', '/v2/gear/fs'))['state'] as JsonObject)['findings'];
    expect(await gearState()).toMatchObject([
      // A name may be a group of channels; a number never is.
      { code: 'span.cannot-be-checked', span: 'span3' },
      { code: 'span.unknown-in-resource', span: '9' },
    ]);
    // The span comes, and the finding goes.
    gear.observed.span(e1('span3'));
    expect(await gearState()).toMatchObject([{ span: '9' }]);
    await putResource(site, 'r2', { name: 'Night', enabled: true, gateways: [] });
    expect(dataOf(await api.request('GET', path))['findings']).toEqual([]);
  });
});

describe('polling and reports', () => {
  it('a report that came during a reading is newer than the reading', async () => {
    const { api, gear, path } = await openWithGear();
    const reading = gear.reading;
    let release = (): void => {};
    gear.beforeReply = () => new Promise((resolve) => (release = resolve));
    const { readings } = gear;
    const refreshed = api.request('PUT', '/v2/gear/fs/refresh', {});
    await expect.poll(() => gear.readings).toBe(readings + 1);
    gear.observed.channel('span1', channel(5, { state: 'busy' }));
    gear.observed.alarm(alarmReport('span1'));
    gear.reading = reading;
    release();
    await refreshed;
    gear.beforeReply = () => Promise.resolve();
    expect(rowsOf(await api.request('GET', `${path}/channels`))[4]).toMatchObject({
      state: 'busy',
    });
    expect(dataOf(await api.request('GET', path))['active_alarms']).toBe(1);
    // The next reading has begun later: it is right.
    await api.request('PUT', '/v2/gear/fs/refresh', {});
    expect(rowsOf(await api.request('GET', `${path}/channels`))[4]).toMatchObject({
      state: 'idle',
    });
    expect(dataOf(await api.request('GET', path))['active_alarms']).toBe(0);
  });

  it('raises and clears alarms of reports and readings, once each', async () => {
    const { api, gear, events } = await openWithGear();
    const alarmEvents = (): readonly unknown[] =>
      events
        .filter(({ name }) => name.startsWith('alarm.'))
        .map(({ name, data }) => [name, data['name']]);
    for (let number = 0; number < 31; number += 1) gear.observed.alarm(alarmReport('span1'));
    gear.reading = {
      ...gear.reading,
      alarms: [alarmReport('span1'), alarmReport(undefined, { name: 'Fan' })],
    };
    await api.request('PUT', '/v2/gear/fs/refresh', {});
    await expect.poll(alarmEvents).toHaveLength(2);
    gear.observed.alarm(alarmReport('span1', { severity: 'cleared' }));
    gear.reading = { ...gear.reading, alarms: [] };
    await api.request('PUT', '/v2/gear/fs/refresh', {});
    await expect.poll(alarmEvents).toHaveLength(4);
    expect(alarmEvents()).toEqual([
      ['alarm.raised', 'RED'],
      ['alarm.raised', 'Fan'],
      ['alarm.cleared', 'RED'],
      ['alarm.cleared', 'Fan'],
    ]);
    await api.request('DELETE', '/v2/gear/fs');
    expect(rowsOf(await api.request('GET', '/v2/spans'))).toEqual([]);
  });

  it('clears the alarms of gear that is not watched any more', async () => {
    const { api, gear } = await openWithGear();
    gear.observed.alarm(alarmReport('span1'));
    await expect
      .poll(async () => rowsOf(await api.request('GET', '/v2/alarms?state=active')))
      .toHaveLength(1);
    const off = await api.request('PATCH', '/v2/gear/fs', { enabled: false });
    expect(dataOf(off)['state']).toMatchObject({ link: 'off', active_alarms: 0, findings: [] });
    await expect
      .poll(async () => rowsOf(await api.request('GET', '/v2/alarms?state=active')))
      .toEqual([]);
    gear.observed.alarm(alarmReport('span2'));
    expect(rowsOf(await api.request('GET', '/v2/alarms?state=active'))).toEqual([]);
  });

  it('that hang or fail do so alone', async () => {
    const fake = new FakeFamily();
    const { api } = await openGearSite({
      families: [fake.family],
      limits: { readMs: 50, giveUpMs: 20, stopMs: 50 },
    });
    const put = (id: string): Promise<unknown> =>
      api.request('PUT', '/v2/gear', {
        id,
        name: id,
        driver: 'freetdm',
        link: `esl://${id}:1`,
        poll_interval_s: 1,
      });
    fake.at('esl://hung:1').hangs = true;
    fake.at('esl://bug:1').error = new TypeError('a bug of the driver');
    fake.at('esl://refused:1').error = new CraftportError('driver.login-refused', 'Wrong password');
    for (const id of ['hung', 'bug', 'refused', 'good']) await put(id);
    const errorOf = async (id: string): Promise<unknown> =>
      (dataOf(await api.request('GET', `/v2/gear/${id}`))['state'] as JsonObject)['last_error'];
    for (const [id, code] of [
      ['hung', 'driver.timeout'],
      ['bug', 'driver.failed'],
      ['refused', 'driver.login-refused'],
    ] as const)
      await expect.poll(() => errorOf(id)).toMatchObject({ code });
    expect(await errorOf('good')).toBeUndefined();
    expect(rowsOf(await api.request('GET', '/v2/spans')).map(({ gear_id }) => gear_id)).toEqual([
      'good',
      'good',
    ]);
    expect(JSON.stringify(await errorOf('bug'))).not.toContain('a bug of the driver');
    const hung = fake.at('esl://hung:1');
    await expect.poll(() => hung.started).toBeGreaterThan(1);
    hung.hangs = false;
    expect((await api.request('PUT', '/v2/gear/hung/refresh', {})).status).toBe(201);
    expect(await errorOf('hung')).toBeUndefined();
  });

  it('keeps to what a shelf can hold', async () => {
    const { api, gear } = await openWithGear();
    const one = e1('x', { channels: [] });
    gear.reading = {
      ...gear.reading,
      spans: Array.from({ length: 3000 }, (_, index) => ({ ...one, native: `s${String(index)}` })),
    };
    const reply = await api.request('PUT', '/v2/gear/fs/refresh', {});
    expect(dataOf(reply)['state']).toMatchObject({ findings: [{ code: 'gear.too-much' }] });
  });
});
