// Every wire there is, against programs of other authors where the wire is not ours alone:
// pseudo-terminals by socat, terminal servers by ser2net and sredird.

import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LineSettings } from '../../../agent/codec/rfc2217/com-port.ts';
import { IAC, OPTION } from '../../../agent/codec/telnet/telnet-bytes.ts';
import { TelnetDecoder } from '../../../agent/codec/telnet/telnet-decoder.ts';
import { memoryPair } from '../../../agent/transport/memory-port.ts';
import { openLink } from '../../../agent/transport/open-link.ts';
import { parseLink } from '../../../agent/transport/link-url.ts';
import type { OpenPort, Port } from '../../../agent/transport/port.ts';
import { openRfc2217 } from '../../../agent/transport/rfc2217-port.ts';
import { openSerial } from '../../../agent/transport/serial-port.ts';
import { listSerialPorts } from '../../../agent/transport/serial-list.ts';
import { portOverStream } from '../../../agent/transport/stream-port.ts';
import { openTcp } from '../../../agent/transport/tcp-port.ts';
import { type ForeignPeer, startCable } from '../../support/foreign-peer.ts';
import { freePort } from '../../support/free-port.ts';
import { hasPeer } from '../../support/peer.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { type Accepter, startSer2net, startSredird } from '../../support/terminal-server.ts';
import { describePort, take, type Wire } from './port.contract.ts';

const LINE: LineSettings = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' };
const never = new AbortController().signal;
const lost = { code: 'transport.lost' };

const opened = async (open: OpenPort): Promise<Port> => {
  const port = await open(never);
  onTestFinished(() => port.close());
  return port;
};

async function cable(): Promise<{ near: string; far: string; peer: ForeignPeer }> {
  const folder = await tempDir();
  const [near, far] = [join(folder, 'near'), join(folder, 'far')];
  const peer = await startCable(near, far);
  onTestFinished(() => peer.stop());
  return { near, far, peer };
}

/** A terminal server in front of one end of a cable; the test holds the other end. */
async function terminalServer(
  start: (device: string, folder: string, port: number) => Promise<ForeignPeer>,
): Promise<{ port: number; device: Port; peer: ForeignPeer }> {
  const { near, far } = await cable();
  const port = await freePort();
  const peer = await start(near, await tempDir(), port);
  onTestFinished(() => peer.stop());
  return { port, device: await opened(openSerial(far, LINE)), peer };
}

const ser2net = (accepter: Accepter): ReturnType<typeof terminalServer> =>
  terminalServer((device, folder, port) => startSer2net(accepter, device, folder, port));

const link = (url: string): OpenPort =>
  openLink(
    parseLink(url),
    { username: undefined, password: undefined },
    { note: () => undefined, hostKey: () => undefined },
  );

describe('a port in memory', () => {
  describePort(() => {
    const [port, device] = memoryPair();
    return Promise.resolve({ port, device, cut: () => device.close() });
  });
});

