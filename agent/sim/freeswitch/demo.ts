// The FreeSWITCH of the demo site: two E1 PRIs, a T1 PRI, telephones and lines; calls come and
// go, now and then the line has a short trouble. A person at the socket can make trouble too:
//
//   api craftport_demo alarm E1_A red        api craftport_demo dchannel E1_A down|up
//   api craftport_demo clear E1_A            api craftport_demo reboot
//   api craftport_demo wedge E1_B            api craftport_demo quiet|lively
//   api craftport_demo NAME …                for other gear of the demo (behaviour-words.ts)
//
// with any client of the event socket, such as
//   printf 'auth PASSWORD\n\napi craftport_demo alarm E1_A red\n\n' | nc 127.0.0.1 PORT

import type { Clock } from '../../base/clock.ts';
import type { RandomBytes } from '../../base/ids.ts';
import { systemTimers, type Timers } from '../../base/timers.ts';
import { BEHAVIOUR_USAGE, behaviourOf } from '../behaviour-words.ts';
import type { SimBehaviour } from '../sim-device.ts';
import { serveEventSocket } from './event-socket.ts';
import type { SimAlarm, SimSpanConfig } from './sim-span.ts';
import { SimSwitch } from './sim-switch.ts';

export const DEMO_SPANS: readonly SimSpanConfig[] = [
  { name: 'E1_A', stack: 'isdn', type: 'B', channels: 31, dChannel: 16 },
  { name: 'E1_B', stack: 'isdn', type: 'B', channels: 31, dChannel: 16 },
  { name: 'T1_A', stack: 'isdn', type: 'B', channels: 24, dChannel: 24 },
  { name: 'FXS', stack: 'analog', type: 'FXS', channels: 4 },
  { name: 'FXO', stack: 'analog', type: 'FXO', channels: 4 },
];

export interface DemoFreeSwitchOptions {
  readonly random: RandomBytes;
  readonly clock: Clock;
  readonly timers?: Timers;
  readonly password?: string;
  /** 0: any free one. */
  readonly port?: number;
  /** Other gear that is told what to do here: by name, what to do with the words behind it. */
  readonly others?: Readonly<Record<string, (behaviour: SimBehaviour) => void>>;
  /** Whether calls and small troubles come by themselves. */
  readonly isLively?: boolean;
}

export interface DemoFreeSwitch {
  /** `esl://127.0.0.1:PORT` */
  readonly url: string;
  readonly password: string;
  readonly sim: SimSwitch;
  /** A line as after `api craftport_demo`. @returns what it did */
  control(line: string): string;
  stop(): Promise<void>;
}

const ALARMS: readonly SimAlarm[] = ['red', 'yellow', 'rai', 'blue', 'ais', 'general'];
const USAGE = `-USAGE: alarm <span> ${ALARMS.join('|')} | clear <span> | dchannel <span> up|down | wedge <span> | reboot | quiet | lively\n`;

/** @throws Error (EADDRINUSE) when a given port is taken */
export async function startDemoFreeSwitch(options: DemoFreeSwitchOptions): Promise<DemoFreeSwitch> {
  const { random, clock, timers = systemTimers, password = 'ClueCon', isLively = true } = options;
  const others = options.others ?? {};
  const sim = new SimSwitch({ spans: DEMO_SPANS, random, clock, timers });
  const script = new DemoScript(sim, random, timers);
  const control = (line: string): string => {
    const [, name = '', words = ''] = /^\s*(\S+)\s*(.*)$/s.exec(line) ?? [];
    const other = Object.hasOwn(others, name) ? others[name] : undefined;
    if (other === undefined) return controlled(sim, script, line);
    const behaviour = behaviourOf(words);
    if (behaviour === undefined) return `-USAGE: ${name} ${BEHAVIOUR_USAGE}\n`;
    other(behaviour);
    return '+OK\n';
  };
  const socket = await serveEventSocket(sim, {
    password,
    command: (line) =>
      line.startsWith('craftport_demo') ? control(line.slice('craftport_demo'.length)) : undefined,
    ...(options.port === undefined ? {} : { port: options.port }),
  });
  sim.start();
  if (isLively) script.start();
  return {
    url: `esl://127.0.0.1:${String(socket.port)}`,
    password,
    sim,
    control,
    async stop() {
      script.stop();
      sim.stop();
      await socket.stop();
    },
  };
}

