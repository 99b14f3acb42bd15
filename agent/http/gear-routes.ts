// Gear over HTTP. Gear belongs to the site, so tokens of the master account alone reach it.

import type { JsonObject } from '../base/json.ts';
import type { GearService, GearTarget, ShownGear } from '../service/gear.ts';
import { objectOf } from './call-parts.ts';
import { documentList } from './document-list.ts';
import { deletionOf } from './document-replies.ts';
import { LIST_TYPES, listReply, SEARCHABLE_LIST_QUERY } from './listing.ts';
import { memoryList } from './memory-list.ts';
import type { Call, Reply, Route } from './route.ts';

export function gearRoutes(gear: GearService): Route[] {
  const access = 'superduper';
  const schema = 'gear';
  return [
    {
      path: '/v2/gear_drivers',
      methods: {
        GET: {
          access,
          summary: 'List the kinds of gear that records can name',
          handle: () =>
            Promise.resolve({
              revision: 'automatic',
              data: gear
                .families()
                .map(({ name, title, schemes, defaultPollS, optionsSchema }) => ({
                  name,
                  title,
                  schemes,
                  default_poll_interval_s: defaultPollS,
                  ...(optionsSchema === undefined ? {} : { options_schema: optionsSchema }),
                })),
            }),
        },
      },
    },
    {
      path: '/v2/gear',
      methods: {
        GET: {
          access,
          summary: 'List the gear, each with what is known of it now',
          replies: { schema, isList: true },
          query: SEARCHABLE_LIST_QUERY,
          produces: LIST_TYPES,
          handle: (call) =>
            listReply(
              call,
              documentList({
                fileName: 'gear.csv',
                list: (request) => gear.list(request),
                row: (id, doc) => gear.row(id, doc),
              }),
            ),
        },
        PUT: {
          access,
          summary: 'Add gear; the agent connects to it at once unless it is not enabled',
          schema,
          handle: async (call) => {
            const created = await gear.create(targetOf(call), objectOf(call.data));
            return { ...gearReply(created), location: `${call.path}/${created.id}` };
          },
        },
      },
    },
    {
      path: '/v2/gear/identify',
      methods: {
        PUT: {
          access,
          summary: 'Look at a link before it is saved: which driver fits, the best guess first',
          schema: 'gear_identify',
          replies: { schema: 'gear_identifications', isList: true },
          handle: async (call) => ({
            data: (await gear.identifyLink(
              objectOf(call.data),
            )) as unknown as readonly JsonObject[],
            revision: 'automatic',
          }),
        },
      },
    },
    {
      path: '/v2/gear/:gear_id',
      methods: {
        GET: {
          access,
          summary: 'Fetch gear with what is known of it now; secrets show as has_…',
          replies: { schema },
          handle: async (call) => gearReply(await gear.fetch(idOf(call))),
        },
        POST: {
          access,
          summary: 'Change (replace) gear; a password left out stays while the link does',
          schema,
          handle: async (call) =>
            gearReply(await gear.replace(targetOf(call), idOf(call), objectOf(call.data))),
        },
        PATCH: {
          access,
          summary: 'Patch (merge into) gear',
          replies: { schema },
          handle: async (call) =>
            gearReply(await gear.patch(targetOf(call), idOf(call), objectOf(call.data))),
        },
        DELETE: {
          access,
          summary: 'Remove gear; its spans go with it',
          handle: async (call) => {
            const removed = await gear.remove(targetOf(call), idOf(call), deletionOf(call));
            const { data, revision } = gearReply(removed);
            return {
              data: { ...(data as JsonObject), _read_only: { deleted: true } },
              ...(revision === undefined ? {} : { revision }),
            };
          },
        },
      },
    },
    {
      path: '/v2/gear/:gear_id/identify',
      methods: {
        PUT: {
          access,
          summary: 'Look whether the gear is what its record says, over a connection of its own',
          replies: { schema: 'gear_identifications' },
          handle: async (call) => ({
            data: (await gear.identify(idOf(call))) as unknown as JsonObject,
            revision: 'automatic',
          }),
        },
      },
    },
    {
      path: '/v2/gear/:gear_id/refresh',
      methods: {
        PUT: {
          access,
          summary: 'Read the gear now; answers when the reading is complete',
          replies: { schema },
          handle: async (call) => gearReply(await gear.refresh(idOf(call))),
        },
      },
    },
    {
      path: '/v2/gear/:gear_id/transcript',
      methods: {
        GET: {
          access,
          summary: 'List the last frames of the conversation, newest first, secrets masked',
          replies: { schema: 'gear_frames', isList: true },
          query: SEARCHABLE_LIST_QUERY,
          produces: LIST_TYPES,
          handle: async (call) => {
            const frames = await gear.transcript(idOf(call));
            return listReply(
              call,
              memoryList({
                rows: () => Promise.resolve(frames as unknown as readonly JsonObject[]),
                sorts: { sequence: ['sequence'] },
                defaultSort: 'sequence',
                defaultDirection: 'descending',
                id: (row) => Number(row['sequence']),
                searched: ['text', 'decoded'],
                fileName: 'transcript.csv',
              }),
            );
          },
        },
      },
    },
  ];
}

/** No ETag: what is known of the gear changes without its document. */
function gearReply({ data, revision }: ShownGear): Reply {
  return { data, revision };
}

function targetOf(call: Call): GearTarget {
  return { preconditions: call.preconditions, by: call.actor };
}

function idOf(call: Call): string {
  return call.parameters['gear_id'] ?? '';
}
