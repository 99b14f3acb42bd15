import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCode } from '../../../../agent/base/error.ts';
import { decodePlainEvent } from '../../../../agent/codec/esl/event.ts';
import { type EslFrame, EslFrameReader } from '../../../../agent/codec/esl/frame.ts';
import { RECORDINGS, recording } from '../../../support/freetdm-recordings.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function framesOf(...pieces: readonly Uint8Array[]): readonly EslFrame[] {
  const reader = new EslFrameReader();
  return pieces.flatMap((piece) => [...reader.push(piece)]);
}

/** `["a", "b x2"]` → `["a", "b", "b"]` */
function spelledOut(frames: readonly string[]): readonly string[] {
  return frames.flatMap((entry) => {
    const [, type = entry, count = '1'] = /^(.*) x(\d+)$/.exec(entry) ?? [];
    return Array.from({ length: Number(count) }, () => type);
  });
}

describe('recorded frames', () => {
  it.each(RECORDINGS.map((each) => [each.file, each] as const))(
    '%s has the frames that were recorded',
    (_file, { bytes, frames }) => {
      const found = framesOf(bytes);
      expect(found.map(({ contentType }) => contentType)).toEqual(spelledOut(frames));
      const sum = found.reduce((total, { body }) => total + body.length, 0);
      expect(sum).toBeLessThanOrEqual(bytes.length);
    },
  );
});

describe('a frame', () => {
  it('is cut by bytes, not by characters', () => {
    const body = 'Grüße, 世界';
    const length = String(bytesOf(body).length);
    const frames = framesOf(
      bytesOf(`Content-Type: api/response\nContent-Length: ${length}\n\n${body}`),
      bytesOf('Content-Type: auth/request\n\n'),
    );
    expect(frames.map(({ contentType }) => contentType)).toEqual(['api/response', 'auth/request']);
    expect(new TextDecoder().decode(frames[0]?.body)).toBe(body);
  });

  it('keeps repeated headers and finds names in any case', () => {
    const [frame] = framesOf(bytesOf('content-type: x\nA: 1\na: 2\n\n'));
    expect(frame?.contentType).toBe('x');
    expect(frame?.headers.all('a')).toEqual(['1', '2']);
  });
});

describe('what is no frame', () => {
  const refusal = (...pieces: readonly Uint8Array[]): unknown => {
    try {
      const reader = new EslFrameReader();
      for (const piece of pieces) reader.push(piece);
      return reader.failure;
    } catch (error) {
      return error;
    }
  };

  it('a header that announces 100 MB is refused before a byte of it is kept', () => {
    const before = process.memoryUsage().arrayBuffers;
    const error = refusal(bytesOf('Content-Type: api/response\nContent-Length: 104857600\n\n'));
    expect(error).toMatchObject({ code: 'codec.too-large', detail: { bytes: 104_857_600 } });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });

  it('an announced length reserves nothing: memory grows with what came', () => {
    const reader = new EslFrameReader();
    const before = process.memoryUsage().arrayBuffers;
    reader.push(bytesOf('Content-Type: api/response\nContent-Length: 16000000\n\n'));
    for (let at = 0; at < 1000; at += 1) reader.push(bytesOf('x'));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  it.each([
    ['a header block without an end', 'A: b\n'.repeat(20_000)],
    ['a line without an end', `A: ${'b'.repeat(100_000)}`],
  ])('%s is refused at its limit', (_what, text) => {
    const pieces = text.match(/[^]{1,1000}/g)?.map(bytesOf) ?? [];
    expect(refusal(...pieces)).toMatchObject({ code: 'codec.too-large' });
  });

  it.each([
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n'],
    ['a banner of SSH', 'SSH-2.0-OpenSSH_9.2p1 Debian\r\n'],
    ['TLS', '\x15\x03\x01\n\x02\x02\x16\n'],
    ['a negative length', 'Content-Length: -5\n\n'],
    ['two lengths', 'Content-Length: 1\nContent-Length: 2\n\nx'],
    ['a length that is none', 'Content-Length: 0x10\n\n'],
  ])('%s is refused at once', (_what, text) => {
    expect(refusal(bytesOf(text))).toMatchObject({ code: 'codec.malformed' });
  });

  it('is refused again and again: the stream is lost', () => {
    const reader = new EslFrameReader();
    expect(() => reader.push(bytesOf('junk\n'))).toThrow();
    expect(() => reader.push(bytesOf('Content-Type: auth/request\n\n'))).toThrow();
  });

  it('hands out what came before it', () => {
    const reader = new EslFrameReader();
    const frames = reader.push(bytesOf('Content-Type: auth/request\n\njunk\n'));
    expect(frames).toHaveLength(1);
    expect(reader.failure).toMatchObject({ code: 'codec.malformed' });
  });
});

describe('any bytes', () => {
  /** Decodes everything; throws what is no codec error. */
  const decode = (pieces: readonly Uint8Array[]): void => {
    try {
      for (const frame of framesOf(...pieces))
        if (frame.contentType === 'text/event-plain') decodePlainEvent(frame.body);
    } catch (error) {
      if (!isCode(error, 'codec.malformed', 'codec.too-large')) throw error;
    }
  };

  it('give frames or a codec error, nothing else', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), decode), {
      numRuns: 5000,
    });
  });

  it('also when they are recordings with bytes changed, lost or doubled', () => {
    const base = recording('alarm/3-all-five.events-plain.out').bytes.subarray(0, 2500);
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.nat(base.length - 1), fc.nat(255), fc.constantFrom('set', 'cut', 'double')),
          { minLength: 1, maxLength: 8 },
        ),
        (changes) => {
          let bytes = Uint8Array.from(base);
          for (const [at, byte, how] of changes) {
            if (how === 'set') bytes[at] = byte;
            else {
              const rest = how === 'cut' ? at + 1 : at - 20;
              bytes = new Uint8Array(
                Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, rest))]),
              );
            }
          }
          decode([bytes.subarray(0, 700), bytes.subarray(700)]);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
