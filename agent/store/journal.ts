// The journal of a commit: audit rows (kept) and events (a bounded window, for clients that
// reconnect). Both are masked here, at the one place that writes them.

import type { ChangeRecord, DomainEvent, NewEvent } from '../base/change.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { maskSecrets } from '../base/mask.ts';
import { writeSlices } from './slices.ts';
import type { SqlConnection } from './sql.ts';

export interface JournalBuffer {
  readonly changes: ChangeRecord[];
  readonly events: NewEvent[];
  /** Keys of documents that are not what they were (see document-cache.ts). */
  readonly touched: Set<string>;
}

/** How many events are kept for `Last-Event-ID`; older ones are answered by a gap event. */
export const EVENT_WINDOW = 100_000;
const TRIM_EVERY = 1_000;

/**
 * Writes the audit rows and events of one commit, a statement for every few hundred of each.
 * @param atMs Unix milliseconds, the time of the commit.
 * @returns the events with their sequence numbers, oldest first.
 */
export async function writeJournal(
  connection: SqlConnection,
  buffer: JournalBuffer,
  atMs: number,
): Promise<readonly DomainEvent[]> {
  const audit = writeSlices(
    buffer.changes,
    (changes) => JSON.stringify(changes.map(toAuditRow)),
    (rows) =>
      connection.run(
        `INSERT INTO audit (at_ms, event, noun, document_id, account_id, revision,
           actor_account_id, actor_user_id, actor_method, request_id, remote, before, after)
         SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
           value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11
         FROM json_each(?2)`,
        [atMs, rows],
      ),
  );
  const written: DomainEvent[] = [];
  const events = writeSlices(
    [...buffer.changes.map(toEvent), ...buffer.events],
    (events) => events.map(masked),
    async (slice) => {
      for (const event of await writeEvents(connection, slice, atMs)) written.push(event);
    },
  );
  // Both are under way at once: a trip to the database thread and back costs a turn of the loop.
  await Promise.all([audit, events]);
  const last = written.at(-1)?.sequence ?? 0;
  if (Math.floor(last / TRIM_EVERY) !== Math.floor((last - written.length) / TRIM_EVERY))
    await connection.run('DELETE FROM events WHERE sequence <= ?', [last - EVENT_WINDOW]);
  return written;
}

function masked(event: NewEvent): NewEvent {
  const data = maskSecrets(event.data) as JsonObject;
  return data === event.data ? event : { ...event, data };
}

/** @param events masked already */
async function writeEvents(
  connection: SqlConnection,
  events: readonly NewEvent[],
  atMs: number,
): Promise<readonly DomainEvent[]> {
  const rows = await connection.all<{ readonly sequence: number }>(
    `INSERT INTO events (at_ms, name, account_id, data)
     SELECT ?1, value ->> 0, value ->> 1, value -> 2 FROM json_each(?2) RETURNING sequence`,
    [
      atMs,
      JSON.stringify(events.map(({ name, accountId, data }) => [name, accountId ?? null, data])),
    ],
  );
  const sequences = rows.map((row) => row.sequence).sort((a, b) => a - b);
  return events.map((event, index) => ({ atMs, sequence: sequences[index] ?? 0, ...event }));
}

function toAuditRow(change: ChangeRecord): readonly JsonValue[] {
  return [
    change.event,
    change.noun,
    change.id,
    change.accountId ?? null,
    change.revision ?? null,
    change.actor.accountId ?? null,
    change.actor.userId ?? null,
    change.actor.method,
    change.actor.requestId,
    change.actor.remote ?? null,
    change.before === undefined ? null : (maskSecrets(change.before) as JsonObject),
    change.after === undefined ? null : (maskSecrets(change.after) as JsonObject),
  ];
}

function toEvent(change: ChangeRecord): NewEvent {
  const shown = change.after ?? change.before ?? {};
  return {
    name: change.event,
    data: {
      id: change.id,
      request_id: change.actor.requestId,
      ...(change.accountId === undefined ? {} : { account_id: change.accountId }),
      ...(change.revision === undefined ? {} : { revision: change.revision }),
      ...(typeof shown['name'] === 'string' ? { name: shown['name'] } : {}),
      ...change.data,
    },
    ...(change.accountId === undefined ? {} : { accountId: change.accountId }),
  };
}
