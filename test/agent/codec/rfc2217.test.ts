import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeComPortReply,
  encodeLineSettings,
  type LineSettings,
} from '../../../agent/codec/rfc2217/com-port.ts';
import { encodeSubnegotiation, OPTION } from '../../../agent/codec/telnet/telnet-bytes.ts';
import { TelnetDecoder } from '../../../agent/codec/telnet/telnet-decoder.ts';
import { readSession, receivedBytes } from '../../support/serial-fixtures.ts';

const replies = (name: string): unknown[] =>
  new TelnetDecoder()
    .feed(receivedBytes(name))
    .filter((event) => event.kind === 'subnegotiation')
    .map(({ payload }) => decodeComPortReply(payload));

const line = (baud: number): LineSettings => ({
  baud,
  dataBits: 8,
  parity: 'none',
  stopBits: 1,
  flow: 'none',
});

describe('RFC 2217', () => {
  it('writes the settings as the recorded client of another author does', () => {
    const sent = readSession('captured-rfc2217-pyserial-ser2net')
      .filter(({ dir }) => dir === 'tx')
      .map(({ bytes }) => Buffer.from(bytes).toString('hex'));
    const ours = encodeLineSettings(line(9600)).map(({ payload }) =>
      Buffer.from(encodeSubnegotiation(OPTION.comPort, payload)).toString('hex'),
    );
    expect(sent).toContain(ours.slice(0, 4).join(''));
    expect(sent).toContain(ours[4]);
  });

  it('reads what ser2net answers', () => {
    expect(replies('captured-rfc2217-pyserial-ser2net').slice(0, 6)).toEqual([
      { kind: 'modemState', value: 0 },
      { kind: 'baud', baud: 9600 },
      { kind: 'dataBits', value: 8 },
      { kind: 'parity', value: 1 },
      { kind: 'stopBits', value: 1 },
      { kind: 'control', value: 1 },
    ]);
  });

  it("takes the first four of sredird's eight bytes of baud", () => {
    expect(replies('captured-rfc2217-pyserial-sredird')).toContainEqual({
      kind: 'baud',
      baud: 9600,
    });
  });

  it('knows or does not know any payload, and throws at none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (payload) => {
        expect(decodeComPortReply(payload)).toHaveProperty('kind');
      }),
    );
  });
});
