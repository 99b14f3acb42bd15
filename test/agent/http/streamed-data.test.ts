import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sendStreamed } from '../../../agent/http/streamed-data.ts';

async function serve(handle: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_request, response) => handle(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

const plain = { pretty: false, jsonp: undefined };

describe('a streamed reply', () => {
  it('stops its source, without an error, when the client goes away', async () => {
    let stopped: (() => void) | undefined;
    const hasStopped = new Promise<void>((resolve) => (stopped = resolve));
    let sent: Promise<void> | undefined;
    async function* endless(): AsyncGenerator<string> {
      try {
        for (;;) {
          await new Promise<void>((resolve) => setImmediate(resolve));
          yield ' '.repeat(10_000);
        }
      } finally {
        stopped?.();
      }
    }
    const url = await serve((response) => {
      sent = sendStreamed(response, 200, endless(), () => ({}), plain);
    });
    const abort = new AbortController();
    const response = await fetch(url, { signal: abort.signal });
    await response.body?.getReader().read();
    abort.abort();
    await hasStopped;
    await sent;
  });

  it('does not run ahead of a client that does not read', async () => {
    let pieces = 0;
    async function* counted(): AsyncGenerator<string> {
      for (; pieces < 1_000; pieces += 1) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        yield `${pieces === 0 ? '["' : ''}${' '.repeat(100_000)}${pieces === 999 ? '"]' : ''}`;
      }
    }
    const url = await serve((response) => {
      void sendStreamed(response, 200, counted(), () => ({ status: 'success' }), plain);
    });
    const response = await fetch(url);
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(pieces).toBeLessThan(1_000);
    expect(await response.json()).toMatchObject({ status: 'success' });
  });

  it('leaves an error before the first piece to the caller, nothing written', async () => {
    const answered = new Promise<boolean>((resolve, reject) => {
      serve((response) => {
        async function* broken(): AsyncGenerator<string> {
          await Promise.reject(new Error('broken'));
        }
        sendStreamed(response, 200, broken(), () => ({}), plain).then(
          () => reject(new Error('no error')),
          () => {
            resolve(response.headersSent);
            response.end();
          },
        );
      })
        .then((url) => fetch(url))
        .catch(reject);
    });
    expect(await answered).toBe(false);
  });
});
