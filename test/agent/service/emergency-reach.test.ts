// The standing check on a real store, with time moved by hand and alarms kept in a list.

import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AlarmNotice } from '../../../agent/alarm/alarm.ts';
import type { Account } from '../../../agent/account/account.ts';
import { newId } from '../../../agent/base/ids.ts';
import type { JsonObject } from '../../../agent/base/json.ts';
import { silentLogger } from '../../../agent/base/logger.ts';
import type { DocumentScope } from '../../../agent/document/document-store.ts';
import { PatternCache } from '../../../agent/pattern/pattern-cache.ts';
import {
  COALESCE_MS,
  EmergencyReach,
  emergencyRouteSets,
} from '../../../agent/service/emergency-reach.ts';
import type { Store } from '../../../agent/store/store.ts';
import { openTestStore } from '../../support/api-harness.ts';
import { FakeTimers } from '../../support/fake-timers.ts';

const BY = { method: 'agent', requestId: 'test' };
const E911: JsonObject = { name: 'E', rules: ['^911$'], gateways: [{ server: 'e.example' }] };

class Alarms {
  readonly stands = new Map<string, AlarmNotice>();
  told = 0;
  fails = 0;

  standing = (of: (source: AlarmNotice['source']) => boolean) =>
    [...this.stands.values()].filter(({ source }) => of(source));

  tell = (notices: readonly AlarmNotice[]): Promise<void> => {
    if (this.fails-- > 0) return Promise.reject(new Error('no disk'));
    for (const notice of notices) {
      this.told++;
      const { source, name } = notice;
      const key = `${source.kind === 'account' ? (source.path.at(-1) ?? '') : ''} ${name}`;
      if (notice.severity === 'cleared') this.stands.delete(key);
      else this.stands.set(key, notice);
    }
    return Promise.resolve();
  };
}

