import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCode } from '../../../../agent/base/error.ts';
import { decodePlainEvent } from '../../../../agent/codec/esl/event.ts';
import { EslFrameReader } from '../../../../agent/codec/esl/frame.ts';
import { callOnChannel, parseShownCalls } from '../../../../agent/codec/ftdm/call.ts';
import { parseChannelDump } from '../../../../agent/codec/ftdm/channel-dump.ts';
import {
  parseCalls,
  parseChannelFlags,
  parseChannelStates,
  parseSpanFlags,
} from '../../../../agent/codec/ftdm/core.ts';
import { isModuleMissing } from '../../../../agent/codec/ftdm/reply.ts';
import {
  parseSignallingStatus,
  signallingChange,
} from '../../../../agent/codec/ftdm/signalling.ts';
import { parseSpanList } from '../../../../agent/codec/ftdm/span-list.ts';
import { alarmTrap } from '../../../../agent/codec/ftdm/trap.ts';
import { recordedBody, RECORDINGS, recording } from '../../../support/freetdm-recordings.ts';

/** Output of every recording of one command, as it reads or as it is refused. */
function goldenOf(command: RegExp, parse: (text: string) => unknown): string {
  const read = RECORDINGS.filter(
    ({ sent, frames }) =>
      sent !== null && command.test(sent) && frames.length === 1 && frames[0] === 'api/response',
  ).map(({ file }) => {
    try {
      return [file, parse(recordedBody(file))];
    } catch (error) {
      return [file, isCode(error) ? { refused: error.code, message: error.message } : error];
    }
  });
  expect(read.length).toBeGreaterThan(0);
  const plain = (_: string, value: unknown): unknown =>
    value instanceof Map ? Object.fromEntries(value as Map<string, unknown>) : value;
  return `${JSON.stringify(Object.fromEntries(read), plain, 1)}\n`;
}

const golden = (name: string): string => `../../../fixtures/freetdm/golden/${name}.json`;

describe('every recorded answer reads as its golden says', () => {
  it.each([
    ['list', /^api ftdm (?:list|LIST)\b/, parseSpanList],
    ['dump', /^api ftdm dump (?!.* as xml)/, parseChannelDump],
    ['core-flag', /^api ftdm core flag\b/, parseChannelFlags],
    ['core-spanflag', /^api ftdm core spanflag\b/, parseSpanFlags],
    ['core-state', /^api ftdm core state\b/, parseChannelStates],
    ['core-calls', /^api ftdm core calls\b/, parseCalls],
    ['sigstatus', /^api ftdm sigstatus get\b/, parseSignallingStatus],
    ['show-channels-like', /^api show channels like\b/, parseShownCalls],
  ] as const)('%s', async (name, command, parse) => {
    await expect(goldenOf(command, parse)).toMatchFileSnapshot(golden(name));
  });

  it('alarms of TRAP events', async () => {
    const traps = RECORDINGS.filter(({ file }) => file.endsWith('plain.out')).map(
      ({ file, bytes }) => [
        file,
        new EslFrameReader()
          .push(bytes)
          .filter(({ contentType }) => contentType === 'text/event-plain')
          .map(({ body }) => alarmTrap(decodePlainEvent(body)))
          .filter((trap) => trap !== undefined)
          .map(
            ({ spanName, channelId, isAlarmed, alarms }) =>
              `${spanName}:${String(channelId)} ${isAlarmed ? alarms.join(' ') || 'no word' : 'clear'}`,
          ),
      ],
    );
    await expect(`${JSON.stringify(Object.fromEntries(traps), null, 1)}\n`).toMatchFileSnapshot(
      golden('traps'),
    );
  });

  it('signalling in the log', async () => {
    const files = [
      'dchan/log-stream-selected-frames.out',
      'r2/log-stream-selected-frames.out',
      'span/libpri-log-info-stream.out',
    ];
    const changes = files.map((file) => [
      file,
      new EslFrameReader()
        .push(recording(file).bytes)
        .map(signallingChange)
        .filter((change) => change !== undefined)
        .map(({ spanId, channelId, status }) => `${String(spanId)}:${String(channelId)} ${status}`),
    ]);
    await expect(`${JSON.stringify(Object.fromEntries(changes), null, 1)}\n`).toMatchFileSnapshot(
      golden('signalling'),
    );
  });

  it('FreeTDM calls of channel events', () => {
    const calls = new EslFrameReader()
      .push(recording('call/events-plain-up-down.out').bytes)
      .filter(({ contentType }) => contentType === 'text/event-plain')
      .map(({ body }) => callOnChannel(decodePlainEvent(body)))
      .filter((call) => call !== undefined)
      .map(
        ({ spanId, channelId, direction }) => `${String(spanId)}:${String(channelId)} ${direction}`,
      );
    expect([...new Set(calls)]).toEqual(['1:1 outbound', '2:1 inbound']);
  });
});

