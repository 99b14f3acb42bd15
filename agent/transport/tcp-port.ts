// A raw TCP connection as a port. Keep-alive finds a peer that vanished while nothing is said;
// small writes go out at once.

import { connect } from 'node:net';
import { CraftportError } from '../base/error.ts';
import type { HostAddress } from './link-url.ts';
import type { OpenPort } from './port.ts';
import { portOverStream } from './stream-port.ts';

const CONNECT_MS = 10_000;
const KEEPALIVE_MS = 30_000;

/** @throws transport.not-found for a name nobody knows, transport.open-failed */
export function openTcp(address: HostAddress, connectMs = CONNECT_MS): OpenPort {
  const name = `tcp://${address.host.includes(':') ? `[${address.host}]` : address.host}:${String(address.port)}`;
  return async (signal) => {
    signal.throwIfAborted();
    const socket = connect({ ...address, noDelay: true });
    try {
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`no answer within ${String(connectMs / 1000)} s`)),
          connectMs,
        );
        const abort = (): void => reject(signal.reason as Error);
        signal.addEventListener('abort', abort, { once: true });
        const settle = (act: () => void) => (): void => {
          clearTimeout(late);
          signal.removeEventListener('abort', abort);
          act();
        };
        socket.once('connect', settle(resolve));
        socket.once('error', (error) => settle(() => reject(error))());
        socket.once(
          'close',
          settle(() => reject(new Error('closed'))),
        );
      });
    } catch (error) {
      socket.destroy();
      socket.on('error', () => undefined);
      if (signal.aborted) throw error;
      throw openError(name, error as NodeJS.ErrnoException);
    }
    socket.setKeepAlive(true, KEEPALIVE_MS);
    return portOverStream(socket, { name });
  };
}

function openError(name: string, cause: NodeJS.ErrnoException): CraftportError {
  const options = { cause, detail: { port: name } };
  if (cause.code === 'ENOTFOUND' || cause.code === 'EAI_AGAIN')
    return new CraftportError('transport.not-found', `${name}: no host has this name`, options);
  const why =
    cause.code === 'ECONNREFUSED' ? 'nothing listens there (connection refused)' : cause.message;
  return new CraftportError('transport.open-failed', `${name} cannot be reached: ${why}`, options);
}
