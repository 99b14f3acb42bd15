import { describe, expect, it } from 'vitest';
import { encodeCommand } from '../../../../agent/codec/esl/command.ts';
import { decodePlainEvent, type EslEvent } from '../../../../agent/codec/esl/event.ts';
import { EslFrameReader } from '../../../../agent/codec/esl/frame.ts';
import { RECORDINGS, recording } from '../../../support/freetdm-recordings.ts';

function eventsOf(file: string): readonly EslEvent[] {
  return new EslFrameReader()
    .push(recording(file).bytes)
    .filter(({ contentType }) => contentType === 'text/event-plain')
    .map(({ body }) => decodePlainEvent(body));
}

/** The same event as the server told it in JSON, last of repeated names only. */
function jsonEventsOf(file: string): readonly Record<string, string>[] {
  return new EslFrameReader()
    .push(recording(file).bytes)
    .filter(({ contentType }) => contentType === 'text/event-json')
    .map(({ body }) => JSON.parse(new TextDecoder().decode(body)) as Record<string, string>);
}

describe('a plain event', () => {
  const pairs = RECORDINGS.map(({ file }) => file).filter(
    (file) =>
      file.endsWith('.events-plain.out') &&
      RECORDINGS.some((other) => other.file === file.replace('-plain', '-json')),
  );

  it.each(pairs)('%s says what the same events said in JSON', (file) => {
    const plain = eventsOf(file);
    const json = jsonEventsOf(file.replace('-plain', '-json'));
    expect(plain.length).toBe(31);
    const said = (event: EslEvent): unknown => Object.fromEntries(event.headers.entries);
    expect(plain.map(said)).toEqual(json);
  });

  it('keeps each of the repeated alarm headers, which JSON loses', () => {
    const [event] = eventsOf('alarm/3-all-five.events-plain.out');
    expect(event?.headers.all('alarm')).toEqual(['red', 'yellow', 'rai', 'blue', 'ais']);
  });

  it('has its own body behind an inner Content-Length', () => {
    const [job] = eventsOf('esl/bgapi-with-job-uuid.out');
    expect(job?.name).toBe('BACKGROUND_JOB');
    expect(job?.headers.first('Job-UUID')).toBe('11111111-2222-3333-4444-555555555555');
    expect(job?.body).toMatch(/^\+OK\nspan: 1 \(E1_NET\)\n/);
    expect(job?.body).toHaveLength(1477);
  });

  const decode = (text: string): EslEvent => decodePlainEvent(new TextEncoder().encode(text));

  it('decodes what is encoded, and leaves a lone percent sign', () => {
    const { headers } = decode('Event-Name: X\na: %C3%BC%20b\nb: 100%\nc: %FF%41%\n\n');
    expect(headers.entries).toEqual([
      ['Event-Name', 'X'],
      ['a', 'ü b'],
      ['b', '100%'],
      ['c', '\uFFFDA%'],
    ]);
  });

  it.each([
    ['without a name', 'a: b\n\n'],
    ['of junk', 'junk\n\n'],
    ['that ends before its body does', 'Event-Name: X\nContent-Length: 10\n\nabc'],
    ['with a length that is none', 'Event-Name: X\nContent-Length: ten\n\nabc'],
  ])('%s is refused', (_what, text) => {
    expect(() => decode(text)).toThrow(expect.objectContaining({ code: 'codec.malformed' }));
  });
});

describe('a command', () => {
  it('is a line, headers and a blank line', () => {
    const bytes = encodeCommand('bgapi ftdm list', [['Job-UUID', 'x']]);
    expect(new TextDecoder().decode(bytes)).toBe('bgapi ftdm list\nJob-UUID: x\n\n');
  });

  it.each(['auth a\nb', 'api x\r', '', 'a\0b'])('never becomes two: %j', (line) => {
    expect(() => encodeCommand(line)).toThrow(expect.objectContaining({ code: 'codec.malformed' }));
  });
});
