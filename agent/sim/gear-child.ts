// The program of a child process that plays one piece of gear. Its parent tells it what to play
// and how to misbehave by IPC; it ends with its parent.

import { serveGear } from './gear-server.ts';
import type { SimBehaviour, SimDevice } from './sim-device.ts';
import { Tl1Mux, type Tl1MuxOptions } from './tl1-mux.ts';

/** What a child is asked to play. */
export type SimGear = { readonly baud: number } & {
  readonly dialect: 'tl1';
  readonly options: Omit<Tl1MuxOptions, 'timers' | 'nowMs'>;
};

export type ChildRequest =
  | { readonly kind: 'start'; readonly gear: SimGear }
  | { readonly kind: 'behave'; readonly behaviour: SimBehaviour };

export interface ChildStarted {
  readonly port: number;
}

function deviceOf(gear: SimGear): SimDevice {
  return new Tl1Mux(gear.options);
}

let behave: (behaviour: SimBehaviour) => void = () => {};

process.on('message', (request: ChildRequest) => {
  if (request.kind === 'behave') {
    behave(request.behaviour);
    return;
  }
  void serveGear(deviceOf(request.gear), request.gear.baud).then((server) => {
    behave = (behaviour) => server.behave(behaviour);
    process.send?.({ port: server.port } satisfies ChildStarted);
  });
});
process.on('disconnect', () => process.exit(0));
