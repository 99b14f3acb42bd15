// The serial ports of the agent's machine, and the speed of one. Looking opens nothing; the
// probe does, and only when it is asked for.

import { invalidFields } from '../base/error.ts';
import type { JsonObject } from '../base/json.ts';
import { objectOf } from './call-parts.ts';
import { LIST_TYPES, listReply, SEARCHABLE_LIST_QUERY } from './listing.ts';
import { memoryList } from './memory-list.ts';
import type { Route } from './route.ts';

export interface SerialPorts {
  /** Each port as a row of schemas/serial_ports.json. */
  list(): Promise<readonly JsonObject[]>;
  /**
   * @param link a serial link whose speed does not matter
   * @throws request.invalid at `link`, transport.*
   */
  probe(link: string): Promise<JsonObject>;
}

export function serialPortRoutes(ports: SerialPorts): Route[] {
  const access = 'superduper';
  return [
    {
      path: '/v2/serial_ports',
      methods: {
        GET: {
          access,
          summary: 'List the serial ports of this machine: stable name, maker, who holds it',
          replies: { schema: 'serial_ports', isList: true },
          query: SEARCHABLE_LIST_QUERY,
          produces: LIST_TYPES,
          handle: (call) =>
            listReply(
              call,
              memoryList({
                rows: () => ports.list(),
                sorts: { id: ['id'], device: ['device'] },
                defaultSort: 'id',
                id: (row) => row['id'] as string,
                searched: ['id', 'device', 'maker', 'serial_number'],
                fileName: 'serial-ports.csv',
              }),
            ),
        },
      },
    },
    {
      path: '/v2/serial_ports/probe',
      methods: {
        PUT: {
          access,
          summary: 'Find the speed of a line; sends one carriage return at each speed tried',
          schema: 'serial_port_probe',
          replies: { schema: 'serial_port_probes' },
          handle: async (call) => {
            const { link } = objectOf(call.data);
            if (typeof link !== 'string')
              throw invalidFields({
                link: { required: { message: 'Field is required but missing' } },
              });
            return { data: await ports.probe(link), revision: 'automatic' };
          },
        },
      },
    },
  ];
}
