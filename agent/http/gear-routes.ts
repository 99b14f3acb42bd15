// Gear over HTTP. Gear belongs to the site, so tokens of the master account alone reach it.

import type { JsonObject } from '../base/json.ts';
import type { GearService } from '../service/gear.ts';
import { objectOf } from './call-parts.ts';
import { LIST_TYPES, listReply, SEARCHABLE_LIST_QUERY } from './listing.ts';
import { memoryList } from './memory-list.ts';
import type { Call, Route } from './route.ts';
import { siteDocumentRoutes } from './site-document-routes.ts';

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
    ...siteDocumentRoutes({
      path: '/v2/gear',
      parameter: 'gear_id',
      schema,
      summaries: {
        list: 'List the gear, each with what is known of it now',
        create: 'Add gear; the agent connects to it at once unless it is not enabled',
        fetch: 'Fetch gear with what is known of it now; secrets show as has_…',
        replace: 'Change (replace) gear; a password left out stays while the link does',
        patch: 'Patch (merge into) gear',
        remove: 'Remove gear; its spans go with it',
      },
      documents: gear,
    }),
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
          handle: async (call) => {
            const { data, revision } = await gear.refresh(idOf(call));
            return { data, revision };
          },
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

function idOf(call: Call): string {
  return call.parameters['gear_id'] ?? '';
}
