// Starts simulated gear in a process of its own, so that its speed is its own too.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ChildRequest, ChildStarted, SimGear } from './gear-child.ts';
import type { SimBehaviour } from './sim-device.ts';

export interface RunningGear {
  /** `tcp://127.0.0.1:PORT` */
  readonly url: string;
  behave(behaviour: SimBehaviour): void;
  /** Ends the process. Twice is fine. */
  stop(): Promise<void>;
}

/**
 * @param program the compiled gear-child, when it does not stand beside this file
 * @throws Error when the process ends before its port is open
 */
export async function startGear(
  gear: SimGear,
  program: URL = new URL('./gear-child.js', import.meta.url),
): Promise<RunningGear> {
  const child = fork(fileURLToPath(program), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  const send = (request: ChildRequest): void => {
    if (child.connected) child.send(request);
  };
  send({ kind: 'start', gear });
  const answer: unknown = await Promise.race([
    once(child, 'message').then(([message]) => message as ChildStarted),
    ended.then(() => undefined),
  ]);
  if (answer === undefined) throw new Error('The simulated gear did not start');
  return {
    url: `tcp://127.0.0.1:${(answer as ChildStarted).port}`,
    behave: (behaviour) => send({ kind: 'behave', behaviour }),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill();
      await ended;
    },
  };
}
