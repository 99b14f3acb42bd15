import { describe, expect, it } from 'vitest';
import { isCode } from '../../../../agent/base/error.ts';
import { iosFamily, type IosDriver } from '../../../../agent/driver/ios/family.ts';
import { IosGateway, type IosGatewayOptions } from '../../../../agent/sim/ios-gateway.ts';
import { Tl1Mux } from '../../../../agent/sim/tl1-mux.ts';
import { gearContext, withDriver, type GearWatch } from '../../../support/gear-watch.ts';
import { cutEverywhere } from '../../../support/cable-cuts.ts';
import { cableTo, type Cable } from '../../../support/sim-port.ts';
import { until } from '../../../support/until.ts';

const NEVER = new AbortController().signal;
const LOGIN = { username: 'craft', password: 'pass1' };
const PACING = { settleMs: 4, listenMs: 5, keepAliveMs: 0, resumeMs: 50 };
const family = iosFamily({ backOffMs: [1], pacing: { ...PACING, echoMs: 150, replyMs: 300 } });
/** For what must never be a matter of time: it gives up nothing. */
const patient = iosFamily({
  backOffMs: [1],
  pacing: { ...PACING, echoMs: 60_000, replyMs: 60_000 },
});

async function withGateway(
  options: IosGatewayOptions,
  work: (bench: {
    readonly gateway: IosGateway;
    readonly cable: Cable;
    readonly driver: IosDriver;
    readonly watch: GearWatch;
  }) => Promise<void>,
): Promise<void> {
  const gateway = new IosGateway(options);
  const cable = cableTo(gateway);
  const driver = family.create(gearContext(cable.open, LOGIN, { secret: 'secret1' }));
  await withDriver(driver, (_, watch) => work({ gateway, cable, driver, watch }));
}

const outcome = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
    return 'done';
  } catch (error) {
    return isCode(error) ? error.code : error;
  }
};

