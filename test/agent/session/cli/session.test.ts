import { describe, expect, it } from 'vitest';
import { isCode } from '../../../../agent/base/error.ts';
import { systemTimers } from '../../../../agent/base/timers.ts';
import type { CliPlatform } from '../../../../agent/codec/cli/platform.ts';
import { IOS_PLATFORM } from '../../../../agent/driver/ios/platform.ts';
import type { CliPacing } from '../../../../agent/session/cli/pacing.ts';
import { CliSession } from '../../../../agent/session/cli/session.ts';
import { IosGateway, type IosGatewayOptions } from '../../../../agent/sim/ios-gateway.ts';
import type { SimDevice, SimLine, SimPeer } from '../../../../agent/sim/sim-device.ts';
import { seeded } from '../../../support/freetdm-recordings.ts';
import { cableTo, type Cable } from '../../../support/sim-port.ts';
import { until } from '../../../support/until.ts';

const PACING: CliPacing = {
  settleMs: 5,
  listenMs: 10,
  leftOverMs: 100,
  echoMs: 150,
  replyMs: 250,
  longestMs: 2000,
  resumeMs: 100,
  keepAliveMs: 0,
};
const LOGIN = { username: 'craft', password: 'pass1', secret: 'secret1' };

interface Bench {
  readonly session: CliSession;
  readonly cable: Cable;
  readonly told: string[];
  readonly frames: string[];
}

async function attached<D extends SimDevice>(
  device: D,
  work: (bench: Bench & { readonly device: D }) => Promise<void>,
  options: {
    credentials?: Partial<typeof LOGIN>;
    pieceBytes?: number;
    before?: string;
    pacing?: Partial<CliPacing>;
    platform?: Partial<CliPlatform>;
  } = {},
): Promise<void> {
  const cable = cableTo(device, options.pieceBytes);
  const port = await cable.open(new AbortController().signal);
  if (options.before !== undefined) {
    // What a predecessor left behind.
    await port.send(Uint8Array.from(Buffer.from(options.before, 'latin1')));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const told: string[] = [];
  const frames: string[] = [];
  const session = new CliSession({
    port,
    platform: { ...IOS_PLATFORM, ...options.platform },
    credentials: {
      username: undefined,
      password: undefined,
      secret: undefined,
      ...options.credentials,
    },
    timers: systemTimers,
    pacing: { ...PACING, ...options.pacing },
    observer: {
      suspended: (typed) => told.push(`suspended ${typed}`),
      resumed: () => told.push('resumed'),
      note: (line) => told.push(`note ${line.slice(0, 40)}`),
      frame: (direction, text) => frames.push(`${direction} ${text}`),
    },
  });
  try {
    await work({ session, cable, told, frames, device });
  } finally {
    await session.close();
  }
}

const gateway = (options: IosGatewayOptions = {}): IosGateway => new IosGateway(options);

const outcome = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
    return 'done';
  } catch (error) {
    return isCode(error) ? error.code : error;
  }
};

/** A console whose every byte a test decides. */
class Scripted implements SimDevice {
  readonly name = 'scripted';
  peer: SimPeer | undefined;
  interrupted = (): void => {};
  heard = '';
  readonly #answer: (line: string, console: Scripted) => string;
  readonly #echo: (char: string) => string;

  constructor(answer: (line: string, console: Scripted) => string, echo = (char: string) => char) {
    this.#answer = answer;
    this.#echo = echo;
  }

