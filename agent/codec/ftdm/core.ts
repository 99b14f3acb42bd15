// `ftdm core …`: lists of channels and spans by flag, state and call. These commands take no
// lock of a span: they answer also when one is wedged. Lines, a blank line, a total.

import { CraftportError } from '../../base/error.ts';
import { refusedReply } from './reply.ts';

export interface ChannelAddress {
  readonly spanId: number;
  readonly channelId: number;
}

/** A flag of a channel or span; the list of all spans has only those that match. */
export interface Flagged<T> {
  readonly of: T;
  readonly isOn: boolean;
}

const CHANNEL = /^\[s(\d{1,9})c(\d{1,9})\]\[\d+:\d+\] flag !?\d+\(!?[^)\n]*\)(?: (ON|OFF))?$/;
const SPAN = /^\[s(\d{1,9})\] flag !?\d+\(!?[^)\n]*\)(?: (ON|OFF))?$/;
const STATE = /^\[s(\d{1,9})c(\d{1,9})\]\[\d+:\d+\] in state ([A-Z_]+)$/;
const CALL = /^Call \d+ on channel (\d{1,9}):(\d{1,9})$/;
const TOTAL = /^Total (?:channels|spans|calls)\b.*: (\d+)$/;

/** `ftdm core flag <flag> [<span> [<channel>]]`. @throws codec.malformed, driver.denied */
export function parseChannelFlags(text: string): readonly Flagged<ChannelAddress>[] {
  return lines('flag', text, CHANNEL, (match) => ({
    of: addressOf(match),
    isOn: match[3] !== 'OFF',
  }));
}

/** `ftdm core spanflag <flag> [<span>]`. @throws codec.malformed, driver.denied */
export function parseSpanFlags(text: string): readonly Flagged<number>[] {
  return lines('spanflag', text, SPAN, (match) => ({
    of: Number(match[1]),
    isOn: match[2] !== 'OFF',
  }));
}

/** `ftdm core state [!]<state>`. @throws codec.malformed, driver.denied */
export function parseChannelStates(
  text: string,
): readonly (ChannelAddress & { readonly state: string })[] {
  return lines('state', text, STATE, (match) => ({ ...addressOf(match), state: match[3] ?? '' }));
}

/** `ftdm core calls`. @throws codec.malformed, driver.denied */
export function parseCalls(text: string): readonly ChannelAddress[] {
  return lines('calls', text, CALL, addressOf);
}

function addressOf(match: RegExpExecArray): ChannelAddress {
  return { spanId: Number(match[1]), channelId: Number(match[2]) };
}

/** @throws codec.malformed for a line that is none, and when the total is not what was listed */
function lines<T>(
  command: string,
  text: string,
  pattern: RegExp,
  read: (match: RegExpExecArray) => T,
): readonly T[] {
  const refused = refusedReply(`ftdm core ${command}`, text);
  if (refused !== undefined) throw refused;
  const found: T[] = [];
  // The total counts what has the flag; with a span named, the list has the others too.
  let counted = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const match = pattern.exec(line);
    if (match !== null) {
      found.push(read(match));
      if (!line.endsWith(' OFF')) counted += 1;
      continue;
    }
    const total = TOTAL.exec(line)?.[1];
    if (total === undefined || Number(total) !== counted)
      throw new CraftportError(
        'codec.malformed',
        `The reply to \`ftdm core ${command}\` cannot be read`,
        { detail: { near: line.slice(0, 80) } },
      );
  }
  return found;
}
