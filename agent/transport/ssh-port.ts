// A shell over SSH as a port, by `ssh2`. The host key is pinned: a link without one accepts the
// first key it sees and tells it, and from then on no other.

import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { CraftportError, isCode } from '../base/error.ts';
import type { HostAddress } from './link-url.ts';
import type { OpenPort } from './port.ts';
import { portOverStream } from './stream-port.ts';

export interface SshOptions extends HostAddress {
  readonly username: string;
  readonly password: string | undefined;
  /** `SHA256:<base64>`; undefined accepts the first key. */
  readonly hostKey: string | undefined;
  /** Told the key of every connection that was made, to be kept for the next. */
  readonly onHostKey: (fingerprint: string) => void;
}

const CONNECT_MS = 10_000;
const KEEPALIVE_MS = 30_000;

/** @throws transport.untrusted, transport.open-failed, driver.login-refused */
export function openSsh(options: SshOptions): OpenPort {
  const name = `ssh://${options.host}:${String(options.port)}`;
  return async (signal) => {
    signal.throwIfAborted();
    // Loaded by the first who needs it: 12 MiB that most sites never use.
    const { default: ssh2 } = await import('ssh2');
    const client = new ssh2.Client();
    // A connection that breaks later is told by its channel; without a listener it would throw.
    client.on('error', () => undefined);
    try {
      const shell = await openShell(client, options, name, signal);
      return portOverStream(shell, {
        name,
        close: () => Promise.resolve(void client.end()),
      });
    } catch (error) {
      client.destroy();
      throw error;
    }
  };
}

function openShell(
  client: Client,
  options: SshOptions,
  name: string,
  signal: AbortSignal,
): Promise<Duplex> {
  let seen = '';
  return new Promise<Duplex>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    const failed = (cause: Error & { level?: string }): void => {
      signal.removeEventListener('abort', abort);
      reject(toError(cause, name, options, seen));
    };
    client.once('error', failed);
    client.once('close', () => failed(new Error('the other side closed the connection')));
    client.once('ready', () => {
      // A tall window: no pager has reason to stop.
      client.shell({ term: 'vt100', cols: 511, rows: 1000 }, (error, shell) => {
        signal.removeEventListener('abort', abort);
        if (error) failed(error);
        else {
          options.onHostKey(seen);
          resolve(shell);
        }
      });
    });
    client.connect({
      host: options.host,
      port: options.port,
      username: options.username,
      ...(options.password === undefined ? {} : { password: options.password }),
      readyTimeout: CONNECT_MS,
      keepaliveInterval: KEEPALIVE_MS,
      hostVerifier: (key: Buffer) => {
        seen = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
        return options.hostKey === undefined || options.hostKey === seen;
      },
    });
  });
}

function toError(
  cause: Error & { level?: string },
  name: string,
  options: SshOptions,
  seen: string,
): CraftportError {
  if (isCode(cause)) return cause;
  const detail = { port: name };
  if (options.hostKey !== undefined && seen !== '' && seen !== options.hostKey)
    return new CraftportError(
      'transport.untrusted',
      `${name} shows the host key ${seen} instead of ${options.hostKey}`,
      { cause, detail },
    );
  if (cause.level === 'client-authentication')
    return new CraftportError('driver.login-refused', `${name} refused the user name or password`, {
      cause,
      detail,
    });
  return new CraftportError('transport.open-failed', `${name}: ${cause.message}`, {
    cause,
    detail,
  });
}
