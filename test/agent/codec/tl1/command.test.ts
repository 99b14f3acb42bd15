import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCommand, maskCommands } from '../../../../agent/codec/tl1/command.ts';
import { isCode } from '../../../../agent/base/error.ts';
import { readSession } from '../../../support/serial-fixtures.ts';

describe('a TL1 command', () => {
  it('is written as the manuals write it', () => {
    const sent = ['tl1-autonomous-interleaved', 'tl1-widebank28-session', 'tl1-ons15454-loopback']
      .flatMap(readSession)
      .filter(({ dir }) => dir === 'tx')
      .map(({ bytes }) => Buffer.from(bytes).toString('latin1'));
    expect(sent).toEqual(
      expect.arrayContaining([
        encodeCommand({ code: 'ACT-USER', aid: 'admin', blocks: [[], ['secret1']] }, '1'),
        encodeCommand({ code: 'rtrv-hdr', tid: 'MULTIPLEXER-1' }, '35'),
        encodeCommand({ code: 'RTRV-T1', tid: 'TID-000', aid: 'FAC-2-1' }, '100'),
        encodeCommand(
          { code: 'RTRV-COND-T1', tid: 'TID-000', aid: 'FAC-2-1', blocks: [[], ['LPBKFACILITY']] },
          '103',
        ),
        encodeCommand({ code: 'CANC-USER', aid: 'admin' }, '39'),
      ]),
    );
    const periods = ['', '', '', '', '15-MIN', '', ''];
    expect(encodeCommand({ code: 'RTRV-PM-T1', aid: 'ALL', blocks: [[], periods] }, '51')).toBe(
      'RTRV-PM-T1::ALL:51::,,,,15-MIN,,;',
    );
  });

  it('quotes a name with a blank and leaves lists and ranges as they are', () => {
    expect(encodeCommand({ code: 'RTRV-T1', tid: 'Unit 1', aid: '101&&128' }, '5')).toBe(
      'RTRV-T1:"Unit 1":101&&128:5;',
    );
  });

  it('never holds more than the one command it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string({ unit: 'binary' }), (tid, aid, value) => {
        let text: string;
        try {
          text = encodeCommand({ code: 'RTRV-T1', tid, aid, blocks: [[], [value]] }, 'A1');
        } catch (error) {
          expect(isCode(error, 'codec.malformed', 'codec.too-large')).toBe(true);
          return;
        }
        expect(text.indexOf(';')).toBe(text.length - 1);

        expect(text).not.toMatch(/[\u0000-\u001f\u007f]/);
      }),
    );
  });

  it.each(['x;DLT-T1::ALL:1', 'x"', 'x\r\n', 'x\u0018', 'x\\', '\u20ac'])('refuses %j', (aid) => {
    expect(() => encodeCommand({ code: 'RTRV-T1', aid }, '1')).toThrow(/not allowed/);
  });

  it('refuses a CTAG or a code that is none, and a line too long', () => {
    expect(() => encodeCommand({ code: 'RTRV-T1' }, '1234567')).toThrow(/CTAG/);
    expect(() => encodeCommand({ code: 'RTRV;' }, '1')).toThrow(/command code/);
    expect(() => encodeCommand({ code: 'RTRV-T1', aid: 'A'.repeat(300) }, '1')).toThrow(/too long/);
  });

  it('hides its password, in an echo too', () => {
    expect(maskCommands('>act-user:"Unit 1":admin:7::secret1;IP 7')).toBe(
      '>act-user:"Unit 1":admin:7:********;IP 7',
    );
    expect(maskCommands('ED-PID::bob:8::old,new;')).not.toMatch(/old|new/);
    expect(maskCommands('RTRV-HDR:::1::x;')).toBe('RTRV-HDR:::1::x;');
  });
});