describe('a raw TCP port', () => {
  const listen = async (): Promise<{ port: number; accepted: Promise<Port> }> => {
    const server = createServer();
    const accepted = new Promise<Port>((resolve) =>
      server.once('connection', (socket) =>
        resolve(portOverStream(socket, { name: 'tcp:accepted' })),
      ),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return { port: (server.address() as AddressInfo).port, accepted };
  };

  describePort(async () => {
    const { port, accepted } = await listen();
    const near = await opened(openTcp({ host: '127.0.0.1', port }));
    const device = await accepted;
    return { port: near, device, cut: () => device.close() };
  });

  it('says that nothing listens', async () => {
    await expect(openTcp({ host: '127.0.0.1', port: await freePort() })(never)).rejects.toThrow(
      /nothing listens there/,
    );
  });

  it('does not even try when it is told to stop', async () => {
    const opening = openTcp({ host: '127.0.0.1', port: await freePort() })(
      AbortSignal.abort(new Error('stopped')),
    );
    await expect(opening).rejects.toThrow('stopped');
  });
});

describe.runIf(hasPeer('socat', '-V'))('a serial port', () => {
  describePort(async (): Promise<Wire> => {
    const { near, far, peer } = await cable();
    return {
      port: await opened(openSerial(near, LINE)),
      device: await opened(openSerial(far, LINE)),
      cut: () => peer.stop(),
    };
  });

  it('comes back by the same name after it was unplugged', async () => {
    const { near, far, peer } = await cable();
    const before = await opened(openSerial(near, LINE));
    await peer.stop();
    await expect(take(before, 1)).rejects.toMatchObject(lost);
    await expect(openSerial(near, LINE)(never)).rejects.toMatchObject({
      code: 'transport.not-found',
    });
    const again = await startCable(near, far);
    onTestFinished(() => again.stop());
    const [port, device] = [
      await opened(openSerial(near, LINE)),
      await opened(openSerial(far, LINE)),
    ];
    await device.send(Buffer.from('back'));
    expect(Buffer.from(await take(port, 4)).toString()).toBe('back');
  });

  it('is written to in pieces of 64 bytes, and every byte arrives', async () => {
    const sizes: number[] = [];
    const stream = new Duplex({
      read() {},
      write(bytes: Uint8Array, _encoding, done) {
        sizes.push(bytes.length);
        setImmediate(done);
      },
    });
    await portOverStream(stream, { name: 'device', largestWrite: 64 }).send(Buffer.alloc(150));
    expect(sizes).toEqual([64, 64, 22]);
    const { near, far } = await cable();
    const [port, device] = [
      await opened(openSerial(near, LINE)),
      await opened(openSerial(far, LINE)),
    ];
    const paste = Buffer.from(Array.from({ length: 1500 }, (_, at) => 32 + (at % 90)));
    void port.send(paste);
    expect(Buffer.from(await take(device, paste.length)).equals(paste)).toBe(true);
  });

  it('says that the device is in use, and cannot send a BREAK where there are no lines', async () => {
    const { near } = await cable();
    const port = await opened(openSerial(near, LINE));
    await expect(openSerial(near, LINE)(never)).rejects.toMatchObject({ code: 'transport.busy' });
    await expect(port.sendBreak?.(1)).rejects.toMatchObject({ code: 'transport.unsupported' });
  });

  it('lists what is there without opening it, on machines without udev too', async () => {
    for (const port of await listSerialPorts()) expect(port.path).toMatch(/^(\/dev\/|COM)/);
  });
});

const hasTerminalServer = hasPeer('socat', '-V') && hasPeer('ser2net', '-v');
describe.runIf(hasTerminalServer)('a raw port of ser2net', () => {
  describePort(async () => {
    const { port, device, peer } = await ser2net('');
    const near = await opened(link(`tcp://127.0.0.1:${String(port)}`));
    return { port: near, device, cut: () => peer.stop() };
  });

  it.each(['tcp', 'telnet', 'rfc2217'])(
    'is busy, not silent, to a second client (%s)',
    async (scheme) => {
      const { port } = await ser2net(
        scheme === 'rfc2217' ? 'telnet(rfc2217),' : scheme === 'telnet' ? 'telnet,' : '',
      );
      await opened(link(`${scheme}://127.0.0.1:${String(port)}`));
      const second = (async () => {
        const refused = await opened(link(`${scheme}://127.0.0.1:${String(port)}`));
        return take(refused, 1);
      })();
      await expect(second).rejects.toMatchObject({ code: 'transport.busy' });
    },
  );

  it('is told apart from an RFC 2217 port', async () => {
    const { port } = await ser2net('');
    await expect(link(`rfc2217://127.0.0.1:${String(port)}`)(never)).rejects.toThrow(
      /does not speak RFC 2217; if it is a raw port/,
    );
  });
});

describe('an RFC 2217 server that answers nothing about one setting', () => {
  it('is used all the same, and the technician is told which', async () => {
    const [near, server] = memoryPair();
    onTestFinished(() => server.close());
    const heard: number[] = [];
    void (async () => {
      const decoder = new TelnetDecoder();
      const say = (...bytes: readonly number[]): Promise<void> =>
        server.send(Uint8Array.from(bytes));
      for await (const bytes of server.incoming)
        for (const event of decoder.feed(bytes)) {
          // DO COM-PORT-OPTION, in answer to the offer.
          if (event.kind === 'negotiation' && event.option === OPTION.comPort)
            await say(IAC, 253, OPTION.comPort);
          if (event.kind !== 'subnegotiation') continue;
          const [command = 0, ...value] = event.payload;
          heard.push(command);
          // The parity (3) is never answered, as ser2net never answers DTR without modem lines.
          if (command !== 3) await say(IAC, 250, OPTION.comPort, command + 100, ...value, IAC, 240);
        }
    })().catch(() => undefined);
    const notes: string[] = [];
    const port = await opened(
      openRfc2217(
        () => Promise.resolve(near),
        LINE,
        (note) => notes.push(note),
      ),
    );
    expect(notes).toEqual(['The terminal server did not answer the setting of parity']);
    expect(heard).toEqual([1, 2, 3, 4, 5]);
    await server.send(Buffer.from('GW1#'));
    expect(Buffer.from(await take(port, 4)).toString()).toBe('GW1#');
  });
});

describe.runIf(hasTerminalServer)('a telnet port of ser2net', () => {
  describePort(async () => {
    const { port, device, peer } = await ser2net('telnet,');
    const near = await opened(link(`telnet://127.0.0.1:${String(port)}?cr=bare`));
    return { port: near, device, cut: () => peer.stop() };
  });
});

describe.runIf(hasTerminalServer)('an RFC 2217 port of ser2net', () => {
  describePort(async () => {
    const { port, device, peer } = await ser2net('telnet(rfc2217),');
    const near = await opened(link(`rfc2217://127.0.0.1:${String(port)}?baud=19200`));
    return { port: near, device, cut: () => peer.stop() };
  });

  it('has its line set, and every setting answered', async () => {
    const { port } = await ser2net('telnet(rfc2217),');
    const notes: string[] = [];
    const open = openRfc2217(
      openTcp({ host: '127.0.0.1', port }),
      { ...LINE, baud: 38400, parity: 'even', dataBits: 7 },
      (note) => notes.push(note),
    );
    await opened(open);
    expect(notes).toEqual([]);
  });
});

describe.runIf(hasPeer('socat', '-V') && hasPeer('sredird'))('sredird', () => {
  describePort(async () => {
    const { port, device, peer } = await terminalServer(startSredird);
    const near = await opened(link(`rfc2217://127.0.0.1:${String(port)}`));
    return { port: near, device, cut: () => peer.stop() };
  });
});
