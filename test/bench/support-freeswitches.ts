// Demo FreeSWITCHes for the gear bench, in a process of their own: says their links, and makes
// alarms when told to.

import { randomBytes } from 'node:crypto';
import { systemClock } from '../../agent/base/clock.ts';
import { startDemoFreeSwitch } from '../../agent/sim/freeswitch/demo.ts';

export interface FreeSwitchLink {
  readonly link: string;
  readonly password: string;
}

const count = Number(process.argv[2] ?? '1');
const switches = await Promise.all(
  Array.from({ length: count }, () =>
    startDemoFreeSwitch({ random: randomBytes, clock: systemClock, isLively: false }),
  ),
);
process.on('message', ({ index, line }: { readonly index: number; readonly line: string }) => {
  switches[index]?.control(line);
});
process.on('disconnect', () => process.exit(0));
process.send?.({ links: switches.map(({ url, password }) => ({ link: url, password })) });
