// The live console of gear: a WebSocket at /v2/gear/{id}/console. Whoever may work with gear
// watches; one takes the line over, types, and hands it back. A closed window gives it back too,
// after a moment in which the same person may return.
//
//   server ▶ {type: state, is_open, holder, is_yours}     {type: received, data}
//            {type: sent, data, by}  (secrets masked)     {type: error, code, message}
//   client ▶ {type: take_over} {type: hand_back} {type: input, data} {type: break, confirmation}
//
// `data` is text with one character a byte.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import { type Identity, isAtLeast, isMasterAccount } from '../account/account.ts';
import { CraftportError, isCode } from '../base/error.ts';
import type { Logger } from '../base/logger.ts';
import { answerAsPlain, isForWebSocket } from './declined-upgrade.ts';
import { assertSameSite } from './same-site.ts';
import { findCredential } from './token-source.ts';

/** What the console needs of a shared line (agent/session/shared-line.ts is one). */
export interface ConsoleLine {
  watch(watcher: {
    bytes(direction: 'sent' | 'received', bytes: Uint8Array, by: string | undefined): void;
    state(state: { readonly isOpen: boolean; readonly person: string | undefined }): void;
  }): () => void;
  takeOver(person: string, signal: AbortSignal): Promise<void>;
  handBack(person: string): void;
  sendAs(person: string, bytes: Uint8Array): Promise<void>;
  sendBreak(person: string, confirmation: string): Promise<void>;
}

export interface ConsoleSocketOptions {
  /** @throws auth.* */
  readonly identify: (token: string) => Promise<Identity>;
  /** What to call the person in front of others. */
  readonly nameOf: (identity: Identity) => Promise<string>;
  /** undefined: there is no such gear, or it has no line. */
  readonly lineOf: (gearId: string) => ConsoleLine | undefined;
  /** What was sent, as it may be shown. */
  readonly mask: (gearId: string, text: string) => string;
  /** Names of this machine that a page may be opened by (same-site.ts). */
  readonly ownNames: readonly string[];
  readonly logger: Logger;
}

/** Targets are paths; a URL needs something before them. */
const BASE = 'http://agent';
const PATH = /^\/v2\/gear\/([A-Za-z0-9_-]{1,64})\/console\/?$/;
const MAX_MESSAGE_BYTES = 65_536;
/** A client that does not read is let go before it costs memory. */
const MAX_WAITING_BYTES = 1_048_576;
const RETURN_MS = 30_000;
const EMPTY_ENVELOPE = { data: {}, members: {} };

/** @returns the way to close every console */
export function mountConsoleSocket(server: Server, options: ConsoleSocketOptions): () => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const consoles = new Consoles(options);
  server.on('upgrade', (request, socket, head) => {
    if (!isForWebSocket(request)) {
      answerAsPlain(server, request, socket, head);
      return;
    }
    socket.on('error', () => socket.destroy());
    void admit(request, options).then(
      ({ gearId, line, person }) =>
        sockets.handleUpgrade(request, socket, head, (webSocket) =>
          consoles.open(webSocket, gearId, line, person),
        ),
      (error: unknown) => refuse(socket, error, options.logger),
    );
  });
  return () => {
    consoles.stop();
    for (const client of sockets.clients) client.terminate();
    sockets.close();
  };
}

/** @throws auth.*, document.not-found, request.unknown-path */
async function admit(
  request: IncomingMessage,
  options: ConsoleSocketOptions,
): Promise<{ gearId: string; line: ConsoleLine; person: string }> {
  const target = request.url ?? '/';
  const url = URL.canParse(target, BASE) ? new URL(target, BASE) : undefined;
  const gearId = PATH.exec(url?.pathname ?? '')?.[1];
  if (url === undefined || gearId === undefined)
    throw new CraftportError('request.unknown-path', 'There is no socket at this address');
  const query = Object.fromEntries(url.searchParams);
  const credential = findCredential(request.headers, query, EMPTY_ENVELOPE);
  if (credential === undefined || credential.kind === 'basic')
    throw new CraftportError('auth.missing', 'A token is needed');
  // A browser opens sockets for any page; its Origin says which.
  if (credential.kind === 'cookie') assertSameSite(request, options.ownNames);
  const identity = await options.identify(credential.token);
  if (!isMasterAccount(identity.account) || !isAtLeast(identity.role, 'technician'))
    throw new CraftportError('auth.forbidden', 'This token may not use consoles');
  const line = options.lineOf(gearId);
  if (line === undefined)
    throw new CraftportError('document.not-found', 'This gear has no console');
  return { gearId, line, person: await options.nameOf(identity) };
}

