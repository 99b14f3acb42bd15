// RFC 2217, telnet's COM-PORT-OPTION: how a serial line behind a terminal server is set and how
// it answers. Payloads only; telnet frames them. The client's commands are 0–12, the server's
// answers 100 more. Tolerant where servers differ (recorded with ser2net 4.3 and sredird 2.2):
// sredird answers a baud rate with eight bytes, the last four of which mean nothing.

export type Parity = 'none' | 'odd' | 'even' | 'mark' | 'space';
export type FlowControl = 'none' | 'xonxoff' | 'rtscts';

export interface LineSettings {
  /** Bits per second. */
  readonly baud: number;
  readonly dataBits: 5 | 6 | 7 | 8;
  readonly parity: Parity;
  readonly stopBits: 1 | 1.5 | 2;
  readonly flow: FlowControl;
}

const COMMAND = {
  signature: 0,
  baud: 1,
  dataBits: 2,
  parity: 3,
  stopBits: 4,
  control: 5,
  lineState: 6,
  modemState: 7,
  flowSuspend: 8,
  flowResume: 9,
  purge: 12,
} as const;

const PARITY: Readonly<Record<Parity, number>> = { none: 1, odd: 2, even: 3, mark: 4, space: 5 };
const FLOW: Readonly<Record<FlowControl, number>> = { none: 1, xonxoff: 2, rtscts: 3 };

/** SET-CONTROL values (RFC 2217 §3). */
export const CONTROL = {
  breakOn: 5,
  breakOff: 6,
  dtrOn: 8,
  dtrOff: 9,
  rtsOn: 11,
  rtsOff: 12,
} as const;

export const encodeBaud = (baud: number): Uint8Array => {
  const payload = new Uint8Array(5);
  payload[0] = COMMAND.baud;
  new DataView(payload.buffer).setUint32(1, baud);
  return payload;
};
export const encodeDataBits = (bits: LineSettings['dataBits']): Uint8Array =>
  Uint8Array.of(COMMAND.dataBits, bits);
export const encodeParity = (parity: Parity): Uint8Array =>
  Uint8Array.of(COMMAND.parity, PARITY[parity]);
export const encodeStopBits = (bits: LineSettings['stopBits']): Uint8Array =>
  Uint8Array.of(COMMAND.stopBits, bits === 1.5 ? 3 : bits);
export const encodeFlow = (flow: FlowControl): Uint8Array =>
  Uint8Array.of(COMMAND.control, FLOW[flow]);
export const encodeControl = (value: (typeof CONTROL)[keyof typeof CONTROL]): Uint8Array =>
  Uint8Array.of(COMMAND.control, value);

/** The commands that set a line, each with the answer that says it was done. */
export function encodeLineSettings(
  line: LineSettings,
): readonly { readonly name: ComPortReply['kind']; readonly payload: Uint8Array }[] {
  return [
    { name: 'baud', payload: encodeBaud(line.baud) },
    { name: 'dataBits', payload: encodeDataBits(line.dataBits) },
    { name: 'parity', payload: encodeParity(line.parity) },
    { name: 'stopBits', payload: encodeStopBits(line.stopBits) },
    { name: 'control', payload: encodeFlow(line.flow) },
  ];
}

export type ComPortReply =
  | { readonly kind: 'baud'; readonly baud: number }
  | { readonly kind: 'dataBits' | 'parity' | 'stopBits' | 'control'; readonly value: number }
  | { readonly kind: 'lineState' | 'modemState'; readonly value: number }
  | { readonly kind: 'signature'; readonly text: string }
  | { readonly kind: 'flowSuspend' | 'flowResume' | 'purge' }
  | { readonly kind: 'unknown'; readonly command: number };

/** A server's answer or notice. Nothing a server sends throws: what it means is or is not known. */
export function decodeComPortReply(payload: Uint8Array): ComPortReply {
  const command = payload[0] ?? 0;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const value = payload[1];
  const unknown = { kind: 'unknown', command } as const;
  switch (command - 100) {
    case COMMAND.baud:
      return payload.length >= 5 ? { kind: 'baud', baud: view.getUint32(1) } : unknown;
    case COMMAND.signature:
      return { kind: 'signature', text: new TextDecoder('latin1').decode(payload.subarray(1)) };
    case COMMAND.dataBits:
      return value === undefined ? unknown : { kind: 'dataBits', value };
    case COMMAND.parity:
      return value === undefined ? unknown : { kind: 'parity', value };
    case COMMAND.stopBits:
      return value === undefined ? unknown : { kind: 'stopBits', value };
    case COMMAND.control:
      return value === undefined ? unknown : { kind: 'control', value };
    case COMMAND.lineState:
      return value === undefined ? unknown : { kind: 'lineState', value };
    case COMMAND.modemState:
      return value === undefined ? unknown : { kind: 'modemState', value };
    case COMMAND.flowSuspend:
      return { kind: 'flowSuspend' };
    case COMMAND.flowResume:
      return { kind: 'flowResume' };
    case COMMAND.purge:
      return { kind: 'purge' };
    default:
      return unknown;
  }
}
