import { describe, expect, it } from 'vitest';
import { isCode } from '../../../../agent/base/error.ts';
import type { Tl1Driver } from '../../../../agent/driver/tl1/driver.ts';
import { tl1Family } from '../../../../agent/driver/tl1/family.ts';
import { Tl1Mux, type Tl1MuxOptions } from '../../../../agent/sim/tl1-mux.ts';
import { gearContext, withDriver, type GearWatch } from '../../../support/gear-watch.ts';
import { cutEverywhere } from '../../../support/cable-cuts.ts';
import { cableTo, type Cable } from '../../../support/sim-port.ts';
import { until } from '../../../support/until.ts';

const NEVER = new AbortController().signal;
const LOGIN = { username: 'admin', password: 'secret1' };
const FIXED = Date.UTC(2026, 10, 25, 12, 0, 0);
const family = tl1Family({ pacing: { replyMs: 200, keepAliveMs: 0 }, backOffMs: [1] });
/** For what must never be a matter of time: it gives up nothing. */
const patient = tl1Family({ pacing: { replyMs: 60_000, keepAliveMs: 0 }, backOffMs: [1] });

interface Bench {
  readonly mux: Tl1Mux;
  readonly cable: Cable;
  readonly watch: GearWatch;
  readonly driver: Tl1Driver;
}

async function withMux(
  options: Tl1MuxOptions,
  work: (bench: Bench) => Promise<void>,
  pieceBytes?: number,
  link = LOGIN,
): Promise<void> {
  const mux = new Tl1Mux({ nowMs: () => FIXED, ...options });
  const cable = cableTo(mux, pieceBytes);
  const driver = family.create(gearContext(cable.open, link, { profile: 'widebank28' }));
  await withDriver(driver, (_, watch) => work({ mux, cable, watch, driver }));
}

const codeOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
    return 'done';
  } catch (error) {
    return isCode(error) ? error.code : error;
  }
};

