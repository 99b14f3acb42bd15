import { expect, it } from 'vitest';
import { genericCliFamily } from '../../../../agent/driver/generic-cli/family.ts';
import { IosGateway } from '../../../../agent/sim/ios-gateway.ts';
import { cutEverywhere } from '../../../support/cable-cuts.ts';
import { gearContext, withDriver } from '../../../support/gear-watch.ts';
import { cableTo } from '../../../support/sim-port.ts';

const NEVER = new AbortController().signal;
const LOGIN = { username: 'craft', password: 'pass1' };
const family = genericCliFamily({
  backOffMs: [1],
  // Nothing here is a matter of time: it gives up nothing.
  pacing: {
    settleMs: 4,
    listenMs: 5,
    leftOverMs: 50,
    echoMs: 60_000,
    replyMs: 60_000,
    keepAliveMs: 0,
  },
});
/** What a technician would write for the simulated gateway without knowing its driver. */
const PROFILE = `
name: gateway
modes: { privileged: '^[A-Za-z0-9]{1,20}#$', user: '^[A-Za-z0-9]{1,20}>$' }
read_mode: privileged
raise: { from: user, command: enable }
on_ready: ['terminal length 0']
wake: ['Press RETURN to get started']
failures: ['^% ']
read: ['show version', 'show controllers t1', 'show isdn status', 'show nothing']
identity:
  - { command: 'show version', name: version, pattern: 'Version ([0-9.()A-Z]{1,20})' }
  - { command: 'show isdn status', name: switch_type, pattern: 'Switchtype = (.{1,40})' }
spans:
  command: 'show controllers t1'
  kind: T1
  row: '^(?<native>T1 [0-9/]{1,10}) is (?<state>[a-z]{1,20})'
`;
const OPTIONS = { profile: PROFILE, secret: 'secret1' };
const gateway = (): IosGateway => new IosGateway({ ...LOGIN, secret: 'secret1' });

it('reads gear of which it knows a profile alone', async () => {
  const cable = cableTo(gateway());
  await withDriver(family.create(gearContext(cable.open, LOGIN, OPTIONS)), async (driver) => {
    const { identity, spans, findings } = await driver.read(NEVER);
    expect(identity).toEqual({ host_name: 'GW1', version: '15.7(3)M', switch_type: 'primary-ni' });
    expect(spans.map(({ native, kind, slots }) => [native, kind, slots])).toEqual([
      ['T1 0/2/0', 'T1', 24],
      ['T1 0/2/1', 'T1', 24],
    ]);
    expect(findings).toEqual([]);
  });
});

it('says which of a profile’s commands the gear refuses, and reads the rest', async () => {
  const profile = PROFILE.replace("command: 'show isdn status'", "command: 'show nothing'");
  const cable = cableTo(gateway());
  const context = gearContext(cable.open, LOGIN, { ...OPTIONS, profile });
  await withDriver(family.create(context), async (driver) => {
    const { identity, spans, findings } = await driver.read(NEVER);
    expect(identity).not.toHaveProperty('switch_type');
    expect(spans).toHaveLength(2);
    expect(findings).toMatchObject([{ code: 'gear.command-denied' }]);
  });
});

it('lives through a cable pulled at every step, and types no command again by itself', async () => {
  const cuts = await cutEverywhere({
    device: gateway,
    driver: (open) => family.create(gearContext(open, LOGIN, OPTIONS)),
    receivedStep: 199,
    repeated: /show/,
  });
  expect(cuts).toBeGreaterThan(30);
}, 60_000);
