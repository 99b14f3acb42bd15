// Alarms over HTTP: those that stand and those that did, newest first. The master account sees
// the gear's and everybody's; another account its own and those of the accounts below it.

import { isMasterAccount } from '../account/account.ts';
import type { Alarm } from '../alarm/alarm.ts';
import { alarmDocument } from '../alarm/alarm-document.ts';
import type { AlarmBound, AlarmFilter } from '../alarm/alarm-store.ts';
import { CraftportError } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import type { AlarmLog } from '../service/alarms.ts';
import { accountOf, identityOf, objectOf } from './call-parts.ts';
import { LIST_QUERY, LIST_TYPES, listReply } from './listing.ts';
import type { ListSource, SourceBound } from './list-reading.ts';
import type { Access, Call, Reply, Route } from './route.ts';

export function alarmRoutes(alarms: AlarmLog): Route[] {
  return [
    ...at('/v2/accounts/:account_id', 'account', (call) => accountOf(call).path),
    ...at('/v2', 'token', (call) => {
      const { account } = identityOf(call);
      return isMasterAccount(account) ? undefined : account.path;
    }),
  ];

  function at(
    prefix: string,
    access: Access,
    viewerOf: (call: Call) => readonly string[] | undefined,
  ): Route[] {
    return [
      {
        path: `${prefix}/alarms`,
        methods: {
          GET: {
            access,
            summary: 'List alarms, standing and past, newest first',
            replies: { schema: 'alarms', isList: true },
            query: {
              ...LIST_QUERY,
              state: 'active: those that stand; cleared: those that went',
              gear_id: 'Alarms of this gear and its spans',
              span_id: 'Alarms of this span',
            },
            produces: LIST_TYPES,
            handle: (call) => listReply(call, alarmList(alarms, filterOf(call, viewerOf(call)))),
          },
        },
      },
      {
        path: `${prefix}/alarms/:alarm_id`,
        methods: {
          GET: {
            access,
            summary: 'Fetch an alarm',
            replies: { schema: 'alarms' },
            handle: async (call) => alarmReply(await alarms.fetch(idOf(call), viewerOf(call))),
          },
          PATCH: {
            access,
            summary: 'Take notice of an alarm (acknowledge), with a note',
            schema: 'alarm_acknowledgements',
            replies: { schema: 'alarms' },
            handle: async (call) =>
              alarmReply(
                await alarms.acknowledge(
                  idOf(call),
                  objectOf(call.data),
                  viewerOf(call),
                  call.actor,
                ),
              ),
          },
        },
      },
    ];
  }
}

function alarmReply(alarm: Alarm): Reply {
  return { data: toRow(alarm), revision: 'automatic' };
}

function toRow(alarm: Alarm): JsonObject {
  return alarmDocument(alarm) as unknown as JsonObject;
}

function idOf(call: Call): string {
  return call.parameters['alarm_id'] ?? '';
}

/** @throws request.bad-parameter */
function filterOf(call: Call, accountPath: readonly string[] | undefined): AlarmFilter {
  const { state, gear_id: gearId, span_id: spanId } = call.query;
  if (state !== undefined && state !== 'active' && state !== 'cleared')
    throw new CraftportError('request.bad-parameter', 'state must be active or cleared');
  return {
    ...(state === undefined ? {} : { state }),
    ...(gearId === undefined ? {} : { gearId }),
    ...(spanId === undefined ? {} : { spanId }),
    ...(accountPath === undefined ? {} : { accountPath }),
  };
}

/** In order of the time they came; a key is that time in milliseconds and the id. */
function alarmList(alarms: AlarmLog, filter: AlarmFilter): ListSource<Alarm> {
  return {
    shape: {
      sorts: ['raised_at'],
      defaultSort: 'raised_at',
      defaultDirection: 'descending',
      isSearchable: false,
      fileName: 'alarms.csv',
    },
    read: ({ direction, start, end, limit }) =>
      alarms.list({ direction, start: toBound(start), end: toBound(end), limit, filter }),
    keyOf: (alarm) => [alarm.raisedMs, alarm.id],
    filterable: (alarm) => ({ id: alarm.id, doc: toRow(alarm), pvt: {} }),
    row: toRow,
  };
}

/** @throws request.bad-parameter */
function toBound(bound: SourceBound | undefined): AlarmBound | undefined {
  if (bound === undefined) return undefined;
  const { key, text, isInclusive } = bound;
  if (Array.isArray(key)) {
    const [raisedMs, id] = key as readonly unknown[];
    if (key.length === 2 && typeof raisedMs === 'number' && typeof id === 'string')
      return { raisedMs, id, isInclusive };
  }
  const raisedMs = Date.parse(text ?? '');
  if (Number.isNaN(raisedMs))
    throw new CraftportError(
      'request.bad-parameter',
      'start_key must be a time or a key of a page',
    );
  return { raisedMs, id: undefined, isInclusive };
}
