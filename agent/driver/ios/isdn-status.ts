// `show isdn status` → one record an interface: layers, calls, free channels.

import type { Parsed } from '../parsed.ts';

export interface IsdnCall {
  readonly id: string;
  readonly channel: number;
  readonly type: string;
}

export interface IsdnInterface {
  /** `Serial0/2/0:23` */
  readonly name: string;
  /** `0/2/0` */
  readonly place: string;
  /** Time slot of the D-channel, from 1; IOS counts it from 0 (`:23`, `:15`). */
  readonly dSlot: number | undefined;
  readonly switchType: string | undefined;
  readonly network: boolean;
  readonly layer1: string | undefined;
  readonly layer2: string | undefined;
  readonly calls: readonly IsdnCall[];
  /** Bit n-1 set: channel n is free. Bit 31 is set while the interface is up. */
  readonly freeMask: number | undefined;
}

const HEAD = /^ISDN ([A-Za-z]{2,20}((?:\d{1,2}\/){0,3}\d{1,2})(?::(\d{1,2}))?) interface$/;
const STATES = /^(?:ACTIVE|DEACTIVATED|SHUTDOWN|GOING DOWN|ACTIVATING)$/;
/** Printed in every block and of no use to the model. */
const KNOWN =
  /^(?:Global ISDN Switchtype|\*+ User side|Active dsl|Number of L2|Total Allocated|Layer \d Status:|Spid Status|I_Queue_Len|The Free Channel Mask:$)/;

interface Draft {
  name: string;
  place: string;
  dSlot: number | undefined;
  switchType: string | undefined;
  network: boolean;
  layer1: string | undefined;
  layer2: string | undefined;
  calls: IsdnCall[];
  freeMask: number | undefined;
}

export function readIsdnStatus(lines: readonly string[]): Parsed<IsdnInterface> {
  const drafts: Draft[] = [];
  const unparsed: string[] = [];
  for (const raw of lines) {
    const line = raw.trim();
    if (line === '') continue;
    const head = HEAD.exec(line);
    if (head?.[1] !== undefined && head[2] !== undefined) {
      drafts.push({
        name: head[1],
        place: head[2],
        dSlot: head[3] === undefined ? undefined : Number(head[3]) + 1,
        switchType: undefined,
        network: false,
        layer1: undefined,
        layer2: undefined,
        calls: [],
        freeMask: undefined,
      });
      continue;
    }
    const draft = drafts.at(-1);
    if (!(draft !== undefined && take(draft, line)) && !KNOWN.test(line))
      unparsed.push(raw.slice(0, 200));
  }
  return { values: drafts, unparsed };
}

function take(draft: Draft, line: string): boolean {
  if (STATES.test(line)) draft.layer1 = line;
  else if (/^Layer 2 NOT Activated/i.test(line)) draft.layer2 = 'NOT Activated';
  else if (/^\*+ Network side/.test(line)) draft.network = true;
  else {
    const state = /\bState = ([A-Z_]{3,40})$/.exec(line)?.[1];
    const type = /interface ISDN Switchtype = ([\w-]{3,30})$/.exec(line)?.[1];
    const mask = /^The Free Channel Mask: {1,4}0x([0-9A-Fa-f]{1,8})$/.exec(line)?.[1];
    const call =
      /^CCB:\s?callid=([0-9A-Fa-f]{1,8}), .{0,40}?B-chan=(\d{1,2}), calltype=(\w{1,16})/.exec(line);
    if (state !== undefined) draft.layer2 = state;
    else if (type !== undefined) draft.switchType = type;
    else if (mask !== undefined) draft.freeMask = Number.parseInt(mask, 16);
    else if (call?.[1] !== undefined)
      draft.calls.push({ id: call[1], channel: Number(call[2]), type: call[3] ?? '' });
    else return /^\d{1,3} Active Layer 3 Call/.test(line);
  }
  return true;
}