describe('the TL1 driver', () => {
  it.each([undefined, 1, 7])('reads 28 T1s, arriving in pieces of %s bytes', async (pieceBytes) => {
    await withMux(
      { echo: pieceBytes === 7 },
      async ({ mux, driver }) => {
        mux.behave({ kind: 'alarm', span: 3, name: 'LOS', raised: true });
        const reading = await driver.read(NEVER);
        expect(reading.identity).toMatchObject({ sid: 'MULTIPLEXER-1' });
        expect(reading.spans.map(({ native }) => native)).toEqual(
          Array.from({ length: 28 }, (_, index) => `DS1-${index + 1}`),
        );
        expect(reading.findings).toEqual([]);
        expect(reading.spans[2]).toMatchObject({
          kind: 'T1',
          slots: 24,
          framing: 'ESF',
          lineCode: 'B8ZS',
          clock: 'LINE',
          admin: 'up',
          status: { bits: 64, names: ['LossOfSignal'] },
          order: { kind: 'not_applicable' },
        });
        expect(reading.spans[3]?.status).toEqual({ bits: 1, names: ['NoAlarm'] });
        expect(reading.alarms).toEqual([
          expect.objectContaining({ span: 'DS1-3', name: 'LOS', severity: 'major' }),
        ]);
        const [first] = await driver.performance(NEVER);
        expect(first).toMatchObject({
          span: 'DS1-1',
          start: '11-25 12:00',
          complete: false,
          end: 'near',
        });
        expect(first?.counters).toEqual({ LCV: 0, LES: 3, PCV: 4, ES: 2, SES: 0, UAS: 3, CSS: 1 });
        expect(first?.other).toEqual({ SESL: 1 });
      },
      pieceBytes,
    );
  });

  it('tells of alarms as they come, and of a storm of them', async () => {
    await withMux({}, async ({ mux, driver, watch }) => {
      await driver.read(NEVER);
      mux.behave({ kind: 'alarm-storm', count: 500 });
      await until(() => watch.alarms.length === 500);
      mux.behave({ kind: 'alarm', span: 1, name: 'LOS', raised: false });
      await until(() => watch.alarms.length === 501);
      expect(watch.alarms.at(-1)).toMatchObject({
        span: 'DS1-1',
        name: 'LOS',
        severity: 'cleared',
      });
      expect(watch.spans.at(-1)).toMatchObject({ native: 'DS1-1', status: { bits: 1 } });
      expect(watch.changes).toEqual([]);
      const { alarms } = await driver.read(NEVER);
      expect(alarms).toHaveLength(27);
    });
  });

  it('does not lose an alarm that comes while the list of alarms does', async () => {
    await withMux({}, async ({ mux, cable, driver }) => {
      await driver.read(NEVER);
      mux.behave({ kind: 'late-answer', ms: 50 });
      const [before] = cable.sent;
      const reading = driver.read(NEVER);
      await until(() => cable.sent[0] !== before);
      mux.behave({ kind: 'alarm', span: 5, name: 'AIS', raised: true });
      expect((await reading).alarms).toMatchObject([{ span: 'DS1-5', name: 'AIS' }]);
    });
  });

  it('asks for a new reading when reports were lost or the element began anew', async () => {
    await withMux({}, async ({ mux, driver, watch }) => {
      await driver.read(NEVER);
      mux.behave({ kind: 'alarm', span: 1, name: 'LOS', raised: true });
      mux.behave({ kind: 'lost-report' });
      mux.behave({ kind: 'alarm', span: 2, name: 'LOS', raised: true });
      await until(() => watch.changes.length > 0);
      expect(watch.changes).toEqual(['autonomous message 2 was expected, 3 came']);
    });
  });

  it('counts slips', async () => {
    await withMux({}, async ({ mux, driver }) => {
      mux.behave({ kind: 'slips', span: 2, count: 40 });
      const counters = (await driver.performance(NEVER)).find(
        ({ span }) => span === 'DS1-2',
      )?.counters;
      expect(counters?.CSS).toBeGreaterThanOrEqual(40);
    });
  });

  it('tries a wrong password once, says so, and waits for a person', async () => {
    await withMux(
      {},
      async ({ cable, driver, watch }) => {
        expect(await codeOf(driver.read(NEVER))).toBe('driver.login-refused');
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect(await codeOf(driver.read(NEVER))).toBe('driver.login-refused');
        expect(cable.sent.join('').match(/ACT-USER/g)).toHaveLength(1);
        expect(watch.links).toEqual(['connecting', 'down']);
        expect(watch.findings).toMatchObject([{ code: 'gear.login-refused' }]);
        expect(watch.frames.join('\n')).not.toContain('wrong-pw');
      },
      undefined,
      { username: 'admin', password: 'wrong-pw' },
    );
  });

  it('signs in again after the element forgot the session', async () => {
    await withMux({}, async ({ mux, cable, driver }) => {
      await driver.read(NEVER);
      mux.behave({ kind: 'reboot', ms: 0 });
      expect(await codeOf(driver.read(NEVER))).toBe('driver.not-connected');
      await until(() => cable.opened === 2);
      expect((await driver.read(NEVER)).spans).toHaveLength(28);
    });
  });

  it.each([
    [{ kind: 'half-frame' }, 'driver.timeout'],
    [{ kind: 'wrong-ctag' }, 'driver.timeout'],
    [{ kind: 'silence', ms: 300 }, 'driver.timeout'],
    [{ kind: 'late-answer', ms: 100 }, 'done'],
    [{ kind: 'typist', text: 'who is there; \u0000\u00ff"/*' }, 'done'],
  ] as const)('comes through %j with %s, and reads again', async (behaviour, outcome) => {
    await withMux({ t1Count: 4 }, async ({ mux, driver }) => {
      const wanted = await driver.read(NEVER);
      mux.behave(behaviour);
      expect(await codeOf(driver.read(NEVER))).toBe(outcome);
      if (behaviour.kind === 'silence') await new Promise((resolve) => setTimeout(resolve, 150));
      expect(await driver.read(NEVER)).toEqual(wanted);
    });
  });

  it('stops within its time although the element is silent, and twice', async () => {
    await withMux({}, async ({ mux, driver }) => {
      await driver.read(NEVER);
      mux.behave({ kind: 'silence', ms: 60_000 });
      const reading = codeOf(driver.read(NEVER));
      await Promise.all([driver.stop(), driver.stop()]);
      expect(await reading).toMatch(/^driver\./);
    });
  });
});

