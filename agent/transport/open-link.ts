// From a link to the function that opens its port.

import type { Link } from './link-url.ts';
import type { OpenPort } from './port.ts';
import { withRefusals } from './refusal.ts';
import { openRfc2217 } from './rfc2217-port.ts';
import { openSerial } from './serial-port.ts';
import { openSsh } from './ssh-port.ts';
import { openTcp } from './tcp-port.ts';
import { openTelnet } from './telnet-port.ts';

export interface LinkCredentials {
  readonly username: string | undefined;
  readonly password: string | undefined;
}

export interface LinkObserver {
  /** Something about the line that a technician should know; the port works all the same. */
  note(text: string): void;
  /** The SSH host key to insist on where the link names none; asked at each opening. */
  pinnedHostKey?(): string | undefined;
  /** The host key of an SSH connection that was made, to be pinned. */
  hostKey(fingerprint: string): void;
}

/** @returns what opens one connection a call; nothing is opened before */
export function openLink(
  link: Link,
  credentials: LinkCredentials,
  observer: LinkObserver,
): OpenPort {
  switch (link.kind) {
    case 'serial':
      return openSerial(link.path, link.line);
    case 'tcp':
      return async (signal) => withRefusals(await openTcp(link)(signal));
    case 'telnet':
      return openTelnet(openTcp(link), link.carriageReturn);
    case 'rfc2217':
      return openRfc2217(openTcp(link), link.line, (text) => observer.note(text));
    case 'ssh':
      return (signal) =>
        openSsh({
          host: link.host,
          port: link.port,
          username: link.username ?? credentials.username ?? '',
          password: credentials.password,
          hostKey: link.hostKey ?? observer.pinnedHostKey?.(),
          onHostKey: (fingerprint) => observer.hostKey(fingerprint),
        })(signal);
  }
}
