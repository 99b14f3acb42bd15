// Alarms in SQLite. Implements alarm/alarm-store.ts.

import type { Alarm } from '../alarm/alarm.ts';
import type {
  AlarmBound,
  AlarmFilter,
  AlarmListRequest,
  AlarmReader,
  AlarmWriter,
} from '../alarm/alarm-store.ts';
import type { SqlTransaction } from './group-commit.ts';
import { writeSlices } from './slices.ts';
import type { SqlConnection, SqlValue } from './sql.ts';

interface AlarmRow {
  readonly doc: string;
}

export function alarmReader(query: Pick<SqlConnection, 'get' | 'all'>): AlarmReader {
  return {
    async load(id) {
      const row = await query.get<AlarmRow>('SELECT doc FROM alarms WHERE id = ?', [id]);
      return row === undefined ? undefined : fromRow(row);
    },
    async standing() {
      const rows = await query.all<AlarmRow>('SELECT doc FROM alarms WHERE cleared_ms IS NULL');
      return rows.map(fromRow);
    },
    async list(request) {
      const { sql, parameters } = alarmListStatement(request);
      return (await query.all<AlarmRow>(sql, parameters)).map(fromRow);
    },
  };
}

export function alarmWriter(transaction: SqlTransaction): AlarmWriter {
  return {
    ...alarmReader(transaction),
    async newest(keys) {
      const rows = await transaction.all<AlarmRow>(
        `SELECT (SELECT doc FROM alarms WHERE key = value
           ORDER BY cleared_ms IS NULL DESC, raised_ms DESC LIMIT 1) AS doc
         FROM json_each(?) WHERE doc IS NOT NULL`,
        [JSON.stringify(keys)],
      );
      return new Map(rows.map(fromRow).map((alarm) => [alarm.key, alarm]));
    },
    async save(alarms) {
      await writeSlices(
        alarms,
        (slice) => JSON.stringify(slice.map(toRow)),
        (rows) =>
          transaction.run(
            `INSERT INTO alarms (id, key, gear_id, span_id, account_path, raised_ms, cleared_ms, doc)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
               value ->> 6, value ->> 7 FROM json_each(?) WHERE true
             ON CONFLICT (id) DO UPDATE SET cleared_ms = excluded.cleared_ms, doc = excluded.doc`,
            [rows],
          ),
      );
    },
    async trim(keep) {
      await transaction.run(
        `DELETE FROM alarms WHERE cleared_ms IS NOT NULL AND raised_ms <=
           (SELECT raised_ms FROM alarms ORDER BY raised_ms DESC LIMIT 1 OFFSET ?)`,
        [keep],
      );
    },
  };
}

/** The statement itself, for tests of its plan. */
export function alarmListStatement(request: AlarmListRequest): {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
} {
  const { filter, direction } = request;
  const conditions: string[] = [];
  const parameters: SqlValue[] = [];
  const where = (sql: string, ...values: readonly SqlValue[]): void => {
    conditions.push(sql);
    parameters.push(...values);
  };
  const isAscending = direction === 'ascending';
  const bound = (at: AlarmBound | undefined, compare: '>' | '<'): void => {
    if (at === undefined) return;
    const operator = at.isInclusive ? `${compare}=` : compare;
    if (at.id === undefined) where(`raised_ms ${operator} ?`, at.raisedMs);
    else where(`(raised_ms, id) ${operator} (?, ?)`, at.raisedMs, at.id);
  };
  if (filter.state !== undefined)
    where(filter.state === 'active' ? 'cleared_ms IS NULL' : 'cleared_ms IS NOT NULL');
  if (filter.gearId !== undefined) where('gear_id = ?', filter.gearId);
  if (filter.spanId !== undefined) where('span_id = ?', filter.spanId);
  if (filter.accountPath !== undefined)
    where('instr(account_path, ?) = 1', pathText(filter.accountPath));
  bound(request.start, isAscending ? '>' : '<');
  bound(request.end, isAscending ? '<' : '>');
  const order = isAscending ? 'ASC' : 'DESC';
  return {
    sql: `SELECT doc FROM alarms INDEXED BY ${indexFor(filter)}
      ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
      ORDER BY raised_ms ${order}, id ${order} LIMIT ?`,
    parameters: [...parameters, request.limit],
  };
}

/** Every one of them has the order, so that no list is sorted. */
function indexFor(filter: AlarmFilter): string {
  if (filter.spanId !== undefined) return 'alarms_span';
  if (filter.gearId !== undefined) return 'alarms_gear';
  return filter.state === 'active' ? 'alarms_standing' : 'alarms_raised';
}

function toRow(alarm: Alarm): readonly (string | number | null)[] {
  const { source } = alarm;
  const isGear = source.kind === 'gear';
  return [
    alarm.id,
    alarm.key,
    isGear ? source.gearId : null,
    isGear ? (source.span?.id ?? null) : null,
    isGear ? null : pathText(source.path),
    alarm.raisedMs,
    alarm.clearedMs ?? null,
    JSON.stringify(alarm),
  ];
}

/** undefined members are not in JSON, and come back as what they were. */
function fromRow(row: AlarmRow): Alarm {
  return JSON.parse(row.doc) as Alarm;
}

function pathText(path: readonly string[]): string {
  return path.map((id) => `${id}/`).join('');
}