function controlled(sim: SimSwitch, script: DemoScript, line: string): string {
  const [verb = '', name = '', word = ''] = line.trim().split(/\s+/);
  const isSpan = sim.spans.some(({ config }) => config.name === name);
  switch (verb) {
    case 'alarm': {
      const alarm = ALARMS.find((each) => each === word);
      if (!isSpan || alarm === undefined) return USAGE;
      sim.setAlarms(name, [alarm]);
      break;
    }
    case 'clear':
      if (!isSpan) return USAGE;
      sim.setAlarms(name, []);
      break;
    case 'dchannel':
      if (!isSpan || (word !== 'up' && word !== 'down')) return USAGE;
      sim.setDChannel(name, word === 'up' ? 'UP' : 'DOWN');
      break;
    case 'wedge':
      if (!isSpan) return USAGE;
      sim.wedge(name);
      break;
    case 'reboot':
      // After the answer to this command.
      sim.after(100, () => sim.reboot());
      break;
    case 'quiet':
      script.stop();
      break;
    case 'lively':
      script.start();
      break;
    default:
      return USAGE;
  }
  return '+OK\n';
}

/** A place with some traffic: a handful of calls at a time, a yellow minute now and then. */
class DemoScript {
  readonly #sim: SimSwitch;
  readonly #random: RandomBytes;
  readonly #timers: Timers;
  #cancel: (() => void) | undefined;
  #cancelTrouble: (() => void) | undefined;

  constructor(sim: SimSwitch, random: RandomBytes, timers: Timers) {
    this.#sim = sim;
    this.#random = random;
    this.#timers = timers;
  }

  start(): void {
    this.stop();
    this.#nextCall();
    this.#nextTrouble();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancelTrouble?.();
    this.#cancel = undefined;
    this.#cancelTrouble = undefined;
  }

  #nextCall(): void {
    this.#cancel = this.#timers.after(this.#between(1_500, 6_000), () => {
      this.#call();
      this.#nextCall();
    });
  }

  #nextTrouble(): void {
    this.#cancelTrouble = this.#timers.after(this.#between(180_000, 420_000), () => {
      // The T1's far end does not hear us for a while.
      this.#sim.setAlarms('T1_A', ['yellow']);
      this.#cancelTrouble = this.#timers.after(this.#between(5_000, 10_000), () => {
        this.#sim.setAlarms('T1_A', []);
        this.#nextTrouble();
      });
    });
  }

  #call(): void {
    const span = this.#pick(['E1_A', 'E1_A', 'E1_B', 'T1_A', 'FXS', 'FXO']);
    const isInbound = this.#between(0, 2) >= 1;
    const outside = `+49301${String(Math.floor(this.#between(100_000, 999_999)))}`;
    const inside = String(1000 + Math.floor(this.#between(0, 99)));
    const uuid = this.#sim.placeCall(
      span,
      {
        direction: isInbound ? 'inbound' : 'outbound',
        caller: isInbound ? outside : inside,
        callerName: isInbound ? this.#pick(['', '', 'Riedel GmbH', 'Praxis Dr. Blum']) : '',
        called: isInbound ? inside : outside,
      },
      // The demo's first resource dials E1_A from the highest channel down.
      span === 'E1_A' && !isInbound ? 'A' : 'a',
    );
    if (uuid !== undefined)
      this.#sim.after(this.#between(4_000, 45_000), () => this.#sim.hangUp(uuid));
  }

  #between(low: number, high: number): number {
    const [a = 0, b = 0] = this.#random(2);
    return low + ((a * 256 + b) / 65_536) * (high - low);
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#between(0, from.length))] as T;
  }
}
