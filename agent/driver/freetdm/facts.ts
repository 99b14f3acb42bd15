// What is known of one span of FreeTDM, from its own words.

import type { ChannelRecord } from '../../codec/ftdm/channel-dump.ts';
import type { ListedSpan } from '../../codec/ftdm/span-list.ts';
import type { Running } from '../../span/span.ts';

export interface ChannelFacts {
  readonly record: ChannelRecord;
  /** Blocked here, by a person or an alarm; the record does not have this. */
  readonly isSuspended: boolean;
}

export interface SpanFacts {
  readonly id: number;
  /** `#7` until the list or an event told the name. */
  readonly name: string;
  /** Its record in `ftdm list`; undefined: it has no signalling, or the list was never read. */
  readonly listed: ListedSpan | undefined;
  readonly running: Running;
  readonly channels: ReadonlyMap<number, ChannelFacts>;
}

export function unknownSpan(id: number): SpanFacts {
  return {
    id,
    name: `#${String(id)}`,
    listed: undefined,
    running: 'unknown',
    channels: new Map(),
  };
}

/** A channel of which a core list is all that could be read. */
export function emptyRecord(spanId: number, channelId: number): ChannelRecord {
  return {
    spanId,
    channelId,
    physicalSpanId: spanId,
    physicalChannelId: channelId,
    isAlarmed: false,
    alarms: [],
    signallingStatus: '',
    type: '',
    state: 'DOWN',
    lastState: '',
    txGainDb: 0,
    rxGainDb: 0,
    callerName: '',
    callerNumber: '',
    ani: '',
    dnis: '',
    rdnis: '',
    cause: '',
    session: undefined,
    isSessionDead: false,
  };
}