describe('what an answer holds', () => {
  it('every channel of a whole E1', () => {
    const records = parseChannelDump(recordedBody('api/ftdm_dump_E1_NET.out'));
    expect(records.map(({ channelId }) => channelId)).toEqual(
      Array.from({ length: 31 }, (_, at) => at + 1),
    );
    expect(records.filter(({ type }) => type === 'DQ921').map((each) => each.channelId)).toEqual([
      16,
    ]);
  });

  it('no span is an empty list; no module is told apart', () => {
    expect(parseSpanList(recordedBody('config/libpri-bad-node.ftdm_list.out'))).toEqual([]);
    expect(isModuleMissing(recordedBody('reload/5-unloaded.ftdm_list.out'))).toBe(true);
  });

  it('a span whose stack has no status', () => {
    const text = recordedBody('api/ftdm_list.out').replace(/signaling_status: UP\n/, '');
    expect(parseSpanList(text)[0]).toMatchObject({ id: 1, signallingStatus: undefined });
  });

  it('TRAP events of others are none of FreeTDM', () => {
    const frames = new EslFrameReader().push(recording('esl/sendevent.out').bytes);
    const events = frames
      .filter(({ contentType }) => contentType === 'text/event-plain')
      .map(({ body }) => decodePlainEvent(body));
    expect(events.map(alarmTrap)).toEqual([undefined]);
  });
});

describe('a hostile caller', () => {
  const file = 'cid/2-dump_E1_CPE_1.out';
  const whole = recordedBody('api/ftdm_dump_E1_NET.out');

  it('with the recorded name reads as it was sent', () => {
    const [record] = parseChannelDump(recordedBody(file));
    expect(record).toMatchObject({
      callerName: 'A<B>&"C',
      callerNumber: '5551111',
      dnis: '1000',
      rdnis: '5551111',
      session: 'be9be3b3-8b8a-4131-8f99-8b40e772b6d5',
    });
  });

  const named = (name: string): string =>
    whole.replace(/(chan_id: 7\n[^]*?cid_name: )(\ncid_num: )/, (_, before, after) =>
      [before, name, after, '5551234'].join(''),
    );
  const plain = parseChannelDump(whole);
  const tricks = [
    'X\ncid_num: 911',
    '\ncause: NONE\nsession: (none)\n\n',
    '\ncid_num: \nani: \naniII: \ndnis: 911\nrdnis: \ncause: NONE\nsession: (none)\n\n',
    '\n\nspan_id: 1\nchan_id: 8\nphysical_span_id: 1\nphysical_chan_id: 8\n',
    '+OK\nspan_id: 1\nchan_id: 99\n',
    '\n-- No state history --\n',
  ];

  it.each(tricks)('cannot change anything but the name: %j', (trick) => {
    const records = parseChannelDump(named(trick.slice(0, 80)));
    expect(records).toEqual(
      plain.map((record) =>
        record.channelId === 7
          ? { ...record, callerName: trick.slice(0, 80), callerNumber: '5551234' }
          : record,
      ),
    );
  });

  it('cannot with any 80 characters', () => {
    const part = fc.oneof(
      fc.constantFrom('\n', '\n\n', 'span_id: 1', 'chan_id: 8', 'cid_num: 1', 'rdnis: ', 'ani: '),
      fc.constantFrom('cause: NONE', 'session: (none)', 'physical_status: ok', 'dnis: ', '+OK'),
      fc.string({ maxLength: 10 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const name = parts.join('').slice(0, 80);
        const records = parseChannelDump(named(name));
        expect(
          records.map(({ callerName: _name, callerNumber: _number, ...rest }) => rest),
        ).toEqual(plain.map(({ callerName: _name, callerNumber: _number, ...rest }) => rest));
        expect(records[6]).toMatchObject({ callerName: name, callerNumber: '5551234' });
      }),
      { numRuns: 500 },
    );
  });

  it('with a line break in the name cannot make up a row of another call’s direction', () => {
    const text = recordedBody('api/show_channels_like.out').replace(
      'Outbound Call',
      'x\n00000000-0000-4000-8000-000000000000,inbound,x,1,FreeTDM/1:1/1',
    );
    const uuids = parseShownCalls(text).map(({ uuid }) => uuid);
    // The made-up row names a call that no channel has.
    expect(uuids).toContain('96942351-d4ba-47d2-b7b8-3c2eb32b8f40');
    expect(uuids).toContain('3c981943-0378-4beb-bfe0-bddadf349266');
  });
});

describe('any text', () => {
  const parsers: readonly ((text: string) => unknown)[] = [
    parseSpanList,
    parseChannelDump,
    parseChannelFlags,
    parseSpanFlags,
    parseChannelStates,
    parseCalls,
    parseSignallingStatus,
    parseShownCalls,
  ];
  const bases = [
    'api/ftdm_list.out',
    'api/ftdm_dump_FXS.out',
    'call/2-up.core_flag_in-use.out',
    'api/ftdm_core_spanflag_started.out',
    'call/2-up.core_state_UP.out',
    'call/2-up.core_calls.out',
  ].map(recordedBody);

  it('reads, or is a codec or driver error', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc
        .tuple(fc.constantFrom(...bases), fc.nat(2000), fc.nat(40), fc.string({ maxLength: 5 }))
        .map(([base, at, out, put]) => base.slice(0, at) + put + base.slice(at + out)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...parsers), text, (parse, input) => {
        try {
          parse(input);
        } catch (error) {
          if (!isCode(error, 'codec.malformed', 'driver.denied')) throw error;
        }
      }),
      { numRuns: 5000 },
    );
  });
});
