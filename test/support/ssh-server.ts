// An SSH server made from the library the agent uses: the protocol is real, the other author is
// not. Its shell echoes.

import { generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';

export interface SshServer {
  readonly port: number;
  /** Passwords that were offered. */
  readonly passwords: readonly string[];
  stop(): Promise<void>;
}

/** Takes the password `right`. Each server has a host key of its own. @param port 0: any */
export async function startSshServer(port = 0): Promise<SshServer> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const hostKeys = [privateKey.export({ type: 'pkcs1', format: 'pem' })];
  const passwords: string[] = [];
  const clients = new Set<{ end(): void }>();
  const server = new ssh2.Server({ hostKeys }, (client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      if (context.method === 'password') passwords.push(context.password);
      if (context.method === 'password' && context.password === 'right') context.accept();
      else context.reject(['password']);
    });
    client.on('session', (accept) => {
      const session = accept();
      session.on('pty', (acceptPty) => acceptPty());
      session.on('shell', (acceptShell) => {
        const shell = acceptShell();
        shell.on('data', (bytes: Buffer) => shell.write(bytes));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    passwords,
    async stop() {
      for (const client of clients) client.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