describe('the IOS driver', () => {
  it('reads two T1s and an E1 with their channels, calls and orders', async () => {
    await withGateway({ ...LOGIN, secret: 'secret1' }, async ({ driver, gateway }) => {
      gateway.behave({ kind: 'log-lines', count: 3 });
      const reading = await driver.read(NEVER);
      expect(reading.findings).toEqual([]);
      expect(reading.identity).toMatchObject({
        host_name: 'GW1',
        version: expect.stringMatching(/^Cisco IOS Software/) as string,
      });
      expect(
        reading.spans.map(
          ({ native, kind, dChannel, framing, lineCode, clock, signalling, status }) => [
            native,
            kind,
            dChannel,
            framing,
            lineCode,
            clock,
            signalling,
            status?.bits,
          ],
        ),
      ).toEqual([
        ['T1 0/2/0', 'T1', 24, 'ESF', 'B8ZS', 'Line Primary', 'up', 1],
        ['T1 0/2/1', 'T1', 24, 'ESF', 'B8ZS', 'Line', 'up', 1],
        ['E1 1/1/0', 'E1', 16, 'crc4', 'HDB3', 'Line Primary', 'up', 1],
      ]);
      expect(reading.spans.map(({ order }) => order)).toEqual([
        { kind: 'known', direction: 'descending', memory: 'linear' },
        { kind: 'known', direction: 'ascending', memory: 'linear' },
        { kind: 'known', direction: 'descending', memory: 'linear' },
      ]);
      expect(
        reading.spans.map(({ channels }) =>
          channels
            .filter(({ state }) => state === 'busy')
            .map(({ timeslot, call }) => [timeslot, call?.id]),
        ),
      ).toEqual([
        [[23, '97F7']],
        [],
        [
          [1, '97E1'],
          [17, '97F1'],
        ],
      ]);
      expect(reading.spans.map(({ channels }) => channels.length)).toEqual([24, 24, 31]);
      expect(reading.alarms).toEqual([]);
    });
  });

  it('tells of slips and of a dead line, and asks for a reading when the gateway logs one', async () => {
    await withGateway({ ...LOGIN, secret: 'secret1' }, async ({ driver, gateway, watch }) => {
      gateway.behave({ kind: 'slips', span: 2, count: 40 });
      const counters = await driver.performance(NEVER);
      expect(counters.find(({ span, age }) => span === 'T1 0/2/1' && age === 0)).toMatchObject({
        elapsedS: 428,
        complete: false,
        counters: { CSS: 40, LCV: 0, UAS: 0 },
      });
      await driver.read(NEVER);
      gateway.behave({ kind: 'alarm', span: 1, name: 'LOS', raised: true });
      await until(() => watch.changes.length > 0);
      expect(watch.changes[0]).toMatch(/%CONTROLLER-5-UPDOWN: Controller T1 0\/2\/0/);
      const { alarms, spans } = await driver.read(NEVER);
      expect(alarms.map(({ name }) => name)).toEqual(['RAI sent', 'LOS', 'D-channel down']);
      expect(spans[0]).toMatchObject({ signalling: 'down', status: { bits: 68 } });
      expect(spans[0]?.channels[0]).toMatchObject({ state: 'out_of_service', alarm: true });
    });
  });

  it('tries a wrong password once and waits for a person', async () => {
    await withGateway({ ...LOGIN, password: 'other' }, async ({ driver, cable, watch }) => {
      expect(await outcome(driver.read(NEVER))).toBe('driver.login-refused');
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(await outcome(driver.read(NEVER))).toBe('driver.login-refused');
      expect(cable.sent.join('').match(/pass1/g)).toHaveLength(1);
      expect(watch.findings).toMatchObject([{ code: 'gear.login-refused' }]);
      expect(watch.frames.join()).not.toContain('pass1');
    });
  });

  it('says that another person is there', async () => {
    await withGateway({ ...LOGIN, secret: 'secret1' }, async ({ driver, gateway, watch }) => {
      await driver.read(NEVER);
      gateway.behave({ kind: 'typist', text: 'show run' });
      await until(() => watch.findings.length > 0);
      expect(watch.findings).toMatchObject([{ code: 'gear.suspended' }]);
      expect(await outcome(driver.read(NEVER))).toBe('driver.suspended');
    });
  });

  it('signs in again after a reboot, and comes through silence', async () => {
    await withGateway({ ...LOGIN, secret: 'secret1' }, async ({ driver, gateway }) => {
      const wanted = await driver.read(NEVER);
      gateway.behave({ kind: 'reboot', ms: 0 });
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(await driver.read(NEVER)).toEqual(wanted);
      gateway.behave({ kind: 'silence', ms: 200 });
      expect(await outcome(driver.read(NEVER))).toMatch(/^driver\./);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await driver.read(NEVER)).toEqual(wanted);
    });
  });
});

describe('a cable pulled in a conversation with IOS', () => {
  it('before or after any write, or in any answer, hangs nothing, repeats nothing, and is over when plugged in', async () => {
    const login = { ...LOGIN, secret: 'secret1' };
    const cuts = await cutEverywhere({
      device: () => new IosGateway(login),
      driver: (open) => patient.create(gearContext(open, LOGIN, { secret: 'secret1' })),
      receivedStep: 499,
      repeated: /show/,
    });
    expect(cuts).toBeGreaterThan(60);
  }, 120_000);
});

describe('a look at gear that may be IOS', () => {
  it.each([
    ['with a login', { ...LOGIN }, 75],
    ['without one', {}, 95],
  ])('%s knows it, and types no password', async (_, options, score) => {
    const cable = cableTo(new IosGateway(options));
    const found = await family.identify(
      gearContext(cable.open, LOGIN, { secret: 'secret1' }),
      NEVER,
    );
    expect(found.score).toBeGreaterThanOrEqual(Math.min(score, 60));
    expect(cable.sent.join('')).not.toMatch(/pass1|secret1|craft/);
  });

  it('sees that a TL1 mux is none', async () => {
    const cable = cableTo(new Tl1Mux({ echo: true }));
    const found = await family
      .identify(gearContext(cable.open), NEVER)
      .catch((error: unknown) => error);
    expect(isCode(found, 'driver.timeout') || (found as { score: number }).score === 0).toBe(true);
  });
});
