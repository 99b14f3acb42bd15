// The drivers of this program, each with the ports it may open: the one table that says which
// kinds of gear a record can name.

import type { Clock } from './base/clock.ts';
import type { GearFamily } from './gear/gear-family.ts';
import type { GearDriverFamily } from './span/gear-driver.ts';
import type { OpenPort } from './transport/port.ts';

/** @param open opens the port of a link; one call, one connection */
export function bindFamily(
  family: GearDriverFamily<OpenPort>,
  open: (link: string) => OpenPort,
  clock: Clock,
): GearFamily {
  return {
    name: family.name,
    title: family.title,
    schemes: family.schemes,
    defaultPollS: family.defaultPollS,
    optionsSchema: family.optionsSchema,
    create: (approach) => family.create({ ...approach, openPort: open(approach.link.url), clock }),
    identify: (approach, signal) =>
      family.identify({ ...approach, openPort: open(approach.link.url), clock }, signal),
  };
}

export function gearFamilies(_clock: Clock): readonly GearFamily[] {
  return [];
}
