import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SessionEntry, SessionScribe } from '../../../agent/gear/session-scribe.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const shown = (entries: readonly SessionEntry[]): string[] =>
  entries.map(({ dir, data, by }) => `${dir}${by === undefined ? '' : ` ${by}`} ${data}`);

/** A person types into a line that echoes, one character at a time. */
function type(scribe: SessionScribe, text: string, echo = true): SessionEntry[] {
  return Array.from(text).flatMap((character) => [
    ...scribe.sent(bytes(character), 'anna', 1),
    ...(echo ? scribe.received(bytes(character), 1) : []),
    // A pause after each, long enough to count as quiet.
    ...scribe.idle(),
  ]);
}

describe('the scribe of a session', () => {
  it('writes whole lines, whatever pieces they came in', () => {
    const scribe = new SessionScribe([]);
    const entries = [
      ...scribe.received(bytes('GW'), 5),
      ...scribe.received(bytes('1#'), 6),
      ...scribe.idle(),
      ...scribe.sent(bytes('show clock\r'), undefined, 7),
      ...scribe.received(bytes('show clock\r\n12:00'), 8),
      ...scribe.end(),
    ];
    expect(entries.map(({ atMs }) => atMs)).toEqual([5, 7, 8, 8]);
    expect(shown(entries)).toEqual(['rx GW1#', 'tx show clock\r', 'rx show clock\r\n', 'rx 12:00']);
  });

  it('hides what is typed where a password was asked for', () => {
    const scribe = new SessionScribe([]);
    const entries = [
      ...scribe.received(bytes('Username: '), 1),
      ...type(scribe, 'anna\r'),
      ...scribe.received(bytes('\nPassword: '), 1),
      ...type(scribe, 'hunter2\r', false),
      ...scribe.received(bytes('\r\nGW1>'), 1),
      ...scribe.end(),
    ];
    expect(shown(entries).join('|')).not.toContain('hunter2');
    expect(shown(entries)).toContain('tx anna ********\r');
    expect(shown(entries)).toContain('tx anna anna\r');
  });

  it('hides a secret that is typed one character at a time, and its echo', () => {
    const scribe = new SessionScribe([]);
    const entries = [
      ...scribe.received(bytes('GW1(config)#'), 1),
      ...type(scribe, 'enable secret hunter2\r'),
      ...scribe.received(bytes('\n'), 1),
      ...scribe.end(),
    ];
    expect(shown(entries).join('|')).not.toContain('hunter2');
    expect(shown(entries).join('|')).toContain('enable secret ********');
  });

  it("hides the gear's own password wherever it stands", () => {
    const scribe = new SessionScribe(['s3cr3t!']);
    const entries = [
      ...scribe.sent(bytes('ACT-USER::CRAFT:1::s3cr3t!;'), undefined, 1),
      ...scribe.received(bytes('echo of s3cr3t! here\n'), 1),
    ];
    expect(shown(entries).join('|')).not.toContain('s3cr3t!');
  });

  it('loses and doubles nothing, in any order of pieces', () => {
    const piece = fc.record({
      sent: fc.boolean(),
      text: fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\n', ' '), maxLength: 9 }),
    });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const scribe = new SessionScribe([]);
        const entries = pieces.flatMap(({ sent, text }) => [
          ...(sent ? scribe.sent(bytes(text), 'anna', 1) : scribe.received(bytes(text), 1)),
        ]);
        entries.push(...scribe.end());
        for (const [dir, sent] of [
          ['tx', true],
          ['rx', false],
        ] as const)
          expect(
            entries
              .filter((e) => e.dir === dir)
              .map((e) => e.data)
              .join(''),
          ).toBe(
            pieces
              .filter((p) => p.sent === sent)
              .map((p) => p.text)
              .join(''),
          );
      }),
    );
  });
});
