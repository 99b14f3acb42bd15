// Which site is asked when, and what is kept of it; with time that only the test moves.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CraftportError } from '../../../agent/base/error.ts';
import { LastKnown } from '../../../main/core/last-known.ts';
import { readFacts } from '../../../main/core/site-facts.ts';
import { MOST_AT_ONCE, MOST_SILENT, waitAfter } from '../../../main/core/site-schedule.ts';
import { type SiteAnswer, SiteWatch } from '../../../main/core/site-watch.ts';
import {
  compareVersions,
  newerThan,
  standingOf,
  UPDATE_POLICY,
} from '../../../main/core/update-policy.ts';
import type { IpcSiteHealth } from '../../../schemas/ipc.ts';
import { FakeTimers } from '../../support/fake-timers.ts';
import { tempDir } from '../../support/temp-dir.ts';

const FACTS = {
  version: '1.0.0',
  alarms: { critical: 1, major: 0, minor: 0, warning: 2, unacknowledged: 3 },
  jobs: { running: 1, paused: 0 },
};
const unreachable = (): CraftportError => new CraftportError('agent.unreachable', 'No answer');

interface Asked {
  readonly id: string;
  readonly signal: AbortSignal;
  answer(answer: SiteAnswer): void;
  fail(error: unknown): void;
}

async function open(ids: readonly string[], file?: string) {
  const timers = new FakeTimers();
  const asked: Asked[] = [];
  const told: IpcSiteHealth[][] = [];
  const bugs: unknown[] = [];
  let book = ids;
  const known = await LastKnown.open(file ?? join(await tempDir(), 'last-known.json'));
  const watch = new SiteWatch({
    known,
    sites: () => book,
    ask: (id, signal) =>
      new Promise<SiteAnswer>((resolve, reject) =>
        asked.push({ id, signal, answer: resolve, fail: reject }),
      ),
    tell: (health) => told.push([...health]),
    reportBug: (error) => bugs.push(error),
    timers,
    clock: { nowMs: () => 1_000_000 + timers.nowMs() },
    random: () => 1,
  });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return {
    watch,
    timers,
    asked,
    told,
    bugs,
    settle,
    setBook: (next: readonly string[]) => {
      book = next;
      watch.follow();
    },
    health: (id: string) => watch.list().find((each) => each.id === id),
  };
}

describe('the watch over sites', () => {
  it('asks nobody before the page wants it, then few at a time, however many there are', async () => {
    const ids = Array.from({ length: 100 }, (_, n) => `s${String(n)}`);
    const { watch, asked, settle, timers } = await open(ids);
    expect(asked).toEqual([]);
    watch.start('shown');
    expect(asked).toHaveLength(MOST_AT_ONCE);
    // Each that ends makes room for one.
    asked[0]?.answer({ kind: 'facts', facts: FACTS });
    await settle();
    expect(asked).toHaveLength(MOST_AT_ONCE + 1);
    // All fail: when their time comes, they get half of the places.
    for (let next = 1; next < 100; next += 1) {
      asked[next]?.fail(unreachable());
      await settle();
    }
    expect(asked).toHaveLength(100);
    timers.advance(5_000);
    expect(asked).toHaveLength(100 + MOST_SILENT);
    // The one that answered is not held up by the silent ones.
    timers.advance(8_000);
    expect(asked.slice(100).map(({ id }) => id)).toContain('s0');
    expect(asked).toHaveLength(100 + MOST_SILENT + 1);
  });

  it('says what is known, why it is offline and when the next attempt is due', async () => {
    const { watch, asked, settle, health, told, timers } = await open(['a']);
    expect(health('a')).toEqual({ id: 'a', state: 'unknown', isTrying: false, nextTryAtMs: 1e6 });
    watch.start('shown');
    expect(health('a')).toEqual({ id: 'a', state: 'unknown', isTrying: true });
    asked[0]?.answer({ kind: 'facts', facts: FACTS });
    await settle();
    timers.advance(100);
    const known = { atMs: 1_000_000, facts: FACTS };
    expect(told.at(-1)).toEqual([
      { id: 'a', state: 'online', isTrying: false, known, nextTryAtMs: 1_011_500 },
    ]);
    timers.advance(11_400);
    asked[1]?.fail(unreachable());
    await settle();
    expect(health('a')).toEqual({
      id: 'a',
      state: 'offline',
      isTrying: false,
      known,
      reason: { code: 'agent.unreachable', message: 'No answer' },
      nextTryAtMs: 1_011_500 + 3_000,
    });
    // Somebody does not want to wait.
    watch.tryNow(['a', 'nobody']);
    expect([health('a')?.isTrying, asked.length]).toEqual([true, 3]);
    watch.tryNow(['a']);
    expect(asked).toHaveLength(3);
    asked[2]?.answer({ kind: 'signed-out' });
    await settle();
    expect(health('a')).toMatchObject({ state: 'signed-out', known });
    expect(health('a')).not.toHaveProperty('reason');
  });

  it('waits longer after each failure, up to a minute, never all at the same time', () => {
    expect([1, 2, 3, 4, 5, 6, 60].map((failures) => waitAfter(failures, 'shown', 1))).toEqual([
      3_000, 6_000, 12_000, 24_000, 48_000, 60_000, 60_000,
    ]);
    expect(waitAfter(5, 'shown', 0)).toBe(28_800);
    expect([0, 1].map((random) => waitAfter(0, 'shown', random))).toEqual([8_500, 11_500]);
    expect(waitAfter(0, 'background', 0.5)).toBe(60_000);
  });

  it('goes on slower behind another view, ends with the page, and forgets what is removed', async () => {
    const { watch, asked, settle, setBook, timers, bugs } = await open(['a', 'b']);
    watch.start('background');
    for (const each of asked) each.answer({ kind: 'facts', facts: FACTS });
    await settle();
    timers.advance(20_000);
    expect(asked).toHaveLength(2);
    watch.start('shown');
    expect(asked).toHaveLength(4);
    watch.pause();
    expect(asked[2]?.signal.aborted).toBe(true);
    asked[2]?.fail(new Error('given up'));
    await settle();
    timers.advance(600_000);
    expect(asked).toHaveLength(4);
    setBook(['b']);
    expect(watch.list().map(({ id }) => id)).toEqual(['b']);
    // What comes for a site that is gone changes nothing.
    asked[3]?.answer({ kind: 'facts', facts: FACTS });
    await settle();
    expect(bugs).toEqual([]);
  });

  it('survives its own mistakes', async () => {
    const { watch, asked, settle, bugs, health } = await open(['a']);
    watch.start('shown');
    asked[0]?.fail(new TypeError('SECRET'));
    await settle();
    expect([bugs.length, health('a')?.state]).toEqual([1, 'offline']);
    expect(JSON.stringify(health('a'))).not.toContain('SECRET');
  });
});

