// The host of the page in the desktop: many sites, over the one object that the preload exposes.
// Credentials, pins and connections are in the main process; this file turns calls into the
// host's words and pushed bytes into streams.

import {
  type ClientAnswer,
  ClientError,
  type ClientErrorKind,
  type ClientFetch,
} from '../../agent/client/index.ts';
import type { DesktopBridge, IpcOutcome, IpcPush, IpcSend } from '../../schemas/ipc.ts';
import type {
  Host,
  LineListener,
  LineSocket,
  Memory,
  Site,
  SiteBook,
  SiteConnection,
} from './host.ts';

/** A refusal of the main process: `agent.pin-changed`, `vault.unreadable`, `auth.wrong-code`, … */
export class BridgeError extends Error {
  readonly code: string;
  readonly detail: unknown;

  constructor(code: string, message: string, detail: unknown) {
    super(message);
    this.name = 'BridgeError';
    this.code = code;
    this.detail = detail;
  }
}

/** @throws BridgeError */
async function valueOf<Result>(outcome: Promise<IpcOutcome<Result>>): Promise<Result> {
  const settled = await outcome;
  if (settled.isOk) return settled.value;
  throw new BridgeError(settled.code, settled.message, settled.detail);
}

/** @param memory where the page keeps layout and drafts */
export function createBridgeHost(bridge: DesktopBridge, memory: Memory): Host {
  const streams = new Streams(bridge);
  const connections = new Map<string, SiteConnection>();
  const listeners = new Set<(sites: readonly Site[]) => void>();
  bridge.onPush((push) => {
    if (push.kind !== 'sites.changed') return;
    for (const listener of listeners) listener(push.sites);
  });
  return {
    kind: 'desktop',
    memory,
    book: createBook(bridge),
    sites: () => valueOf(bridge['sites.list']({})),
    onSites: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    connect: (siteId) => {
      const known = connections.get(siteId) ?? createConnection(bridge, streams, siteId);
      connections.set(siteId, known);
      return known;
    },
    saveFile: async (name, type, text) => {
      await valueOf(bridge['file.save']({ name, type, text }));
    },
    copyText: async (text) => {
      await valueOf(bridge['clipboard.write']({ text }));
    },
  };
}

function createBook(bridge: DesktopBridge): SiteBook {
  return {
    probe: async (address) => {
      const { fingerprint } = await valueOf(bridge['sites.probe']({ address }));
      return { fingerprint };
    },
    discover: (onChange) => {
      const stop = bridge.onPush((push) => {
        if (push.kind === 'discovery.changed') onChange(push.agents);
      });
      void bridge['discovery.start']({});
      return () => {
        stop();
        void bridge['discovery.stop']({});
      };
    },
    watch: (onHealth) => {
      const stop = bridge.onPush((push) => {
        if (push.kind === 'sites.health') onHealth({ health: push.health, update: push.update });
      });
      void bridge['sites.watch']({ pace: 'shown' }).then((outcome) => {
        if (outcome.isOk) onHealth(outcome.value);
      });
      return () => {
        stop();
        void bridge['sites.watch']({ pace: 'background' });
      };
    },
    tryNow: async (ids) => {
      await valueOf(bridge['sites.tryNow']({ ids }));
    },
    vault: () => valueOf(bridge['vault.state']({})),
    acceptWeakVault: (isAccepted) => valueOf(bridge['vault.acceptWeak']({ isAccepted })),
    pair: async (request) => valueOf(bridge['sites.pair'](request)),
    change: async (id, details) => valueOf(bridge['sites.change']({ id, details })),
    remove: async (id) => {
      await valueOf(bridge['sites.remove']({ id }));
    },
    trust: async (id, fingerprint) => valueOf(bridge['sites.trust']({ id, fingerprint })),
  };
}

function createConnection(bridge: DesktopBridge, streams: Streams, siteId: string): SiteConnection {
  return {
    siteId,
    fetch: (path, init) => streams.fetch(siteId, path, init),
    openSocket: (path, listener) => streams.openSocket(siteId, path, listener),
    signIn: async ({ account, username, password }) => {
      await valueOf(bridge['sites.signIn']({ id: siteId, account, username, password })).catch(
        (error: unknown) => {
          throw toClientError(error);
        },
      );
    },
    signOut: async () => {
      await valueOf(bridge['sites.signOut']({ id: siteId }));
    },
  };
}

