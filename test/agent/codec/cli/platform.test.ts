import { describe, expect, it } from 'vitest';
import { maskConfiguration } from '../../../../agent/codec/cli/mask.ts';
import {
  classifyTail,
  cleanOutput,
  failureLine,
  isReadCommand,
} from '../../../../agent/codec/cli/platform.ts';
import { IOS_PLATFORM } from '../../../../agent/driver/ios/platform.ts';
import { readOutput } from '../../../support/serial-fixtures.ts';

describe('the end of a console’s buffer', () => {
  it.each([
    ['GW1>', { kind: 'prompt', mode: 'user' }],
    ['GW1#', { kind: 'prompt', mode: 'privileged' }],
    ['GW1# ', { kind: 'prompt', mode: 'privileged' }],
    ['GW1(config)#', { kind: 'prompt', mode: 'config' }],
    ['GW1(config-sg-tacacs+)#', { kind: 'prompt', mode: 'config' }],
    [`${'n'.repeat(63)}#`, { kind: 'prompt', mode: 'privileged' }],
    ['rommon 1 >', { kind: 'prompt', mode: 'rommon' }],
    [' --More-- ', { kind: 'pager' }],
    ['Username: ', { kind: 'username' }],
    ['Password: ', { kind: 'password' }],
    ['Destination filename [startup-config]? ', { kind: 'question', answer: undefined }],
    ['Proceed with reload? [confirm]', { kind: 'question', answer: undefined }],
    [
      'Would you like to enter the initial configuration dialog? [yes/no]: ',
      { kind: 'question', answer: 'no' },
    ],
    ['banner with GW1# in it', { kind: 'text' }],
    ['your password: is not here', { kind: 'text' }],
    ['GW1#show isdn', { kind: 'text' }],
    [`${'x'.repeat(5000)}#`, { kind: 'text' }],
    ['', { kind: 'text' }],
  ])('%j is told for what it is', (line, tail) => {
    expect(classifyTail(IOS_PLATFORM, line, '')).toEqual(tail);
  });

  it('waits for a key behind blank lines', () => {
    expect(classifyTail(IOS_PLATFORM, '', 'Press RETURN to get started.')).toEqual({
      kind: 'wake',
    });
  });
});

describe('an output', () => {
  it('loses a pager mark and a log line that fell into it, as Cisco prints them', () => {
    const lines = readOutput('ios-console-more-and-syslog-interleaved').split('\n');
    const { lines: kept, notes } = cleanOutput(IOS_PLATFORM, lines);
    expect(notes).toEqual([
      expect.stringMatching(
        /^Mar 31 17:29:43\.447 CST: %SMART_LIC-6-REPORTING_REQUIRED: /,
      ) as string,
    ]);
    expect(kept.join('\n')).not.toMatch(/More|SMART_LIC/);
    expect(kept).toHaveLength(lines.length - 2);
  });

  it('keeps what stands before a log line glued to it', () => {
    const glued =
      '    Layer 1 Status: *Mar  1 00:00:01.123: %LINK-3-UPDOWN: Interface Serial0, changed';
    expect(cleanOutput(IOS_PLATFORM, [glued])).toEqual({
      lines: ['    Layer 1 Status:'],
      notes: ['*Mar  1 00:00:01.123: %LINK-3-UPDOWN: Interface Serial0, changed'],
    });
  });

  it.each([
    ["% Invalid input detected at '^' marker.", true],
    ['% Incomplete command.', true],
    ['% Ambiguous command:  "show c"', true],
    ['% Network side should never send ID VERIFY', false],
    ['100 % done', false],
  ])('with %j has failed: %s', (line, failed) => {
    expect(failureLine(IOS_PLATFORM, ['x', line]) !== undefined).toBe(failed);
  });
});

describe('the list of read commands', () => {
  it.each([
    ['show isdn status', true],
    ['show controllers t1 0/2/0', true],
    ['show running-config interface Serial0/0/0:23', true],
    ['show running-config', false],
    ['reload', false],
    ['configure terminal', false],
    ['show isdn status | redirect flash:x', false],
    ['show isdn status\rreload', false],
    ['show isdn status?', false],
    ['debug isdn q931', false],
    ['', false],
  ])('holds %j: %s', (command, allowed) => {
    expect(isReadCommand(IOS_PLATFORM, command)).toBe(allowed);
  });
});

describe('secrets of a configuration', () => {
  it.each([
    'enable secret 5 $1$abc$Hidden0',
    'enable password Hidden0',
    'username craft privilege 15 secret 9 Hidden0',
    'username craft password 0 Hidden0',
    'snmp-server community Hidden0 RO',
    ' password 7 Hidden0',
    'password Hidden0',
    ' key 7 Hidden0',
  ])('are masked in %j', (line) => {
    expect(maskConfiguration(line)).not.toContain('Hidden0');
  });
});
