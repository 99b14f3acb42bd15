// A plain TCP connection as a port, for lines that a bench measures.

import { connect } from 'node:net';
import { once } from 'node:events';
import { CraftportError } from '../../agent/base/error.ts';
import type { OpenPort } from '../../agent/transport/port.ts';

/** @param count told of every piece that passes, either way */
export function openSocket(url: string, count: (bytes: number) => void = () => {}): OpenPort {
  return async (signal) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect', { signal });
    async function* incoming(): AsyncGenerator<Uint8Array> {
      try {
        for await (const piece of socket) {
          const bytes = piece as Uint8Array;
          count(bytes.length);
          yield bytes;
        }
      } catch (cause) {
        if (!socket.destroyed) throw cause;
      }
      throw new CraftportError('transport.lost', `${url} closed`);
    }
    return {
      name: url,
      incoming: incoming(),
      send: (bytes) => {
        count(bytes.length);
        return new Promise((resolve, reject) =>
          socket.write(bytes, (error) => (error ? reject(error) : resolve())),
        );
      },
      close: () => {
        socket.destroy();
        return Promise.resolve();
      },
    };
  };
}
