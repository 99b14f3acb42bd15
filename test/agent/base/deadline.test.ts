import { expect, it } from 'vitest';
import { deadline, withDeadline } from '../../../agent/base/deadline.ts';
import { FakeTimers } from '../../support/fake-timers.ts';

const NEVER = new AbortController().signal;
const hangs = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );

it('work within its time has its result, and no timer stays', async () => {
  const timers = new FakeTimers();
  expect(await withDeadline(timers, 10_000, 'a reading', NEVER, () => Promise.resolve(7))).toBe(7);
  expect(timers.pending).toBe(0);
});

it('work that takes longer ends with what was waited for', async () => {
  const timers = new FakeTimers();
  const late = withDeadline(timers, 10_000, 'a reading', NEVER, hangs);
  timers.advance(10_000);
  await expect(late).rejects.toMatchObject({
    code: 'driver.timeout',
    message: 'Waited 10 s for a reading',
  });
});

it('a caller who gives up ends it with their own reason, before or during the work', async () => {
  const timers = new FakeTimers();
  const reason = new Error('stopped');
  const caller = new AbortController();
  const given = withDeadline(timers, 10_000, 'a reading', caller.signal, hangs);
  caller.abort(reason);
  await expect(given).rejects.toBe(reason);
  await expect(withDeadline(timers, 1, 'x', caller.signal, hangs)).rejects.toBe(reason);
  expect(timers.pending).toBe(0);
});

it('a race is lost by work that goes on', async () => {
  const timers = new FakeTimers();
  const limit = deadline(timers, 500, 'an answer');
  const racing = limit.race(new Promise<never>(() => undefined));
  timers.advance(500);
  await expect(racing).rejects.toMatchObject({ code: 'driver.timeout' });
  await expect(limit.race(Promise.resolve(1))).rejects.toMatchObject({ code: 'driver.timeout' });
});