function toClientError(error: unknown): unknown {
  if (!(error instanceof BridgeError)) return error;
  const kinds: Readonly<Record<string, ClientErrorKind>> = {
    'auth.wrong': 'signed-out',
    'auth.rate-limited': 'limited',
    'agent.incompatible': 'broken',
  };
  return new ClientError(kinds[error.code] ?? 'unreachable', error.message, { cause: error });
}

/** Pieces of one reply, as they are pushed and read. */
interface Stream {
  readonly pieces: Uint8Array[];
  isOver: boolean;
  error: Error | undefined;
  wake: (() => void) | undefined;
}

class Streams {
  readonly #bridge: DesktopBridge;
  readonly #open = new Map<number, Stream>();
  readonly #sockets = new Map<number, LineListener>();
  /** Not counted from one: what an earlier page asked for may still be on its way. */
  #last = Date.now() * 1000;

  constructor(bridge: DesktopBridge) {
    this.#bridge = bridge;
    bridge.onPush((push) => this.#hear(push));
  }

  readonly fetch = async (
    siteId: string,
    path: string,
    init: Parameters<ClientFetch>[1],
  ): Promise<ClientAnswer> => {
    const { method, headers, body, signal } = init;
    signal?.throwIfAborted();
    this.#last += 1;
    const exchange = this.#last;
    const stream: Stream = { pieces: [], isOver: false, error: undefined, wake: undefined };
    // Before it is asked for: the first piece may overtake the answer.
    this.#open.set(exchange, stream);
    const abort = (): void => {
      void this.#bridge['agent.abort']({ exchange });
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const answer = await valueOf(
        this.#bridge['agent.send']({
          exchange,
          siteId,
          method: method as IpcSend['method'],
          path,
          headers,
          ...(body === undefined ? {} : { body }),
        }),
      );
      const { status, text } = answer;
      const get = (name: string): string | null => answer.headers[name.toLowerCase()] ?? null;
      if (text === undefined)
        return {
          status,
          headers: { get },
          body: { getReader: () => this.#readerOf(exchange, stream) },
          text: () => Promise.reject(new Error('This reply is a stream')),
        };
      this.#open.delete(exchange);
      signal?.removeEventListener('abort', abort);
      return { status, headers: { get }, body: null, text: () => Promise.resolve(text) };
    } catch (error) {
      this.#open.delete(exchange);
      signal?.removeEventListener('abort', abort);
      throw error;
    }
  };

  readonly openSocket = (siteId: string, path: string, listener: LineListener): LineSocket => {
    this.#last += 1;
    const exchange = this.#last;
    const bridge = this.#bridge;
    // Before it is asked for: the first text may overtake the answer.
    this.#sockets.set(exchange, listener);
    const end = (reason: string): void => {
      if (this.#sockets.delete(exchange)) listener.onEnd(reason);
    };
    void bridge['agent.connect']({ exchange, siteId, path }).then((outcome) => {
      if (!outcome.isOk) end(outcome.message);
      else if (this.#sockets.has(exchange)) listener.onOpen();
    });
    return {
      send: (text) => {
        void bridge['agent.say']({ exchange, text }).then((outcome) => {
          if (!outcome.isOk) end(outcome.message);
        });
      },
      close: () => {
        void bridge['agent.abort']({ exchange });
        end('');
      },
    };
  };

  #readerOf(exchange: number, stream: Stream) {
    return {
      read: async (): Promise<{ done: boolean; value?: Uint8Array }> => {
        while (stream.pieces.length === 0 && !stream.isOver)
          await new Promise<void>((resolve) => {
            stream.wake = resolve;
          });
        const value = stream.pieces.shift();
        if (value !== undefined) return { done: false, value };
        if (stream.error !== undefined) throw stream.error;
        return { done: true };
      },
      cancel: async (): Promise<void> => {
        await this.#bridge['agent.abort']({ exchange });
      },
    };
  }

  #hear(push: IpcPush): void {
    if (push.kind === 'socket.text') this.#sockets.get(push.exchange)?.onText(push.text);
    else if (push.kind === 'socket.end') {
      const listener = this.#sockets.get(push.exchange);
      this.#sockets.delete(push.exchange);
      listener?.onEnd(push.reason);
    }
    if (push.kind !== 'stream.chunk' && push.kind !== 'stream.end') return;
    const stream = this.#open.get(push.exchange);
    if (stream === undefined) return;
    if (push.kind === 'stream.chunk') stream.pieces.push(push.bytes);
    else {
      this.#open.delete(push.exchange);
      stream.isOver = true;
      if (push.error !== undefined) stream.error = new Error(push.error);
    }
    stream.wake?.();
    stream.wake = undefined;
  }
}
