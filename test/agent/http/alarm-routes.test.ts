import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AlarmNotice, AlarmSource } from '../../../agent/alarm/alarm.ts';
import type { DomainEvent } from '../../../agent/base/change.ts';
import { alarmRoutes } from '../../../agent/http/alarm-routes.ts';
import { AlarmLog } from '../../../agent/service/alarms.ts';
import type { Store } from '../../../agent/store/store.ts';
import {
  type ApiHarness,
  CHILD_ID,
  type HarnessReply,
  MASTER_ID,
  openTestStore,
  serveRoutes,
} from '../../support/api-harness.ts';
import { shippedCatalog } from '../../schemas/shipped-catalog.ts';

type Row = Readonly<Record<string, unknown>>;

interface Site {
  readonly api: ApiHarness;
  readonly log: AlarmLog;
  readonly storage: Store;
  readonly clock: { ms: number };
  readonly events: DomainEvent[];
  reload(): Promise<AlarmLog>;
}

async function openSite(): Promise<Site> {
  const clock = { ms: Date.UTC(2026, 0, 1), nowMs: () => clock.ms };
  const storage = await openTestStore(clock);
  const events: DomainEvent[] = [];
  storage.onEvents((batch) => events.push(...batch));
  const reload = (): Promise<AlarmLog> =>
    AlarmLog.load({
      storage,
      validator: shippedCatalog.validator('alarm_acknowledgements'),
      clock,
      random: randomBytes,
    });
  const log = await reload();
  return { api: await serveRoutes(alarmRoutes(log)), log, storage, clock, events, reload };
}

const gear: AlarmSource = { kind: 'gear', gearId: 'g1', span: undefined };
const span: AlarmSource = { kind: 'gear', gearId: 'g1', span: { id: 's1', native: 'E1/1' } };
const account: AlarmSource = { kind: 'account', path: [MASTER_ID, CHILD_ID] };
const notice = (
  source: AlarmSource,
  name: string,
  severity: AlarmNotice['severity'] = 'major',
): AlarmNotice => ({ source, name, severity, explanation: `${name} of the source` });

const rowsOf = (reply: HarnessReply): readonly Row[] =>
  reply.body['data'] as unknown as readonly Row[];

