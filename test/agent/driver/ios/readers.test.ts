import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanOutput } from '../../../../agent/codec/cli/platform.ts';
import { TerminalLines } from '../../../../agent/codec/cli/terminal.ts';
import { readControllers } from '../../../../agent/driver/ios/controllers.ts';
import { readIsdnStatus } from '../../../../agent/driver/ios/isdn-status.ts';
import { IOS_PLATFORM } from '../../../../agent/driver/ios/platform.ts';
import { alarmsOf, spansOf } from '../../../../agent/driver/ios/spans.ts';
import {
  orderOfScheme,
  readInterfaceConfiguration,
  readTrunkGroups,
  readVoiceCalls,
  readVoicePorts,
} from '../../../../agent/driver/ios/voice.ts';
import {
  asJson,
  cuts,
  goldenPath,
  readOutput,
  readSession,
} from '../../../support/serial-fixtures.ts';

const READERS = [
  ['ios-show-controllers-t1', readControllers],
  ['ios-show-isdn-status', readIsdnStatus],
  ['ios-console-more-and-syslog-interleaved', readIsdnStatus],
  ['ios-show-trunk-group', readTrunkGroups],
  ['ios-show-voice-port-summary', readVoicePorts],
  ['ios-show-voice-call-summary', readVoiceCalls],
] as const;

/** A stored output as a device would send it. */
const sent = (name: string): Uint8Array =>
  Uint8Array.from(Buffer.from(readOutput(name).replaceAll('\n', '\r\n'), 'latin1'));

function linesOf(pieces: readonly Uint8Array[]): readonly string[] {
  const terminal = new TerminalLines();
  return cleanOutput(
    IOS_PLATFORM,
    pieces.flatMap((piece) => terminal.push(piece)),
  ).lines;
}

