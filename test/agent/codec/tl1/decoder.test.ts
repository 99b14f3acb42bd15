import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tl1Decoder } from '../../../../agent/codec/tl1/decoder.ts';
import type { Tl1Message } from '../../../../agent/codec/tl1/message.ts';
import {
  asJson,
  cuts,
  goldenPath,
  readSession,
  receivedBytes,
} from '../../../support/serial-fixtures.ts';

const FIXTURES = [
  'tl1-adtran-mx28xx',
  'tl1-autonomous-interleaved',
  'tl1-calix-c7-t0-crs',
  'tl1-deny-flavours',
  'tl1-multiblock-continuation',
  'tl1-ons15454-loopback',
  'tl1-widebank28-session',
];

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

function decode(pieces: readonly Uint8Array[], limit?: number): readonly Tl1Message[] {
  const decoder = new Tl1Decoder(limit);
  return pieces.flatMap((piece) => decoder.push(piece));
}

const decodeText = (text: string, limit?: number): readonly Tl1Message[] =>
  decode([bytes(text)], limit);

const HEADER = '\r\n\n   SITE01 04-07-14 12:00:00\r\n';

describe('the TL1 decoder', () => {
  it.each(FIXTURES)('reads %s as its golden says', async (name) => {
    const messages = decode([receivedBytes(name)]);
    await expect(asJson(messages)).toMatchFileSnapshot(goldenPath(name));
  });

  it.each(FIXTURES)('reads %s the same at every split', (name) => {
    const whole = decode([receivedBytes(name)]);
    for (const pieces of cuts(receivedBytes(name))) expect(decode(pieces)).toEqual(whole);
  });

  it.each(FIXTURES)('reads %s the same when the port echoes what is typed', (name) => {
    const session = readSession(name).map(({ bytes: data }) => data);
    const spoken = decode([receivedBytes(name)]);
    expect(decode(session).filter(({ kind }) => kind !== 'noise')).toEqual(
      spoken.filter(({ kind }) => kind !== 'noise'),
    );
  });

  it('reads line ends of LF only, of CR CR LF and blank padding alike', () => {
    const text = `${HEADER}M  7 COMPLD\r\n   "DS1-1::FMT=ESF:IS-NR,"\r\n;`;
    const fields = (message: Tl1Message): unknown => ({ ...message, raw: '' });
    const wanted = decodeText(text).map(fields);
    expect(wanted).toHaveLength(1);
    for (const other of [
      text.replaceAll('\r', ''),
      text.replaceAll('\r\n', '\r\r\n'),
      text.replaceAll('\r\n', '  \r\n'),
      text.replaceAll('\r\n', '\r\u0000\n'),
      text.replaceAll('   "', '\u001b[1m  "'),
    ])
      expect(decodeText(other).map(fields)).toEqual(wanted);
  });

  it('ends a message only at a mark that stands first on a line, outside comments', () => {
    const text = `${HEADER}M  7 COMPLD\r\n   "A:B=\\"x;y>\\":IS"\r\n   /* one\r\n; two\r\n> "three */\r\n   "C::"\r\n;`;
    expect(decodeText(text)).toMatchObject([
      {
        kind: 'response',
        ctag: '7',
        text: [
          { kind: 'quoted', text: 'A:B=\\"x;y>\\":IS' },
          { kind: 'comment', text: 'one\n; two\n> "three' },
          { kind: 'quoted', text: 'C::' },
        ],
      },
    ]);
  });

  it('keeps an alarm between two blocks of a response apart from it', () => {
    const block = (line: string, end: string): string =>
      `${HEADER}M  9 COMPLD\r\n   "${line}"\r\n${end}`;
    const alarm = `${HEADER}** 8 REPT ALM T1\r\n   "DS1-07:MJ,LOS,SA"\r\n;`;
    expect(decodeText(block('A', '>') + alarm + block('B', ';'))).toMatchObject([
      { kind: 'autonomous', atag: '8', alarmCode: 'major' },
      { kind: 'response', blocks: 2, text: [{ text: 'A' }, { text: 'B' }] },
    ]);
  });

  it('loses only the message that broke off', () => {
    const broken = `${HEADER}M  7 COMPLD\r\n   "DS1-1::FM`;
    const whole = `${HEADER}M  8 COMPLD\r\n;`;
    expect(decodeText(`\u0000\u00ff~junk "quote /* ${broken}${whole}`)).toMatchObject([
      { kind: 'noise' },
      { kind: 'malformed', reason: 'truncated' },
      { kind: 'response', ctag: '8', text: [] },
    ]);
  });

  it('gives up a message past its limit, alone or in blocks, and goes on', () => {
    const good = `${HEADER}M  8 COMPLD\r\n;`;
    const long = `${HEADER}M  7 COMPLD\r\n   "${'x'.repeat(3000)}`;
    expect(decodeText(long + good, 2000).map((message) => message.kind)).toEqual([
      'malformed',
      'noise',
      'response',
    ]);
    const block = `${HEADER}M  7 COMPLD\r\n   "${'x'.repeat(900)}"\r\n>`;
    expect(decodeText(block.repeat(4) + good, 2000).map((message) => message.kind)).toEqual([
      'malformed',
      'response',
    ]);
  });

  it('stays bounded when nothing ends', () => {
    const decoder = new Tl1Decoder(10_000);
    const piece = bytes('no end of this '.repeat(1000));
    const kinds = new Set<string>();
    for (let round = 0; round < 100; round++)
      for (const message of decoder.push(piece)) {
        kinds.add(message.kind);
        expect(message.raw.length).toBeLessThanOrEqual(200);
      }
    expect([...kinds]).toEqual(['malformed']);
    expect(decoder.pending.length).toBeLessThanOrEqual(10_000);
  });

  it('never throws, whatever bytes come, and reads the next message all the same', () => {
    const pieces = receivedBytes('tl1-autonomous-interleaved');
    const mixed = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc
          .constantFrom('"', '/*', '*/', ';', '>', '<', '\r\n', '\n\n', HEADER, 'M  1 COMPLD\r\n')
          .map(bytes),
        fc.nat(pieces.length).map((at) => pieces.subarray(at, at + 30)),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(mixed, (junk) => {
        const after = bytes(`\r\n${HEADER}M  4711 COMPLD\r\n;`);
        const messages = decode([...junk, after]);
        expect(messages.at(-1)).toMatchObject({ kind: 'response', ctag: '4711', text: [] });
      }),
      { numRuns: 2000 },
    );
  });
});
