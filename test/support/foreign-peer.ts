// Programs other people wrote, started for a test and ended with it.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export interface ForeignPeer {
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/**
 * Starts `program` and waits until `isReady`.
 * @throws Error with what it printed when it ends or is not ready within 20 s
 */
export async function startPeer(
  program: string,
  args: readonly string[],
  isReady: () => boolean | Promise<boolean>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ForeignPeer> {
  // Its own group: what it starts (a CLI behind socat) ends with it.
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (printed += text.toString('latin1')));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const signalGroup = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-(child.pid ?? 0), signal);
    } catch {
      // Nobody of the group is left.
    }
  };
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      signalGroup('SIGTERM');
      const hard = setTimeout(() => signalGroup('SIGKILL'), 2000);
      await ended;
      clearTimeout(hard);
    }
    // What it started may outlive it, and spin (sredird on a cut line).
    signalGroup('SIGKILL');
  };
  const deadline = Date.now() + 20_000;
  while (!(await isReady())) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`${program} did not start: ${printed}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { process: child, stop };
}

/** A cable: two pseudo-terminals, each end at a path of its own. */
export async function startCable(a: string, b: string): Promise<ForeignPeer> {
  const end = (path: string): string => `PTY,link=${path},raw,echo=0`;
  return startPeer('socat', [end(a), end(b)], () => existsSync(a) && existsSync(b));
}

/** Whether something listens on the port, seen without connecting (one client may be the limit). */
export function listensOn(port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync('/proc/net/tcp', 'latin1').includes(`:${hex} 00000000:0000 0A`);
}
