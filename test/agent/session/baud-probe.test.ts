import { describe, expect, it } from 'vitest';
import { PROBED_BAUDS, probeBaud } from '../../../agent/session/baud-probe.ts';
import { memoryPair } from '../../../agent/transport/memory-port.ts';
import type { OpenPort } from '../../../agent/transport/port.ts';

const never = new AbortController().signal;
/** Time that is over at once, after what was sent has arrived. */
const timers = {
  nowMs: () => 0,
  after: (_ms: number, run: () => void) => {
    const timer = setTimeout(run, 5);
    return () => clearTimeout(timer);
  },
};

/** A line whose gear runs at `real` baud: elsewhere it is heard as junk, or not at all. */
function gearAt(real: number, opened: number[]): (baud: number) => OpenPort {
  return (baud) => () => {
    opened.push(baud);
    const [port, gear] = memoryPair();
    void (async () => {
      for await (const bytes of gear.incoming)
        if (bytes[0] === 13)
          await gear.send(
            baud === real ? Buffer.from('\r\nGW1>') : Uint8Array.of(0xff, 0, 0xf8, 0x80, 65),
          );
    })().catch(() => undefined);
    return Promise.resolve(port);
  };
}

describe('the probe of a line', () => {
  it('finds the speed that gives text, and asks at no other after it', async () => {
    const opened: number[] = [];
    const { baud, samples } = await probeBaud(gearAt(38400, opened), timers, never);
    expect(baud).toBe(38400);
    expect(opened).toEqual([9600, 115200, 38400]);
    expect(samples.at(-1)).toEqual({ baud: 38400, bytes: 6, printable: 1 });
    expect(samples[0]?.printable).toBeCloseTo(0.2);
  });

  it('says what it heard when nothing gave text', async () => {
    const { baud, samples } = await probeBaud(gearAt(300, []), timers, never);
    expect(baud).toBeUndefined();
    expect(samples.map((sample) => sample.baud)).toEqual(PROBED_BAUDS);
  });

  it('stops when told to', async () => {
    const stop = AbortSignal.abort(new Error('stopped'));
    await expect(probeBaud(gearAt(300, []), timers, stop)).rejects.toThrow('stopped');
  });
});
