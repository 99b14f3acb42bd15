// The files are written here by the documented format of /proc/dahdi: no card was at hand.

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCode } from '../../../../agent/base/error.ts';
import { parseProcSpan } from '../../../../agent/codec/dahdi/proc-span.ts';
import { parseSystemConf } from '../../../../agent/codec/dahdi/system-conf.ts';
import { DahdiDriver, dahdiFamily } from '../../../../agent/driver/dahdi/driver.ts';
import type { GearReading } from '../../../../agent/span/gear-driver.ts';
import { openDahdiFiles } from '../../../../agent/transport/dahdi-files.ts';
import { GearLog } from '../../../support/gear-log.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;

const E1 = (alarms = ''): string =>
  lines(
    `Span 1: TE4/0/1 "T4XXP (PCI) Card 0 Span 1" (MASTER) HDB3/CCS/CRC4 ${alarms}ClockSource `,
    '\tBPV count: 12',
    '\tTiming slips: 3',
    '',
    ...Array.from({ length: 31 }, (_, at) => {
      const number = at + 1;
      const signalling = number === 16 ? 'HDLCFCS' : 'Clear';
      const canceller = number === 16 ? '' : '(EC: MG2 - INACTIVE) ';
      return `\t${String(number).padStart(4)} TE4/0/1/${String(number)} ${signalling} ${number < 3 ? '(In use) ' : ''}${alarms}${canceller}`;
    }),
  );

const ANALOG = lines(
  'Span 2: WCTDM/4 "Wildcard TDM410P" ',
  '',
  '\t  32 WCTDM/4/0 FXOKS (In use) (EC: OSLEC - INACTIVE) ',
  '\t  33 WCTDM/4/1 FXOKS ',
  '\t  34 WCTDM/4/2 FXSKS RED ',
  '\t  35 WCTDM/4/3 Reserved',
);

