// A piece of network between a client and an agent, byte by byte, on which replies can get lost.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Relay {
  readonly port: number;
  /** From now on what the agent answers is thrown away; what is asked of it still arrives. */
  loseReplies(areLost: boolean): void;
}

/** @param target port of the agent, which may come and go */
export async function startRelay(target: number, isTls = true): Promise<Relay> {
  // With its second flight a client of TLS 1.3 is through the handshake, and asks.
  const firstAsking = isTls ? 2 : 1;
  let areLost = false;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const agent = connect(target, '127.0.0.1');
    for (const [one, other] of [
      [client, agent],
      [agent, client],
    ] as const) {
      sockets.add(one);
      one
        .on('error', () => other.destroy())
        .on('close', () => {
          sockets.delete(one);
          other.destroy();
        });
    }
    let flights = 0;
    client.on('data', (bytes) => {
      flights += 1;
      agent.write(bytes);
    });
    agent.on('data', (bytes) => {
      if (!areLost || flights < firstAsking) client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    loseReplies: (lost) => {
      areLost = lost;
    },
  };
}