  connect(peer: SimPeer): SimLine {
    this.peer = peer;
    let line = '';
    return {
      receive: (bytes) => {
        for (const char of Buffer.from(bytes).toString('latin1')) {
          this.heard += char;
          if (char === '\r') {
            const whole = line;
            line = '';
            this.say(this.#answer(whole, this));
          } else if (char === '\u0015' || char === '\u0003') {
            this.say('\b \b'.repeat(line.length));
            line = '';
            if (char === '\u0003') this.interrupted();
          } else {
            // A key that is not echoed never arrived.
            const shown = this.#echo(char);
            line += shown;
            this.say(shown);
          }
        }
      },
      disconnect: () => (this.peer = undefined),
    };
  }

  say(text: string): void {
    this.peer?.send(Uint8Array.from(Buffer.from(text, 'latin1')));
  }

  behave(): void {}
}

describe('a command-line session attaches', () => {
  it.each([
    ['to an idle console with a login', { ...LOGIN }, undefined],
    ['behind half a line of a predecessor', { ...LOGIN }, '\rcraft\rpass1\rreloa'],
    ['inside a pager', { ...LOGIN }, '\rcraft\rpass1\renable\rsecret1\rshow controllers t1\r'],
    [
      'in a configuration mode',
      { ...LOGIN },
      '\rcraft\rpass1\renable\rsecret1\rconfigure terminal\r',
    ],
    ['to a console without a login', {}, undefined],
    [
      'behind a banner with a prompt and the word password in it',
      { ...LOGIN, banner: 'GW1#\nPassword: none of yours\nGW1>\n' },
      undefined,
    ],
  ] as const)('%s', async (_, options, before) => {
    await attached(
      gateway(options),
      async ({ session, cable }) => {
        await session.attach();
        const { lines } = await session.run('show isdn status');
        expect(lines[0]).toBe('Global ISDN Switchtype = primary-ni');
        expect(lines.at(-1)).toBe('    Total Allocated ISDN CCBs = 3');
        expect(session.hostName).toBe('GW1');
        // Nothing a predecessor typed was entered.
        expect(cable.sent[0]).not.toContain('reload');
      },
      { credentials: LOGIN, ...(before === undefined ? {} : { before }) },
    );
  });

  it('reads the same in pieces of one byte', async () => {
    await attached(
      gateway(LOGIN),
      async ({ session }) => {
        await session.attach();
        expect((await session.run('show controllers t1')).lines).toHaveLength(32);
      },
      { credentials: LOGIN, pieceBytes: 1 },
    );
  });

  it.each([
    ['a wrong password', { ...LOGIN, password: 'wrong-one' }],
    ['a wrong secret', { ...LOGIN, secret: 'wrong-one' }],
    ['no credentials', {}],
  ])('not with %s, which it tries once', async (_, credentials) => {
    await attached(
      gateway(LOGIN),
      async ({ session, cable, frames }) => {
        expect(await outcome(session.attach())).toBe('driver.login-refused');
        expect((cable.sent[0]?.match(/wrong-one/g) ?? []).length).toBeLessThanOrEqual(1);
        expect(frames.join()).not.toMatch(/wrong-one|pass1|secret1/);
      },
      { credentials },
    );
  });

  it.each([
    ['a question nobody declared', 'Proceed with reload? [confirm]'],
    ['no prompt', 'menu item 3 of 9'],
  ])('not to %s, and shows it', async (_, shown) => {
    const device = new Scripted(() => `\r\n${shown}`);
    await attached(device, async ({ session }) => {
      const error: unknown = await session.attach().catch((cause: unknown) => cause);
      expect(isCode(error, 'driver.out-of-sync') && error.message).toContain(shown);
      expect(device.heard).not.toMatch(/[yY]/);
    });
  });

  it('without Ctrl-C: what runs there is somebody’s', async () => {
    await attached(
      gateway(LOGIN),
      async ({ session, cable }) => {
        await session.attach();
        expect(cable.sent[0]).toMatch(/^\u0015\r/);
        expect(cable.sent[0]).not.toContain('\u0003');
      },
      { credentials: LOGIN },
    );
  });

  it('not to a console where nothing answers, and stops what runs only where a profile says so', async () => {
    const busy = (): Scripted => {
      let runs = true;
      const device: Scripted = new Scripted(
        () => (runs ? '' : '\r\nGW1#'),
        (char) => (runs ? '' : char),
      );
      device.interrupted = () => (runs = false);
      return device;
    };
    const careful = busy();
    await attached(careful, async ({ session }) => {
      expect(await outcome(session.attach())).toBe('driver.out-of-sync');
      expect(careful.heard).toBe('\u0015\r\r\r');
    });
    const bold = busy();
    await attached(
      bold,
      async ({ session }) => {
        await session.attach();
        expect(bold.heard).toMatch(/^\u0015\r\u0003\r/);
      },
      { platform: { stop: '\u0003' } },
    );
  });

  it('not to a boot monitor, in which it presses nothing when it sees it', async () => {
    const device = new Scripted(() => '\r\nrommon 1 >');
    await attached(device, async ({ session }) => {
      device.say('\r\nrommon 1 >');
      const error: unknown = await session.attach().catch((cause: unknown) => cause);
      expect(isCode(error, 'driver.out-of-sync') && error.message).toContain('rommon');
      expect(device.heard).toBe('');
    });
  });

  it('not behind somebody who is typing, whose line it leaves alone', async () => {
    const device = new Scripted(() => '\r\nGW1#');
    await attached(device, async ({ session, told }) => {
      device.say('\r\nGW1#relo');
      const attaching = outcome(session.attach());
      await new Promise((resolve) => setTimeout(resolve, 50));
      device.say('ad');
      expect(await attaching).toBe('driver.suspended');
      expect(told).toEqual(['suspended reload']);
      expect(device.heard).toBe('');
    });
  });

  it.each([1, 2, 3, 4, 5, 6])('not to binary junk (seed %i), which it survives', async (seed) => {
    const random = seeded(seed);
    const junk = (): string =>
      Array.from({ length: 3000 }, () => String.fromCharCode(Math.floor(random() * 256))).join('');
    await attached(new Scripted(junk, () => junk().slice(0, 3)), async ({ session }) => {
      expect(await outcome(session.attach())).toMatch(
        /^driver\.(?:out-of-sync|timeout|login-refused|suspended)$/,
      );
      expect(await outcome(session.run('show version'))).toMatch(/^driver\./);
    });
  });

  it('not to silence', async () => {
    const device = new Scripted(
      () => '',
      () => '',
    );
    await attached(device, async ({ session }) => {
      expect(await outcome(session.attach())).toBe('driver.out-of-sync');
    });
  });
});

describe('a command-line session', () => {
  it('sees through pagers, log lines and late answers', async () => {
    await attached(gateway(), async ({ session, device, told }) => {
      await session.attach();
      const { lines: wanted } = await session.run('show controllers t1');
      device.behave({ kind: 'log-lines', count: 5 });
      expect((await session.run('show controllers t1')).lines).toEqual(wanted);
      expect(told.filter((line) => line.startsWith('note'))).toHaveLength(5);
      device.behave({ kind: 'late-answer', ms: 100 });
      expect((await session.run('show controllers t1')).lines).toEqual(wanted);
    });
  });

  it('pages where the pager cannot be switched off', async () => {
    const platform = gateway();
    await attached(platform, async ({ session, cable }) => {
      await session.attach();
      // The gateway forgets the setting, as after a line reset.
      platform.behave({ kind: 'reboot', ms: 0 });
      const { lines } = await session
        .run('show voice port summary')
        .catch(() => session.run('show voice port summary'));
      expect(lines.filter((line) => line.includes('isdn-voice'))).toHaveLength(76);
      expect(lines.join('\n')).not.toContain('More');
      expect(cable.sent[0]).toContain('terminal length 0');
    });
  });

  it('goes on after a log line that came while it was idle', async () => {
    await attached(gateway(), async ({ session, device, told }) => {
      await session.attach();
      device.behave({ kind: 'alarm', span: 1, name: 'LOS', raised: true });
      await until(() => told.length > 0);
      expect(told).toEqual([expect.stringMatching(/^note .*Mar 31/)]);
      expect((await session.run('show isdn status')).lines[4]).toBe('        DEACTIVATED');
    });
  });

  it('types at the pace a profile asks for, one character a write', async () => {
    await attached(
      gateway(),
      async ({ session, cable }) => {
        await session.attach();
        const before = cable.writes.length;
        const startedMs = performance.now();
        const { lines } = await session.run('show isdn status');
        expect(lines.length).toBeGreaterThan(20);
        const sizes = cable.writes
          .slice(before)
          .map((at, index) => at - (cable.writes[before + index - 1] ?? 0));
        expect(sizes).toEqual(Array.from('show isdn status\r', () => 1));
        // A timer may be a millisecond early, never more.
        expect(performance.now() - startedMs).toBeGreaterThan('show isdn status'.length * 2);
      },
      { platform: { characterMs: 3 } },
    );
  });

  it('says what the gear refused, and refuses what is not on its list', async () => {
    await attached(gateway(), async ({ session, cable }) => {
      await session.attach();
      const refused: unknown = await session
        .run('show controllers e1 9/9/9')
        .catch((error: unknown) => error);
      expect(isCode(refused, 'driver.denied') && refused.detail['mark']).toMatch(/Invalid input/);
      const before = cable.sent[0];
      for (const command of ['reload', 'configure terminal', 'show isdn status\rreload'])
        expect(await outcome(session.run(command))).toBe('driver.denied');
      expect(cable.sent[0]).toBe(before);
    });
  });

  it('types once more when the echo differs, and then stops, without pressing return', async () => {
    let broken = 0;
    const answer = (line: string): string => (line === '' ? '\r\nGW1#' : `\r\nran ${line}\r\nGW1#`);
    const device = new Scripted(answer, (char) =>
      broken > 0 && char === 'w' && broken-- > 0 ? '' : char,
    );
    const typed = (): string[] => device.heard.split('\r').filter((line) => line.includes('isdn'));
    await attached(device, async ({ session }) => {
      await session.attach();
      broken = 1;
      expect((await session.run('show isdn status')).lines).toEqual(['ran show isdn status']);
      expect(typed()).toEqual(['show isdn status\u0015show isdn status']);
      broken = 1000;
      expect(await outcome(session.run('show isdn status'))).toMatch(
        /^driver\.(?:out-of-sync|suspended)$/,
      );
      // What was typed twice was wiped twice, and return was never pressed behind it.
      expect(device.heard.slice(device.heard.lastIndexOf('\r'))).toMatch(/\u0015$/);
    });
  });

  it('stops at ten megabytes without a prompt', async () => {
    const flood = 'no prompt in here, only text\r\n'.repeat(40_000);
    const device = new Scripted((line, console) => {
      if (line !== 'show version') return '\r\nGW1#';
      for (let part = 0; part < 9; part++) console.say(flood);
      return flood;
    });
    await attached(
      device,
      async ({ session }) => {
        await session.attach();
        expect(await outcome(session.run('show version'))).toBe('driver.unexpected-reply');
      },
      // The bytes are what ends it, however slow the machine.
      { pacing: { replyMs: 20_000, longestMs: 60_000 } },
    );
  });

  it('is not fooled by its own prompt in an output that goes on', async () => {
    const device = new Scripted((line) =>
      line === 'show version' ? '\r\nbanner\r\nGW1#\r\nGW1# more\r\nend\r\nGW1#' : '\r\nGW1#',
    );
    await attached(device, async ({ session }) => {
      await session.attach();
      expect((await session.run('show version')).lines).toEqual([
        'banner',
        'GW1#',
        'GW1# more',
        'end',
      ]);
    });
  });

  it('gives up an answer that stops half-way, types nothing again, and finds back', async () => {
    await attached(gateway(), async ({ session, device, cable }) => {
      await session.attach();
      device.behave({ kind: 'half-frame' });
      expect(await outcome(session.run('show isdn status'))).toBe('driver.timeout');
      expect(cable.sent[0]?.match(/show isdn status/g)).toHaveLength(1);
      expect((await session.run('show isdn status')).lines.length).toBeGreaterThan(20);
    });
  });

  it('stops for another person, says so, and goes on when the console is quiet', async () => {
    await attached(gateway(), async ({ session, device, told, cable }) => {
      await session.attach();
      device.behave({ kind: 'typist', text: 'show c' });
      await until(() => told.length > 0);
      expect(told).toEqual(['suspended show c']);
      const before = cable.sent[0];
      expect(await outcome(session.run('show isdn status'))).toBe('driver.suspended');
      await new Promise((resolve) => setTimeout(resolve, 120));
      // Half a line stands there still: it is theirs.
      expect(await outcome(session.run('show isdn status'))).toBe('driver.suspended');
      expect(cable.sent[0]).toBe(before);
      device.behave({ kind: 'typist', text: 'ontrollers\r' });
      await new Promise((resolve) => setTimeout(resolve, 120));
      expect((await session.run('show isdn status')).lines.length).toBeGreaterThan(20);
      expect(told).toEqual(['suspended show c', 'resumed']);
    });
  });

  it('notices a person who types into its own output', async () => {
    await attached(gateway(), async ({ session, device, told }) => {
      await session.attach();
      device.behave({ kind: 'late-answer', ms: 60 });
      const reading = outcome(session.run('show isdn status'));
      await new Promise((resolve) => setTimeout(resolve, 90));
      device.behave({ kind: 'typist', text: 'sh' });
      const ended = await reading;
      if (ended === 'done') await until(() => told.length > 0);
      expect(told[0]).toMatch(/^suspended/);
    });
  });

  it('leaves the session behind it when it closes, and may be closed twice', async () => {
    await attached(
      gateway(LOGIN),
      async ({ session, cable }) => {
        await session.attach();
        await Promise.all([session.close(), session.close()]);
        expect(cable.sent[0]).toMatch(/exit\r$/);
        expect(cable.received[0]).toMatch(/con0 is now available/);
      },
      { credentials: LOGIN },
    );
  });
});