describe('/v2/alarms', () => {
  it('lists what stands and what stood, newest first, with its times and count', async () => {
    const { api, log, clock, events } = await openSite();
    await log.tell([notice(span, 'RED'), notice(account, 'emergency-unreachable', 'critical')]);
    clock.ms += 60_000;
    await log.tell([notice(span, 'RED', 'cleared'), notice(gear, 'fan', 'minor')]);
    clock.ms += 60_000;
    await log.tell([notice(span, 'RED')]);
    const list = await api.request('GET', '/v2/alarms');
    expect(rowsOf(list)[0]).toMatchObject({
      name: 'fan',
      gear_id: 'g1',
      state: 'active',
      count: 1,
    });
    expect(rowsOf(list).find(({ name }) => name === 'RED')).toMatchObject({
      span_id: 's1',
      span: 'E1/1',
      severity: 'major',
      raised_at: '2026-01-01T00:00:00.000Z',
      last_raised_at: '2026-01-01T00:02:00.000Z',
      count: 2,
      acknowledged: false,
    });
    expect(events.map(({ name, accountId }) => [name, accountId])).toEqual([
      ['alarm.raised', undefined],
      ['alarm.raised', CHILD_ID],
      ['alarm.cleared', undefined],
      ['alarm.raised', undefined],
      ['alarm.raised', undefined],
    ]);
    expect(events[2]?.data).toMatchObject({ name: 'RED', state: 'cleared' });
  });

  it('filters in the store and pages by key, in both directions', async () => {
    const { api, log, clock } = await openSite();
    for (let index = 0; index < 7; index += 1) {
      clock.ms += 1;
      await log.tell([notice(index % 2 === 0 ? span : gear, `A${String(index)}`)]);
    }
    await log.tell([notice(span, 'A0', 'cleared')]);
    const names = async (query: string): Promise<string> => {
      let start = '';
      let text = '';
      for (;;) {
        const reply = await api.request('GET', `/v2/alarms?page_size=2${query}${start}`);
        expect(reply.status).toBe(200);
        text += `${rowsOf(reply)
          .map(({ name }) => String(name))
          .join('')} `;
        const next = reply.body['next_start_key'];
        if (typeof next !== 'string') return text.trim();
        start = `&start_key=${next}`;
      }
    };
    expect(await names('')).toBe('A6A5 A4A3 A2A1 A0');
    expect(await names('&sort=raised_at')).toBe('A0A1 A2A3 A4A5 A6');
    expect(await names('&state=active&span_id=s1')).toBe('A6A4 A2');
    expect(await names('&state=cleared')).toBe('A0');
    expect(await names('&gear_id=g1&filter_name=A3')).toBe('A3');
    expect(await names('&gear_id=other')).toBe('');
    expect((await api.request('GET', '/v2/alarms?state=maybe')).status).toBe(404);
    expect((await api.request('GET', '/v2/alarms?start_key=soon')).status).toBe(404);
  });

  it('shows other accounts their own alarms and those below, and nothing of the gear', async () => {
    const { api, log } = await openSite();
    await log.tell([notice(span, 'RED'), notice(account, 'emergency-unreachable')]);
    const asChild = { 'x-auth-token': 'child' };
    const seen = await api.request('GET', '/v2/alarms', undefined, asChild);
    expect(rowsOf(seen).map(({ name }) => name)).toEqual(['emergency-unreachable']);
    const below = await api.request('GET', `/v2/accounts/${CHILD_ID}/alarms`);
    expect(rowsOf(below)).toEqual(rowsOf(seen));
    const own = `/v2/accounts/${MASTER_ID}/alarms`;
    expect(rowsOf(await api.request('GET', own))).toHaveLength(1);
    expect((await api.request('GET', own, undefined, asChild)).status).toBe(403);
    const all = rowsOf(await api.request('GET', '/v2/alarms'));
    const red = String(all.find(({ name }) => name === 'RED')?.['id']);
    expect((await api.request('GET', `/v2/alarms/${red}`)).status).toBe(200);
    expect((await api.request('GET', `/v2/alarms/${red}`, undefined, asChild)).status).toBe(404);
    expect((await api.request('PATCH', `/v2/alarms/${red}`, {}, asChild)).status).toBe(404);
  });

  it('takes notice with a note, says who did, and forgets it when the alarm comes back', async () => {
    const { api, log, events, clock } = await openSite();
    await log.tell([notice(span, 'RED')]);
    const id = String(rowsOf(await api.request('GET', '/v2/alarms'))[0]?.['id']);
    const reader = { 'x-auth-token': 'child:read_only' };
    expect((await api.request('PATCH', `/v2/alarms/${id}`, {}, reader)).status).toBe(403);
    const wrong = await api.request('PATCH', `/v2/alarms/${id}`, { note: 5, who: 'me' });
    expect(Object.keys(wrong.body['data'] as object).sort()).toEqual(['note', 'who']);
    const taken = await api.request('PATCH', `/v2/alarms/${id}`, { note: 'Carrier called' });
    expect(taken.body['data']).toMatchObject({
      acknowledged: true,
      note: 'Carrier called',
      acknowledged_by: { account_id: MASTER_ID, method: 'cb_api_auth' },
    });
    expect(events.at(-1)).toMatchObject({
      name: 'alarm.acknowledged',
      data: { id, name: 'RED', acknowledged: true, state: 'active' },
    });
    const back = await api.request('PATCH', `/v2/alarms/${id}`, { acknowledged: false });
    expect(back.body['data']).toMatchObject({ acknowledged: false, note: 'Carrier called' });
    await api.request('PATCH', `/v2/alarms/${id}`, { acknowledged: true });
    clock.ms += 1000;
    await log.tell([notice(span, 'RED', 'cleared'), notice(span, 'RED')]);
    const again = (await api.request('GET', `/v2/alarms/${id}`)).body['data'];
    expect(again).toMatchObject({ acknowledged: false, count: 2, state: 'active' });
    expect((await api.request('PATCH', '/v2/alarms/none', {})).status).toBe(404);
  });

  it('costs nothing when nothing is new, also after a restart', async () => {
    const { log, storage, reload } = await openSite();
    await log.tell([notice(span, 'RED')]);
    const { commits } = storage.counters;
    await log.tell([notice(span, 'RED'), notice(gear, 'fan', 'cleared')]);
    const restarted = await reload();
    await restarted.tell([notice(span, 'RED')]);
    expect(restarted.standing().map(({ name }) => name)).toEqual(['RED']);
    expect(storage.counters.commits).toBe(commits);
  });

  it('keeps its order when notices and people come at once', async () => {
    const { api, log } = await openSite();
    await log.tell([notice(span, 'RED')]);
    const id = String(rowsOf(await api.request('GET', '/v2/alarms'))[0]?.['id']);
    const by = { method: 'test', requestId: 'r' };
    const all = [
      log.acknowledge(id, {}, undefined, by),
      log.tell([notice(span, 'RED', 'critical')]),
      log.acknowledge(id, { note: 'second' }, undefined, by),
      log.tell([notice(span, 'RED', 'cleared'), notice(span, 'AIS')]),
    ];
    await Promise.all(all);
    expect(log.standing().map(({ name }) => name)).toEqual(['AIS']);
    expect((await log.fetch(id, undefined)).note).toBe('second');
    await expect(log.acknowledge('none', {}, undefined, by)).rejects.toMatchObject({
      code: 'document.not-found',
    });
  });
});
