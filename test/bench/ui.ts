// The page in a real Chromium on a real agent: live spans, long tables, size and memory. Each
// goal (design §5) is printed beside its figure; frames are compared with the same page at rest.

import { fork } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { packageRoot } from '../../agent/config/package-root.ts';
import { median } from './support-process.ts';
import type { UiOrder, UiReply } from './support-ui-agent.ts';
import { openBenchDesktop } from './support-ui-desktop.ts';
import { cpuOf, framesOf, heapMiB, shownAfter } from './support-ui-page.ts';

const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
const CHANGES_A_SECOND = 1_000;
const LIVE_MS = 10_000;
const ROUNDS = 7;
const SCROLLED_ROWS = 10_000;
const SITES = 20;

interface BenchAgent {
  readonly url: string;
  ask(order: UiOrder): Promise<UiReply>;
  stop(): void;
}

/** Prints its figures; asserts none. Takes about a minute and a half. */
export async function bench(): Promise<void> {
  await benchSize();
  const agent = await startUiAgent();
  const browser = await chromium.launch({
    executablePath: process.env['CRAFTPORT_CHROMIUM'] ?? '/usr/bin/chromium',
    args: FLAGS.split(' '),
  });
  try {
    const page = await signedIn(browser, agent);
    await benchFirstPaint(page, agent);
    await benchLive(page, agent);
    await benchTables(page, agent);
    await page.context().close();
    await benchHeap(browser, agent);
  } finally {
    await browser.close();
    agent.stop();
  }
}

async function startUiAgent(): Promise<BenchAgent> {
  const child = fork(fileURLToPath(new URL('support-ui-agent.js', import.meta.url)));
  const next = (): Promise<UiReply> =>
    new Promise((resolve, reject) => {
      child.once('exit', () => reject(new Error('the agent ended')));
      child.once('message', (reply: UiReply) => {
        child.removeAllListeners('exit');
        resolve(reply);
      });
    });
  const { text: url = '' } = await next();
  return {
    url,
    ask: (order) => {
      const reply = next();
      child.send(order);
      return reply;
    },
    stop: () => child.disconnect(),
  };
}

async function signedIn(browser: Browser, agent: BenchAgent): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto((await agent.ask({ kind: 'link' })).text ?? '');
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
  const made = await page.evaluate(async () => {
    const reply = await fetch('/v2/gear', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        data: { name: 'Bench', driver: 'freetdm', link: 'esl://127.0.0.1:1', password: 'x' },
      }),
    });
    return `${String(reply.status)} ${await reply.text()}`;
  });
  if (!made.startsWith('201')) throw new Error(made);
  return page;
}

async function benchSize(): Promise<void> {
  const folder = join(packageRoot, '.build/renderer/page');
  const assets = join(folder, 'assets');
  const zipped = async (name: string): Promise<number> =>
    gzipSync(await readFile(join(assets, name))).length / 1024;
  const index = await readFile(join(folder, 'index.html'), 'utf8');
  let [first, all] = [0, 0];
  for (const name of await readdir(assets)) {
    if (!name.endsWith('.js')) continue;
    const size = await zipped(name);
    all += size;
    if (index.includes(name)) first += size;
  }
  say(
    'scripts, gzipped',
    `${all.toFixed(0)} KB, ${first.toFixed(0)} KB before the first view`,
    '≤ 250 KB',
  );
}

/** From the navigation to the frame with rows on it, in a page that has nothing cached. */
async function benchFirstPaint(page: Page, agent: BenchAgent): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await page.goto('about:blank');
    await page.goto(`${agent.url}/#/resources/global`, { waitUntil: 'commit' });
    times.push(
      await page.evaluate(async () => {
        const frame = (): Promise<number> => new Promise((done) => requestAnimationFrame(done));
        while (document.querySelector('.table-row.body') === null) await frame();
        return frame();
      }),
    );
  }
  await session.detach();
  say('first useful paint: rows, nothing cached', spread(times), '< 1,000 ms');
}

async function benchLive(page: Page, agent: BenchAgent): Promise<void> {
  await page.goto(`${agent.url}/#/spans`);
  await page.getByRole('article', { name: 'E1_64' }).waitFor();
  const rest = await framesOf(page, () => page.waitForTimeout(LIVE_MS / 2));
  await agent.ask({ kind: 'change', perSecond: CHANGES_A_SECOND });
  let frames: readonly number[] = [];
  const used = await cpuOf(page, async () => {
    frames = await framesOf(page, () => page.waitForTimeout(LIVE_MS));
  });
  const { changed = 0, busy = [] } = await agent.ask({ kind: 'change', perSecond: 0 });
  say(`frames of ${String(64 * 31)} channels at rest`, frameText(rest));
  say(
    `frames at ${(changed / (LIVE_MS / 1000)).toFixed(0)} changes/s`,
    frameText(frames),
    'p95 ≤ 17, p99 ≤ 34, longest ≤ 50 ms',
  );
  const perSecond = (used.total / LIVE_MS) * 1000;
  say(
    "of which the page's main thread computed",
    `${perSecond.toFixed(0)} ms a second (scripts ${((used.script / LIVE_MS) * 1000).toFixed(0)}, style and layout ${((used.layout / LIVE_MS) * 1000).toFixed(0)})`,
  );
  await page.waitForTimeout(2_000);
  const shown = await page.evaluate(() =>
    [...document.querySelectorAll('article')].flatMap((card) =>
      [...card.querySelectorAll('.slot.busy .slot-number')].map(
        (number) => `${card.getAttribute('aria-label') ?? ''} ${number.textContent}`,
      ),
    ),
  );
  const wrong =
    busy.filter((key) => !shown.includes(key)).length +
    shown.filter((key) => !busy.includes(key)).length;
  if (wrong > 0) throw new Error(`${String(wrong)} channels are shown otherwise than they are`);
}

