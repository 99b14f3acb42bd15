// FRRouting's zebra with its telnet VTY, and vtysh on a pseudo-terminal as on a serial port.

import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listensOn, startPeer, type ForeignPeer } from './foreign-peer.ts';
import { freePort } from './free-port.ts';

export const FRR_LOGIN = { password: 'craft', secret: 'seekret' };
const ZEBRA = '/usr/lib/frr/zebra';

/** zebra needs root to start: it takes another user itself. */
export function hasFrr(): boolean {
  if (existsSync(ZEBRA) && existsSync('/usr/bin/vtysh') && process.getuid?.() === 0) return true;
  if (process.env['CRAFTPORT_REQUIRE_PEERS'] !== undefined)
    throw new Error('frr is needed here, run by root, and missing');
  process.stdout.write('not run: frr\n');
  return false;
}

/** @param folder a temporary one of the test. @returns the port of the VTY */
export async function startZebra(
  folder: string,
): Promise<ForeignPeer & { readonly port: number; readonly sockets: string }> {
  const port = await freePort();
  const sockets = join(folder, 'run');
  mkdirSync(sockets);
  // zebra runs as the user frr, and the folder is ours.
  chmodSync(folder, 0o777);
  chmodSync(sockets, 0o777);
  const config = join(folder, 'zebra.conf');
  writeFileSync(
    config,
    `hostname GW1\npassword ${FRR_LOGIN.password}\nenable password ${FRR_LOGIN.secret}\nline vty\n exec-timeout 5 0\n`,
    { mode: 0o644 },
  );
  const args = [
    '-f',
    config,
    '-A',
    '127.0.0.1',
    '-P',
    String(port),
    '--vty_socket',
    sockets,
    '-i',
    join(sockets, 'zebra.pid'),
    '-z',
    join(sockets, 'zserv.api'),
    '--log',
    'stdout',
  ];
  const peer = await startPeer(ZEBRA, args, () => listensOn(port));
  return { ...peer, port, sockets };
}

/** vtysh behind a serial path, its pager on; it begins inside the pager of its own greeting. */
export async function startVtysh(sockets: string, path: string): Promise<ForeignPeer> {
  const command = `EXEC:/usr/bin/vtysh --vty_socket ${sockets},pty,setsid,ctty,stderr`;
  return startPeer('socat', [`PTY,link=${path},raw,echo=0`, command], () => existsSync(path), {
    ...process.env,
    TERM: 'vt100',
    VTYSH_PAGER: '/bin/more',
  });
}

/** The telnet VTY of zebra behind a serial path: its login, and its telnet offers in a raw line. */
export async function startZebraLine(port: number, path: string): Promise<ForeignPeer> {
  const args = [`PTY,link=${path},raw,echo=0`, `TCP:127.0.0.1:${String(port)}`];
  return startPeer('socat', args, () => existsSync(path));
}
