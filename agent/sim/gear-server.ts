// Simulated gear behind a TCP port of the loopback, as a terminal server would put it there,
// at the speed of its serial line both ways.

import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { SimBehaviour, SimDevice } from './sim-device.ts';
import { Throttle } from './throttle.ts';

export interface GearServer {
  readonly port: number;
  behave(behaviour: SimBehaviour): void;
  /** Closes all lines. Twice is fine. */
  stop(): Promise<void>;
}

/** @param baud 0 for no limit */
export async function serveGear(device: SimDevice, baud: number): Promise<GearServer> {
  const sockets = new Set<Socket>();
  let unpluggedUntilMs = 0;
  const server = createServer((socket) => {
    if (performance.now() < unpluggedUntilMs) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.setNoDelay(true);
    const out = new Throttle(baud, (bytes) => {
      if (!socket.destroyed) socket.write(bytes);
    });
    const line = device.connect({
      send: (bytes) => out.push(bytes),
      drop: () => socket.destroy(),
    });
    const into = new Throttle(baud, (bytes) => line.receive(bytes));
    socket.on('data', (bytes) => into.push(bytes));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      out.stop();
      into.stop();
      line.disconnect();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    behave: (behaviour) => {
      if (behaviour.kind === 'unplug') unpluggedUntilMs = performance.now() + behaviour.ms;
      device.behave(behaviour);
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
