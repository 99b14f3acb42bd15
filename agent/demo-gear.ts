// The gear of the demo site: a FreeSWITCH with FreeTDM, an IOS gateway and a TL1 mux, each a
// simulator that speaks the real dialect, and the cables between them.

import type { Clock } from './base/clock.ts';
import type { RandomBytes } from './base/ids.ts';
import type { GearSide } from './gear-wiring.ts';
import { followDemoGear, plugDemoCable } from './service/demo-gear.ts';
import type { Storage } from './service/storage.ts';
import { startDemoFreeSwitch } from './sim/freeswitch/demo.ts';
import { startGear } from './sim/start-gear.ts';

const FREESWITCH = 'demo-freeswitch';
const GATEWAY = 'demo-ios';
const MUX = 'demo-tl1';
/** A console port and a craft port, at the speeds they come with. */
const CONSOLE_BAUD = 9600;
const CRAFT_BAUD = 19_200;
const DEMO_LOGIN = { username: 'craft', password: 'demo' };

/** Starts the simulators and makes gear records lead to them. @returns the way to end them */
export async function startDemoGear(
  storage: Storage,
  { gear }: GearSide,
  random: RandomBytes,
  clock: Clock,
): Promise<() => Promise<void>> {
  const [gateway, mux] = await Promise.all([
    startGear({ dialect: 'ios', baud: CONSOLE_BAUD, options: { hostName: 'GW1' } }),
    startGear({ dialect: 'tl1', baud: CRAFT_BAUD, options: { sid: 'MUX1', ...DEMO_LOGIN } }),
  ]);
  const freeSwitch = await startDemoFreeSwitch({
    random,
    clock,
    others: {
      gateway: (behaviour) => gateway.behave(behaviour),
      mux: (behaviour) => mux.behave(behaviour),
    },
  });
  const { url: link, password } = freeSwitch;
  await followDemoGear(storage, gear, {
    id: FREESWITCH,
    name: 'Demo FreeSWITCH',
    driver: 'freetdm',
    link,
    password,
  });
  await followDemoGear(storage, gear, {
    id: GATEWAY,
    name: 'Demo IOS gateway',
    driver: 'ios',
    link: gateway.url,
    password: undefined,
  });
  await followDemoGear(storage, gear, {
    id: MUX,
    name: 'Demo TL1 mux',
    driver: 'tl1',
    link: mux.url,
    ...DEMO_LOGIN,
    options: { profile: 'widebank28' },
  });
  return async () => {
    await Promise.all([freeSwitch.stop(), gateway.stop(), mux.stop()]);
  };
}

/** Call it when the gear is watched: a cable names gear that is there. */
export async function plugDemoCables({ cables }: GearSide): Promise<void> {
  const pairs = [
    ['T1_A', GATEWAY, 'T1 0/2/0'],
    ['E1_A', GATEWAY, 'E1 1/1/0'],
  ] as const;
  for (const [span, gear_id, port] of pairs)
    await plugDemoCable(cables, {
      id: `demo-cable-${span.toLowerCase().replace('_', '-')}`,
      name: `${span} to ${port}`,
      freetdm: { gear_id: FREESWITCH, span },
      device: { gear_id, span: port },
    });
}
