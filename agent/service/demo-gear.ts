// The gear record of the demo site. Its simulator has another port at each start, so the
// record's link follows; what people changed beside it, or that they removed it, stays.

import type { Actor } from '../base/change.ts';
import { isCode } from '../base/error.ts';
import { NO_PRECONDITIONS } from '../document/precondition.ts';
import type { GearService } from './gear.ts';
import { GEAR_SCOPE } from './gear-fleet.ts';
import type { Storage } from './storage.ts';

export interface DemoGear {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly link: string;
  readonly password: string;
}

/** Call it before the fleet starts, so that nobody dials the port of the last start. */
export async function followDemoGear(
  storage: Storage,
  gear: GearService,
  demo: DemoGear,
): Promise<void> {
  const by: Actor = { method: 'agent', requestId: 'demo-site' };
  const target = { preconditions: NO_PRECONDITIONS, by };
  const { id, link, password } = demo;
  const stored = await storage.read.documents.load(GEAR_SCOPE, id);
  if (stored !== undefined) {
    if (stored.doc['link'] !== link || stored.doc['password'] !== password)
      await gear.patch(target, id, { link, password });
    return;
  }
  try {
    await gear.create(target, { ...demo });
  } catch (error) {
    // The id of a record that was removed is not given again: somebody did not want it.
    if (!isCode(error, 'document.conflict')) throw error;
  }
}
