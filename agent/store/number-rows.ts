// Telephone numbers in SQLite. Implements number/number-store.ts. The bulk statements that
// create them from a job's upload are in job-batch-rows.ts.

import { createHash } from 'node:crypto';
import { type Clock, type GregorianSeconds, toGregorianSeconds } from '../base/clock.ts';
import { CraftportError } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import type { CarrierModule, NumberState, StoredNumber } from '../number/number-document.ts';
import { REUSABLE_STATES } from '../number/number-document.ts';
import type { NumberReader, NumberWriter } from '../number/number-store.ts';
import type { SqlTransaction } from './group-commit.ts';
import type { SqlConnection } from './sql.ts';

interface NumberRow {
  readonly number: string;
  readonly account_id: string;
  readonly state: string;
  readonly carrier_module: string;
  readonly resource_id: string | null;
  readonly generation: number;
  readonly created: number;
  readonly modified: number;
  readonly doc: string;
}

const COLUMNS =
  'number, account_id, state, carrier_module, resource_id, generation, created, modified, doc';

/**
 * The tail of an INSERT into `numbers`: what may be created over. `?` of the account path is
 * passed as the given parameter (JSON array of account ids that may be taken from).
 */
export function overReusable(pathParameter: string): string {
  const states = REUSABLE_STATES.map((state) => `'${state}'`).join(', ');
  return `ON CONFLICT (number) DO UPDATE SET account_id = excluded.account_id,
    state = excluded.state, carrier_module = excluded.carrier_module,
    resource_id = excluded.resource_id, job = excluded.job, generation = numbers.generation + 1,
    created = excluded.created, modified = excluded.modified, doc = excluded.doc
  WHERE numbers.state IN (${states})
    AND numbers.account_id IN (SELECT value FROM json_each(${pathParameter}))`;
}

type Query = Pick<SqlConnection, 'get' | 'all'>;

/** Reads over `query`, which may be a read connection or a transaction. */
export function numberReader(query: Query): NumberReader {
  return {
    async load(number) {
      const row = await query.get<NumberRow>(`SELECT ${COLUMNS} FROM numbers WHERE number = ?`, [
        number,
      ]);
      return row === undefined ? undefined : fromRow(row);
    },

    async page(accountId, request) {
      const { direction, startNumber, excludesStart, endNumber, limit, state, contains } = request;
      const [after, until, order] =
        direction === 'ascending' ? ['>', '<=', 'ASC'] : ['<', '>=', 'DESC'];
      const compare = excludesStart === true ? after : `${after}=`;
      const rows = await query.all<NumberRow>(
        `SELECT ${COLUMNS} FROM numbers WHERE account_id = ?
           ${startNumber === undefined ? '' : `AND number ${compare} ?`}
           ${endNumber === undefined ? '' : `AND number ${until} ?`}
           ${state === undefined ? '' : 'AND state = ?'}
           ${contains === undefined ? '' : 'AND instr(number, ?) > 0'}
         ORDER BY number ${order} LIMIT ?`,
        [
          accountId,
          ...(startNumber === undefined ? [] : [startNumber]),
          ...(endNumber === undefined ? [] : [endNumber]),
          ...(state === undefined ? [] : [state]),
          ...(contains === undefined ? [] : [contains]),
          limit,
        ],
      );
      return rows.map(fromRow);
    },
  };
}

/** Writes within one transaction. */
export function numberWriter(transaction: SqlTransaction, clock: Clock): NumberWriter {
  const reader = numberReader(transaction);
  return {
    ...reader,

    async create({ number, accountPath, state, carrierModule, resourceId, doc }) {
      const now = toGregorianSeconds(clock.nowMs());
      const changed = await transaction.run(
        `INSERT INTO numbers (number, account_id, state, carrier_module, resource_id, job,
           generation, created, modified, doc)
         VALUES (?1, ?2, ?3, ?4, ?5, NULL, 1, ?6, ?6, ?7) ${overReusable('?8')}`,
        [
          number,
          accountPath.at(-1) ?? '',
          state,
          carrierModule,
          resourceId ?? null,
          now,
          JSON.stringify(doc),
          JSON.stringify(accountPath),
        ],
      );
      return changed === 0 ? undefined : reader.load(number);
    },

    async replace(current, { state, carrierModule, resourceId, doc }) {
      const now = toGregorianSeconds(clock.nowMs());
      const generation = generationOf(current);
      const changed = await transaction.run(
        `UPDATE numbers SET state = ?, carrier_module = ?, resource_id = ?, doc = ?,
           generation = ?, modified = ?
         WHERE number = ? AND account_id = ? AND generation = ?`,
        [
          state,
          carrierModule,
          resourceId ?? null,
          JSON.stringify(doc),
          generation + 1,
          now,
          current.number,
          current.accountId,
          generation,
        ],
      );
      if (changed === 0) throw conflict(current.number);
      const next = { ...current, state, carrierModule, resourceId, doc, modified: now };
      return { ...next, revision: revisionOf(current.number, generation + 1, now) };
    },

    async remove(current) {
      const changed = await transaction.run(
        'DELETE FROM numbers WHERE number = ? AND account_id = ? AND generation = ?',
        [current.number, current.accountId, generationOf(current)],
      );
      if (changed === 0) throw conflict(current.number);
    },
  };
}

/** Derived, so that a million rows need not store 34 bytes each. */
function revisionOf(number: string, generation: number, modified: number): string {
  const digest = createHash('md5').update(`${number}/${String(generation)}/${String(modified)}`);
  return `${String(generation)}-${digest.digest('hex')}`;
}

function generationOf(stored: StoredNumber): number {
  return Number.parseInt(stored.revision, 10);
}

function fromRow(row: NumberRow): StoredNumber {
  return {
    number: row.number,
    accountId: row.account_id,
    state: row.state as NumberState,
    carrierModule: row.carrier_module as CarrierModule,
    resourceId: row.resource_id ?? undefined,
    revision: revisionOf(row.number, row.generation, row.modified),
    created: row.created as GregorianSeconds,
    modified: row.modified as GregorianSeconds,
    doc: JSON.parse(row.doc) as JsonObject,
  };
}

function conflict(number: string): CraftportError {
  return new CraftportError(
    'document.conflict',
    `The number ${number} was written by somebody else`,
    { detail: { id: number } },
  );
}