async function benchTables(page: Page, agent: BenchAgent): Promise<void> {
  await page.goto(`${agent.url}/#/resources/global`);
  await page.locator('.table-row.body').first().waitFor();
  const first: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await page.goto(`${agent.url}/#/jobs`);
    await page.getByRole('heading', { name: 'Jobs' }).waitFor();
    const { sinceRequest } = await shownAfter(page, { place: '#/resources/global' }, 'Carrier');
    first.push(sinceRequest);
  }
  say('100,000 resources, request to rows', spread(first), '≤ 200 ms');
  const filters: number[] = [];
  for (const text of ['0999', '05', 'Carrier 09', '77777', '1', 'rier 03', '99999'])
    filters.push((await shownAfter(page, { typed: text }, text)).sinceAct);
  say('filter, typed to rows', spread(filters), '≤ 100 ms');
  await shownAfter(page, { typed: '' }, 'Carrier');
  const frames = await framesOf(page, () => scroll(page));
  say(
    `frames of a scroll through ${SCROLLED_ROWS.toLocaleString('en')} rows`,
    frameText(frames),
    'p95 ≤ 17, p99 ≤ 34, longest ≤ 50 ms',
  );
  const endMs = await page.evaluate(async () => {
    const begin = performance.now();
    const grid = document.querySelector<HTMLElement>('[role=grid]');
    grid?.focus();
    grid?.dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true }));
    const frame = (): Promise<number> => new Promise((done) => requestAnimationFrame(done));
    const isAtEnd = (): boolean =>
      [...document.querySelectorAll('.table-row.body')].at(-1)?.getAttribute('aria-rowindex') ===
      '100001';
    for (;;) {
      const at = await frame();
      if (isAtEnd() || at - begin > 60_000) return at - begin;
    }
  });
  say('End: to the last of 100,000 rows', `${endMs.toFixed(0)} ms`);
}

/** As a wheel that is turned fast: ten rows a frame, six hundred a second. */
async function scroll(page: Page): Promise<void> {
  await page.evaluate(async (rows) => {
    const grid = document.querySelector('[role=grid]');
    const frame = (): Promise<number> => new Promise((done) => requestAnimationFrame(done));
    const begin = performance.now();
    const height = 30;
    while (grid !== null && grid.scrollTop < rows * height && performance.now() - begin < 60_000) {
      grid.scrollTop += 10 * height;
      await frame();
    }
  }, SCROLLED_ROWS);
}

async function benchHeap(browser: Browser, agent: BenchAgent): Promise<void> {
  const code = async (): Promise<string> => (await agent.ask({ kind: 'code' })).text ?? '';
  const desktop = await openBenchDesktop(browser, agent.url, SITES, code);
  try {
    const { page } = desktop;
    await page.getByText('Site 20', { exact: true }).waitFor();
    await page.waitForTimeout(5_000);
    say(
      `heap, ${String(SITES)} sites in sight`,
      `${(await heapMiB(page)).toFixed(1)} MiB`,
      '≤ 60 MB',
    );
    await page.getByText('Site 20', { exact: true }).click();
    await page.getByRole('link', { name: 'Spans' }).click();
    await page.getByRole('article', { name: 'E1_64' }).waitFor();
    await agent.ask({ kind: 'change', perSecond: CHANGES_A_SECOND });
    await page.waitForTimeout(5_000);
    await agent.ask({ kind: 'change', perSecond: 0 });
    say(
      'heap, one of them open with 64 live spans',
      `${(await heapMiB(page)).toFixed(1)} MiB`,
      '≤ 60 MB',
    );
  } finally {
    await desktop.stop();
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function frameText(gaps: readonly number[]): string {
  const parts = [0.5, 0.95, 0.99].map((share) => quantile(gaps, share).toFixed(1));
  return `p50 ${parts.join(', p95 ').replace(/, p95 ([^,]+)$/, ', p99 $1')}, longest ${Math.max(...gaps).toFixed(1)} ms of ${String(gaps.length)}`;
}

function spread(times: readonly number[]): string {
  return `median ${median(times).toFixed(0)} ms, longest ${Math.max(...times).toFixed(0)} ms of ${String(times.length)}`;
}

function say(what: string, figure: string, goal?: string): void {
  console.log(`${what}: ${figure}${goal === undefined ? '' : `  (goal ${goal})`}`);
}
