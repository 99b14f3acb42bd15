// Simulated gear in a process of its own, as the demo site starts it.

import { afterEach, describe, expect, it } from 'vitest';
import { iosFamily } from '../../../agent/driver/ios/family.ts';
import { tl1Family } from '../../../agent/driver/tl1/family.ts';
import type { SimGear } from '../../../agent/sim/gear-child.ts';
import { startGear, type RunningGear } from '../../../agent/sim/start-gear.ts';
import { parseLink } from '../../../agent/transport/link-url.ts';
import { openLink } from '../../../agent/transport/open-link.ts';
import type { OpenPort } from '../../../agent/transport/port.ts';
import { gearContext, withDriver } from '../../support/gear-watch.ts';
import { until } from '../../support/until.ts';

const NEVER = new AbortController().signal;
const PROGRAM = new URL('../../../.build/agent/sim/gear-child.js', import.meta.url);
const LOGIN = { username: 'admin', password: 'secret1' };

let gear: RunningGear | undefined;
const start = async (what: SimGear): Promise<RunningGear> =>
  (gear = await startGear(what, PROGRAM));
const open = (url: string): OpenPort =>
  openLink(
    parseLink(url),
    { username: undefined, password: undefined },
    { note() {}, hostKey() {} },
  );

afterEach(async () => {
  await gear?.stop();
  await gear?.stop();
});

describe('simulated gear in its own process', () => {
  it('is no faster than its line', async () => {
    const running = await start({ dialect: 'tl1', baud: 9600, options: { t1Count: 2 } });
    let received = 0;
    let startedMs = 0;
    const driver = tl1Family().create(
      gearContext(
        async (signal) => {
          startedMs = performance.now();
          const port = await open(running.url)(signal);
          return {
            name: port.name,
            incoming: (async function* () {
              for await (const bytes of port.incoming) {
                received += bytes.length;
                yield bytes;
              }
            })(),
            send: (bytes) => port.send(bytes),
            close: () => port.close(),
          };
        },
        LOGIN,
        { profile: 'widebank28' },
      ),
    );
    await withDriver(driver, async () => {
      expect((await driver.read(NEVER)).spans).toHaveLength(2);
      expect(performance.now() - startedMs).toBeGreaterThan((received * 10_000) / 9600 - 50);
      expect(received).toBeGreaterThan(1000);
    });
  });

  it('does what it is told, is unplugged, and comes back', async () => {
    const running = await start({ dialect: 'tl1', baud: 0, options: {} });
    const driver = tl1Family({ backOffMs: [20] }).create(
      gearContext(open(running.url), LOGIN, { profile: 'widebank28' }),
    );
    await withDriver(driver, async (_, watch) => {
      await driver.read(NEVER);
      running.behave({ kind: 'alarm', span: 7, name: 'AIS', raised: true });
      await until(() => watch.alarms.length > 0);
      running.behave({ kind: 'unplug', ms: 100 });
      await until(() => watch.links.includes('down'));
      await until(() => watch.links.at(-1) === 'connected');
      expect((await driver.read(NEVER)).alarms).toMatchObject([{ span: 'DS1-7', name: 'AIS' }]);
    });
  });

  it('plays a gateway too', async () => {
    const running = await start({ dialect: 'ios', baud: 115_200, options: {} });
    const driver = iosFamily({ pacing: { listenMs: 50 } }).create(gearContext(open(running.url)));
    await withDriver(driver, async () => {
      const { spans } = await driver.read(NEVER);
      expect(spans.map(({ native }) => native)).toEqual(['T1 0/2/0', 'T1 0/2/1', 'E1 1/1/0']);
    });
  });
});
