// The event socket of the simulated FreeSWITCH on a TCP port of the loopback: greeting,
// password, commands in order, events and log lines to who subscribed.

import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { type ApiResult, runApi } from './api.ts';
import { GOODBYE, JOB, REJECTION, SHUT_DOWN } from './recorded.ts';
import type { SimSwitch } from './sim-switch.ts';
import type { SimEvent, SimLogLine } from './sim-teller.ts';

export interface EventSocketOptions {
  readonly password: string;
  /** Commands beside FreeSWITCH's own, tried first; undefined: not one of them. */
  readonly command?: (line: string) => string | undefined;
  /** 0: any free one. */
  readonly port?: number;
}

export interface SimEventSocket {
  readonly port: number;
  /** What the next connections meet; undefined: nothing special. */
  behave(behaviour: 'refuse-address' | 'silent' | 'closed' | undefined): void;
  /** Cuts off everybody, as a pulled cable does. */
  cut(): void;
  /** Signed-in connections at the moment. */
  readonly clients: number;
  /** Commands of all clients, in order, without passwords. */
  readonly commands: readonly string[];
  stop(): Promise<void>;
}

const KEPT_COMMANDS = 10_000;

export async function serveEventSocket(
  sim: SimSwitch,
  options: EventSocketOptions,
): Promise<SimEventSocket> {
  const clients = new Set<Client>();
  const commands: string[] = [];
  let behaviour: 'refuse-address' | 'silent' | 'closed' | undefined;
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    if (behaviour === 'closed') {
      socket.destroy();
      return;
    }
    if (behaviour === 'silent') return;
    if (behaviour === 'refuse-address') {
      socket.end(
        frame([['Content-Type', 'text/rude-rejection']], REJECTION) +
          frame([['Content-Type', 'text/disconnect-notice']], GOODBYE),
      );
      return;
    }
    const client = new Client(sim, socket, options, (line) => {
      commands.push(line);
      if (commands.length > KEPT_COMMANDS) commands.shift();
    });
    clients.add(client);
    socket.on('close', () => {
      client.gone();
      clients.delete(client);
    });
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await listening(server, options.port ?? 0);
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    behave: (next) => (behaviour = next),
    cut,
    get clients() {
      return [...clients].filter(({ isSignedIn }) => isSignedIn).length;
    },
    commands,
    async stop() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

class Client {
  readonly #sim: SimSwitch;
  readonly #socket: Socket;
  readonly #options: EventSocketOptions;
  readonly #heard: (line: string) => void;
  readonly #events = new Set<string>();
  readonly #filters: [name: string, value: string][] = [];
  readonly #unlisten: () => void;
  #logLevel = -1;
  #text = '';
  /** A command that hangs holds everything behind it. */
  #isHanging = false;
  isSignedIn = false;

  constructor(
    sim: SimSwitch,
    socket: Socket,
    options: EventSocketOptions,
    heard: (line: string) => void,
  ) {
    this.#sim = sim;
    this.#socket = socket;
    this.#options = options;
    this.#heard = heard;
    this.#unlisten = sim.listen({
      event: (event) => this.#event(event),
      log: (line) => this.#log(line),
      shutDown: () => this.#part(SHUT_DOWN),
    });
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#take(text));
    this.#send(frame([['Content-Type', 'auth/request']]));
  }

  gone(): void {
    this.#unlisten();
  }

  #take(text: string): void {
    this.#text += text.replaceAll('\r', '');
    for (let end = this.#text.indexOf('\n\n'); end >= 0; end = this.#text.indexOf('\n\n')) {
      const block = this.#text.slice(0, end).replace(/^\n+/, '');
      this.#text = this.#text.slice(end + 2);
      if (block !== '' && !this.#isHanging) this.#command(block);
    }
  }

  #command(block: string): void {
    const [line = '', ...headers] = block.split('\n');
    const [word = ''] = line.split(' ', 1);
    const rest = line.slice(word.length + 1);
    if (!this.isSignedIn) {
      if (word !== 'auth') this.#reply('-ERR command not found');
      else if (rest === this.#options.password) {
        this.isSignedIn = true;
        this.#reply('+OK accepted');
      } else {
        this.#reply('-ERR invalid');
        this.#part(GOODBYE);
      }
      return;
    }
    this.#heard(line);
    switch (word.toLowerCase()) {
      case 'api':
        this.#api(line);
        return;
      case 'bgapi':
        this.#background(rest, headers);
        return;
      case 'event':
        this.#subscribe(rest.split(' ').filter((name) => name !== ''));
        return;
      case 'noevents':
        this.#events.clear();
        this.#reply('+OK no longer listening for events');
        return;
      case 'filter': {
        const [name = '', ...value] = rest.split(' ');
        this.#filters.push([name, value.join(' ')]);
        this.#reply(`+OK filter added. [${name}]=[${value.join(' ')}]`);
        return;
      }
      case 'log':
        this.#logLevel = rest === '' ? 7 : Number(rest);
        this.#reply(`+OK log level ${rest} [${String(this.#logLevel)}]`);
        return;
      case 'nolog':
        this.#logLevel = -1;
        this.#reply('+OK no longer logging');
        return;
      case 'exit':
        this.#reply('+OK bye');
        this.#part(GOODBYE);
        return;
      default:
        this.#reply('-ERR command not found');
    }
  }

  #run(line: string): ApiResult {
    const own = this.#options.command?.(line);
    return own === undefined ? runApi(this.#sim, line) : { text: own };
  }

  #api(line: string): void {
    if (line.length === 'api'.length) {
      this.#reply('-ERR command not found');
      return;
    }
    const result = this.#run(line.slice('api '.length));
    if (result === 'hangs') this.#isHanging = true;
    else this.#send(frame([['Content-Type', 'api/response']], result.text));
  }

  #background(line: string, headers: readonly string[]): void {
    const given = headers.find((header) => /^Job-UUID: /i.test(header))?.slice(10);
    const job = given ?? this.#sim.newUuid();
    this.#send(
      frame([
        ['Content-Type', 'command/reply'],
        ['Reply-Text', `+OK Job-UUID: ${job}`],
        ['Job-UUID', job],
      ]),
    );
    const result = this.#run(line);
    if (result === 'hangs') return;
    const [command = '', ...words] = line.trim().split(' ');
    setImmediate(() =>
      this.#sim.emit(
        'BACKGROUND_JOB',
        JOB,
        { job, command },
        words.length > 0 ? [`Job-Command-Arg: ${encodeURIComponent(words.join(' '))}`] : [],
        result.text,
      ),
    );
  }

  #subscribe([format = '', ...names]: readonly string[]): void {
    const wanted = format === 'plain' ? names : [format, ...names];
    const known = wanted.filter((name) => /^[A-Z_]+$/.test(name));
    if (known.length === 0) {
      this.#reply('-ERR no keywords supplied');
      return;
    }
    for (const name of known) this.#events.add(name);
    this.#reply('+OK event listener enabled plain');
  }

  #event({ name, headers, body }: SimEvent): void {
    if (!this.isSignedIn || !(this.#events.has(name) || this.#events.has('ALL'))) return;
    if (this.#filters.length > 0) {
      const lines = headers.split('\n');
      if (!this.#filters.some(([key, value]) => lines.includes(`${key}: ${value}`))) return;
    }
    const inner =
      body === undefined
        ? `${headers}\n\n`
        : `${headers}\nContent-Length: ${String(Buffer.byteLength(body))}\n\n${body}`;
    // The order of these two is the server's: the length first for events only.
    this.#send(
      `Content-Length: ${String(Buffer.byteLength(inner))}\nContent-Type: text/event-plain\n\n${inner}`,
    );
  }

  #log({ level, file, function: from, line, text }: SimLogLine): void {
    if (!this.isSignedIn || level > this.#logLevel) return;
    this.#send(
      `Content-Type: log/data\nContent-Length: ${String(Buffer.byteLength(text))}\nLog-Level: ${String(level)}\nText-Channel: 0\nLog-File: ${file}\nLog-Func: ${from}\nLog-Line: ${String(line)}\nUser-Data: \n\n${text}`,
    );
  }

  #reply(text: string): void {
    this.#send(
      frame([
        ['Content-Type', 'command/reply'],
        ['Reply-Text', text],
      ]),
    );
  }

  #part(notice: string): void {
    this.#unlisten();
    this.#socket.end(frame([['Content-Type', 'text/disconnect-notice']], notice));
  }

  #send(text: string): void {
    if (this.#socket.writable) this.#socket.write(text);
  }
}

function frame(headers: readonly (readonly [string, string])[], body?: string): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\n`);
  if (body !== undefined) lines.push(`Content-Length: ${String(Buffer.byteLength(body))}\n`);
  return `${lines.join('')}\n${body ?? ''}`;
}
