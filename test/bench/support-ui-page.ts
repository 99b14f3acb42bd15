// What the bench runs in the page to look at it: frames by requestAnimationFrame, and when a row
// or a text was on the screen. Times are those of the page's own clock, in milliseconds.

import type { Page } from 'playwright-core';

/** Milliseconds between frames while `work` runs, without the first second. */
export async function framesOf(page: Page, work: () => Promise<void>): Promise<readonly number[]> {
  await page.evaluate(() => {
    const watch = { last: 0, gaps: [] as number[], isOn: true };
    Object.assign(globalThis, { watch });
    const begin = performance.now();
    const tick = (at: number): void => {
      if (watch.last > 0 && at - begin > 1000) watch.gaps.push(at - watch.last);
      watch.last = at;
      if (watch.isOn) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await work();
  return page.evaluate(() => {
    const { watch } = globalThis as unknown as { watch: { gaps: number[]; isOn: boolean } };
    watch.isOn = false;
    return watch.gaps;
  });
}

export interface Shown {
  /** From the request of the list to the frame with its rows. */
  readonly sinceRequest: number;
  /** From what the person did. */
  readonly sinceAct: number;
}

/** Does something in the page and waits for the frame in which every row there is has `text`. */
export function shownAfter(
  page: Page,
  act: { readonly place: string } | { readonly typed: string },
  text: string,
): Promise<Shown> {
  return page.evaluate(
    async ([how, wanted]) => {
      performance.clearResourceTimings();
      const actedMs = performance.now();
      if ('place' in how) location.hash = how.place;
      else {
        const search = document.querySelector<HTMLInputElement>('input[type=search]');
        const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
        set?.call(search, how.typed);
        search?.dispatchEvent(new Event('input', { bubbles: true }));
      }
      const isThere = (): boolean => {
        const rows = [...document.querySelectorAll('.table-row.body')];
        return rows.length > 0 && rows.every((row) => row.textContent.includes(wanted));
      };
      // One frame to see that it is there, and the next begins when that one is on the screen.
      const frame = (): Promise<number> => new Promise((done) => requestAnimationFrame(done));
      while (!isThere()) await frame();
      const shownMs = await frame();
      const requests = performance
        .getEntriesByType('resource')
        .filter(({ name, startTime }) => /resources\?/.test(name) && startTime <= shownMs);
      const asked = requests.at(-1)?.startTime ?? actedMs;
      return { sinceRequest: shownMs - asked, sinceAct: shownMs - actedMs };
    },
    [act, text] as const,
  );
}

/** Milliseconds that the page's main thread computed while `work` ran, whoever else did. */
export async function cpuOf(
  page: Page,
  work: () => Promise<void>,
): Promise<{ readonly total: number; readonly script: number; readonly layout: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const read = async (): Promise<(name: string) => number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (name) => 1000 * (metrics.find((metric) => metric.name === name)?.value ?? Number.NaN);
  };
  const before = await read();
  await work();
  const after = await read();
  await session.detach();
  const spent = (name: string): number => after(name) - before(name);
  return {
    total: spent('TaskDuration'),
    script: spent('ScriptDuration'),
    layout: spent('LayoutDuration') + spent('RecalcStyleDuration'),
  };
}

/** Bytes that scripts of the page hold once garbage is collected. */
export async function heapMiB(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 2 ** 20;
}
