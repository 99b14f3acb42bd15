import { beforeEach, describe, expect, it } from 'vitest';
import {
  BREAK_CONFIRMATION,
  type LineState,
  SharedLine,
} from '../../../agent/session/shared-line.ts';
import { memoryPair } from '../../../agent/transport/memory-port.ts';
import type { Port } from '../../../agent/transport/port.ts';

const never = new AbortController().signal;
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const textOf = (read: Uint8Array): string => Buffer.from(read).toString('latin1');

async function next(port: Port): Promise<string> {
  const { value, done } = (await port.incoming[Symbol.asyncIterator]().next()) as IteratorResult<
    Uint8Array,
    undefined
  >;
  return done === true ? 'ended' : textOf(value);
}

let gears: Port[];
let breaks: number[];
let line: SharedLine;
beforeEach(() => {
  gears = [];
  breaks = [];
  line = new SharedLine(() => {
    const [near, gear] = memoryPair('serial:test');
    gears.push(gear);
    return Promise.resolve({
      ...near,
      sendBreak: (ms: number) => Promise.resolve(void breaks.push(ms)),
    });
  });
});
const gear = (): Port => gears.at(-1) ?? expect.unreachable();

describe('a shared line', () => {
  it('carries the driver as if it were alone, and shows it to watchers', async () => {
    const seen: string[] = [];
    line.watch({
      bytes: (direction, data, by) => seen.push(`${direction} ${by ?? 'driver'} ${textOf(data)}`),
      state: () => undefined,
    });
    const driver = await line.openForDriver(never);
    await driver.send(bytes('show version\r'));
    expect(await next(gear())).toBe('show version\r');
    await gear().send(bytes('GW1#'));
    expect(await next(driver)).toBe('GW1#');
    expect(seen).toEqual(['sent driver show version\r', 'received driver GW1#']);
  });

  it('takes the word from the driver, keeps the line open and lets only the person type', async () => {
    const driver = await line.openForDriver(never);
    const driverSees = next(driver);
    const taken = expect(driverSees).rejects.toThrow('anna has taken the line over');
    await line.takeOver('anna', never);
    await taken;
    await expect(driver.send(bytes('x'))).rejects.toMatchObject({ code: 'transport.lost' });
    await expect(line.sendAs('bert', bytes('x'))).rejects.toMatchObject({ code: 'auth.forbidden' });
    await line.sendAs('anna', bytes('reload\r'));
    expect(await next(gear())).toBe('reload\r');
    expect(gears).toHaveLength(1);
  });

  it('is one person at a time', async () => {
    await line.takeOver('anna', never);
    await line.takeOver('anna', never);
    await expect(line.takeOver('bert', never)).rejects.toThrow('anna has the line');
    line.handBack('bert');
    expect(line.state.person).toBe('anna');
  });

  it('gives the driver a fresh port over the same line when it is handed back', async () => {
    await line.takeOver('anna', never);
    const waiting = line.openForDriver(never);
    await line.sendAs('anna', bytes('half a li'));
    line.handBack('anna');
    const driver = await waiting;
    await gear().send(bytes('GW1#'));
    expect(await next(driver)).toBe('GW1#');
    expect(gears).toHaveLength(1);
  });

  it('stops waiting for the hand-back when told to', async () => {
    await line.takeOver('anna', never);
    const stop = new AbortController();
    const waiting = line.openForDriver(stop.signal);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
  });

  it('tells everybody when the gear goes away, and opens anew', async () => {
    const states: LineState[] = [];
    line.watch({ bytes: () => undefined, state: (state) => states.push(state) });
    const driver = await line.openForDriver(never);
    const lost = expect(next(driver)).rejects.toMatchObject({ code: 'transport.lost' });
    await gear().close();
    await lost;
    expect(states.map(({ isOpen }) => isOpen)).toEqual([false, true, false]);
    await line.openForDriver(never);
    expect(gears).toHaveLength(2);
  });

  it('closes with the driver, but not under a person', async () => {
    const driver = await line.openForDriver(never);
    await driver.close();
    expect(line.state.isOpen).toBe(false);
    await line.takeOver('anna', never);
    await driver.close();
    expect(line.state).toEqual({ isOpen: true, person: 'anna' });
  });

  it('sends a BREAK only to who has the word and typed the words', async () => {
    await expect(line.sendBreak('anna', BREAK_CONFIRMATION)).rejects.toMatchObject({
      code: 'auth.forbidden',
    });
    await line.takeOver('anna', never);
    await expect(line.sendBreak('anna', 'yes')).rejects.toMatchObject({ code: 'request.invalid' });
    expect(breaks).toEqual([]);
    await line.sendBreak('anna', BREAK_CONFIRMATION);
    expect(breaks).toEqual([300]);
  });

  it('can be borrowed as a port, and goes back to the driver with its closing', async () => {
    await line.openForDriver(never);
    const port = await line.borrow('identify')(never);
    await port.send(bytes('show version\r'));
    expect(await next(gear())).toBe('show version\r');
    await gear().send(bytes('Cisco'));
    expect(await next(port)).toBe('Cisco');
    const driver = line.openForDriver(never);
    await port.close();
    await (await driver).send(bytes('x'));
    expect(gears).toHaveLength(1);
  });

  it('gives the word back when the line cannot be opened', async () => {
    const broken = new SharedLine(() => Promise.reject(new Error('no such device')));
    await expect(broken.takeOver('anna', never)).rejects.toThrow('no such device');
    expect(broken.state.person).toBeUndefined();
  });
});
