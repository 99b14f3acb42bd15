// Spans and channels of the simulated FreeTDM: what they are and what state they are in.

export interface SimSpanConfig {
  readonly name: string;
  /** As `ftdm list` has it. */
  readonly stack: 'isdn' | 'analog' | 'analog_em';
  readonly channels: number;
  readonly type: 'B' | 'FXS' | 'FXO' | 'EM';
  /** Channel number of the D-channel. */
  readonly dChannel?: number;
}

export type SimAlarm = 'red' | 'yellow' | 'rai' | 'blue' | 'ais' | 'general';

export interface SimCall {
  readonly uuid: string;
  readonly direction: 'inbound' | 'outbound';
  readonly caller: string;
  readonly callerName: string;
  readonly called: string;
  readonly session: number;
  readonly createdMs: number;
  answeredMs: number | undefined;
}

export interface SimChannel {
  readonly number: number;
  readonly type: string;
  state: string;
  lastState: string;
  alarms: readonly SimAlarm[];
  isSuspended: boolean;
  signalling: 'UP' | 'DOWN' | 'SUSPENDED';
  call: SimCall | undefined;
  /** Latest last; the times are steady milliseconds. */
  history: { readonly from: string; readonly to: string; readonly atMs: number }[];
}

export interface SimSpan {
  readonly id: number;
  readonly config: SimSpanConfig;
  readonly channels: readonly SimChannel[];
  isStarted: boolean;
  isWedged: boolean;
}

/** Spans as they stand after the module was loaded and the links came up. */
export function freshSpans(configs: readonly SimSpanConfig[]): readonly SimSpan[] {
  return configs.map((config, index) => ({
    id: index + 1,
    config,
    isStarted: true,
    isWedged: false,
    channels: Array.from({ length: config.channels }, (_, at) => freshChannel(config, at + 1)),
  }));
}

function freshChannel(config: SimSpanConfig, number: number): SimChannel {
  const isD = number === config.dChannel;
  return {
    number,
    type: isD ? 'DQ921' : config.type,
    // The D-channel shows UP while its thread runs; B-channels were restarted once.
    state: isD ? 'UP' : 'DOWN',
    lastState: isD || config.stack !== 'isdn' ? 'DOWN' : 'RESTART',
    alarms: [],
    isSuspended: false,
    signalling: 'UP',
    call: undefined,
    history: [],
  };
}

/** What the history of a channel keeps. */
const MAX_HISTORY = 10;

export function changeState(channel: SimChannel, to: string, nowMs: number): void {
  channel.history = [...channel.history, { from: channel.state, to, atMs: nowMs }].slice(
    -MAX_HISTORY,
  );
  channel.lastState = channel.state;
  channel.state = to;
}
