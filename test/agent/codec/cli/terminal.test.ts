import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_LINE, TerminalLines } from '../../../../agent/codec/cli/terminal.ts';
import { asJson, cuts, goldenPath, receivedBytes } from '../../../support/serial-fixtures.ts';

const FIXTURES = [
  'captured-frr-vtysh-pty',
  'captured-frr-zebra-vty',
  'captured-agetty-login',
  'ios-config-session',
];

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

function show(pieces: readonly Uint8Array[]): { lines: readonly string[]; current: string } {
  const terminal = new TerminalLines();
  const lines = pieces.flatMap((piece) => terminal.push(piece));
  return { lines, current: terminal.current };
}

describe('the terminal lines', () => {
  it.each(FIXTURES)('show %s as its golden says', async (name) => {
    await expect(asJson(show([receivedBytes(name)]))).toMatchFileSnapshot(
      goldenPath(`${name}.lines`),
    );
  });

  it.each(FIXTURES)('show %s the same at every split', (name) => {
    const whole = show([receivedBytes(name)]);
    for (const pieces of cuts(receivedBytes(name))) expect(show(pieces)).toEqual(whole);
  });

  it.each([
    [
      ' --More-- \0' + '\b'.repeat(10) + ' '.repeat(10) + '\b'.repeat(10) + 'text\r\n',
      ['text'],
      '',
    ],
    ['\u001b[7m--More--\u001b[m\r\u001b[Ktext\r\n', ['text'], ''],
    ['\u001b[7m--More--\r\u001b[K(END)\u001b[m\r\u001b[Kvm# ', [], 'vm# '],
    ['desc\b\b\b\b\u001b[K\0\0\0vm', [], 'vm'],
    ['\u001b]0;title\u0007a\tb', [], 'a       b'],
    ['abc\u001b[2Dx', [], 'axc'],
    ['broken \u001b[12', [], 'broken '],
    ['broken \u001b[12\r\nnext', ['broken '.trimEnd()], 'next'],
    ['one\r\r\ntwo\n', ['one', 'two'], ''],
  ])('show %j as a screen would', (text, lines, current) => {
    expect(show([bytes(text)])).toEqual({ lines, current });
  });

  it('never throw, and never hold more than one long line', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (pieces) => {
        const { lines, current } = show(pieces);
        for (const line of [...lines, current])
          expect(line.length).toBeLessThanOrEqual(LONGEST_LINE);
      }),
    );
    const endless = show([bytes('x'.repeat(3 * LONGEST_LINE + 1))]);
    expect(endless.lines).toHaveLength(3);
    expect(endless.current).toBe('x');
  });
});
