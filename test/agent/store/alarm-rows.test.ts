import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Alarm } from '../../../agent/alarm/alarm.ts';
import type { AlarmFilter } from '../../../agent/alarm/alarm-store.ts';
import { alarmListStatement } from '../../../agent/store/alarm-rows.ts';
import { migrate } from '../../../agent/store/migration.ts';
import { MIGRATIONS } from '../../../agent/store/migrations.ts';
import { SqlConnection } from '../../../agent/store/sql.ts';
import { openTestStore } from '../../support/api-harness.ts';
import { tempDir } from '../../support/temp-dir.ts';

const alarm = (id: string, raisedMs: number, clearedMs?: number): Alarm => ({
  id,
  key: 'k',
  source: { kind: 'gear', gearId: 'g', span: undefined },
  name: 'RED',
  severity: 'major',
  explanation: '',
  raisedMs,
  lastRaisedMs: raisedMs,
  clearedMs,
  count: 1,
  acknowledgement: undefined,
  note: undefined,
});

describe('alarms in SQLite', () => {
  it('are listed along an index that has the order, whatever the filter', async () => {
    const dir = await tempDir();
    const connection = await SqlConnection.open(join(dir, 'test.db'), 'readwrite');
    onTestFinished(() => connection.close());
    await migrate(connection, MIGRATIONS, dir, 0);
    const filters: readonly AlarmFilter[] = [
      {},
      { state: 'active' },
      { state: 'cleared' },
      { gearId: 'g' },
      { spanId: 's', state: 'active' },
      { accountPath: ['m'] },
    ];
    for (const filter of filters)
      for (const direction of ['ascending', 'descending'] as const) {
        const start = { raisedMs: 1, id: 'x', isInclusive: false };
        const request = { filter, direction, start, end: undefined, limit: 10 };
        const { sql, parameters } = alarmListStatement(request);
        const plan = await connection.all<{ readonly detail: string }>(
          `EXPLAIN QUERY PLAN ${sql}`,
          parameters,
        );
        expect(plan.map(({ detail }) => detail).join()).toMatch(/^SEARCH alarms USING INDEX [^,]*/);
        expect(plan).toHaveLength(1);
      }
  });

  it('know the one that stands as the newest, also after the clock was set back', async () => {
    const storage = await openTestStore();
    await storage.write(async ({ alarms }) => {
      await alarms.save([alarm('old', 5_000, 6_000), alarm('now', 1_000)]);
      expect((await alarms.newest(['k', 'none'])).get('k')?.id).toBe('now');
    });
    expect((await storage.read.alarms.standing()).map(({ id }) => id)).toEqual(['now']);
  });

  it('are trimmed by age, standing ones never', async () => {
    const storage = await openTestStore();
    const many = [1, 2, 3, 4].map((at) => ({
      ...alarm(`a${String(at)}`, at, at),
      key: String(at),
    }));
    await storage.write(async ({ alarms }) => {
      await alarms.save([...many, { ...alarm('stands', 0), key: 's' }]);
      await alarms.trim(2);
    });
    const left = await storage.read.alarms.list({
      filter: {},
      direction: 'descending',
      start: undefined,
      end: undefined,
      limit: 10,
    });
    expect(left.map(({ id }) => id)).toEqual(['a4', 'a3', 'stands']);
  });
});
