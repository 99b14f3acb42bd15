// Terminal servers that cannot give a line say so in plain text and hang up (seen with ser2net
// 4.3). Those texts must not be taken for what the gear said: the first bytes of a connection
// are held back while they could still be one.

import { CraftportError } from '../base/error.ts';
import { ByteQueue } from '../base/byte-queue.ts';
import type { Port } from './port.ts';

const REFUSALS = [
  { text: 'Port already in use\r\n', code: 'transport.busy', says: 'is used by another client' },
  {
    text: "Port's device already in use\r\n",
    code: 'transport.busy',
    says: 'stands on a device that another port of the terminal server uses',
  },
  {
    text: 'Device open failure: ',
    code: 'transport.not-found',
    says: 'is refused: the terminal server cannot open its device',
  },
] as const;

/** The error of a connection that closed after `bytes`: a known refusal, or just lost. */
export function refusalOf(name: string, bytes: Uint8Array): CraftportError {
  const text = new TextDecoder('latin1').decode(bytes);
  const refusal = REFUSALS.find((each) => text.startsWith(each.text));
  return refusal === undefined
    ? new CraftportError('transport.lost', `${name} was closed by the other side`, {
        detail: { port: name },
      })
    : new CraftportError(refusal.code, `${name} ${refusal.says}`, { detail: { port: name } });
}

/** Whether more bytes could still make `text` a refusal. A device's prompt ends that at once. */
function mayBeRefusal(text: string): boolean {
  return REFUSALS.some(
    ({ text: refusal }) =>
      refusal.startsWith(text) ||
      // The third goes on with its reason, to the end of the line.
      (text.startsWith(refusal) && /^[^\n]*\n?$/.test(text)),
  );
}

/** `port`, whose reader gets transport.busy or transport.not-found instead of a refusal's text. */
export function withRefusals(port: Port): Port {
  const queue = new ByteQueue();
  void hold(port, queue);
  return { ...port, incoming: queue };
}

async function hold(port: Port, queue: ByteQueue): Promise<void> {
  let held: Uint8Array | undefined = new Uint8Array();
  try {
    for await (const bytes of port.incoming) {
      if (held === undefined) {
        queue.push(bytes);
        continue;
      }
      held = Buffer.concat([held, bytes]);
      if (mayBeRefusal(new TextDecoder('latin1').decode(held))) continue;
      queue.push(held);
      held = undefined;
    }
    queue.end();
  } catch (error) {
    const refusal = refusalOf(port.name, held ?? new Uint8Array());
    if (held !== undefined && refusal.code === 'transport.lost') queue.push(held);
    queue.end(refusal.code === 'transport.lost' ? (error as Error) : refusal);
  }
}
