// Spans and their channels over HTTP, for tokens of the master account. Reading shows what is
// known now and how old it is; PATCH changes what people wrote beside it, never the gear.

import type { SpanDoc } from '../../schemas/types.ts';
import type { JsonObject } from '../base/json.ts';
import type { SpanService } from '../service/spans.ts';
import { objectOf } from './call-parts.ts';
import { LIST_TYPES, listReply, SEARCHABLE_LIST_QUERY } from './listing.ts';
import { memoryList } from './memory-list.ts';
import type { Call, Reply, Route } from './route.ts';

export function spanRoutes(spans: SpanService): Route[] {
  const access = 'superduper';
  const replyOf = (span: SpanDoc): Reply => {
    const revision = spans.revisionOf(span.id);
    return {
      data: span as unknown as JsonObject,
      ...(revision === undefined ? {} : { revision }),
    };
  };
  return [
    {
      path: '/v2/spans',
      methods: {
        GET: {
          access,
          summary: 'List the spans of all gear, each with the age of its values',
          replies: { schema: 'spans', isList: true },
          query: SEARCHABLE_LIST_QUERY,
          produces: LIST_TYPES,
          handle: (call) =>
            listReply(
              call,
              memoryList({
                rows: async () => (await spans.list()) as unknown as readonly JsonObject[],
                sorts: {
                  name: ['name'],
                  id: ['id'],
                  gear_id: ['gear_id'],
                  kind: ['kind'],
                  signalling: ['signalling'],
                  active_alarms: ['active_alarms'],
                },
                defaultSort: 'name',
                id: (row) => (typeof row['id'] === 'string' ? row['id'] : ''),
                searched: ['name', 'native', 'notes'],
                fileName: 'spans.csv',
              }),
            ),
        },
      },
    },
    {
      path: '/v2/spans/:span_id',
      methods: {
        GET: {
          access,
          summary: 'Fetch a span: state, findings and what dials into it',
          replies: { schema: 'spans' },
          handle: async (call) => replyOf(await spans.fetch(idOf(call))),
        },
        PATCH: {
          access,
          summary: 'Name a span and write notes about it; the gear is not changed',
          schema: 'spans.local',
          replies: { schema: 'spans' },
          handle: async (call) =>
            replyOf(
              await spans.patch(idOf(call), objectOf(call.data), call.preconditions, call.actor),
            ),
        },
      },
    },
    {
      path: '/v2/spans/:span_id/channels',
      methods: {
        GET: {
          access,
          summary: 'List the channels of a span in order of time slot',
          replies: { schema: 'channels', isList: true },
          query: SEARCHABLE_LIST_QUERY,
          produces: LIST_TYPES,
          handle: async (call) => {
            const channels = spans.channels(idOf(call));
            return listReply(
              call,
              memoryList({
                rows: () => Promise.resolve(channels as unknown as readonly JsonObject[]),
                sorts: { timeslot: ['timeslot'], number: ['number'], state: ['state'] },
                defaultSort: 'timeslot',
                id: (row) => Number(row['number']),
                fileName: 'channels.csv',
              }),
            );
          },
        },
      },
    },
    {
      path: '/v2/spans/:span_id/performance',
      methods: {
        GET: {
          access,
          summary: 'List the counters of a span in 15-minute intervals, newest first',
          replies: { schema: 'span_performance', isList: true },
          query: SEARCHABLE_LIST_QUERY,
          produces: LIST_TYPES,
          handle: async (call) => {
            const counters = spans.performance(idOf(call));
            return listReply(
              call,
              memoryList({
                rows: () => Promise.resolve(counters as unknown as readonly JsonObject[]),
                sorts: { sequence: ['sequence'] },
                defaultSort: 'sequence',
                id: (row) => Number(row['sequence']),
                fileName: 'performance.csv',
              }),
            );
          },
        },
      },
    },
  ];
}

function idOf(call: Call): string {
  return call.parameters['span_id'] ?? '';
}