async function site(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(await tempDir(), 'dahdi');
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

async function reading(
  files: Readonly<Record<string, string>>,
): Promise<[GearReading, GearLog, string]> {
  const folder = await site(files);
  const driver = new DahdiDriver(openDahdiFiles(folder, join(folder, 'system.conf')));
  const log = new GearLog();
  driver.start(log);
  return [await driver.read(new AbortController().signal), log, folder];
}

describe('/proc/dahdi', () => {
  it('is read as spans with counters, clock, coding and channels', async () => {
    const conf = lines('# cards', 'span=1,1,0,ccs,hdb3,crc4', 'bchan=1-15,17-31', 'dchan=16');
    const [{ spans, alarms, findings }, log] = await reading({
      '1': E1(),
      '2': ANALOG,
      'system.conf': conf,
    });
    expect(
      spans.map(({ native, name, kind, slots, dChannel, framing, lineCode, clock, status }) => [
        native,
        name,
        kind,
        slots,
        dChannel,
        framing,
        lineCode,
        clock,
        status?.names,
      ]),
    ).toEqual([
      ['1', 'TE4/0/1', 'E1', 31, 16, 'CCS/CRC4', 'HDB3', 'line (choice 1)', ['NoAlarm']],
      ['2', 'WCTDM/4', 'unknown', 4, undefined, undefined, undefined, undefined, undefined],
    ]);
    expect(spans[0]?.detail).toMatchObject({
      description: 'T4XXP (PCI) Card 0 Span 1',
      'BPV count': '12',
      'Timing slips': '3',
    });
    expect(spans[1]?.channels.map(({ type, state, alarm }) => [type, state, alarm])).toEqual([
      ['FXS', 'unknown', false],
      ['FXS', 'idle', false],
      ['FXO', 'out_of_service', true],
      ['unknown', 'out_of_service', false],
    ]);
    expect(
      alarms.map(({ span, name, explanation }) => [span, name, explanation.slice(-11)]),
    ).toEqual([['2', 'RED', 'Channels 3.']]);
    expect(findings).toEqual([]);
    expect(log.links.at(-1)?.state).toBe('connected');
  });

  it('has the right colours, each once for a span', async () => {
    const [{ spans, alarms }] = await reading({ '1': E1('BLUE YELLOW ') });
    expect(alarms.map(({ span, name }) => `${span ?? ''} ${name}`)).toEqual(['1 BLUE', '1 YELLOW']);
    expect(spans[0]?.status).toEqual({ bits: 10, names: ['RcvFarEndLOF', 'RcvAIS'] });
    expect(spans[0]?.channels.every(({ alarm }) => alarm)).toBe(true);
  });

  it('that is not what system.conf says is a finding', async () => {
    const [{ findings }] = await reading({ '1': E1(), 'system.conf': 'span=1,0,0,cas,hdb3\n' });
    expect(findings).toMatchObject([{ code: 'dahdi.config-not-applied', span: '1' }]);
  });

  it('without spans, and with a file that is none, are findings', async () => {
    const [empty] = await reading({});
    expect(empty.findings.map(({ code }) => code)).toEqual(['dahdi.no-span']);
    const [junk] = await reading({ '1': 'no span\n', '2': ANALOG });
    expect(junk.findings.map(({ code, span }) => [code, span])).toEqual([
      ['driver.unexpected-reply', '1'],
    ]);
    expect(junk.spans).toHaveLength(1);
  });

  it('that does not exist says that the module is not loaded', async () => {
    const driver = new DahdiDriver(openDahdiFiles('/nowhere/dahdi', '/etc/dahdi/system.conf'));
    const log = new GearLog();
    driver.start(log);
    await expect(driver.read(new AbortController().signal)).rejects.toMatchObject({
      code: 'transport.not-found',
    });
    expect(log.links.at(-1)).toMatchObject({
      state: 'down',
      finding: { code: 'dahdi.not-loaded' },
    });
  });

  it('is the only thing that is read: names that are numbers, one system.conf', async () => {
    const folder = await site({ '1': E1(), passwd: 'secret', '2x': 'secret' });
    await writeFile(join(folder, 'shadow'), 'secret');
    await symlink(join(folder, 'shadow'), join(folder, '3')).catch(() => undefined);
    const files = await openDahdiFiles(
      folder,
      join(folder, 'passwd'),
    )(new AbortController().signal);
    expect([...(await files.spans()).keys()]).toEqual([1, 3]);
    expect(await files.systemConf()).toBeUndefined();
  });

  it('identifies itself', async () => {
    const folder = await site({ '1': E1() });
    const context = {
      link: { url: `file://${folder}`, username: undefined, password: undefined },
      openPort: openDahdiFiles(folder, ''),
    } as Parameters<typeof dahdiFamily.identify>[0];
    expect(await dahdiFamily.identify(context, new AbortController().signal)).toMatchObject({
      score: 100,
      evidence: '1 spans: TE4/0/1',
    });
  });
});

describe('the text of a span', () => {
  it('of a T1 without a configuration', () => {
    const span = parseProcSpan('Span 3: T1/1 "a "quoted" card" RED NOTOPEN \n\n\t   1 T1/1/1\n');
    expect(span).toMatchObject({
      number: 3,
      description: 'a "quoted" card',
      lineConfig: [],
      alarms: ['RED', 'NOTOPEN'],
      channels: [{ number: 1, name: 'T1/1/1', signalling: '' }],
    });
  });

  it.each([
    ['Hardware-assisted HDLC (In use) ', 'Hardware-assisted HDLC', true],
    ['E&M-E1 ', 'E&M-E1', false],
    ['SF (ToneOnly) (no pcm) ', 'SF (ToneOnly)', false],
    ['DACS+RBS Master (In use) ', 'DACS+RBS', true],
  ])('with the signalling of %j', (rest, signalling, isOpen) => {
    const { channels } = parseProcSpan(`Span 1: a "b" \n\n\t   1 a/1 ${rest}\n`);
    expect(channels[0]).toMatchObject({ signalling, isOpen });
  });

  it('of any kind reads or is malformed', () => {
    const text = fc.oneof(
      fc.string(),
      fc
        .tuple(fc.nat(E1().length), fc.nat(60), fc.string({ maxLength: 8 }))
        .map(([at, out, put]) => E1().slice(0, at) + put + E1().slice(at + out)),
    );
    fc.assert(
      fc.property(text, (input) => {
        parseSystemConf(input);
        try {
          parseProcSpan(input);
        } catch (error) {
          if (!isCode(error, 'codec.malformed')) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
