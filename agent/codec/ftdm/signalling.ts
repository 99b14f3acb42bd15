// The status of signalling: no event tells of it. It is asked for (`ftdm sigstatus get`,
// `ftdm list`), or seen in the log, one line a channel. Two places of mod_freetdm write that
// line, with the blank before or after the colon.

import { CraftportError } from '../../base/error.ts';
import type { EslFrame } from '../esl/frame.ts';
import { eslText } from '../esl/frame.ts';
import type { ChannelAddress } from './core.ts';
import { refusedReply } from './reply.ts';

export interface SignallingChange extends ChannelAddress {
  readonly status: string;
}

const CHANGE = /mod_freetdm\.c:\d+ (\d{1,9}):(\d{1,9}) signalling changed to(?: :|: )([A-Z]+)\s*$/;

/** @returns undefined for every other line of the log: this runs on each of them */
export function signallingChange(frame: EslFrame): SignallingChange | undefined {
  if (frame.headers.first('Log-File') !== 'mod_freetdm.c' || frame.body.length > 512)
    return undefined;
  const match = CHANGE.exec(eslText(frame.body));
  return match === null
    ? undefined
    : { spanId: Number(match[1]), channelId: Number(match[2]), status: match[3] ?? '' };
}

/**
 * `ftdm sigstatus get <span> [<channel>]`.
 * @throws codec.malformed; driver.denied, also where the stack has no status for a whole span
 */
export function parseSignallingStatus(text: string): string {
  const refused = refusedReply('ftdm sigstatus', text);
  if (refused !== undefined) throw refused;
  const match = /^(?:Channel \d+ signaling status|signaling_status): ([A-Z]+)\s*$/.exec(text);
  if (match?.[1] === undefined)
    throw new CraftportError('codec.malformed', 'The reply to `ftdm sigstatus` cannot be read', {
      detail: { near: text.slice(0, 80) },
    });
  return match[1];
}
