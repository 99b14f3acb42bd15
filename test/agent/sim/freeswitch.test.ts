// The simulator says what the recorded server said, byte for byte, where it is in the same
// state; and it is gear enough for the driver.

import { randomBytes, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '../../../agent/base/logger.ts';
import { systemTimers } from '../../../agent/base/timers.ts';
import { freetdmFamily } from '../../../agent/driver/freetdm/family.ts';
import { runApi } from '../../../agent/sim/freeswitch/api.ts';
import { type DemoFreeSwitch, startDemoFreeSwitch } from '../../../agent/sim/freeswitch/demo.ts';
import { serveEventSocket } from '../../../agent/sim/freeswitch/event-socket.ts';
import { encoded } from '../../../agent/sim/freeswitch/recorded.ts';
import { SimSwitch } from '../../../agent/sim/freeswitch/sim-switch.ts';
import type { SimEvent } from '../../../agent/sim/freeswitch/sim-teller.ts';
import type { SimSpanConfig } from '../../../agent/sim/freeswitch/sim-span.ts';
import type { GearDriver } from '../../../agent/span/gear-driver.ts';
import { openTcp } from '../../../agent/transport/tcp-port.ts';
import { FakeTimers } from '../../support/fake-timers.ts';
import { recordedBody, recording } from '../../support/freetdm-recordings.ts';
import { GearLog } from '../../support/gear-log.ts';

/** The spans that were recorded. */
const RECORDED_SPANS: readonly SimSpanConfig[] = [
  { name: 'E1_NET', stack: 'isdn', type: 'B', channels: 31, dChannel: 16 },
  { name: 'E1_CPE', stack: 'isdn', type: 'B', channels: 31, dChannel: 16 },
  { name: 'T1_NET', stack: 'isdn', type: 'B', channels: 24, dChannel: 24 },
  { name: 'T1_CPE', stack: 'isdn', type: 'B', channels: 24, dChannel: 24 },
  { name: 'FXS', stack: 'analog', type: 'FXS', channels: 4 },
  { name: 'FXO', stack: 'analog', type: 'FXO', channels: 4 },
  { name: 'EM_A', stack: 'analog_em', type: 'EM', channels: 2 },
  { name: 'EM_B', stack: 'analog_em', type: 'EM', channels: 2 },
];

function recordedSite(): { sim: SimSwitch; timers: FakeTimers; events: SimEvent[]; log: string[] } {
  const timers = new FakeTimers();
  // 2026-11-23 10:59:33.635 UTC, when the red alarm was recorded.
  const clock = { nowMs: () => 1_795_431_573_635 };
  const sim = new SimSwitch({
    spans: RECORDED_SPANS,
    random: randomBytes,
    clock,
    timers,
    host: 'vm',
  });
  const events: SimEvent[] = [];
  const log: string[] = [];
  sim.listen({
    event: (event) => events.push(event),
    log: ({ text }) => log.push(text),
    shutDown: () => undefined,
  });
  return { sim, timers, events, log };
}

const output = (sim: SimSwitch, command: string): string => {
  const result = runApi(sim, command);
  return result === 'hangs' ? 'hangs' : result.text;
};

describe('the simulator in the recorded state', () => {
  it.each([
    ['ftdm dump E1_NET', 'api/ftdm_dump_E1_NET.out'],
    ['ftdm dump 1', 'api/ftdm_dump_1.out'],
    ['ftdm dump E1_NET 16', 'api/ftdm_dump_E1_NET_16.out'],
    ['ftdm dump FXO 1', 'api/ftdm_dump_FXO_1.out'],
    ['ftdm dump EM_A 1', 'api/ftdm_dump_EM_A_1.out'],
    ['ftdm dump T1_NET 24', 'api/ftdm_dump_T1_NET_24.out'],
    ['ftdm dump NOSUCH', 'api/ftdm_dump_NOSUCH.out'],
    ['ftdm dump E1_NET 99', 'api/ftdm_dump_E1_NET_99.out'],
    ['ftdm', 'api/ftdm.out'],
    ['ftdm bogus', 'api/ftdm_bogus.out'],
    ['ftdm core calls', 'api/ftdm_core_calls.out'],
    ['ftdm core flag in-alarm', 'api/ftdm_core_flag_in-alarm.out'],
    ['ftdm core flag !sig-up', 'api/ftdm_core_flag_not-sig-up.out'],
    ['ftdm core flag sig-up EM_A', 'api/ftdm_core_flag_sig-up_EM_A.out'],
    ['ftdm sigstatus get E1_NET', 'api/ftdm_sigstatus_get_E1_NET.out'],
    ['ftdm sigstatus get E1_NET 1', 'api/ftdm_sigstatus_get_E1_NET_1.out'],
    ['ftdm sigstatus get NOSUCH', 'api/ftdm_sigstatus_get_NOSUCH.out'],
    ['hostname', 'api/hostname.out'],
    ['version', 'esl/api-version.out'],
    ['module_exists mod_freetdm', 'api/module_exists_mod_freetdm.out'],
    ['show channels like FreeTDM', 'api/show_channels.out'],
  ])('answers %s as it was recorded', (command, file) => {
    expect(output(recordedSite().sim, command)).toBe(recordedBody(file));
  });

  it('lists the spans as recorded, but for an option of one that it has not', () => {
    expect(output(recordedSite().sim, 'ftdm list')).toBe(
      recordedBody('api/ftdm_list.out').replace(
        'analog_options: call swap',
        'analog_options: none',
      ),
    );
  });

  it('lists flags and states as recorded, in its own order', () => {
    const sorted = (text: string): readonly string[] => text.split('\n').sort();
    const { sim } = recordedSite();
    for (const [command, file] of [
      ['ftdm core spanflag started', 'api/ftdm_core_spanflag_started.out'],
      ['ftdm core flag in-use', 'api/ftdm_core_flag_in-use.out'],
      ['ftdm core flag sig-up', 'api/ftdm_core_flag_sig-up.out'],
      ['ftdm core state UP', 'api/ftdm_core_state_UP.out'],
      ['ftdm core state !DOWN', 'api/ftdm_core_state_not-DOWN.out'],
    ] as const)
      expect(sorted(output(sim, command)), command).toEqual(sorted(recordedBody(file)));
    sim.setStarted('T1_CPE', false);
    expect(output(sim, 'ftdm core spanflag !started')).toBe(
      recordedBody('span/libpri-2-stopped.spanflag_not-started.out'),
    );
  });

  it('without the module answers as recorded', () => {
    const { sim } = recordedSite();
    sim.setLoaded(false);
    expect(output(sim, 'ftdm list')).toBe(recordedBody('reload/5-unloaded.ftdm_list.out'));
  });

  /** Events with what differs from run to run set to what was recorded. */
  const asRecorded = (events: readonly SimEvent[], core: string, first: number): string =>
    events
      .map(({ headers }, index) =>
        `${headers}\n\n`
          .replace(/(?<=Core-UUID: ).*/, core)
          .replace(/(?<=Event-Date-Timestamp: ).*/, 'T')
          .replace(/(?<=Event-Sequence: ).*/, String(first + index)),
      )
      .map((text) => `Content-Length: N\nContent-Type: text/event-plain\n\n${text}`)
      .join('');
  const recordedEvents = (file: string): string =>
    Buffer.from(recording(file).bytes)
      .toString()
      .replace(/^Content-Type: command\/reply\n[^]*?\n\n/, '')
      .replaceAll(/(?<=Content-Length: )\d+/g, 'N')
      .replaceAll(/(?<=Event-Date-Timestamp: ).*/g, 'T');

  it('an E1 that goes red says what the recorded one said, and shows it alike', () => {
    const { sim, events } = recordedSite();
    sim.setAlarms('E1_NET', ['red']);
    expect(asRecorded(events, '03b6976d-ad71-497f-967b-bd8885c11bbe', 697)).toBe(
      recordedEvents('alarm/1-red-raised.events-plain.out'),
    );
    expect(output(sim, 'ftdm core flag in-alarm')).toBe(
      recordedBody('alarm/2-red.core_flag_in-alarm.out'),
    );
    const record = (text: string): string => text.split('\n\n')[0] ?? '';
    expect(record(output(sim, 'ftdm dump E1_NET 1'))).toBe(
      record(recordedBody('alarm/2-red.ftdm_dump_E1_NET_1.out')),
    );
  });

  it('all alarms at once repeat their header', () => {
    const { sim, events } = recordedSite();
    sim.setAlarms('E1_NET', ['red', 'yellow', 'rai', 'blue', 'ais']);
    const dates = (text: string): string =>
      text.replaceAll(/(?<=Event-Date-(?:Local|GMT): ).*/g, 'D');
    expect(dates(asRecorded(events, '03b6976d-ad71-497f-967b-bd8885c11bbe', 907))).toBe(
      dates(recordedEvents('alarm/3-all-five.events-plain.out')),
    );
  });

  it('a D-channel that falls writes the recorded lines', () => {
    const { sim, log } = recordedSite();
    sim.setDChannel('T1_CPE', 'DOWN');
    const text = Buffer.from(recording('dchan/log-stream-selected-frames.out').bytes).toString();
    const recorded = [...text.matchAll(/\[INFO\] (mod_freetdm\.c:2785 4:\d+ .*)/g)].map(
      ([, line]) => line,
    );
    const down = recorded.filter((line) => line?.endsWith('DOWN'));
    const said = log.map((line) => /mod_freetdm\.c.*/.exec(line)?.[0]).filter(Boolean);
    expect(said).toEqual(down);
  });

  it('a call is told and shown as recorded', () => {
    const { sim, timers, events } = recordedSite();
    const uuid = sim.placeCall('E1_NET', {
      direction: 'outbound',
      caller: '0000000000',
      called: '1000',
    });
    timers.advance(5000);
    const template = Buffer.from(recording('call/events-plain-up-down.out').bytes).toString();
    const own = (text: string, id: string | undefined): string =>
      text
        .replaceAll(id ?? '?', 'ID')
        .replaceAll(
          /(?<=\n(?:Core-UUID|Event-Sequence|Event-Date-\w+|Caller-[A-Za-z-]*Time|variable_session_id): ).*/g,
          'X',
        );
    for (const name of ['CHANNEL_CREATE', 'CHANNEL_ANSWER']) {
      const recorded = template
        .split(/Content-Length: \d+\nContent-Type: text\/event-plain\n\n/)
        .find(
          (each) =>
            each.startsWith(`Event-Name: ${name}\n`) && each.includes('Call-Direction: outbound'),
        );
      const said = events.find((event) => event.name === name);
      expect(own(`${said?.headers ?? ''}\n\n`, uuid)).toBe(
        own(recorded ?? '', '5ad9db5b-79d4-461e-b552-7057e6986065'),
      );
    }
    const dump = output(sim, 'ftdm dump E1_NET 1');
    expect(
      dump
        .replace(/cid_num: .*/, 'cid_num: ')
        .split('\n\n')[0]
        ?.replace(/session: .*/, ''),
    ).toBe(
      recordedBody('call/2-up.ftdm_dump_E1_NET_1.out')
        .split('\n\n')[0]
        ?.replace(/session: .*/, ''),
    );
    const history = (text: string): readonly string[] =>
      text
        .split('\n')
        .filter((line) => / => .*ms$/.test(line))
        .slice(-4)
        .map((line) => line.replace(/\d+ms$/, 'ms'));
    expect(history(dump)).toEqual(history(recordedBody('call/2-up.ftdm_dump_E1_NET_1.out')));
    expect(output(sim, 'ftdm core calls')).toBe('Call 1 on channel 1:1\n\nTotal calls: 1\n');
  });

  it('encodes values as the server does', () => {
    expect(encoded('Mon, 23 Nov 2026 10:59:33 GMT')).toBe(
      'Mon,%2023%20Nov%202026%2010%3A59%3A33%20GMT',
    );
    expect(encoded('fd00::2')).toBe('fd00%3A%3A2');
    expect(encoded('src/a.c (x)!~ü\n')).toBe('src/a.c%20(x)!~%C3%BC%0A');
  });
});

/** What a raw client gets for what it sends, until the connection closes or `enough` came. */
function talk(port: number, sent: string, enough: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (more: string) => {
      text += more;
      if (enough.test(text)) socket.destroy();
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
    socket.write(sent);
  });
}

