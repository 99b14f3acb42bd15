import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeData,
  encodeSubnegotiation,
  IAC,
  OPTION,
} from '../../../agent/codec/telnet/telnet-bytes.ts';
import { TelnetDecoder, type TelnetEvent } from '../../../agent/codec/telnet/telnet-decoder.ts';
import {
  ask,
  isOn,
  NOTHING_NEGOTIATED,
  receive,
  type TelnetPolicy,
} from '../../../agent/codec/telnet/telnet-options.ts';
import { isCode } from '../../../agent/base/error.ts';
import { cuts, receivedBytes } from '../../support/serial-fixtures.ts';

type Seen = Exclude<TelnetEvent, { kind: 'data' }> | { kind: 'data'; text: string };

const latin1 = (bytes: Iterable<number>): string => Buffer.from([...bytes]).toString('latin1');

/** The events of a session with neighbouring data joined, as no split may change them. */
function decode(pieces: Iterable<Uint8Array>, binary = false): Seen[] {
  const decoder = new TelnetDecoder();
  decoder.binary = binary;
  const events: Seen[] = [];
  for (const piece of pieces)
    for (const event of decoder.feed(piece)) {
      const last = events.at(-1);
      if (event.kind !== 'data') events.push(event);
      else if (last?.kind === 'data') last.text += latin1(event.bytes);
      else events.push({ kind: 'data', text: latin1(event.bytes) });
    }
  return events;
}

const text = (events: readonly Seen[]): string =>
  events.map((event) => (event.kind === 'data' ? event.text : '')).join('');

describe('the telnet decoder', () => {
  it.each([
    'captured-frr-zebra-vty',
    'captured-rfc2217-pyserial-ser2net',
    'captured-rfc2217-pyserial-sredird',
  ])('reads %s the same at every split', (name) => {
    const bytes = receivedBytes(name);
    const whole = decode([bytes]);
    expect(whole.length).toBeGreaterThan(3);
    const expected = JSON.stringify(whole);
    for (const pieces of cuts(bytes))
      if (JSON.stringify(decode(pieces)) !== expected) expect(decode(pieces)).toEqual(whole);
  });

  it("reads the opening of FRRouting's VTY", () => {
    const events = decode([receivedBytes('captured-frr-zebra-vty')]);
    // Recorded: WILL ECHO, WILL SGA, DONT LINEMODE, DO NAWS.
    expect(events.filter((event) => event.kind === 'negotiation').slice(0, 4)).toEqual([
      { kind: 'negotiation', verb: 'WILL', option: OPTION.echo },
      { kind: 'negotiation', verb: 'WILL', option: OPTION.suppressGoAhead },
      { kind: 'negotiation', verb: 'DONT', option: OPTION.lineMode },
      { kind: 'negotiation', verb: 'DO', option: OPTION.windowSize },
    ]);
    expect(text(events)).toContain('User Access Verification');
  });

  it('reads a doubled 0xFF as one byte of data', () => {
    expect(decode([Uint8Array.of(97, IAC, IAC, 98)])).toEqual([{ kind: 'data', text: 'a\xffb' }]);
  });

  it('drops the NUL of CR NUL in text, and keeps it in BINARY', () => {
    const bytes = Uint8Array.of(97, 13, 0, 98, 13, 10);
    expect(text(decode([bytes]))).toBe('a\rb\r\n');
    expect(text(decode([bytes], true))).toBe('a\r\0b\r\n');
  });

  it('gives back any data that was encoded, whatever the split', () => {
    const rules = fc.record({
      binary: fc.boolean(),
      carriageReturn: fc.constant('nul' as const),
    });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), rules, fc.nat(60), (data, rule, at) => {
        // In text mode NUL after CR cannot be told from padding: RFC 854 has no way to send it.
        fc.pre(rule.binary || !Buffer.from(data).includes(Buffer.of(13, 0)));
        const wire = encodeData(data, rule);
        const pieces = [wire.subarray(0, at), wire.subarray(at)];
        expect(text(decode(pieces, rule.binary))).toBe(Buffer.from(data).toString('latin1'));
      }),
    );
  });

  it('gives back any option message that was encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (payload) => {
        expect(decode([encodeSubnegotiation(OPTION.comPort, payload)])).toEqual([
          { kind: 'subnegotiation', option: OPTION.comPort, payload },
        ]);
      }),
    );
  });

  it('throws nothing but a codec error on any bytes', () => {
    const junk = fc.array(
      fc.oneof(fc.constantFrom(255, 250, 240, 13, 0), fc.integer({ min: 0, max: 255 })),
      {
        maxLength: 200,
      },
    );
    fc.assert(
      fc.property(junk, (bytes) => {
        try {
          decode([Uint8Array.from(bytes)]);
        } catch (error) {
          expect(isCode(error, 'codec.too-large')).toBe(true);
        }
      }),
    );
  });

  it('gives up on an option message that does not end', () => {
    const endless = Uint8Array.from([
      IAC,
      250,
      OPTION.comPort,
      ...new Array<number>(5000).fill(65),
    ]);
    expect(() => decode([endless])).toThrow(/over 4096 bytes/);
  });
});

