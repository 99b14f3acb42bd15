import { expect, it } from 'vitest';
import { silentLogger } from '../../../agent/base/logger.ts';
import { type LogEntry, LineLog } from '../../../agent/service/line-log.ts';
import { SharedLine } from '../../../agent/session/shared-line.ts';
import { memoryPair } from '../../../agent/transport/memory-port.ts';
import type { Port } from '../../../agent/transport/port.ts';
import { FakeTimers } from '../../support/fake-timers.ts';

it('writes a conversation down as whole masked entries, with its end', async () => {
  let gear: Port | undefined;
  const line = new SharedLine(() => {
    const [near, far] = memoryPair();
    gear = far;
    return Promise.resolve(near);
  });
  const written: LogEntry[] = [];
  const timers = new FakeTimers();
  const log = new LineLog({
    append: (_gearId, entries) => Promise.resolve(void written.push(...entries)),
    clock: { nowMs: () => 7 },
    timers,
    logger: silentLogger,
  });
  log.follow('gear1', line, ['s3cret']);
  const driver = await line.openForDriver(new AbortController().signal);
  await driver.send(Buffer.from('ACT-USER::CRAFT:1::s3cret;'));
  const reading = driver.incoming[Symbol.asyncIterator]();
  await gear?.send(Buffer.from('COMPLD\r\n<'));
  await reading.next();
  timers.advance(2_000);
  expect(written.map(({ dir, data }) => [dir, data])).toEqual([
    ['tx', 'ACT-USER::CRAFT:1::********;'],
    ['rx', 'COMPLD\r\n'],
    ['rx', '<'],
  ]);
  await gear?.close();
  await expect(reading.next()).rejects.toMatchObject({ code: 'transport.lost' });
  expect(written.at(-1)).toEqual({ atMs: 7, dir: 'eof', data: '', by: undefined });
});