describe('the readers of IOS output', () => {
  it.each(READERS)('make of %s what its golden says', async (name, read) => {
    await expect(asJson(read(linesOf([sent(name)])))).toMatchFileSnapshot(
      goldenPath(`${name}.meaning`),
    );
  });

  it.each(READERS)('make the same of %s at every split', (name, read) => {
    const whole = read(linesOf([sent(name)]));
    for (const pieces of cuts(sent(name))) expect(read(linesOf(pieces))).toEqual(whole);
  });

  it.each(READERS)('come through %s with lines cut, doubled, lost and mixed up', (name, read) => {
    const lines = linesOf([sent(name)]);
    const broken = fc.array(
      fc.oneof(
        fc.constantFrom(...lines),
        fc.string(),
        fc
          .constantFrom(...lines)
          .chain((line) => fc.nat(line.length).map((at) => line.slice(0, at))),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(broken, (some) => {
        expect(read(some).values.length).toBeLessThanOrEqual(some.length);
      }),
      { numRuns: 200 },
    );
  });

  it('give back what they do not understand, and leave out what is missing', () => {
    const { values, unparsed } = readControllers([
      'junk',
      'T1 1/0 is up',
      '  Nobody knows this line.',
    ]);
    expect(unparsed).toEqual(['junk', '  Nobody knows this line.']);
    expect(values).toEqual([
      expect.objectContaining({ native: 'T1 1/0', framing: undefined, conditions: undefined }),
    ]);
  });

  it('read the order of an interface, which is descending where nothing is said', () => {
    const output = readSession('ios-config-session')
      .map(({ bytes }) => Buffer.from(bytes).toString('latin1'))
      .find((text) => text.includes('Current configuration'));
    const lines = output?.split('\r\n') ?? [];
    expect(readInterfaceConfiguration(lines)).toEqual({
      switchType: 'primary-ni',
      order: { kind: 'known', direction: 'descending', memory: 'linear' },
      trunkGroup: undefined,
      networkSide: false,
    });
    const without = lines.filter((line) => !line.includes('bchan'));
    expect(readInterfaceConfiguration(without)?.order).toMatchObject({ direction: 'descending' });
    const other = lines.map((line) => line.replace('descending', 'ascending round-robin'));
    expect(readInterfaceConfiguration(other)?.order).toMatchObject({
      direction: 'ascending',
      memory: 'cyclic',
    });
    expect(
      readInterfaceConfiguration(lines.slice(0, -2).filter((line) => line !== 'end')),
    ).toBeUndefined();
  });

  it.each([
    ['sequential both up', { kind: 'known', direction: 'ascending', memory: 'linear' }],
    ['sequential even down', { kind: 'known', direction: 'descending', memory: 'linear' }],
    ['sequential', { kind: 'known', direction: 'ascending', memory: 'linear' }],
    ['round-robin both down', { kind: 'known', direction: 'descending', memory: 'cyclic' }],
    ['least-used both up', { kind: 'unknown' }],
    ['random', { kind: 'unknown' }],
    [undefined, { kind: 'unknown' }],
  ])('take the hunt scheme %s for what it does', (scheme, order) => {
    expect(orderOfScheme(scheme)).toEqual(order);
  });
});

describe('the active calls of an IOS gateway', () => {
  it('are told by port and channel, idle rows too', () => {
    const { values, unparsed } = readVoiceCalls(
      readOutput('ios-show-voice-call-summary').split('\n'),
    );
    expect(unparsed).toEqual([]);
    expect(values.filter(({ active }) => active).map(({ port }) => port)).toEqual([
      '0/0/0',
      '0/1/0',
    ]);
    expect(values.at(-1)).toEqual({
      port: '1/0/0:23',
      channel: 2,
      codec: undefined,
      state: undefined,
      active: false,
    });
  });

  it('count on a controller without ISDN, whose calls nothing else tells', () => {
    const { values: controllers } = readControllers(['T1 1/0/0 is up.', '  No alarms detected.']);
    const { values: calls } = readVoiceCalls([
      '1/0/0:0.1      g711ulaw  y   S_CONNECT            S_TSP_CONNECT',
      '1/0/0:0.2      -         -   -                    EM_ONHOOK',
      '1/0/01:0.1     g711ulaw  y   S_CONNECT            S_TSP_CONNECT',
    ]);
    const view = {
      controllers,
      isdn: [],
      voicePorts: [],
      trunkGroups: [],
      configurations: new Map(),
    };
    expect(spansOf({ ...view, calls })[0]?.detail).toMatchObject({ active_calls: '1' });
    expect(spansOf({ ...view, calls: [] })[0]?.detail).not.toHaveProperty('active_calls');
  });
});

describe('the spans of an IOS gateway', () => {
  const view = {
    controllers: readControllers(readOutput('ios-show-controllers-t1').split('\n')).values,
    isdn: readIsdnStatus(readOutput('ios-show-isdn-status').split('\n')).values,
    voicePorts: [],
    calls: [],
    trunkGroups: [],
    configurations: new Map(),
  };

  it('have the calls, the free channels and the D-channel of the recorded gateway', () => {
    const [first] = spansOf(view);
    expect(first).toMatchObject({
      native: 'T1 0/2/0',
      kind: 'T1',
      dChannel: 24,
      signalling: 'up',
      status: { bits: 1 },
      order: { kind: 'unknown' },
    });
    const states = first?.channels.map(({ state }) => state);
    expect(states).toEqual([...Array.from({ length: 22 }, () => 'idle'), 'busy', 'idle']);
    expect(first?.channels[22]?.call).toMatchObject({ id: '97E3' });
    expect(first?.channels[23]).toMatchObject({
      type: 'D',
      nativeState: 'MULTIPLE_FRAME_ESTABLISHED',
    });
  });

  it('have the alarms of the recorded dead line: 64 + 4', () => {
    expect(spansOf(view)[1]?.status).toEqual({ bits: 68, names: ['XmtFarEndLOF', 'LossOfSignal'] });
    expect(alarmsOf(view).map(({ span, name }) => `${span ?? ''} ${name}`)).toEqual([
      'T1 0/3/1 RAI sent',
      'T1 0/3/1 LOS',
    ]);
  });

  it('have no order where two settings differ, and say why', () => {
    const configured = {
      ...view,
      configurations: new Map([
        [
          'Serial0/2/0:23',
          {
            switchType: undefined,
            order: {
              kind: 'known' as const,
              direction: 'descending' as const,
              memory: 'linear' as const,
            },
            trunkGroup: '1',
            networkSide: false,
          },
        ],
      ]),
    };
    const group = (scheme: string) => [
      {
        name: '1',
        scheme,
        members: [{ interface: 'Se0/2/0:23', timeslots: undefined, free: undefined }],
      },
    ];
    const [same] = spansOf({ ...configured, trunkGroups: group('sequential both down') });
    expect(same).toMatchObject({ order: { direction: 'descending' }, caveats: [] });
    const [differ] = spansOf({ ...configured, trunkGroups: group('sequential both up') });
    expect(differ).toMatchObject({
      order: { kind: 'unknown' },
      caveats: [expect.stringMatching(/differ/)],
    });
    expect(differ?.detail).toMatchObject({
      bchan_number_order: 'descending',
      hunt_scheme: 'sequential both up',
    });
  });
});