const REFUSALS: Readonly<Record<string, string>> = {
  'auth.missing': '401 Unauthorized',
  'auth.bad-token': '401 Unauthorized',
  'auth.forbidden': '403 Forbidden',
};

function refuse(socket: Duplex, error: unknown, logger: Logger): void {
  if (!isCode(error)) logger.error(() => 'a console could not be opened', { error });
  const status = isCode(error) ? (REFUSALS[error.code] ?? '404 Not Found') : '500 Internal Error';
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

class Consoles {
  readonly #options: ConsoleSocketOptions;
  /** Those whose window closed while they had the line, by gear and person. */
  readonly #returning = new Map<string, NodeJS.Timeout>();
  readonly #open = new Map<string, number>();

  constructor(options: ConsoleSocketOptions) {
    this.#options = options;
  }

  stop(): void {
    for (const timer of this.#returning.values()) clearTimeout(timer);
    this.#returning.clear();
  }

  open(socket: WebSocket, gearId: string, line: ConsoleLine, person: string): void {
    const key = `${gearId} ${person}`;
    clearTimeout(this.#returning.get(key));
    this.#returning.delete(key);
    this.#open.set(key, (this.#open.get(key) ?? 0) + 1);
    const gone = new AbortController();
    const say = (message: Readonly<Record<string, unknown>>): void => {
      if (socket.bufferedAmount > MAX_WAITING_BYTES) socket.terminate();
      else if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    };
    const stop = line.watch({
      bytes: (direction, bytes, by) => {
        const data = Buffer.from(bytes).toString('latin1');
        if (direction === 'received') say({ type: 'received', data });
        // What a person types comes back as the gear's echo; a password does not.
        else if (by === undefined)
          say({ type: 'sent', data: this.#options.mask(gearId, data), by: null });
      },
      state: ({ isOpen, person: holder }) =>
        say({
          type: 'state',
          is_open: isOpen,
          holder: holder ?? null,
          is_yours: holder === person,
        }),
    });
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => {
      perform(line, person, data, gone.signal).catch((error: unknown) => {
        if (!isCode(error)) this.#options.logger.error(() => 'a console failed', { error });
        say(
          isCode(error)
            ? { type: 'error', code: error.code, message: error.message }
            : { type: 'error', code: 'internal', message: 'The console failed; the log says more' },
        );
      });
    });
    socket.on('close', () => {
      stop();
      gone.abort(new CraftportError('transport.lost', 'The window was closed'));
      const left = (this.#open.get(key) ?? 1) - 1;
      if (left > 0) {
        this.#open.set(key, left);
        return;
      }
      this.#open.delete(key);
      const timer = setTimeout(() => {
        this.#returning.delete(key);
        line.handBack(person);
      }, RETURN_MS);
      timer.unref();
      this.#returning.set(key, timer);
    });
  }
}

/** @throws request.invalid, and what the line throws */
async function perform(
  line: ConsoleLine,
  person: string,
  data: RawData,
  signal: AbortSignal,
): Promise<void> {
  const message = parse(data);
  switch (message['type']) {
    case 'take_over':
      return line.takeOver(person, signal);
    case 'hand_back':
      line.handBack(person);
      return;
    case 'input':
      return line.sendAs(person, bytesOf(message['data']));
    case 'break':
      return line.sendBreak(person, String(message['confirmation']));
    default:
      throw new CraftportError('request.invalid', 'The console does not know this message');
  }
}

function parse(data: RawData): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse((data as Buffer).toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new CraftportError('request.invalid', 'A message of the console is a JSON object');
}

/** @throws request.invalid for characters that are no byte */
function bytesOf(data: unknown): Uint8Array {
  if (typeof data !== 'string' || /[^\u0000-\u00ff]/.test(data))
    throw new CraftportError('request.invalid', 'Input is text with one character a byte');
  return Uint8Array.from(Buffer.from(data, 'latin1'));
}
