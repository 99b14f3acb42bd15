import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventParser, type StreamEvent } from '../../../agent/client/event-parser.ts';

const STREAM =
  'retry: 500\nid: 7\n\nid: 8\nevent: job.progressed\ndata: {"name":"é"}\n\n: heartbeat\nid: 9\n\n' +
  'event: gap\r\ndata: {"requested":1}\r\ndata: second\r\n\r\nevent: nothing\n\n';

function parse(pieces: readonly Uint8Array[]): {
  events: StreamEvent[];
  lastId: string | undefined;
} {
  const parser = new EventParser();
  const events: StreamEvent[] = [];
  let lastId: string | undefined;
  for (const piece of pieces) {
    const parsed = parser.push(piece);
    events.push(...parsed.events);
    lastId = parsed.lastId;
  }
  return { events, lastId };
}

describe('the parser of server-sent events', () => {
  const bytes = new TextEncoder().encode(STREAM);

  it('reads names, joined data and the last id, and drops an event without data', () => {
    expect(parse([bytes])).toEqual({
      events: [
        { name: 'job.progressed', data: '{"name":"é"}' },
        { name: 'gap', data: '{"requested":1}\nsecond' },
      ],
      lastId: '9',
    });
  });

  it('reads the same from any pieces', () => {
    const whole = parse([bytes]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect(parse(pieces)).toEqual(whole);
      }),
    );
  });
});
