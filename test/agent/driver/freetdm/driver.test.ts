import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '../../../../agent/base/logger.ts';
import { systemTimers } from '../../../../agent/base/timers.ts';
import { FreetdmDriver } from '../../../../agent/driver/freetdm/driver.ts';
import type { Card } from '../../../../agent/driver/freetdm/vocabulary.ts';
import type { GearReading } from '../../../../agent/span/gear-driver.ts';
import { recordedBody, recording, seeded } from '../../../support/freetdm-recordings.ts';
import { GearLog } from '../../../support/gear-log.ts';
import {
  HANG,
  recordedFrames,
  type RecordedFreeSwitch,
  recordedFreeSwitch,
  type RecordedOptions,
} from '../../../support/recorded-freeswitch.ts';

interface Bench {
  readonly server: RecordedFreeSwitch;
  readonly driver: FreetdmDriver;
  readonly log: GearLog;
  read(): Promise<GearReading>;
}

function bench(
  options: RecordedOptions & { readonly card?: Card; readonly givenPassword?: string } = {},
): Bench {
  const server = recordedFreeSwitch(options);
  const driver = new FreetdmDriver({
    openPort: server.open,
    credentials: { username: undefined, password: options.givenPassword ?? 'ClueCon' },
    timers: systemTimers,
    newJobId: randomUUID,
    card: options.card ?? 'unknown',
    logger: silentLogger,
    jobMs: 150,
    limits: { replyMs: 1_000, signInMs: 1_000, firstRetryMs: 20, refusedRetryMs: 60_000 },
  });
  const log = new GearLog();
  driver.start(log);
  onTestFinished(() => driver.stop());
  return { server, driver, log, read: () => driver.read(new AbortController().signal) };
}

describe('a reading of the recorded FreeSWITCH', () => {
  it('is what its golden says, whatever the pieces it arrives in', async () => {
    const random = seeded(7);
    for (const piece of [undefined, () => 1, () => Math.ceil(random() * 900)]) {
      const { read } = bench(piece === undefined ? {} : { piece });
      await expect(`${JSON.stringify(await read(), null, 1)}\n`).toMatchFileSnapshot(
        '../../../fixtures/freetdm/golden/reading.json',
      );
    }
  });

  it('says what each span is', async () => {
    const { read } = bench();
    const { spans, alarms, findings, identity } = await read();
    expect(
      spans.map(({ native, kind, slots, dChannel, signalling, running, channels }) =>
        [native, kind, slots, dChannel ?? '-', signalling, running, channels.length].join(' '),
      ),
    ).toEqual([
      'E1_NET E1 31 16 up started 31',
      'E1_CPE E1 31 16 up started 31',
      'T1_NET T1 24 24 up started 24',
      'T1_CPE T1 24 24 up started 24',
      'FXS FXS 4 - up started 4',
      'FXO FXO 4 - up started 4',
      'EM_A EM 2 - up started 2',
      'EM_B EM 2 - up started 2',
    ]);
    expect([alarms, findings]).toEqual([[], []]);
    expect(identity).toMatchObject({
      product: 'FreeSWITCH',
      version: '1.11.3-dev~64bit',
      host: 'vm',
    });
  });

  it('sends only commands that read', async () => {
    const { server, read, log } = bench();
    await read();
    server.tell(recordedFrames('alarm/1-red-raised.events-plain.out', 'text/event-plain'));
    await log.until(() => log.spans.length >= 2, 'the span twice');
    for (const command of server.commands)
      expect(command).toMatch(
        /^(?:event plain|filter Job-Command ftdm|log 6|(?:bg)?api (?:ftdm (?:list|dump \d+(?: \d+)?|core (?:spanflag|flag|state) \S+)|version|hostname|global_getvar core_uuid|show channels like FreeTDM))(?: |$)/,
      );
  });

  it('shows calls with who calls whom, which way', async () => {
    const { server, read } = bench();
    const e1 = recordedBody('api/ftdm_dump_1.out');
    const record = recordedBody('cid/2-dump_E1_NET_1.out').split('\n\n')[0] ?? '';
    const uuid = '96942351-d4ba-47d2-b7b8-3c2eb32b8f40';
    server.answer(
      'ftdm dump 1',
      e1.replace(
        /span_id: 1\nchan_id: 1\n[^]*?\n\n/,
        `${record.replace(/session: .*/, `session: ${uuid}`)}\n\n`,
      ),
    );
    const { spans } = await read();
    expect(spans[0]?.channels[0]).toEqual({
      timeslot: 1,
      number: 1,
      type: 'B',
      state: 'busy',
      nativeState: 'UP',
      alarm: false,
      call: { direction: 'outbound', caller: '5551111', called: '1000', id: uuid },
    });
  });

  it('tells a stopped span from its word that signalling is up', async () => {
    const { server, read } = bench();
    server.answer(
      'ftdm core spanflag started',
      recordedBody('span/libpri-2-stopped.spanflag_started.out'),
    );
    server.answer(
      'ftdm core spanflag !started',
      recordedBody('span/libpri-2-stopped.spanflag_not-started.out'),
    );
    server.answer('ftdm list', recordedBody('span/libpri-2-stopped.ftdm_list.out'));
    const { spans, alarms } = await read();
    const span = spans.find(({ native }) => native === 'T1_CPE');
    expect(span).toMatchObject({
      running: 'stopped',
      admin: 'down',
      signalling: 'down',
      status: { bits: 16384, names: ['NetEquipOOS'] },
    });
    expect(span?.caveats.join()).toContain('of a stopped span that is not true');
    expect(span?.channels.every(({ state }) => state !== 'idle')).toBe(true);
    expect(alarms).toEqual([]);
  });

  it('names spans that no stack runs', async () => {
    const { server, read } = bench();
    server.answer(
      'ftdm list',
      recordedBody('api/ftdm_list.out').replace(/\+OK\nspan: 8 [^]*$/, ''),
    );
    const { findings, spans } = await read();
    expect(findings.map(({ code, span }) => `${code} ${span ?? ''}`)).toEqual([
      'freetdm.span-without-signalling #8',
    ]);
    expect(spans).toHaveLength(8);
  });
});