describe('the negotiation of options', () => {
  const policy: TelnetPolicy = {
    ours: new Set([OPTION.binary]),
    theirs: new Set([OPTION.binary, OPTION.echo]),
  };

  it('accepts what the policy allows and refuses the rest', () => {
    const will = receive(NOTHING_NEGOTIATED, policy, 'WILL', OPTION.echo);
    expect(will.reply).toEqual({ verb: 'DO', option: OPTION.echo });
    expect(isOn(will.state, 'theirs', OPTION.echo)).toBe(true);
    expect(receive(NOTHING_NEGOTIATED, policy, 'DO', OPTION.windowSize).reply).toEqual({
      verb: 'WONT',
      option: OPTION.windowSize,
    });
  });

  it('answers nothing that changes nothing', () => {
    const { state } = receive(NOTHING_NEGOTIATED, policy, 'WILL', OPTION.echo);
    expect(receive(state, policy, 'WILL', OPTION.echo).reply).toBeUndefined();
    expect(receive(NOTHING_NEGOTIATED, policy, 'DONT', OPTION.echo).reply).toBeUndefined();
  });

  it('takes the agreement to its own question without another answer', () => {
    const asked = ask(NOTHING_NEGOTIATED, 'ours', OPTION.binary);
    expect(asked.reply).toEqual({ verb: 'WILL', option: OPTION.binary });
    expect(ask(asked.state, 'ours', OPTION.binary).reply).toBeUndefined();
    const agreed = receive(asked.state, policy, 'DO', OPTION.binary);
    expect(agreed.reply).toBeUndefined();
    expect(isOn(agreed.state, 'ours', OPTION.binary)).toBe(true);
  });

  it('never talks for ever with a peer of its own kind', () => {
    const sides = fc.constantFrom('ours' as const, 'theirs' as const);
    const asks = fc.array(fc.tuple(fc.boolean(), sides, fc.integer({ min: 0, max: 3 })), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(asks, (questions) => {
        const peers = [NOTHING_NEGOTIATED, NOTHING_NEGOTIATED];
        const wire: { to: number; verb: 'WILL' | 'WONT' | 'DO' | 'DONT'; option: number }[] = [];
        for (const [second, side, option] of questions) {
          const from = second ? 1 : 0;
          const asked = ask(peers[from] ?? NOTHING_NEGOTIATED, side, option);
          peers[from] = asked.state;
          if (asked.reply) wire.push({ to: 1 - from, ...asked.reply });
        }
        let said = wire.length;
        for (let message = wire.shift(); message !== undefined; message = wire.shift()) {
          const { to, verb, option } = message;
          const answered = receive(peers[to] ?? NOTHING_NEGOTIATED, policy, verb, option);
          peers[to] = answered.state;
          if (answered.reply) {
            wire.push({ to: 1 - to, ...answered.reply });
            said++;
          }
          expect(said).toBeLessThan(100);
        }
      }),
    );
  });
});
