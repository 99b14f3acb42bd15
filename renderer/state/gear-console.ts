// The live console of one gear, as a person at it knows it: whether the line is open, who has
// it, and what passes. Watching is what happens by itself; the line is taken over and handed back
// only when somebody says so. Speaks the messages of agent/http/console-socket.ts.

import { isObject, type JsonObject, textOf } from '../../agent/client/index.ts';
import type { LineSocket, SiteConnection } from '../host/host.ts';
import { createStore, type Readable } from './store.ts';
import type { Timers } from './timers.ts';

export interface ConsoleState {
  /** Of this page to the agent. */
  readonly link: 'connecting' | 'open' | 'waiting';
  readonly retryAtMs: number | undefined;
  /** Of the agent to the gear. */
  readonly isLineOpen: boolean;
  /** Who has the line; undefined: the driver. */
  readonly holder: string | undefined;
  readonly isYours: boolean;
  /** What the agent refused last. */
  readonly problem: string | undefined;
  /** The driver's last command, secrets masked. */
  readonly driverSent: string | undefined;
}

export interface GearConsole {
  readonly state: Readable<ConsoleState>;
  /** Asks for the line; the state says when it is there. */
  readonly takeOver: () => void;
  readonly handBack: () => void;
  /** @returns false when it was not sent: the line is not yours, or it holds what is no byte */
  readonly type: (text: string) => boolean;
  /** @param confirmation what the person typed; the agent compares it */
  readonly sendBreak: (confirmation: string) => void;
  readonly retry: () => void;
  readonly stop: () => void;
}

export interface GearConsoleOptions {
  readonly connection: Pick<SiteConnection, 'openSocket'>;
  readonly gearId: string;
  readonly timers: Timers;
  /** Text with one character a byte, as the gear sent it. */
  onReceived(text: string): void;
  /** A connection is there again: what passed meanwhile was not seen. */
  onGap(): void;
}

/** What must be typed before a BREAK goes out. */
export const BREAK_WORDS = 'SEND BREAK';
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;
/** Of one message to the agent; a longer one would be refused as a whole. */
const MAX_INPUT = 4_096;

const START: ConsoleState = {
  link: 'connecting',
  retryAtMs: undefined,
  isLineOpen: false,
  holder: undefined,
  isYours: false,
  problem: undefined,
  driverSent: undefined,
};

export function createGearConsole(options: GearConsoleOptions): GearConsole {
  const { connection, gearId, timers } = options;
  const state = createStore<ConsoleState>(START);
  let socket: LineSocket | undefined;
  let failures = 0;
  let hasBeenOpen = false;
  let isStopped = false;
  let cancelWait: (() => void) | undefined;
  const change = (part: Partial<ConsoleState>): void =>
    state.update((now) => ({ ...now, ...part }));
  const say = (message: JsonObject): void => socket?.send(JSON.stringify(message));

  const hear = (text: string): void => {
    const message = parse(text);
    switch (message?.['type']) {
      case 'received':
        options.onReceived(textOf(message['data']));
        return;
      case 'sent': {
        const command = textOf(message['data']).trim();
        if (command !== '') change({ driverSent: command });
        return;
      }
      case 'state':
        change({
          isLineOpen: message['is_open'] === true,
          holder: typeof message['holder'] === 'string' ? message['holder'] : undefined,
          isYours: message['is_yours'] === true,
        });
        return;
      case 'error':
        change({ problem: textOf(message['message']) });
        return;
      default:
    }
  };

  const open = (): void => {
    cancelWait?.();
    cancelWait = undefined;
    change({ link: 'connecting', retryAtMs: undefined });
    const mine = connection.openSocket(`/v2/gear/${encodeURIComponent(gearId)}/console`, {
      onOpen: () => {
        if (isStopped || socket !== mine) return;
        failures = 0;
        change({ link: 'open', problem: undefined });
        if (hasBeenOpen) options.onGap();
        hasBeenOpen = true;
      },
      onText: (text) => {
        if (!isStopped && socket === mine) hear(text);
      },
      onEnd: (reason) => {
        if (isStopped || socket !== mine) return;
        socket = undefined;
        const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
        failures += 1;
        // Who has the line is not known any more.
        change({
          ...START,
          link: 'waiting',
          retryAtMs: timers.nowMs() + waitMs,
          problem: reason === '' ? undefined : reason,
        });
        cancelWait = timers.wait(waitMs, open);
      },
    });
    socket = mine;
  };
  open();

  return {
    state,
    takeOver: () => {
      change({ problem: undefined });
      say({ type: 'take_over' });
    },
    handBack: () => say({ type: 'hand_back' }),
    type: (text) => {
      if (!state.get().isYours || !isBytes(text)) return false;
      for (let at = 0; at < text.length; at += MAX_INPUT)
        say({ type: 'input', data: text.slice(at, at + MAX_INPUT) });
      return true;
    },
    sendBreak: (confirmation) => {
      change({ problem: undefined });
      say({ type: 'break', confirmation });
    },
    retry: () => {
      if (cancelWait !== undefined) open();
    },
    stop: () => {
      isStopped = true;
      cancelWait?.();
      socket?.close();
    },
  };
}

/** Whether each character is one byte, as the line takes them. */
export function isBytes(text: string): boolean {
  return !/[^\u0000-\u00ff]/.test(text);
}

function parse(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