describe('an alarm storm', () => {
  const storm = (file: string): Uint8Array =>
    recordedFrames(`alarm/${file}.events-plain.out`, 'text/event-plain');

  it('of 31 events is one raise, and one clear, with every channel flagged between', async () => {
    const random = seeded(3);
    const { server, read, log } = bench({ piece: () => Math.ceil(random() * 3000) });
    await read();
    server.tell(storm('1-red-raised'));
    await log.until(() => log.spans.length > 0, 'the span');
    expect(log.alarms).toEqual([
      {
        span: 'E1_NET',
        name: 'RED',
        severity: 'critical',
        explanation: expect.stringContaining('All 31 channels.') as string,
      },
    ]);
    expect(log.spans[0]?.channels.filter(({ alarm }) => alarm)).toHaveLength(31);
    expect(log.spans[0]?.status).toEqual({ bits: 32, names: ['LossOfFrame'] });
    const alarmed = recordedBody('api/ftdm_dump_1.out')
      .replaceAll('physical_status: ok', 'physical_status: alarmed')
      .replaceAll('status_red: 0', 'status_red: 1');
    server.answer('ftdm dump 1', alarmed);
    await read();
    expect(log.alarms).toHaveLength(1);
    server.tell(storm('5-cleared'));
    await log.until(() => log.alarms.length > 1, 'the clear');
    expect(log.alarmLines).toEqual(['E1_NET RED critical', 'E1_NET RED cleared']);
  });

  it('that changes colour clears the one and raises the other', async () => {
    const { server, read, log } = bench();
    await read();
    // What follows is read again from the server, which says what the events said.
    server.answer('ftdm dump 1', HANG);
    for (const file of ['1-red-raised', '3-red+yellow', '3-blue', '3-general', '5-cleared']) {
      const before = log.spans.length;
      server.tell(storm(file));
      await log.until(() => log.spans.length > before, file);
    }
    expect(log.alarmLines.filter((line) => !line.includes('WEDGED'))).toEqual([
      'E1_NET RED critical',
      'E1_NET YELLOW major',
      'E1_NET BLUE critical',
      'E1_NET RED cleared',
      'E1_NET YELLOW cleared',
      'E1_NET GENERAL major',
      'E1_NET BLUE cleared',
      'E1_NET GENERAL cleared',
    ]);
  });

  it('of a part of the span says which channels', async () => {
    const { server, read, log } = bench();
    await read();
    const events = Buffer.from(storm('1-red-raised')).toString();
    const seven = events
      .split(/(?=Content-Length: )/)
      .filter((event) => /chan-number: (?:2|3|4|9)\n/.test(event))
      .join('');
    server.tell(new TextEncoder().encode(seven));
    await log.until(() => log.alarms.length > 0, 'the alarm');
    expect(log.alarms[0]).toMatchObject({ name: 'RED', severity: 'major' });
    expect(log.alarms[0]?.explanation).toContain('Channels 2–4, 9.');
  });

  it('of a DAHDI card is translated back; of an unknown one the caveat says it may be wrong', async () => {
    const dahdi = bench({ card: 'dahdi' });
    await dahdi.read();
    dahdi.server.tell(storm('3-blue'));
    await dahdi.log.until(() => dahdi.log.alarms.length > 0, 'the alarm');
    expect(dahdi.log.alarmLines).toEqual(['E1_NET RED critical']);
    const unknown = bench();
    const { spans } = await unknown.read();
    expect(spans.map(({ native, caveats }) => [native, caveats.length])).toEqual([
      ['E1_NET', 1],
      ['E1_CPE', 1],
      ['T1_NET', 1],
      ['T1_CPE', 1],
      ['FXS', 0],
      ['FXO', 0],
      ['EM_A', 0],
      ['EM_B', 0],
    ]);
    expect(spans[0]?.caveats[0]).toContain('blue red');
  });

  it('on a module that is loaded, all clear, is nothing', async () => {
    const { server, read, log } = bench();
    await read();
    server.tell(recordedFrames('span/libpri-events-plain.out', 'text/event-plain'));
    await log.until(() => log.spans.length > 0, 'the span');
    expect(log.alarms).toEqual([]);
  });
});

