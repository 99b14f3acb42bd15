// Terminal servers of other authors in front of a serial path, started for a test.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ForeignPeer, listensOn, startPeer } from './foreign-peer.ts';

/** What ser2net calls its dialects: raw, telnet, RFC 2217. */
export type Accepter = '' | 'telnet,' | 'telnet(rfc2217),';

/** @param folder a temporary one of the test's own. @param port of the loopback, free */
export async function startSer2net(
  accepter: Accepter,
  device: string,
  folder: string,
  port: number,
): Promise<ForeignPeer> {
  const config = join(folder, 'ser2net.yaml');
  await writeFile(
    config,
    `connection: &one\n  accepter: ${accepter}tcp,127.0.0.1,${String(port)}\n  connector: serialdev,${device},9600n81,local\n`,
  );
  const args = ['-n', '-c', config, '-P', join(folder, 'pid')];
  return startPeer('ser2net', args, () => listensOn(port));
}

/** sredird behind socat, as inetd would start it; one client after the other. */
export async function startSredird(
  device: string,
  folder: string,
  port: number,
): Promise<ForeignPeer> {
  const listen = `TCP-LISTEN:${String(port)},bind=127.0.0.1,reuseaddr,fork`;
  const command = `EXEC:/usr/sbin/sredird 3 ${device} ${join(folder, 'lock')}`;
  return startPeer('socat', [listen, command], () => listensOn(port));
}
