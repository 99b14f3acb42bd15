import { describe, expect, it } from 'vitest';
import { latin1 } from '../../../agent/sim/sim-device.ts';
import { Tl1Mux, type Tl1MuxOptions } from '../../../agent/sim/tl1-mux.ts';
import { FakeTimers } from '../../support/fake-timers.ts';
import { readSession } from '../../support/serial-fixtures.ts';
import { readT1, readTranscript } from '../../simulators/tl1-reader.ts';

function plug(options: Tl1MuxOptions = {}): {
  mux: Tl1Mux;
  type: (text: string) => void;
  said: () => string;
  timers: FakeTimers;
} {
  const timers = new FakeTimers();
  const mux = new Tl1Mux({ timers, nowMs: () => Date.UTC(2004, 6, 14, 11, 51, 58), ...options });
  let output = '';
  const line = mux.connect({
    send: (bytes) => (output += Buffer.from(bytes).toString('latin1')),
    drop: () => (output += '[dropped]'),
  });
  return {
    mux,
    type: (text) => line.receive(latin1(text)),
    said: () => {
      const text = output;
      output = '';
      return text;
    },
    timers,
  };
}

const LOGIN = 'ACT-USER::admin:1::secret1;';

describe('the simulated TL1 mux', () => {
  it('prints, byte for byte, what the recorded sessions have', () => {
    const { mux, type, said } = plug();
    const recorded = (name: string, at: number): string =>
      Buffer.from(readSession(name)[at]?.bytes ?? [])
        .toString('latin1')
        .replaceAll(/\d\d:\d\d:\d\d/g, '11:51:58');
    type(LOGIN);
    expect(said()).toBe(recorded('tl1-widebank28-session', 1));
    mux.behave({ kind: 'lost-report' });
    for (let report = 2; report < 8; report++) mux.behave({ kind: 'lost-report' });
    mux.behave({ kind: 'alarm', span: 7, name: 'LOS', raised: true });
    expect(said()).toBe(recorded('tl1-autonomous-interleaved', 3).replace('11-51-59', '11-51-58'));
    type('FOO-BAR:::170;');
    expect(said().split('\r\n').slice(2, 4)).toEqual(['M  170 DENY', '   ICNV']);
  });

  it('is read the same by a reader written apart', () => {
    const { mux, type, said } = plug();
    type(LOGIN);
    type('RTRV-T1::ALL:2;');
    mux.behave({ kind: 'alarm', span: 9, name: 'AIS', raised: true });
    type('RTRV-COND-T1::DS1-9:3;RTRV-PM-T1::DS1-1&&DS1-2:4::,,,,15-MIN,,;');
    const [login, t1s, alarm, conditions, counters] = readTranscript(said());
    expect([login?.title, alarm?.title]).toEqual(['M 1 COMPLD', '** 1 REPT ALM T1']);
    expect(t1s?.lines.map(readT1)).toEqual(
      Array.from({ length: 28 }, (_, index) => ({
        span: index + 1,
        lineCode: index % 9 === 8 ? 'AMI' : 'B8ZS',
        framing: index % 9 === 8 ? 'SF' : 'ESF',
        state: 'IS-NR',
      })),
    );
    expect(conditions?.lines).toEqual(alarm?.lines);
    expect(counters?.lines).toHaveLength(16);
  });

  it('wants a login, forgets it on a reboot, and stays silent meanwhile', () => {
    const { mux, type, said, timers } = plug();
    type('RTRV-T1::ALL:1;');
    expect(said()).toContain('PLNA');
    type('ACT-USER::admin:2::wrong;');
    expect(said()).toContain('PIUI');
    type(LOGIN);
    said();
    mux.behave({ kind: 'reboot', ms: 5000 });
    type('RTRV-HDR:::3;');
    expect(said()).toBe('');
    timers.advance(5000);
    type('RTRV-T1::ALL:4;');
    expect(said()).toContain('PLNA');
  });

  it('acknowledges what takes long, breaks off, and mistakes a tag when told to', () => {
    const { mux, type, said, timers } = plug();
    mux.behave({ kind: 'late-answer', ms: 3000 });
    type('RTRV-HDR:::7;');
    expect(said()).toBe('IP 7\r\n<');
    timers.advance(3000);
    const whole = said();
    mux.behave({ kind: 'half-frame' });
    type('RTRV-HDR:::7;');
    expect(said()).toBe(whole.slice(0, Math.floor(whole.length / 2)));
    mux.behave({ kind: 'wrong-ctag' });
    type('RTRV-HDR:::7;');
    expect(said()).toContain('M  8 COMPLD');
  });

  it('echoes when its port does, forgets a line on CAN, and drops its cable', () => {
    const { mux, type, said } = plug({ echo: true });
    type('junk\u0018RTRV-HDR:::7;');
    expect(said()).toMatch(/^junk\u0018RTRV-HDR:::7;\r\n\n.*M {2}7 COMPLD/s);
    mux.behave({ kind: 'unplug', ms: 0 });
    expect(said()).toBe('[dropped]');
  });
});
