// SSH over a real connection (test/support/ssh-server.ts).

import { expect, it, onTestFinished } from 'vitest';
import { openSsh, type SshOptions } from '../../../agent/transport/ssh-port.ts';
import { startSshServer } from '../../support/ssh-server.ts';
import { take } from './port.contract.ts';

const never = new AbortController().signal;

async function serve(): Promise<SshOptions & { seen: string[] }> {
  const { port, stop } = await startSshServer();
  onTestFinished(stop);
  const seen: string[] = [];
  return {
    host: '127.0.0.1',
    port,
    username: 'craft',
    password: 'right',
    hostKey: undefined,
    seen,
    onHostKey: (fingerprint) => seen.push(fingerprint),
  };
}

it('carries a shell, and tells the host key to pin', async () => {
  const server = await serve();
  const port = await openSsh(server)(never);
  await port.send(Buffer.from('show version\r'));
  expect(Buffer.from(await take(port, 13)).toString()).toBe('show version\r');
  await port.close();
  expect(server.seen).toEqual([expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/)]);
  const again = await openSsh({ ...server, hostKey: server.seen[0] })(never);
  await again.close();
});

it('stops before any password is sent when the host key is another', async () => {
  const server = await serve();
  const hostKey = `SHA256:${'a'.repeat(43)}`;
  await expect(openSsh({ ...server, hostKey })(never)).rejects.toMatchObject({
    code: 'transport.untrusted',
  });
});

it('says that the password is wrong, without showing it', async () => {
  const server = await serve();
  const opening = openSsh({ ...server, password: 'hunter2' })(never);
  await expect(opening).rejects.toMatchObject({ code: 'driver.login-refused' });
  await expect(opening).rejects.not.toThrow(/hunter2/);
});
