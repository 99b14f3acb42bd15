// Which FreeSWITCH call is on which FreeTDM channel, and which way it goes: from channel events
// and from `show channels like FreeTDM`. The dump of a channel has the rest.

import type { EslEvent } from '../esl/event.ts';
import type { ChannelAddress } from './core.ts';

export interface CallOnChannel extends ChannelAddress {
  /** As in `session` of a channel's dump. */
  readonly uuid: string;
  readonly direction: 'inbound' | 'outbound';
}

/** A channel event of a FreeTDM leg; undefined for every other. */
export function callOnChannel({ headers }: EslEvent): CallOnChannel | undefined {
  const name = /^FreeTDM\/(\d{1,9}):(\d{1,9})\//.exec(headers.first('Channel-Name') ?? '');
  const direction = headers.first('Call-Direction');
  const uuid = headers.first('Unique-ID');
  if (name === null || uuid === undefined) return undefined;
  if (direction !== 'inbound' && direction !== 'outbound') return undefined;
  return { spanId: Number(name[1]), channelId: Number(name[2]), uuid, direction };
}

const ROW = /^([0-9a-f-]{36}),(inbound|outbound),[^,\n]*,\d+,FreeTDM\/(\d{1,9}):(\d{1,9})\//gm;

/**
 * The comma form: the columns up to the channel's name hold nothing of a caller. A name with a
 * line break could make up a row, so only rows whose call the channel itself names count.
 */
export function parseShownCalls(text: string): readonly CallOnChannel[] {
  return [...text.matchAll(ROW)].map(([, uuid, direction, spanId, channelId]) => ({
    uuid: uuid ?? '',
    direction: direction === 'inbound' ? 'inbound' : 'outbound',
    spanId: Number(spanId),
    channelId: Number(channelId),
  }));
}
