// What a span is, over all gear (design: span model). Drivers report these; the gear service
// keeps them with their age. "Unknown" is a value, never a guess.

/** One TDM interface: an E1, a T1, a BRI, an analogue bank. */
export type SpanKind = 'T1' | 'E1' | 'J1' | 'BRI' | 'FXS' | 'FXO' | 'EM';

export type Signalling = 'up' | 'suspended' | 'down' | 'unknown';
export type Running = 'started' | 'stopped' | 'wedged' | 'unknown';

/** In which order free channels are taken; `cyclic` goes on after the last one taken. */
export type ChannelOrder =
  | {
      readonly kind: 'known';
      readonly direction: 'ascending' | 'descending';
      readonly memory: 'linear' | 'cyclic';
    }
  | { readonly kind: 'not_applicable' }
  | { readonly kind: 'unknown' };

/** RFC 4805 dsx1LineStatus: the sum of the bits and their names. */
export interface LineStatus {
  readonly bits: number;
  readonly names: readonly string[];
}

export interface SpanReport {
  /** The gear's own name of the span, unique within the gear. */
  readonly native: string;
  readonly name: string;
  readonly kind: SpanKind | 'unknown';
  /** Time slots of the frame, D-channel included; channels for analogue banks. */
  readonly slots: number;
  /** Time slot of the D-channel; undefined when there is none or it is unknown. */
  readonly dChannel: number | undefined;
  readonly framing: string | undefined;
  readonly lineCode: string | undefined;
  readonly clock: string | undefined;
  readonly admin: 'up' | 'down' | 'maintenance' | 'unknown';
  readonly signalling: Signalling;
  readonly running: Running;
  readonly status: LineStatus | undefined;
  readonly order: ChannelOrder;
  readonly capabilities: readonly string[];
  /** What the driver read beside the model, for people (signalling type, trunk type, …). */
  readonly detail: Readonly<Record<string, string>>;
  /** What a reader must know to trust the values (the colour caveat of DAHDI cards). */
  readonly caveats: readonly string[];
  readonly channels: readonly ChannelReport[];
}

export interface ChannelReport {
  /** Position in the frame: E1 1–31, T1 1–24. */
  readonly timeslot: number;
  /** The gear's channel number, from 1. */
  readonly number: number;
  readonly type: 'B' | 'D' | 'FXS' | 'FXO' | 'EM' | 'CAS' | 'unknown';
  readonly state: 'idle' | 'busy' | 'blocked' | 'out_of_service' | 'unknown';
  /** The gear's own word for the state. */
  readonly nativeState: string | undefined;
  readonly alarm: boolean;
  readonly call: CallReport | undefined;
}

export interface CallReport {
  readonly direction: 'inbound' | 'outbound' | 'unknown';
  readonly caller: string | undefined;
  readonly called: string | undefined;
  readonly id: string | undefined;
}

export type Severity = 'critical' | 'major' | 'minor' | 'warning' | 'cleared';

/** One alarm as gear tells of it. `subject` and `name` together say which alarm it is. */
export interface AlarmReport {
  /** The span's native name, or undefined for the gear itself. */
  readonly span: string | undefined;
  /** `RED`, `AIS`, `RAI`, `LOS`, `D-channel down`, … */
  readonly name: string;
  readonly severity: Severity;
  readonly explanation: string;
}