describe('its event socket', () => {
  const served = async (): Promise<number> => {
    const { sim } = recordedSite();
    const socket = await serveEventSocket(sim, { password: 'ClueCon' });
    onTestFinished(() => socket.stop());
    return socket.port;
  };

  it.each([
    ['auth ClueCon\n\n', 'esl/auth-ok.out'],
    ['auth wrong\n\n', 'esl/auth-bad.out'],
  ])('%j is answered as recorded', async (sent, file) => {
    const wanted = Buffer.from(recording(file).bytes).toString();
    const pattern = file.endsWith('ok.out') ? /accepted\n\n$/ : /never/;
    expect(await talk(await served(), sent, pattern)).toBe(wanted);
  });

  it.each(['esl/exit.out', 'esl/unknown-command.out', 'esl/api-version.out', 'esl/api-empty.out'])(
    '%s is answered as recorded',
    async (file) => {
      const { sent, bytes } = recording(file);
      const wanted = Buffer.from(bytes).toString();
      const said = await talk(await served(), `auth ClueCon\n\n${sent ?? ''}exit\n\n`, /never/);
      const after = said.slice(said.indexOf('accepted\n\n') + 10);
      expect(after.slice(0, wanted.length)).toBe(wanted);
    },
  );

  it('refuses an address as recorded', async () => {
    const { sim } = recordedSite();
    const socket = await serveEventSocket(sim, { password: 'x' });
    onTestFinished(() => socket.stop());
    socket.behave('refuse-address');
    expect(await talk(socket.port, '', /never/)).toBe(
      Buffer.from(recording('esl/acl-rejected.out').bytes).toString(),
    );
  });
});

