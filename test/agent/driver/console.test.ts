import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '../../../agent/base/logger.ts';
import { nextTurn } from '../../../agent/base/next-turn.ts';
import { consoleFamily } from '../../../agent/driver/console/family.ts';
import type { GearDriverContext } from '../../../agent/span/gear-driver.ts';
import { memoryPair } from '../../../agent/transport/memory-port.ts';
import type { OpenPort, Port } from '../../../agent/transport/port.ts';
import { FakeTimers } from '../../support/fake-timers.ts';
import { withDriver } from '../../support/gear-watch.ts';
import { cableTo } from '../../support/sim-port.ts';
import { until } from '../../support/until.ts';

const never = new AbortController().signal;

function context(gears: Port[]): GearDriverContext<OpenPort> {
  return {
    link: { url: 'tcp://127.0.0.1:1', username: undefined, password: undefined },
    openPort: () => {
      const [near, far] = memoryPair();
      gears.push(far);
      return Promise.resolve(near);
    },
    logger: silentLogger,
    clock: { nowMs: () => 0 },
    options: {},
  };
}

describe('gear with a console alone', () => {
  it('shows what passes line by line, sends nothing, and comes back after a loss', async () => {
    const gears: Port[] = [];
    const driver = consoleFamily({ backOffMs: [1] }).create(context(gears));
    onTestFinished(() => driver.stop());
    const frames: string[] = [];
    let seen = (): void => undefined;
    const links: string[] = [];
    driver.start({
      link: (state) => links.push(state),
      changed: () => undefined,
      span: () => undefined,
      channel: () => undefined,
      alarm: () => undefined,
      frame: (direction, text) => {
        frames.push(`${direction} ${text}`);
        seen();
      },
    });
    expect(await driver.read(never)).toEqual({ identity: {}, spans: [], alarms: [], findings: [] });
    const shown = (count: number): Promise<void> =>
      new Promise((resolve) => {
        seen = () => {
          if (frames.length >= count) resolve();
        };
        seen();
      });
    await gears[0]?.send(Buffer.from('LINK UP\r\nGW1'));
    await shown(1);
    await gears[0]?.close();
    await shown(2);
    expect(frames).toEqual(['received LINK UP\r\n', 'received GW1']);
    await expect.poll(() => gears.length).toBe(2);
    await expect.poll(() => links.at(-1)).toBe('connected');
    expect(links.slice(0, 4)).toEqual(['connecting', 'connected', 'down', 'connecting']);
  });

  it('comes back after a cable pulled in any byte, and never sends one', async () => {
    const text = 'login banner\r\nLINK UP\r\nGW1>\r\n';
    for (let at = 1; at < text.length; at++) {
      const cable = cableTo({
        name: 'talker',
        connect: (peer) => {
          setImmediate(() => peer.send(Buffer.from(text)));
          return { receive: () => undefined, disconnect: () => undefined };
        },
        behave: () => undefined,
      });
      cable.cutAfter('received', at);
      const driver = consoleFamily({ backOffMs: [1] }).create({
        ...context([]),
        openPort: cable.open,
      });
      await withDriver(driver, async (_, watch) => {
        await until(() => cable.opened === 2 && watch.links.at(-1) === 'connected');
        await until(() => watch.frames.join('').replaceAll('received ', '').endsWith(text));
        expect(watch.links.slice(0, 4)).toEqual(['connecting', 'connected', 'down', 'connecting']);
        expect(await driver.read(never)).toMatchObject({ spans: [], findings: [] });
        expect(cable.sent.join(''), String(at)).toBe('');
      });
    }
  });

  it('is looked at by listening alone', async () => {
    const gears: Port[] = [];
    const timers = new FakeTimers();
    const looking = consoleFamily({ timers }).identify(context(gears), never);
    await until(() => gears.length === 1 && timers.pending > 0);
    await gears[0]?.send(Buffer.from('\r\nlogin: '));
    await nextTurn();
    timers.advance(60_000);
    expect(await looking).toEqual({ score: 1, identity: {}, evidence: 'It shows “login:”' });
    const first = await gears[0]?.incoming[Symbol.asyncIterator]()
      .next()
      .catch(() => 'nothing');
    expect(first).toBe('nothing');
  });
});
