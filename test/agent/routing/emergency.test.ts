import { describe, expect, it } from 'vitest';
import { ask, found, resource } from './site.ts';

describe('emergency caller id', () => {
  const e911 = [resource('e', { rules: ['^911$'], emergency: true })];
  const nobody = { number: '911', caller_id_number: null };

  it('is anonymous rather than missing, and refused only when the settings say so', () => {
    expect(ask(e911, nobody).bridge).toMatchObject({ caller_id: { number: 'anonymous' } });
    const fixed = { config: { default_emergency_cid_number: '+13125550000' } };
    expect(ask(e911, nobody, fixed).bridge).toMatchObject({
      caller_id: { number: '+13125550000' },
    });
    const denies = { config: { deny_invalid_emergency_cid: true } };
    expect(ask(e911, nobody, denies)).toMatchObject({
      bridge: { result: 'refused', code: 486, cause: 'Emergency service not configured' },
      dial: null,
      response: { code: 'sip:403' },
    });
    const words = { deny_emergency_bridge_code: 503, deny_emergency_bridge_cause: 'No' };
    expect(ask(e911, nobody, { config: { ...denies.config, ...words } }).bridge).toMatchObject({
      code: 503,
      cause: 'No',
    });
  });

  it('takes number and name each from the call where it has no own', () => {
    const call = { caller_id_name: 'Ann', emergency_caller_id_number: '+13125550911' };
    expect(ask(e911, { number: '911', ...call }).bridge).toMatchObject({
      caller_id: { number: '+13125550911', name: 'Ann' },
    });
    const named = { number: '911', emergency_caller_id_name: 'Front desk' };
    expect(ask(e911, named).bridge).toMatchObject({
      caller_id: { number: '+13125550142', name: 'Front desk' },
    });
  });

  it('can be held to the numbers of the account, over global resources only', () => {
    const config = { ensure_valid_emergency_cid: true };
    const request = { number: '911', e911_numbers: ['+13125550999'] };
    const global = ask(e911, request, { config });
    expect(global.bridge).toMatchObject({ caller_id: { number: '+13125550999' } });
    const valid = (numbers: readonly string[]) => {
      const call = { emergency_caller_id_number: '+13125550911', e911_numbers: [...numbers, null] };
      const { bridge } = ask(e911, { ...request, ...call }, { config });
      return bridge?.result === 'bridge' ? bridge.caller_id.number : undefined;
    };
    expect(valid(['+1', '+13125550142', '+13125550911'])).toBe('+13125550911');
    expect(valid(['+1', '+13125550142'])).toBe('+13125550142');
    expect(valid([])).toBe('anonymous');
    const local = ask(e911, request, { config, global: false });
    expect(local.bridge).toMatchObject({ caller_id: { number: '+13125550142' } });
  });
});

describe('the emergency policies', () => {
  const site = [
    resource('e', { rules: ['.'], emergency: true }),
    resource('o', { rules: ['.'] }),
    resource('m', {
      rules: ['.'],
      gateways: [{ server: 'm0', emergency: true }, { server: 'm1' }],
    }),
  ];
  const over = (number: string, config: object) => {
    const result = ask(site, { number }, { config: config as never });
    const left = result.excluded.map((one) => [one.resource_id, one.gateway_index, one.stage]);
    return [found(result), left];
  };

  it('are off unless set', () => {
    expect(over('911', {})).toEqual([['e/0', 'm/0', 'm/1', 'o/0'], []]);
    expect(over('7735550111', {})).toEqual([['e/0', 'm/0', 'm/1', 'o/0'], []]);
  });

  it.each([
    {
      what: 'keep emergency numbers to emergency resources',
      setting: 'emergency_numbers_only_over_emergency_resources',
      kept: '911',
      other: '7735550111',
      over: ['e/0', 'm/0'],
      left: [
        ['m', 1, 'classifier'],
        ['o', 0, 'classifier'],
      ],
    },
    {
      what: 'keep emergency resources for emergency numbers',
      setting: 'emergency_resources_only_for_emergency_numbers',
      kept: '7735550111',
      other: '911',
      over: ['m/1', 'o/0'],
      left: [
        ['e', 0, 'classifier'],
        ['m', 0, 'classifier'],
      ],
    },
  ])('$what', ({ setting, kept, other, over: gateways, left }) => {
    const config = { [setting]: true };
    expect(over(kept, config)).toEqual([gateways, left]);
    expect(over(other, config)[1]).toEqual([]);
  });
});