describe('the demo FreeSWITCH and the driver', () => {
  const started = async (): Promise<[DemoFreeSwitch, GearDriver, GearLog]> => {
    const demo = await startDemoFreeSwitch({
      random: randomBytes,
      clock: { nowMs: () => Date.now() },
      isLively: false,
    });
    const { hostname, port } = new URL(demo.url);
    const driver = freetdmFamily({ newJobId: randomUUID, timers: systemTimers }).create({
      link: { url: demo.url, username: undefined, password: demo.password },
      openPort: openTcp({ host: hostname, port: Number(port) }),
      logger: silentLogger,
      clock: { nowMs: () => Date.now() },
      options: {},
    });
    const log = new GearLog();
    driver.start(log);
    onTestFinished(async () => {
      await driver.stop();
      await demo.stop();
    });
    await driver.read(new AbortController().signal);
    return [demo, driver, log];
  };

  it('an alarm that a person makes at the socket comes and clears', async () => {
    const [demo, , log] = await started();
    const { port } = new URL(demo.url);
    const order = (line: string): Promise<string> =>
      talk(Number(port), `auth ${demo.password}\n\napi craftport_demo ${line}\n\n`, /\+OK\n$/);
    await order('alarm E1_A red');
    await log.until(() => log.alarms.length === 1, 'the alarm');
    await order('clear E1_A');
    await log.until(() => log.alarms.length === 2, 'the clear');
    expect(log.alarmLines).toEqual(['E1_A RED critical', 'E1_A RED cleared']);
  });

  it('calls come and go on their channels', async () => {
    const [demo, , log] = await started();
    const uuid = demo.sim.placeCall(
      'E1_B',
      { direction: 'inbound', caller: '+4930123', called: '1001', callerName: 'A\nB' },
      'A',
    );
    await log.until(() => log.channels.some(({ report }) => report.nativeState === 'UP'), 'up');
    expect(log.channels.at(-1)).toMatchObject({
      span: 'E1_B',
      report: {
        number: 31,
        state: 'busy',
        call: { direction: 'inbound', caller: '+4930123', called: '1001', id: uuid },
      },
    });
    demo.sim.hangUp(uuid ?? '');
    await log.until(() => log.channels.at(-1)?.report.state === 'idle', 'idle');
  });

  it('a lost D-channel, a wedged span and a reboot are told', async () => {
    const [demo, driver, log] = await started();
    demo.control('dchannel T1_A down');
    await log.until(() => log.alarms.length === 1, 'the D-channel');
    expect(log.alarmLines).toEqual(['T1_A D-channel down critical']);
    demo.control('reboot');
    await log.until(
      () => log.links.filter(({ state }) => state === 'connected').length === 2,
      'back',
    );
    const { alarms, spans } = await driver.read(new AbortController().signal);
    expect(alarms).toEqual([]);
    expect(spans.map(({ native }) => native)).toEqual(['E1_A', 'E1_B', 'T1_A', 'FXS', 'FXO']);
  });

  it('identifies itself', async () => {
    const [demo] = await started();
    const { hostname, port } = new URL(demo.url);
    const found = await freetdmFamily({ newJobId: randomUUID }).identify(
      {
        link: { url: demo.url, username: undefined, password: demo.password },
        openPort: openTcp({ host: hostname, port: Number(port) }),
        logger: silentLogger,
        clock: { nowMs: () => Date.now() },
        options: {},
      },
      new AbortController().signal,
    );
    expect(found).toMatchObject({
      score: 100,
      identity: { product: 'FreeSWITCH', host: 'demo-pbx' },
    });
  });
});