describe('the check of emergency numbers', () => {
  let store: Store;
  let settings: JsonObject;
  let alarms: Alarms;
  let timers: FakeTimers;
  let reach: EmergencyReach;
  let changeSettings: () => void;
  let loads: (string | undefined)[];
  let master: Account;

  beforeEach(async () => {
    store = await openTestStore();
    settings = {};
    alarms = new Alarms();
    timers = new FakeTimers();
    loads = [];
    const listeners = new Set<() => void>();
    changeSettings = () => listeners.forEach((listener) => listener());
    const onSettings = (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    };
    const sets = emergencyRouteSets({
      storage: store,
      patterns: new PatternCache(),
      settings: () => ({ stepswitch: {}, numberManager: settings }),
      onSettings,
    });
    onTestFinished(() => sets.stop());
    reach = new EmergencyReach({
      storage: store,
      loadSet: (id) => {
        loads.push(id);
        return sets.load(id);
      },
      numberSettings: () => settings,
      onSettings,
      alarms,
      timers,
      logger: silentLogger,
    });
    onTestFinished(() => reach.stop());
    master = await addAccount(undefined);
  });

  /** Lets time pass until the check that is due has run. */
  async function settle(): Promise<void> {
    await timers.whenWaiting(COALESCE_MS);
    timers.advance(COALESCE_MS);
    await reach.settled();
  }

  async function addAccount(parent: Account | undefined, doc: JsonObject = {}): Promise<Account> {
    const id = newId(randomBytes);
    return store.write(async (writers) => {
      const account = await writers.accounts.insert({
        id,
        parent,
        name: `A${id.slice(0, 3)}`,
        realm: `${id.slice(0, 8)}.example`,
        enabled: doc.enabled !== false,
        doc,
      });
      writers.emit({ name: 'account.created', accountId: id, data: { id } });
      return account;
    });
  }

  async function put(scope: DocumentScope, id: string, doc: JsonObject): Promise<void> {
    await store.write(async (writers) => {
      const current = await writers.documents.load(scope, id);
      if (current === undefined) await writers.documents.insert(scope, id, doc, BY);
      else await writers.documents.replace(scope, current, doc, BY);
      const { accountId } = scope;
      writers.emit({
        name: 'resource.changed',
        ...(accountId === undefined ? {} : { accountId }),
        data: { id },
      });
    });
  }

  const own = (account: Account): DocumentScope => ({ kind: 'resource', accountId: account.id });
  const GLOBAL: DocumentScope = { kind: 'resource', accountId: undefined };
  const standing = () =>
    [...alarms.stands.values()].map(({ source, name }) => {
      const id = source.kind === 'account' ? source.path.at(-1) : undefined;
      return `${id === master.id ? 'master' : 'child'} ${name}`;
    });

  it('raises an alarm for a number without a resource, and clears it with one', async () => {
    reach.start();
    await settle();
    expect([...alarms.stands.values()]).toEqual([
      {
        source: { kind: 'account', path: [master.id] },
        name: 'emergency number 911 unreachable',
        severity: 'critical',
        explanation: `The emergency number 911 (US) cannot be dialled from the account ${JSON.stringify(master.name)}. No resource has a rule or class for it.`,
      },
    ]);
    await put(own(master), 'e', E911);
    await settle();
    expect(standing()).toEqual([]);
    await put(own(master), 'e', { ...E911, enabled: false });
    await settle();
    expect([...alarms.stands.values()][0]?.explanation).toContain('"E": The resource is disabled.');
    await put(own(master), 'e', { ...E911, gateways: [] });
    await settle();
    expect([...alarms.stands.values()][0]?.explanation).toContain('has no gateways');
    await put(own(master), 'e', E911);
    await settle();
    expect(standing()).toEqual([]);
  });

  it('asks every account, and none of them what the system reaches for all', async () => {
    const child = await addAccount(master);
    await put(own(master), 'e', E911);
    reach.start();
    await settle();
    expect(standing()).toEqual(['child emergency number 911 unreachable']);
    await put(GLOBAL, 'g', E911);
    loads.length = 0;
    await settle();
    expect(standing()).toEqual([]);
    expect(loads).toEqual([undefined]);
    await put(own(master), 'e', { ...E911, enabled: false });
    await settle();
    expect([standing(), loads]).toEqual([[], [undefined]]);
    await put(GLOBAL, 'g', { ...E911, name: 'Secret', enabled: false });
    await settle();
    const told = [...alarms.stands.values()].map(({ explanation }) => explanation);
    expect(told).toHaveLength(2);
    expect(told[0]).toContain('"Secret": The resource is disabled.');
    // A global resource is not a child account's to know.
    expect(told[1]).not.toContain('Secret');
    expect(told[1]).toContain(JSON.stringify(child.name));
    await put(GLOBAL, 'g', { ...E911, cid_rules: ['^\\+1312'] });
    await settle();
    expect(standing()).toHaveLength(2);
    await addAccount(master, { caller_id: { external: { number: '+13125550142' } } });
    await settle();
    expect(standing()).toHaveLength(2);
  });

  it('follows the countries and numbers of the settings', async () => {
    await put(GLOBAL, 'g', E911);
    reach.start();
    await settle();
    expect(standing()).toEqual([]);
    settings = { emergency_countries: ['US', 'DE'], emergency_numbers: { DE: ['112'] } };
    changeSettings();
    await settle();
    expect(standing()).toEqual(['master emergency number 112 unreachable']);
    settings = { emergency_countries: ['US'] };
    changeSettings();
    await settle();
    expect(standing()).toEqual([]);
  });

  it('asks nothing of disabled and deleted accounts', async () => {
    const child = await addAccount(master);
    await put(own(master), 'e', E911);
    await addAccount(master, { enabled: false });
    reach.start();
    await settle();
    expect(standing()).toEqual(['child emergency number 911 unreachable']);
    await store.write(async (writers) => {
      await writers.accounts.remove(child);
      writers.emit({ name: 'account.deleted', accountId: child.id, data: { id: child.id } });
    });
    await settle();
    expect(standing()).toEqual([]);
  });

  it('clears what stood for accounts that went while the agent was away', async () => {
    await put(GLOBAL, 'g', E911);
    const gone = newId(randomBytes);
    const source = { kind: 'account', path: [master.id, gone] } as const;
    const severity = 'critical' as const;
    const name = 'emergency number 911 unreachable';
    await alarms.tell([{ source, name, severity, explanation: 'then' }]);
    await alarms.tell([{ source, name: 'of another check', severity, explanation: 'then' }]);
    reach.start();
    await settle();
    expect([...alarms.stands.values()].map((alarm) => alarm.name)).toEqual(['of another check']);
  });

  it('looks once at a thousand changes, and again after a failure', async () => {
    await put(own(master), 'e', E911);
    reach.start();
    await settle();
    const { told } = alarms;
    for (let index = 0; index < 50; index++) await put(own(master), `r${index}`, E911);
    loads.length = 0;
    await put(own(master), 'e', E911);
    await settle();
    expect([loads, alarms.told]).toEqual([[master.id], told]);
    alarms.fails = 1;
    for (let index = 0; index < 50; index++)
      await put(own(master), `r${index}`, { ...E911, enabled: false });
    await put(own(master), 'e', { ...E911, enabled: false });
    await settle();
    expect(standing()).toEqual([]);
    await timers.whenWaiting(COALESCE_MS + 10_000);
    timers.advance(COALESCE_MS + 10_000);
    await reach.settled();
    expect(standing()).toEqual(['master emergency number 911 unreachable']);
  });

  it('stops twice, and looks at nothing afterwards', async () => {
    reach.start();
    await reach.stop();
    await reach.stop();
    await put(own(master), 'e', E911);
    timers.advance(60_000);
    expect(loads).toEqual([]);
  });
});