describe('a cable pulled in a TL1 conversation', () => {
  const small = { t1Count: 1, pageLines: 3 };

  async function lengths(): Promise<{ sent: number; received: number; reading: unknown }> {
    let result = { sent: 0, received: 0, reading: undefined as unknown };
    await withMux(small, async ({ cable, driver }) => {
      const reading = await driver.read(NEVER);
      result = {
        sent: cable.sent.join('').length,
        received: cable.received.join('').length,
        reading,
      };
    });
    return result;
  }

  it('at any byte sent and every third received hangs nothing, repeats nothing, and is over when plugged in again', async () => {
    const whole = await lengths();
    for (const direction of ['sent', 'received'] as const)
      for (let at = 1; at < whole[direction]; at += direction === 'sent' ? 1 : 3) {
        const mux = new Tl1Mux({ nowMs: () => FIXED, ...small });
        const cable = cableTo(mux);
        cable.cutAfter(direction, at);
        const driver = patient.create(gearContext(cable.open, LOGIN, { profile: 'widebank28' }));
        await withDriver(driver, async (_, watch) => {
          const where = `${direction} ${at}`;
          expect(await codeOf(driver.read(NEVER)), where).toBe('transport.lost');
          await until(
            () =>
              watch.links.filter((state) => state === 'connected').length > 0 &&
              watch.links.at(-1) === 'connected',
          );
          // Nothing but the login went over the new connection by itself.
          expect(cable.sent.slice(1).join(''), where).toMatch(
            /^\u0018ACT-USER::admin:\d+::secret1;$/,
          );
          if (at % 10 === 1) expect(await driver.read(NEVER), where).toEqual(whole.reading);
        });
      }
  }, 120_000);
});

describe('a cable pulled in a conversation with TL1 gear of every profile', () => {
  it.each([
    ['generic', 'DS1-'],
    ['widebank28', 'DS1-'],
    ['mx28xx', '1'],
    ['ons15454', 'FAC-1-'],
    ['c7', 'N1-1-1-'],
  ])(
    '%s: at any write and throughout the answers',
    async (profile, aidPrefix) => {
      const options = { profile, ...(profile === 'mx28xx' ? { tid: 'Unit 1' } : {}) };
      const cuts = await cutEverywhere({
        device: () =>
          new Tl1Mux({
            nowMs: () => FIXED,
            pageLines: 3,
            t1Count: profile === 'mx28xx' ? 28 : 3,
            aidPrefix,
          }),
        driver: (open) => patient.create(gearContext(open, LOGIN, options)),
        receivedStep: profile === 'mx28xx' ? 997 : 97,
        repeated: /RTRV/,
      });
      expect(cuts).toBeGreaterThan(15);
    },
    60_000,
  );
});

describe('a look at gear that may be TL1', () => {
  it('knows it without signing in, and leaves it as it was', async () => {
    const cable = cableTo(new Tl1Mux());
    const found = await family.identify(gearContext(cable.open, LOGIN), NEVER);
    expect(found.score).toBeGreaterThanOrEqual(90);
    expect(found.identity).toMatchObject({ sid: 'MULTIPLEXER-1' });
    expect(cable.sent.join('')).not.toMatch(/ACT-USER|secret1/);
  });

  it.each([
    ['GW1#', 0, /command line/],
    ['Password: ', 0, /command line/],
    ['+++ menu +++', 5, /not in TL1/],
  ])('says of %j what it looks like', async (prompt, score, evidence) => {
    const cable = cableTo({
      name: 'other',
      connect: (peer) => ({
        receive: () => peer.send(Uint8Array.from(Buffer.from(`\r\n${prompt}`))),
        disconnect: () => {},
      }),
      behave: () => {},
    });
    const found = await family.identify(gearContext(cable.open), NEVER);
    expect(found).toMatchObject({ score, evidence: expect.stringMatching(evidence) as string });
  });
});