describe('what was last known', () => {
  it('is there at the next start, grey until the site answers', async () => {
    const file = join(await tempDir(), 'last-known.json');
    const first = await open(['a'], file);
    first.watch.start('shown');
    first.asked[0]?.answer({ kind: 'facts', facts: FACTS });
    await first.settle();
    await first.watch.stop();
    const second = await open(['a'], file);
    expect(second.health('a')).toMatchObject({
      state: 'unknown',
      known: { atMs: 1_000_000, facts: FACTS },
    });
  });

  it('is begun anew when the file is damaged, and left alone when a newer program wrote it', async () => {
    const folder = await tempDir();
    await mkdir(folder, { recursive: true });
    const file = join(folder, 'last-known.json');
    for (const [text, isReplaced] of [
      ['{"version":1,"content":{"a":{"atMs":"x"}}}', true],
      ['nonsense', true],
      ['{"version":9,"content":{}}', false],
    ] as const) {
      await writeFile(file, text);
      const known = await LastKnown.open(file);
      expect(known.get('a')).toBeUndefined();
      known.set('a', { atMs: 5, facts: FACTS });
      await known.save();
      expect((await readFile(file, 'utf8')) !== text).toBe(isReplaced);
    }
  });

  it('is read with suspicion', () => {
    expect(readFacts({ version: '1.0.0<b>\u202e', alarms: { critical: -1, major: '9' } })).toEqual({
      version: '1.0.0b',
      alarms: { critical: 0, major: 0, minor: 0, warning: 0, unacknowledged: 0 },
    });
    expect([null, [], 'x', {}, { version: 1 }].map((data) => readFacts(data))).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
  });
});

describe('updates of the desktop', () => {
  it('are told by the versions that agents run, and never installed', () => {
    expect(UPDATE_POLICY).toEqual({ installs: 'never', asks: 'agents' });
    expect(newerThan('1.2.0', ['1.1.9', '1.10.0', '1.9.9', '9', '../x', '1.3.0-rc.1'])).toBe(
      '1.10.0',
    );
    expect(newerThan('1.10.0', ['1.10.0', '1.9.0'])).toBeUndefined();
    expect(compareVersions('1.2.0-rc.1', '1.2.0')).toBeLessThan(0);
    expect(['1.1.0', '1.2.0', '1.2.1', 'x'].map((agent) => standingOf(agent, '1.2.0'))).toEqual([
      'older',
      'same',
      'newer',
      'same',
    ]);
  });
});
