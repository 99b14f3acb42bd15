// What users write must stay inside its quotes: a dial string is a command line of FreeSWITCH.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ask, resource } from './site.ts';

function dialWith(headers: Record<string, string>, more: object = {}) {
  const gateways = [{ server: 's', custom_sip_headers: headers, ...more }];
  const result = ask([resource('r', { gateways })]);
  return { raw: result.dial?.raw ?? '', skipped: result.skipped };
}

/** The header's part of the raw string. */
function headerPart(value: string): string | undefined {
  const { raw } = dialWith({ 'X-A': value });
  return /sip_h_X-A=('(?:\\.|[^'\\])*'|[^!,\]>]*)/s.exec(raw)?.[0];
}

describe('a header in a dial string', () => {
  it.each([
    ['plain words', 'sip_h_X-A=plain words'],
    ["it's", "sip_h_X-A='it\\'s'"],
    ['a!b', "sip_h_X-A='a!b'"],
    ['a,b', "sip_h_X-A='a,b'"],
    ['[a]', "sip_h_X-A='[a]'"],
    ['<sip:a@b>', "sip_h_X-A='<sip:a@b>'"],
    ['back\\slash', "sip_h_X-A='back\\\\slash'"],
    ['${system rm}', "sip_h_X-A='\\${system rm}'"],
    ['{caller_id_name}', 'sip_h_X-A=${caller_id_name}'],
    ['x{caller_id_name}', 'sip_h_X-A=x{caller_id_name}'],
    [' edge', "sip_h_X-A=' edge'"],
    ['', "sip_h_X-A=''"],
  ])('%j is written %s', (value, expected) => {
    expect(headerPart(value)).toBe(expected);
  });

  it('with a line end is refused, and so is a name that is none', () => {
    const { raw, skipped } = dialWith({ 'X-A': 'a\r\nVia: x', 'X B': 'b', 'X-C': 'c' });
    expect(raw).not.toContain('Via');
    expect(raw).not.toContain('X B');
    expect(raw).toContain('sip_h_X-C=c');
    expect(skipped.map(({ part }) => part).sort()).toEqual([
      'custom_sip_headers.X B',
      'custom_sip_headers.X-A',
    ]);
  });

  it('stand in order of their names', () => {
    const { raw } = dialWith({ 'X-C': '1', 'X-A': '2', 'X-B': '3' });
    expect(raw).toContain('sip_h_X-A=2!sip_h_X-B=3!sip_h_X-C=1');
  });

  it('and any other variable is told of by its name', () => {
    const { raw, skipped } = dialWith({}, { custom_channel_vars: { 'G-V': 'a\nb', "x',y": '1' } });
    const parts = ['variables.ecallmgr_G-V', "variables.ecallmgr_x',y"];
    expect(skipped.map(({ part }) => part)).toEqual(parts);
    expect(raw).not.toContain("x',y");
  });

  it('whose brackets do not pair moves to the block where they do no harm, or is refused', () => {
    expect(dialWith({ 'X-A': 'a]b' }).raw).toMatch(/^bridge <[^>]*sip_h_X-A='a\]b'[^>]*>\[/);
    expect(dialWith({ 'X-A': 'a>b' }).raw).toMatch(/>\[\^\^.*sip_h_X-A='a>b'/);
    const both = dialWith({ 'X-A': ']>' });
    expect(both.raw).not.toContain('X-A');
    expect(both.skipped).toHaveLength(1);
  });
});

/** Reads a dial string as FreeSWITCH does: blocks by counting brackets, values by quotes. */
function readBlocks(raw: string): { readonly blocks: readonly string[]; readonly rest: string } {
  const blocks: string[] = [];
  let rest = raw.replace(/^bridge /, '');
  for (const [open, close] of [
    ['<', '>'],
    ['[', ']'],
  ] as const) {
    if (!rest.startsWith(open)) continue;
    let depth = 0;
    for (let at = 0; at < rest.length; at++) {
      if (rest[at] === open) depth++;
      if (rest[at] === close) depth--;
      if (depth > 0) continue;
      blocks.push(rest.slice(1, at));
      rest = rest.slice(at + 1);
      break;
    }
  }
  return { blocks, rest };
}

const NASTY = Array.from('abc19 \'"!,[]<>{}|\\$;:@\n\r\u0000é').concat('${x}', ':_:');

const nasty = fc
  .array(fc.constantFrom(...NASTY), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

describe('whatever users write', () => {
  it('one gateway stays one leg to its own target, on one line', () => {
    fc.assert(
      fc.property(
        fc.record({
          header: nasty,
          name: nasty,
          caller: nasty,
          callerName: nasty,
          username: nasty,
          ccv: nasty,
        }),
        (text) => {
          const result = ask(
            [
              resource('r', {
                gateways: [
                  {
                    server: 'server.example',
                    username: text.username,
                    custom_sip_headers: { [text.name]: text.header, 'X-H': text.header },
                    custom_channel_vars: { 'G-V': text.ccv, [text.name]: '1' },
                  },
                ],
              }),
            ],
            {
              caller_id_number: text.caller,
              caller_id_name: text.callerName,
              custom_channel_vars: { Some: text.ccv, [text.name]: '2' },
            },
          );
          const raw = result.dial?.raw ?? '';
          expect(raw).not.toMatch(/[\r\n\0]/);
          const { blocks, rest } = readBlocks(raw);
          expect(rest).toBe('sofia/sipinterface_1/7735550111@server.example');
          // Outside a macro no `$` is left to be expanded.
          for (const block of blocks) expect(block).not.toMatch(/(?<!\\)\$(?!\{caller_id|\{ecall)/);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('a target with a meaning of its own is not dialled', () => {
    fc.assert(
      fc.property(nasty, (prefix) => {
        const result = ask([resource('r', { gateways: [{ server: 's', prefix }] })]);
        for (const { target } of result.dial?.legs ?? []) {
          expect(target).not.toMatch(/[\s|,$'"\\<>{}\0]/);
          expect(target).not.toContain(':_:');
        }
      }),
    );
  });
});
