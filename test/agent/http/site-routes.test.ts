import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AlarmSeverity, AlarmSource } from '../../../agent/alarm/alarm.ts';
import { siteRoutes } from '../../../agent/http/site-routes.ts';
import type { UnfinishedJob } from '../../../agent/job/job-store.ts';
import { AlarmLog } from '../../../agent/service/alarms.ts';
import { CHILD_ID, MASTER_ID, openTestStore, serveRoutes } from '../../support/api-harness.ts';
import { shippedCatalog } from '../../schemas/shipped-catalog.ts';

const job = (accountId: string, isPaused: boolean): UnfinishedJob => ({
  seq: 1,
  accountId,
  isPaused,
  hasStarted: true,
  isUploaded: true,
  modifiedMs: 0,
  lease: undefined,
});

describe('/v2/site', () => {
  it('counts what stands and what runs, for each account its own', async () => {
    const clock = { nowMs: () => Date.UTC(2026, 0, 2) };
    const storage = await openTestStore(clock);
    const validator = shippedCatalog.validator('alarm_acknowledgements');
    const alarms = await AlarmLog.load({ storage, validator, clock, random: randomBytes });
    const gear: AlarmSource = { kind: 'gear', gearId: 'g1', span: undefined };
    const account: AlarmSource = { kind: 'account', path: [MASTER_ID, CHILD_ID] };
    const notice = (source: AlarmSource, name: string, severity: AlarmSeverity) => ({
      source,
      name,
      severity,
      explanation: name,
    });
    await alarms.tell([
      notice(gear, 'RED', 'critical'),
      notice(gear, 'RAI', 'minor'),
      notice(account, 'emergency-unreachable', 'critical'),
    ]);
    const [first] = alarms.standing(({ kind }) => kind === 'gear');
    const by = { method: 'test', requestId: 'r' };
    await alarms.acknowledge(first?.id ?? '', { acknowledged: true }, undefined, by);
    const links = { connecting: 0, connected: 2, down: 1, off: 0 };
    const signalling = { up: 20, suspended: 1, down: 2, unknown: 8 };
    const api = await serveRoutes(
      siteRoutes({
        version: '1.2.3',
        clock,
        alarms,
        jobs: {
          unfinished: () =>
            Promise.resolve([job(MASTER_ID, false), job(CHILD_ID, false), job(CHILD_ID, true)]),
        },
        gear: () => ({ links, spans: 31, signalling }),
        startedMs: Date.UTC(2026, 0, 1),
        fingerprint: 'AB:CD',
        disk: () => Promise.resolve({ database: 4096, wal: 512, free: 1e9 }),
      }),
    );
    const { body } = await api.request('GET', '/v2/site');
    expect(body['data']).toEqual({
      version: '1.2.3',
      at: '2026-01-02T00:00:00.000Z',
      started_at: '2026-01-01T00:00:00.000Z',
      fingerprint: 'AB:CD',
      alarms: { critical: 2, major: 0, minor: 1, warning: 0, unacknowledged: 2 },
      jobs: { running: 2, paused: 1 },
      gear: links,
      spans: 31,
      signalling,
      disk: { database_bytes: 4096, wal_bytes: 512, free_bytes: 1e9 },
    });
    expect(shippedCatalog.validator('sites').validate(body['data'] ?? null)).toEqual(body['data']);
    const own = await api.request('GET', '/v2/site', undefined, {
      'x-auth-token': 'child:read_only',
    });
    expect(own.body['data']).toEqual({
      version: '1.2.3',
      at: '2026-01-02T00:00:00.000Z',
      started_at: '2026-01-01T00:00:00.000Z',
      fingerprint: 'AB:CD',
      alarms: { critical: 1, major: 0, minor: 0, warning: 0, unacknowledged: 1 },
      jobs: { running: 1, paused: 1 },
    });
  });
});
