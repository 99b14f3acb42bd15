// A cable pulled at every step of a driver's conversation with simulated gear: before the last
// byte of each write, after it, and throughout the answers.

import { expect } from 'vitest';
import { isCode } from '../../agent/base/error.ts';
import type { SimDevice } from '../../agent/sim/sim-device.ts';
import type { GearDriver } from '../../agent/span/gear-driver.ts';
import type { OpenPort } from '../../agent/transport/port.ts';
import { withDriver } from './gear-watch.ts';
import { cableTo } from './sim-port.ts';
import { until } from './until.ts';

export interface CutTrial {
  readonly device: () => SimDevice;
  readonly driver: (open: OpenPort) => GearDriver;
  /** Bytes between two cuts in what the gear sends. */
  readonly receivedStep: number;
  /** What must not go over the second connection by itself: a command that may have run. */
  readonly repeated: RegExp;
}

type Direction = 'sent' | 'received';

const NEVER = new AbortController().signal;

const codeOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
    return 'done';
  } catch (error) {
    return isCode(error) ? error.code : error;
  }
};

/**
 * Each cut hangs nothing, is told as a lost line, repeats nothing by itself, and what is read once
 * the cable is back is what was read without a cut.
 * @returns how many cuts there were
 */
export async function cutEverywhere(trial: CutTrial): Promise<number> {
  const whole = cableTo(trial.device());
  let wanted: unknown;
  const cuts: (readonly [Direction, number])[] = [];
  await withDriver(trial.driver(whole.open), async (driver) => {
    wanted = await driver.read(NEVER);
    const [sent = '', received = ''] = [whole.sent[0], whole.received[0]];
    for (const at of whole.writes)
      for (const cut of [at - 1, at]) if (cut > 0 && cut < sent.length) cuts.push(['sent', cut]);
    for (let at = 1; at < received.length; at += trial.receivedStep) cuts.push(['received', at]);
  });
  const cutAt = async (number: number, direction: Direction, at: number): Promise<void> => {
    const where = `${direction} ${at}`;
    const cable = cableTo(trial.device());
    cable.cutAfter(direction, at);
    await withDriver(trial.driver(cable.open), async (driver, watch) => {
      expect(await codeOf(driver.read(NEVER)), where).toBe('transport.lost');
      await until(() => cable.opened === 2 && watch.links.at(-1) === 'connected');
      expect(cable.sent.slice(1).join(''), where).not.toMatch(trial.repeated);
      if (number % 7 === 0) expect(await driver.read(NEVER), where).toEqual(wanted);
    });
  };
  // Most of it is waiting for pauses on the line, so many are cut at the same time.
  const todo = [...cuts.entries()].reverse();
  const next = async (): Promise<void> => {
    for (let cut = todo.pop(); cut !== undefined; cut = todo.pop()) {
      const [number, [direction, at]] = cut;
      await cutAt(number, direction, at);
    }
  };
  await Promise.all(Array.from({ length: 8 }, next));
  return cuts.length;
}
