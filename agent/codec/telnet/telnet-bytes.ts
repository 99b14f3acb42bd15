// Telnet's bytes (RFC 854, 855) and how to write them. No state, no I/O.

export const IAC = 255;
export const SB = 250;
export const SE = 240;
export const BRK = 243;

export type Verb = 'WILL' | 'WONT' | 'DO' | 'DONT';

export const VERB_BYTES: Readonly<Record<Verb, number>> = {
  WILL: 251,
  WONT: 252,
  DO: 253,
  DONT: 254,
};

/** Options by name; numbers from IANA's registry of telnet options. */
export const OPTION = {
  binary: 0,
  echo: 1,
  suppressGoAhead: 3,
  terminalType: 24,
  windowSize: 31,
  lineMode: 34,
  comPort: 44,
} as const;

/**
 * How a carriage return that stands alone is written while BINARY is off. RFC 854 wants
 * `CR NUL`, which a device's own telnet server understands; a terminal server passes the NUL on
 * to the serial line (seen with ser2net 4.3), so there CR goes out bare.
 */
export type CarriageReturn = 'nul' | 'bare';

const CR = 13;
const LF = 10;

/** Data for the other side: IAC doubled, CR by the rule unless the direction is BINARY. */
export function encodeData(
  bytes: Uint8Array,
  options: { readonly binary: boolean; readonly carriageReturn: CarriageReturn },
): Uint8Array {
  const stuff = !options.binary && options.carriageReturn === 'nul';
  const out: number[] = [];
  bytes.forEach((byte, index) => {
    out.push(byte);
    if (byte === IAC) out.push(IAC);
    else if (stuff && byte === CR && bytes[index + 1] !== LF) out.push(0);
  });
  return Uint8Array.from(out);
}

/** `IAC WILL x` and its three relatives. */
export function encodeNegotiation(verb: Verb, option: number): Uint8Array {
  return Uint8Array.of(IAC, VERB_BYTES[verb], option);
}

/** `IAC SB option … IAC SE` with IAC doubled inside (RFC 855). */
export function encodeSubnegotiation(option: number, payload: Uint8Array): Uint8Array {
  const body = [...payload].flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte]));
  return Uint8Array.of(IAC, SB, option, ...body, IAC, SE);
}
