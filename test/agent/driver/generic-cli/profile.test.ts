import { describe, expect, it } from 'vitest';
import { isCode } from '../../../../agent/base/error.ts';
import { isReadCommand } from '../../../../agent/codec/cli/platform.ts';
import { genericCliFamily } from '../../../../agent/driver/generic-cli/family.ts';
import { FRR_PROFILE } from '../../../../agent/driver/generic-cli/frr-profile.ts';
import { parseProfile } from '../../../../agent/driver/generic-cli/profile.ts';
import { IosGateway } from '../../../../agent/sim/ios-gateway.ts';
import { gearContext, withDriver } from '../../../support/gear-watch.ts';
import { cableTo } from '../../../support/sim-port.ts';

const MINIMAL = `
name: box
modes: { ready: '^[A-Za-z0-9]{1,20}[#>]$' }
read_mode: ready
on_ready: ['terminal length 0']
failures: ['^% Invalid']
read: ['show version', 'show controllers t1']
identity: [{ command: 'show version', name: version, pattern: 'Version (\\S{1,40})' }]
spans: { command: 'show controllers t1', kind: T1, row: '^T1 (?<native>[0-9/]{1,9}) is (?<state>up|down)' }
`;

describe('a profile of a command line', () => {
  it('that ships reads, and lists its commands as they are written', () => {
    const { platform } = parseProfile(FRR_PROFILE);
    expect(isReadCommand(platform, 'show version')).toBe(true);
    expect(isReadCommand(platform, 'show versionx')).toBe(false);
    expect(isReadCommand(platform, 'configure terminal')).toBe(false);
  });

  it.each([
    ['no YAML', '{'],
    ['no mapping', '- a'],
    ['an unknown key', `${MINIMAL}\nwrites: ['reload']`],
    ['a read mode that is none', MINIMAL.replace('read_mode: ready', 'read_mode: other')],
    ['an expression that is none', MINIMAL.replace('^% Invalid', '(')],
    ['an expression that may take for ever', MINIMAL.replace('^% Invalid', '(a+)+$')],
    [
      'a command that is not on its own list',
      MINIMAL.replace('name: version, pattern', 'name: x, pattern').replace(
        "command: 'show version'",
        "command: 'reload'",
      ),
    ],
    ['rows without a name', MINIMAL.replace('?<native>', '?<other>')],
    [
      'a control character in a command',
      MINIMAL.replace("read: ['show version'", 'read: ["show\\rversion"'),
    ],
    ['keys at attach that are none', `${MINIMAL}attach_keys: reboot`],
    ['a pace that is none', `${MINIMAL}character_ms: 500`],
    ['aliases', 'a: &a [x]\nb: *a'],
    ['no end', `${MINIMAL}# ${'x'.repeat(40_000)}`],
  ])('with %s is refused with its reason', (_, text) => {
    let error: unknown;
    try {
      parseProfile(text);
    } catch (cause) {
      error = cause;
    }
    expect(isCode(error, 'config.invalid')).toBe(true);
  });

  it.each([
    ['', { eraseLine: '\u0015', stop: '', characterMs: 0, returnOnly: [] }],
    ['attach_keys: stop', { eraseLine: '\u0015', stop: '\u0003' }],
    ['attach_keys: none', { eraseLine: '', stop: '' }],
    ['character_ms: 3', { characterMs: 3 }],
    ['return_only: [boot]', { returnOnly: ['boot'] }],
  ])('says with %j what may be pressed, and how fast', (line, keys) => {
    expect(parseProfile(MINIMAL + line).platform).toMatchObject(keys);
  });

  it('makes spans and an identity of the rows it names', async () => {
    const family = genericCliFamily({ pacing: { settleMs: 5, listenMs: 10, keepAliveMs: 0 } });
    const cable = cableTo(new IosGateway());
    const driver = family.create(gearContext(cable.open, {}, { profile: MINIMAL }));
    await withDriver(driver, async () => {
      const reading = await driver.read(new AbortController().signal);
      expect(reading.identity).toEqual({ host_name: 'GW1', version: '15.7(3)M' });
      expect(reading.spans).toMatchObject([
        { native: '0/2/0', kind: 'T1', detail: { state: 'up' }, order: { kind: 'unknown' } },
        { native: '0/2/1', kind: 'T1', detail: { state: 'up' } },
      ]);
    });
  });
});