describe('a D-channel that is lost', () => {
  it('is seen in the log, as no event tells it', async () => {
    const { server, read, log } = bench();
    await read();
    server.answer('ftdm list', recordedBody('dchan/2-lost.ftdm_list.out'));
    const down = (id: number): string =>
      recordedBody('api/ftdm_dump_1.out')
        .replaceAll('UP\ntype', 'DOWN\ntype')
        .replaceAll('span_id: 1\n', `span_id: ${String(id)}\n`);
    server.answer('ftdm dump 3', down(3));
    server.answer('ftdm dump 4', down(4));
    const stream = Buffer.from(recording('dchan/log-stream-selected-frames.out').bytes).toString();
    const lines = stream.split(/(?=Content-Type: log\/data)/);
    const fall = lines.filter((line) => line.includes('changed to :DOWN')).join('');
    server.tell(new TextEncoder().encode(fall));
    await log.until(() => log.alarms.length >= 2, 'both ends');
    expect([...log.alarmLines].sort()).toEqual([
      'T1_CPE D-channel down critical',
      'T1_NET D-channel down critical',
    ]);
    expect(log.spans[0]).toMatchObject({
      signalling: 'down',
      status: { names: ['UnavailSigState'] },
    });
  });

  it('is seen by a reading too', async () => {
    const { server, read } = bench();
    server.answer('ftdm list', recordedBody('dchan/2-lost.ftdm_list.out'));
    for (const id of [3, 4])
      server.answer(
        `ftdm dump ${String(id)}`,
        recordedBody('api/ftdm_dump_1.out')
          .replaceAll('UP\ntype', 'DOWN\ntype')
          .replaceAll('span_id: 1\n', `span_id: ${String(id)}\n`),
      );
    const { alarms } = await read();
    expect(alarms.map(({ span, name }) => `${span ?? ''} ${name}`)).toEqual([
      'T1_NET D-channel down',
      'T1_CPE D-channel down',
    ]);
  });
});

describe('a span that hangs', () => {
  const wedge = (server: RecordedFreeSwitch): void => {
    server.answer('ftdm list', HANG);
    server.answer('ftdm dump 1', HANG);
  };

  it('is marked wedged, is never asked again, and hides no other span', async () => {
    const { server, read } = bench();
    await read();
    wedge(server);
    const first = await read();
    expect(first.findings.map(({ code, span }) => `${code} ${span ?? ''}`)).toEqual([
      'span.wedged E1_NET',
    ]);
    expect(first.alarms.map(({ span, name }) => `${span ?? ''} ${name}`)).toEqual([
      'E1_NET WEDGED',
    ]);
    const [span, other] = first.spans;
    expect(span).toMatchObject({ native: 'E1_NET', running: 'wedged' });
    expect(span?.channels).toHaveLength(31);
    expect(other).toMatchObject({ native: 'E1_CPE', running: 'started' });
    const asked = server.commands.filter((line) =>
      /^bgapi ftdm (?:list|dump 1)$/.test(line),
    ).length;
    await read();
    await read();
    expect(
      server.commands.filter((line) => /^bgapi ftdm (?:list|dump 1)$/.test(line)),
    ).toHaveLength(asked);
  });

  it('is found also when it hung before the agent came', async () => {
    const { server, read } = bench();
    wedge(server);
    const { spans, findings } = await read();
    expect(findings.map(({ code, span }) => `${code} ${span ?? ''}`)).toEqual(['span.wedged #1']);
    expect(spans.map(({ native, running }) => `${native} ${running}`)).toContain('#1 wedged');
    expect(spans.find(({ native }) => native === '#2')?.channels).toHaveLength(31);
  });

  it('is well again when its answer comes late', async () => {
    const { server, read, log } = bench();
    await read();
    server.answer('ftdm dump 1', HANG);
    expect((await read()).spans[0]?.running).toBe('wedged');
    server.answer('ftdm dump 1', recordedBody('api/ftdm_dump_1.out'));
    server.finish('ftdm dump 1');
    await log.until(() => log.reasons.includes('a command that hung has answered'), 'the answer');
    const { spans, findings } = await read();
    expect(spans[0]?.running).toBe('started');
    expect(findings).toEqual([]);
  });

  it('is asked again after FreeSWITCH is another run of itself, not after a lost connection', async () => {
    const { server, read, log } = bench();
    await read();
    wedge(server);
    await read();
    const connections = (): number => log.links.filter(({ state }) => state === 'connected').length;
    server.cut();
    await log.until(() => connections() === 2, 'the second connection');
    expect((await read()).spans[0]?.running).toBe('wedged');
    server.restart('11111111-ad71-497f-967b-bd8885c11bbe');
    await log.until(() => connections() === 3, 'the third connection');
    const { spans, findings, identity } = await read();
    expect(spans[0]?.running).toBe('started');
    expect(findings).toEqual([]);
    expect(identity['core_uuid']).toBe('11111111-ad71-497f-967b-bd8885c11bbe');
  });

  it('is not what a server that answers nothing is', async () => {
    const { server, read } = bench();
    await read();
    wedge(server);
    server.answer('ftdm core spanflag started', HANG);
    await expect(read()).rejects.toMatchObject({ code: 'driver.timeout' });
  });
});

describe('a FreeSWITCH', () => {
  it('without mod_freetdm is a finding and an alarm of the gear', async () => {
    const { server, read } = bench();
    const missing = recordedBody('reload/5-unloaded.ftdm_list.out');
    for (const command of ['core spanflag started', 'core spanflag !started', 'list'])
      server.answer(`ftdm ${command}`, missing);
    const { spans, findings, alarms } = await read();
    expect(spans).toEqual([]);
    expect(findings.map(({ code }) => code)).toEqual(['freetdm.module-not-loaded']);
    expect(alarms).toMatchObject([{ span: undefined, severity: 'critical' }]);
  });

  it('without any span is just that', async () => {
    const { server, read } = bench();
    server.answer('ftdm core spanflag started', '\nTotal spans with flag 1: 0\n');
    server.answer('ftdm list', recordedBody('config/libpri-bad-node.ftdm_list.out'));
    const { spans, findings } = await read();
    expect([spans, findings]).toEqual([[], []]);
  });

  it('that answers a span with junk keeps the others', async () => {
    const { server, read } = bench();
    server.answer('ftdm dump 2', 'segmentation fault\n');
    const { spans, findings } = await read();
    expect(findings).toMatchObject([{ code: 'driver.unexpected-reply', span: 'E1_CPE' }]);
    expect(spans).toHaveLength(8);
  });

  it('that comes back is signed in to, subscribed and asked to be read again', async () => {
    const { server, read, log } = bench();
    await read();
    server.cut();
    await log.until(
      () => log.reasons.filter((reason) => reason === 'connected').length === 2,
      'the second connection',
    );
    expect(
      server.commands.filter((line) => line.startsWith('event plain HEARTBEAT TRAP')),
    ).toHaveLength(2);
    expect(server.commands.filter((line) => line === 'log 6')).toHaveLength(2);
    expect((await read()).spans).toHaveLength(8);
  });
});
